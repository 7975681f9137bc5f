import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {
  type CheckedChange,
  Checkpoints,
  type Gateway,
  JournalFolder,
  Probes,
  placeOfProcess,
} from '../../node-agent/src/checkpoint';
import { Iproute2 } from '../../node-agent/src/iproute2';
import { Watchdog, WatchdogLink } from '../../node-agent/src/watchdog';
import { refusal } from './support/agent-folder';
import { hostText } from './support/host-text';
import { deleteLinks, hasOwnNetwork, ip, networkTest } from './support/network';

const quiet = { info: () => {}, warn: () => {}, error: () => {} };
const place = placeOfProcess();
const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Other tests make links here, too. */
const ours = (): string => hostText((name) => name.startsWith('wk-'));

describe('a change under a watchdog', () => {
  let folder: string;
  let journals: JournalFolder;
  let driver: Iproute2;
  let watchdog: Watchdog | undefined;
  let link: WatchdogLink;
  let checkpoints: Checkpoints;
  let told: string[];

  const watch = async (): Promise<void> => {
    watchdog = await Watchdog.start({
      journals,
      driver: new Iproute2(journals.folder),
      place,
      log: quiet,
    });
  };

  const probes = (): Probes => {
    const neighbours = {
      gateways: async () =>
        (await driver.gateways()).filter(({ address }) => address.startsWith('10.74.')),
      resolves: (gateway: Gateway) => driver.resolves(gateway),
    };
    return new Probes(neighbours, { resolvConf: '/nowhere' });
  };

  const attach = async (): Promise<void> => {
    link = new WatchdogLink(journals, place, {
      undone: (id) => void checkpoints.undone(id),
      connected: (socket) => {
        driver.held = socket;
        checkpoints.watchdogLeft(socket !== undefined);
      },
    });
    checkpoints = new Checkpoints(
      { journals, driver, place, probes: probes(), log: quiet, probeMs: 2_000 },
      link,
    );
    await link.open();
  };

  const change = (more: Partial<CheckedChange<void>> = {}): CheckedChange<void> => ({
    subject: 'bridge wk-br',
    touched: ['wk-br', 'wk-v0'],
    begin: async () => void told.push('begin'),
    apply: () =>
      driver.apply([
        'link add name wk-br type bridge',
        'link set dev wk-br up',
        'link set dev wk-v0 master wk-br',
        'addr add 10.73.0.1/24 dev wk-br',
      ]),
    keep: async () => void told.push('keep'),
    back: async () => void told.push('back'),
    ...more,
  });

  /** How long this machine takes for one look at the host, in ms. */
  const timeOfLook = async (): Promise<number> => {
    const since = performance.now();
    await driver.image((links) => new Set(links.map((one) => one.ifname)));
    return performance.now() - since;
  };

  beforeEach(async () => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'netloom-watchdog-'));
    journals = new JournalFolder(folder);
    driver = new Iproute2(folder);
    told = [];
    if (!hasOwnNetwork) return;
    ip('link', 'add', 'wk-v0', 'type', 'veth', 'peer', 'name', 'wk-v1');
    ip('link', 'set', 'wk-v0', 'up');
    ip('addr', 'add', '10.74.0.1/24', 'dev', 'wk-v0');
    await watch();
    await attach();
  });

  afterEach(async () => {
    if (hasOwnNetwork) {
      link.close();
      await watchdog?.stop();
      deleteLinks('wk-br', 'wk-v0');
    }
    rmSync(folder, { recursive: true, force: true });
  });

  networkTest('is kept when its caller confirms, once and again', async () => {
    const { awaits } = await checkpoints.run(change({ confirmSeconds: 20 }));
    expect(checkpoints.current).toMatchObject({ subject: 'bridge wk-br' });
    const id = awaits?.id ?? '';
    await checkpoints.confirm(id, false);
    await checkpoints.confirm(id, false);
    expect([told, journals.read()]).toEqual([['begin', 'keep'], undefined]);
    expect(ours()).toContain('10.73.0.1');
    expect(await refusal(checkpoints.confirm('0123456789abcdef', false))).toEqual([
      'NL_CHECKPOINT_GONE checkpoint',
    ]);
  });

  networkTest('comes back when nobody confirms, and a late confirmation is refused', async () => {
    const before = ours();
    const { awaits } = await checkpoints.run(change({ confirmSeconds: 1 }));
    expect(ours()).not.toBe(before);
    await checkpoints.free();
    expect([ours(), told]).toEqual([before, ['begin', 'back']]);
    expect(await refusal(checkpoints.confirm(awaits?.id ?? '', false))).toEqual([
      'NL_CHECKPOINT_GONE checkpoint',
    ]);
    expect(journals.read()).toBeUndefined();
  });

  networkTest('comes back when the agent goes away, within a second', async () => {
    const before = ours();
    await checkpoints.run(change({ confirmSeconds: 60 }));
    const lookMs = await timeOfLook();
    link.close();
    const since = performance.now();
    while (journals.read()?.state !== 'undone' && performance.now() - since < 15_000)
      await wait(10);
    const took = performance.now() - since;
    expect([ours(), journals.read()?.state]).toEqual([before, 'undone']);
    // On a busy machine: not longer than the looks that this takes.
    expect(took).toBeLessThan(Math.max(1_000, 12 * lookMs));
    await attach();
    await checkpoints.recover({
      keep: async (subject) => void told.push(`keep ${subject}`),
      back: async (subject) => void told.push(`back ${subject}`),
    });
    expect([told, journals.read()]).toEqual([['begin', 'back bridge wk-br'], undefined]);
  });

  networkTest(
    'comes back when what was reachable before is not any more',
    async () => {
      ip('netns', 'add', 'wk-gw');
      try {
        ip('link', 'set', 'wk-v1', 'netns', 'wk-gw');
        ip('-n', 'wk-gw', 'addr', 'add', '10.74.0.254/24', 'dev', 'wk-v1');
        ip('-n', 'wk-gw', 'link', 'set', 'wk-v1', 'up');
        ip('route', 'add', 'default', 'via', '10.74.0.254', 'metric', '74');
        const before = ours();
        expect(await probes().working()).toHaveLength(1);
        expect(await refusal(checkpoints.run(change()))).toEqual(['NL_HOST_UNREACHABLE spec']);
        expect([ours(), told]).toEqual([before, ['begin', 'back']]);
        // What did no harm is kept.
        const harmless = { apply: () => driver.apply(['link add name wk-br type bridge']) };
        expect(await checkpoints.run(change(harmless))).toEqual({ value: undefined });
        expect(told).toEqual(['begin', 'back', 'begin', 'keep']);
      } finally {
        ip('netns', 'del', 'wk-gw');
      }
    },
    40_000,
  );

  networkTest('comes back at once when the kernel refuses a step', async () => {
    const before = ours();
    const apply = () =>
      driver.apply(['link add name wk-br type bridge', 'link set dev wk-none up']);
    expect(await refusal(checkpoints.run(change({ apply, confirmSeconds: 60 })))).toEqual([
      'NL_HOST_COMMAND ip',
    ]);
    expect([ours(), told, journals.read()]).toEqual([before, ['begin', 'back'], undefined]);
  });

  networkTest('goes on when the watchdog is started anew, which then watches again', async () => {
    const before = ours();
    const { awaits } = await checkpoints.run(change({ confirmSeconds: 60 }));
    await watchdog?.stop();
    await watch();
    await wait(1_500);
    expect(await link.isAlive()).toBe(true);
    expect(ours()).not.toBe(before);
    link.close();
    for (let look = 0; look < 1_000 && journals.read()?.state !== 'undone'; look++) await wait(10);
    expect([awaits?.id, ours()]).toEqual([expect.any(String), before]);
  });

  networkTest('without a watchdog: what needs one is refused, and the fix is named', async () => {
    link.close();
    await watchdog?.stop();
    const before = ours();
    const needs = change({ needsWatchdog: '"eth0" carries the default route' });
    const error = await checkpoints.run(needs).catch((caught: Error) => caught);
    expect(String(error)).toMatch(/NL_WATCHDOG_MISSING/);
    expect(String(error)).toMatch(/systemctl start netloom-watchdog/);
    expect([ours(), told]).toEqual([before, []]);
    await checkpoints.run(change());
    expect(told).toEqual(['begin', 'keep']);
  });

  networkTest(
    'a second watchdog of the same folder, and one of another network, are told',
    async () => {
      expect(await refusal(Watchdog.start({ journals, driver, place, log: quiet }))).toEqual([
        'NL_CONFIG_INVALID stateDir',
      ]);
      const other = new WatchdogLink(
        journals,
        { ...place, network: 'net:[1]' },
        {
          undone: () => {},
          connected: () => {},
        },
      );
      await other.open();
      expect([other.absence, await other.isAlive()]).toEqual([
        'it runs in another network namespace',
        false,
      ]);
      other.close();
    },
  );
});
