import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { NodeNetworkSpec } from 'netloom/agent-api';
import { BridgeService, type HostPolicy } from '../../../node-agent/src/bridges';
import {
  type Checkpoints,
  JournalFolder,
  placeOfProcess,
} from '../../../node-agent/src/checkpoint';
import { Iproute2 } from '../../../node-agent/src/iproute2';
import { NetworkKernel } from '../../../node-agent/src/network-kernel';
import { NetworkService } from '../../../node-agent/src/node-network';
import { SqliteStore } from '../../../node-agent/src/store';
import { Watchdog } from '../../../node-agent/src/watchdog';
import { connectWatchdog } from '../../../node-agent/src/watchdog/connect-watchdog';
import { buildAgent } from '../support/agent-process';
import { hostText } from '../support/host-text';
import { deleteLinks, hasOwnNetwork, ip, networkTest } from '../support/network';
import { CheckpointProcess, type ProgramRun } from './checkpoint-process';

const quiet = { info: () => {}, warn: () => {}, error: () => {} };
const OURS = ['cp-up', 'cp-br', 'cp-p0', 'cp-p1'];
const POLICY: HostPolicy = { bridges: ['*'], ports: ['*'], adopt: 'yes', uplink: 'confirm' };
const SPEC = { ports: ['cp-up', 'cp-p0'], addresses: ['10.76.0.1/24'], uplink: true };
const PORTS = SPEC.ports.map((link) => ({ link }));
const NETWORK: NodeNetworkSpec = { bridges: [{ ...SPEC, name: 'cp-br', ports: PORTS }] };
const asker = { owner: 'stack', identity: 'ci' };

/** What is stopped at each of its steps. */
interface Change {
  readonly name: string;
  readonly kind: 'bridge' | 'network';
  /** Null for the removal of what was made before. */
  readonly spec: object | null;
}

const CHANGES: readonly Change[] = [
  { name: 'a change of the uplink', kind: 'bridge', spec: SPEC },
  { name: 'a removal of a bridge with the uplink', kind: 'bridge', spec: null },
  { name: 'a removal of a network with the uplink', kind: 'network', spec: null },
];

/** The bridge is made anew each time: its number, and how the kernel lists things of equal standing, differ. */
const text = (): string =>
  hostText((name) => OURS.includes(name)).replace(/"(ifindex|promiscuity|link_index)":\d+,?/g, '');
const foreign = (): string =>
  hostText((name) => ['lo', 'cp-other', 'cp-pod', 'cp-pod1'].includes(name));

/** The node's way out, a free port, and a bridge of somebody else. */
function makeHost(): void {
  ip('netns', 'add', 'cp-gw');
  ip('link', 'add', 'cp-up', 'type', 'veth', 'peer', 'name', 'cp-far');
  ip('link', 'set', 'cp-far', 'netns', 'cp-gw');
  ip('-n', 'cp-gw', 'addr', 'add', '10.75.0.1/24', 'dev', 'cp-far');
  ip('-n', 'cp-gw', 'link', 'set', 'cp-far', 'up');
  ip('link', 'set', 'cp-up', 'up');
  ip('addr', 'add', '10.75.0.5/24', 'brd', '+', 'dev', 'cp-up');
  ip('addr', 'add', 'fd00:75::5/64', 'dev', 'cp-up', 'nodad');
  ip(
    'route',
    'add',
    'default',
    'via',
    '10.75.0.1',
    'dev',
    'cp-up',
    'proto',
    'static',
    'metric',
    '76',
  );
  ip('route', 'add', '10.79.0.0/16', 'via', '10.75.0.9', 'dev', 'cp-up', 'metric', '7');
  ip('-6', 'route', 'add', 'default', 'via', 'fd00:75::1', 'dev', 'cp-up', 'metric', '76');
  ip('link', 'add', 'cp-p0', 'type', 'veth', 'peer', 'name', 'cp-p1');
  ip('link', 'add', 'cp-other', 'type', 'bridge');
  ip('link', 'set', 'cp-other', 'up');
  ip('addr', 'add', '10.77.0.1/24', 'dev', 'cp-other');
  ip('link', 'add', 'cp-pod', 'type', 'veth', 'peer', 'name', 'cp-pod1');
  ip('link', 'set', 'cp-pod', 'master', 'cp-other', 'up');
}

describe.each(CHANGES)('kill -9 at each step of $name', ({ kind, spec }) => {
  let folder: string;
  let old: string;
  let others: string;
  let whole: string;
  let steps: string[];
  const removes = spec === null;
  /** The host as it is when the change is undone, and when it is kept. */
  const undone = (): string => (removes ? whole : old);
  const kept = (): string => (removes ? old : whole);

  const journals = (): JournalFolder => new JournalFolder(folder);
  const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

  const watch = async (): Promise<Watchdog> => {
    const made = journals();
    made.make();
    const parts = { driver: new Iproute2(made.folder), place: placeOfProcess(), log: quiet };
    return Watchdog.start({ journals: made, ...parts, returnMs: 200 });
  };

  const servicesOf = (store: SqliteStore, checkpoints?: Checkpoints) => {
    const { bridges, networks, counters } = store.load();
    const links = new Iproute2(folder);
    const counter = counters.bridges;
    const all = { node: 'edge-1', store, policy: POLICY, checkpoints, counter };
    return {
      bridges: new BridgeService({ ...all, links, records: bridges }),
      networks: new NetworkService({ ...all, kernel: new NetworkKernel(links), records: networks }),
    };
  };

  /** Makes what is wanted, or takes it away, with nobody watching. */
  const bringTo = async (isThere: boolean): Promise<void> => {
    const store = SqliteStore.open(folder);
    const { bridges, networks } = servicesOf(store);
    const [bridge] = await bridges.list();
    const [network] = await networks.list();
    if (isThere && kind === 'bridge') await bridges.put({ ...asker, name: 'cp-br', spec: SPEC });
    else if (isThere) await networks.put({ ...asker, spec: NETWORK });
    else if (bridge) await bridges.remove({ ...asker, name: 'cp-br', id: bridge.id });
    else if (network) await networks.remove({ ...asker, id: network.id });
    await store.close();
  };

  /** What the next start of the agent does, and then all for the next time. @returns true when it was kept */
  const settle = async (): Promise<boolean> => {
    const store = SqliteStore.open(folder);
    const links = new Iproute2(folder);
    const given = { stateDir: folder, driver: links, log: quiet, probes: { gateways: [] } };
    const { checkpoints, link } = connectWatchdog(given);
    const { bridges, networks } = servicesOf(store, checkpoints);
    const recover = async (subject: string, outcome: 'kept' | 'undone'): Promise<void> => {
      await bridges.recover(subject, outcome);
      await networks.recover(subject, outcome);
    };
    await checkpoints.recover({
      keep: (subject) => recover(subject, 'kept'),
      back: (subject) => recover(subject, 'undone'),
    });
    expect([await bridges.restore(), await networks.restore()]).toEqual([new Map(), new Map()]);
    const records = [...(await bridges.list()), ...(await networks.list())];
    link.close();
    await store.close();
    const isThere = records.length > 0;
    // It is in the kernel as it is in the store.
    expect(text()).toBe(isThere ? whole : old);
    expect([journals().read(), foreign()]).toEqual([undefined, others]);
    if (isThere !== removes) await bringTo(removes);
    expect([text(), foreign()]).toEqual([undone(), others]);
    return isThere !== removes;
  };

  /** Until the host is as it was, or as it shall be. */
  const isWhole = async (withinMs: number): Promise<void> => {
    const end = performance.now() + withinMs;
    while (performance.now() < end) {
      const journal = journals().read();
      const isKept = !journal || journals().decision(journal.id)?.outcome === 'kept';
      const isUndone = !journal || journal.state === 'undone';
      if ((isUndone && text() === undone()) || (isKept && text() === kept())) return;
      await wait(25);
    }
    expect([text(), journals().read()?.state]).toEqual([undone(), 'undone']);
  };

  const run = async (given: Omit<ProgramRun, 'mode'>): Promise<CheckpointProcess> => {
    const program = new CheckpointProcess(folder, { mode: 'change', kind, spec, ...given });
    const end = await program.ended;
    expect([end, program.output]).toEqual(['SIGKILL', expect.any(String)]);
    return program;
  };

  beforeAll(async () => {
    if (!hasOwnNetwork) return;
    if (process.env.NETLOOM_BUILT === undefined) buildAgent();
    // In memory: a killed process leaves all that it wrote, and a busy disk takes its time for each sync.
    const base = existsSync('/dev/shm') ? '/dev/shm' : os.tmpdir();
    folder = mkdtempSync(path.join(base, 'netloom-points-'));
    makeHost();
    await wait(50);
    [old, others] = [text(), foreign()];
    const watchdog = await watch();
    if (removes) {
      await bringTo(true);
      whole = text();
    }
    const program = new CheckpointProcess(folder, { mode: 'change', kind, spec });
    expect([await program.ended, program.output]).toEqual(['0', expect.any(String)]);
    steps = program.steps;
    if (removes) expect(text()).toBe(old);
    else whole = text();
    expect(whole).not.toBe(old);
    expect(whole).toMatch(/"dst":"default","gateway":"10.75.0.1","dev":"cp-br"/);
    expect(foreign()).toBe(others);
    expect(await settle()).toBe(true);
    await watchdog.stop();
    console.log(`a change of ${steps.length} steps:\n${steps.join('\n')}`);
  }, 300_000);

  afterAll(() => {
    if (!hasOwnNetwork) return;
    // With the namespace first, the kernel would take the other end away at a moment of its own.
    deleteLinks('cp-br', 'cp-up', 'cp-p0', 'cp-other', 'cp-pod');
    ip('netns', 'del', 'cp-gw');
    rmSync(folder, { recursive: true, force: true });
  });

  networkTest(
    'of the agent, with the command that runs, as with a whole container: old or new within seconds',
    async () => {
      const watchdog = await watch();
      const lasting: string[] = [];
      for (const [index, name] of steps.entries()) {
        const isCommand = /^(link|addr|route) /.test(name);
        await run({ at: index + 1, how: isCommand ? 'group' : 'alone' });
        await isWhole(10_000);
        if (await settle()) lasting.push(name);
      }
      await watchdog.stop();
      // From the decision on, and not before.
      expect(lasting).toEqual(steps.slice(steps.indexOf('it is decided')));
    },
    600_000,
  );

  // What the watchdog does then depends on the image alone.
  if (removes) return;

  networkTest(
    'of agent and watchdog: the watchdog that is started anew brings the host back',
    async () => {
      for (let at = 1; at <= steps.length; at += 1) {
        const first = new CheckpointProcess(folder, { mode: 'watch' });
        await first.says('watching');
        const program = new CheckpointProcess(folder, { mode: 'change', kind, spec, at });
        await program.ended;
        await first.kill();
        const second = await watch();
        await isWhole(10_000);
        await second.stop();
        await settle();
      }
    },
    600_000,
  );

  networkTest(
    'of the agent, and then of the watchdog at each step of its own',
    async () => {
      const last = steps.indexOf('applied') + 1;
      for (let at = 1; ; at++) {
        const first = new CheckpointProcess(folder, { mode: 'watch', at });
        await first.says('watching');
        await run({ at: last });
        // It may have brought the host back before it came to that step.
        const ended = await Promise.race([first.ended, isWhole(10_000).then(() => 'whole')]);
        if (ended === 'whole') {
          await first.kill();
          await settle();
          expect(at).toBeGreaterThan(5);
          return;
        }
        const second = await watch();
        await isWhole(10_000);
        await second.stop();
        expect(await settle()).toBe(false);
      }
    },
    600_000,
  );
});
