import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { NodeNetworkSpec } from 'netloom/agent-api';
import { DEFAULT_POLICY, type HostPolicy } from '../../node-agent/src/bridges';
import { Iproute2 } from '../../node-agent/src/iproute2';
import { NetworkKernel } from '../../node-agent/src/network-kernel';
import { type HostCommand, NetworkService } from '../../node-agent/src/node-network';
import { MemoryDisk, MemoryStore, type Store } from '../../node-agent/src/store';
import { refusal } from './support/agent-folder';
import { hostText } from './support/host-text';
import { addressesOf, deleteLinks, hasOwnNetwork, ip, networkTest } from './support/network';

const asker = { owner: 'stack/net', identity: 'ci' };
const ALL: HostPolicy = { ...DEFAULT_POLICY, adopt: 'yes', uplink: 'confirm' };

/** The real kernel, which may end in the middle as kill -9 ends it, and the store with it. */
class EndingKernel extends NetworkKernel {
  /** Commands that are still carried out. */
  left = Number.POSITIVE_INFINITY;
  isDead = false;

  override async applyNetwork(commands: readonly HostCommand[]): Promise<void> {
    const cut = commands.slice(0, this.left);
    this.left -= cut.length;
    await super.applyNetwork(cut);
    if (cut.length === commands.length) return;
    this.isDead = true;
    throw new Error('dead');
  }
}

/** All of our links and routes, in what lasts. Made anew, a link has another number. */
const text = (): string =>
  hostText((name) => name.startsWith('nt-')).replace(
    /"(ifindex|promiscuity|allmulti|link_index)":\d+,?/g,
    '',
  );

const UPLINK: NodeNetworkSpec = {
  bridges: [
    {
      name: 'nt-br',
      ports: [{ link: 'nt-up' }, { link: 'nt-p0' }],
      addresses: ['10.66.0.1/24'],
      uplink: true,
    },
  ],
  interfaces: [{ link: 'nt-up', mtu: 1450, uplink: true }],
};

const ADOPTED: NodeNetworkSpec = {
  bridges: [
    {
      name: 'nt-old',
      ports: [{ link: 'nt-p0' }, { link: 'nt-p1' }],
      addresses: ['10.67.0.9/24'],
      mtu: 1400,
      stp: false,
      adopt: true,
    },
  ],
};

describe('what others made, and the way out of the node', () => {
  let folder: string;
  let kernel: EndingKernel;
  let disk: MemoryDisk;
  let service: NetworkService;
  let before: string;

  const serve = (policy = ALL, bootId = 'boot-1'): NetworkService => {
    const memory = new MemoryStore(disk);
    const { networks: records, counters } = memory.load();
    const mine = kernel;
    const store: Pick<Store, 'write'> = {
      write: async (changes) => {
        if (mine.isDead) throw new Error('dead');
        return memory.write(changes);
      },
    };
    const parts = { node: 'edge-1', store, kernel, records, counter: counters.bridges };
    return new NetworkService({ ...parts, policy, bootId });
  };
  const put = (spec: NodeNetworkSpec) => service.put({ ...asker, spec });
  const remove = (id: string) => service.remove({ ...asker, id });
  const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

  beforeEach(async () => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'netloom-takeover-'));
    kernel = new EndingKernel(new Iproute2(folder));
    disk = new MemoryDisk();
    service = serve();
    if (!hasOwnNetwork) return;
    // The only way out, a free port, one that is taken, and a bridge of somebody else.
    ip('link', 'add', 'nt-up', 'type', 'veth', 'peer', 'name', 'nt-far');
    ip('link', 'add', 'nt-p0', 'type', 'veth', 'peer', 'name', 'nt-p0x');
    ip('link', 'add', 'nt-p1', 'type', 'veth', 'peer', 'name', 'nt-p1x');
    ip('link', 'add', 'nt-pod', 'type', 'veth', 'peer', 'name', 'nt-podx');
    ip('link', 'set', 'nt-far', 'up');
    ip('link', 'set', 'nt-up', 'up', 'mtu', '1480');
    ip('addr', 'add', '10.65.0.5/24', 'brd', '+', 'dev', 'nt-up');
    ip('addr', 'add', '10.65.0.6/24', 'dev', 'nt-up', 'label', 'nt-up:vip');
    ip('addr', 'add', 'fd00:65::5/64', 'dev', 'nt-up', 'nodad');
    const route = (...words: string[]) => ip('route', 'add', ...words, 'dev', 'nt-up');
    route('default', 'via', '10.65.0.1', 'proto', 'static', 'metric', '65', 'mtu', '1400');
    route('10.69.0.0/16', 'via', '10.65.0.9', 'src', '10.65.0.6', 'table', '65');
    ip('-6', 'route', 'add', 'default', 'via', 'fd00:65::1', 'dev', 'nt-up', 'metric', '65');
    for (const name of ['nt-old', 'nt-home']) ip('link', 'add', name, 'type', 'bridge');
    ip('link', 'set', 'nt-old', 'type', 'bridge', 'stp_state', '1', 'ageing_time', '12300');
    ip('link', 'set', 'nt-old', 'alias', 'of somebody else');
    ip('link', 'set', 'nt-old', 'up', 'group', '7');
    ip('addr', 'add', '10.67.0.1/24', 'dev', 'nt-old');
    ip('link', 'set', 'nt-pod', 'master', 'nt-old', 'up');
    ip('link', 'set', 'nt-p1', 'master', 'nt-home');
    await wait(100);
    before = text();
  });

  afterEach(() => {
    if (hasOwnNetwork) {
      deleteLinks('nt-br', 'nt-up', 'nt-p0', 'nt-p1', 'nt-pod', 'nt-old', 'nt-home');
    }
    rmSync(folder, { recursive: true, force: true });
  });

  networkTest('is refused unasked, and where the node does not allow it', async () => {
    const [bridge] = UPLINK.bridges ?? [];
    const [old] = ADOPTED.bridges ?? [];
    if (!bridge || !old) throw new Error('no spec');
    const { uplink: _, ...unasked } = bridge;
    const { adopt: __, ...unadopted } = old;
    const refusals = async (spec: NodeNetworkSpec, on = service) => [
      await refusal(on.put({ ...asker, spec })),
      await refusal(on.preview({ ...asker, spec })),
    ];
    const twice = (...codes: string[]) => [codes, codes];
    expect(await refusals({ bridges: [unasked] })).toEqual(
      twice('NL_BRIDGE_PORT spec.bridges[0].ports[0].link'),
    );
    expect(await refusals({ interfaces: [{ link: 'nt-up', mtu: 1450 }] })).toEqual(
      twice('NL_BRIDGE_PORT spec.interfaces[0].link'),
    );
    // Only a bridge takes along what it has.
    const bond = { bonds: [{ name: 'nt-bond', mode: 'active-backup' as const, ports: ['nt-up'] }] };
    const both = { ...bond, interfaces: [{ link: 'nt-up', uplink: true }] };
    expect(await refusals(both)).toEqual(twice('NL_BRIDGE_PORT spec.bonds[0].ports[0]'));
    expect(await refusals({ bridges: [unadopted] })).toEqual([
      ['NL_BRIDGE_FOREIGN spec.bridges[0].name', 'NL_BRIDGE_PORT spec.bridges[0].ports[1].link'],
      ['NL_BRIDGE_FOREIGN spec.bridges[0].name', 'NL_BRIDGE_PORT spec.bridges[0].ports[1].link'],
    ]);
    const strict = serve(DEFAULT_POLICY);
    expect(await refusals(UPLINK, strict)).toEqual(
      twice('NL_HOST_POLICY spec.bridges[0].uplink', 'NL_HOST_POLICY spec.interfaces[0].uplink'),
    );
    expect(await refusals(ADOPTED, strict)).toEqual(twice('NL_HOST_POLICY spec.bridges[0].adopt'));
    ip(
      'addr',
      'change',
      '10.65.0.5/24',
      'dev',
      'nt-up',
      'valid_lft',
      '9999',
      'preferred_lft',
      '9999',
    );
    expect(await refusals(UPLINK)).toEqual(twice('NL_BRIDGE_PORT spec.bridges[0].ports[0].link'));
    expect(new MemoryStore(disk).load().networks).toEqual([]);
  });

  networkTest(
    'what the way out had moves to its bridge, and comes back with its removal',
    async () => {
      const planned = await service.preview({ ...asker, spec: UPLINK });
      expect(text()).toBe(before);
      const view = await put(UPLINK);
      expect(view.steps).toEqual(planned.steps);
      expect(addressesOf('nt-br')).toEqual([
        '10.65.0.5/24',
        '10.66.0.1/24',
        '10.65.0.6/24',
        'fd00:65::5/64',
      ]);
      expect(addressesOf('nt-up')).toEqual([]);
      const mac = (name: string) => /link\/ether (\S+)/.exec(ip('link', 'show', name))?.[1];
      expect(mac('nt-br')).toBe(mac('nt-up'));
      expect(ip('route', 'show', 'table', 'all', 'dev', 'nt-br')).toMatch(
        /^default via 10.65.0.1 proto static metric 65 .*mtu 1400/m,
      );
      expect(ip('-6', 'route', 'show', 'default')).toContain('via fd00:65::1 dev nt-br');
      expect(ip('route', 'show', 'table', '65')).toContain('src 10.65.0.6');
      // Again, and after a start: nothing to do.
      expect((await service.put({ ...asker, spec: UPLINK, id: view.id })).steps).toEqual([]);
      service = serve();
      const whole = text();
      expect(await service.heal()).toMatchObject({ repairs: new Map(), failures: new Map() });
      expect(text()).toBe(whole);
      // Drift is repaired, with every attribute.
      ip('route', 'del', 'default', 'via', '10.65.0.1', 'dev', 'nt-br');
      ip('addr', 'del', '10.65.0.5/24', 'dev', 'nt-br');
      ip('link', 'set', 'nt-up', 'nomaster');
      expect((await service.heal()).failures).toEqual(new Map());
      await service.heal();
      expect(text()).toBe(whole);
      expect(
        (await service.previewRemoval({ ...asker, id: view.id })).steps.length,
      ).toBeGreaterThan(3);
      expect(await remove(view.id)).toBe(true);
      expect(text()).toBe(before);
    },
  );

  networkTest(
    'a bridge of somebody else is adopted as it is, and given back as it was',
    async () => {
      const view = await put(ADOPTED);
      expect(view.steps[0]?.words).toBe("adopt bridge nt-old: mark it as netloom's");
      expect(addressesOf('nt-old')).toEqual(['10.67.0.1/24', '10.67.0.9/24']);
      expect(ip('-d', 'link', 'show', 'nt-old')).toMatch(/alias netloom:stack\/net/);
      expect(ip('link', 'show', 'nt-pod')).toContain('master nt-old');
      expect((await service.put({ ...asker, spec: ADOPTED, id: view.id })).steps).toEqual([]);
      // Without the word it stays adopted, and what the spec leaves out comes back.
      const bridges = [{ name: 'nt-old', addresses: ['10.67.0.9/24'] }];
      await service.put({ ...asker, spec: { bridges }, id: view.id });
      expect(ip('link', 'show', 'nt-p1')).toContain('master nt-home');
      service = serve();
      expect(await service.heal()).toMatchObject({ repairs: new Map(), failures: new Map() });
      expect(await remove(view.id)).toBe(true);
      expect(text()).toBe(before);
    },
  );

  networkTest('after a reboot both are taken anew, as they are then', async () => {
    const spec = { bridges: [...(UPLINK.bridges ?? []), ...(ADOPTED.bridges ?? [])] };
    const bridges = spec.bridges.map((one) => ({
      ...one,
      ports: one.ports?.filter(({ link }) => link !== 'nt-p0'),
    }));
    const { id } = await put({ bridges });
    const old = serve(ALL, 'boot-0');
    await old.remove({ ...asker, id });
    // The record as of the boot before, the links as that boot left them.
    service = serve(ALL);
    const again = await put({ bridges });
    deleteLinks('nt-br');
    for (const address of ['10.65.0.5/24', '10.65.0.6/24']) {
      ip('addr', 'replace', address, 'dev', 'nt-up');
    }
    ip('route', 'replace', 'default', 'via', '10.65.0.1', 'dev', 'nt-up', 'metric', '65');
    service = serve(ALL, 'boot-2');
    expect((await service.heal()).failures).toEqual(new Map());
    expect(ip('route', 'show', 'default')).toContain('dev nt-br');
    expect(addressesOf('nt-up')).toEqual([]);
    expect(await remove(again.id)).toBe(true);
    expect(ip('route', 'show', 'default')).toContain('dev nt-up');
    expect(addressesOf('nt-up')).toEqual(['10.65.0.5/24', '10.65.0.6/24']);
  });

  for (const [name, spec] of [
    ['the way out', UPLINK],
    ['a bridge of others', ADOPTED],
  ] as const) {
    networkTest(
      `an end between any two commands of taking and giving back ${name} is made good`,
      async () => {
        const { id } = await put(spec);
        const whole = text();
        await remove(id);
        let ends = 0;
        /** Ends the process after some commands, and begins a new one. @returns false when it came to its end */
        const end = async (at: number, change: () => Promise<unknown>): Promise<boolean> => {
          kernel.left = at;
          await change().catch(() => {});
          const died = kernel.isDead;
          kernel = new EndingKernel(new Iproute2(folder));
          service = serve();
          if (died) expect((await service.heal()).failures).toEqual(new Map());
          return died;
        };
        for (let at = 0; await end(at, () => put(spec)); at++) {
          const record = service.recorded(asker.owner);
          expect(text()).toBe(record ? whole : before);
          if (record) await remove(`edge-1#${record.incarnation}`);
          expect(text()).toBe(before);
          ends += 1;
        }
        for (let at = 0; ; at++) {
          const { incarnation = 0 } = service.recorded(asker.owner) ?? {};
          if (!(await end(at, () => remove(`edge-1#${incarnation}`)))) break;
          expect([text(), service.recorded(asker.owner)]).toEqual([before, undefined]);
          await put(spec);
          expect(text()).toBe(whole);
          ends += 1;
        }
        expect(text()).toBe(before);
        expect(ends).toBeGreaterThan(10);
      },
      240_000,
    );
  }
});
