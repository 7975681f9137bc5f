import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { NodeNetworkSpec } from 'netloom/agent-api';
import { Iproute2 } from '../../node-agent/src/iproute2';
import { NetworkKernel } from '../../node-agent/src/network-kernel';
import { type HostCommand, NetworkService } from '../../node-agent/src/node-network';
import { MemoryDisk, MemoryStore } from '../../node-agent/src/store';
import { refusal } from './support/agent-folder';
import {
  addressesOf,
  deleteLinks,
  hasLink,
  hasOwnNetwork,
  ip,
  networkTest,
} from './support/network';

const asker = { owner: 'urn:pulumi:dev::x::netloom:NodeNetwork::n', identity: 'admin' };
const OURS = ['nn-br', 'nn-br2', 'nn-shim', 'nn-va', 'nn-foreign'];
const PORTS = ['nn-p1', 'nn-p2', 'nn-p3'];

/** Every kind that any kernel with bridges has. */
const FULL: NodeNetworkSpec = {
  veths: [{ name: 'nn-va', peer: 'nn-vb', addresses: ['10.81.3.1/30'] }],
  bridges: [
    {
      name: 'nn-br',
      ports: [{ link: 'nn-p1', hairpin: true, isolated: true }],
      addresses: ['10.81.0.254/24', '10.81.0.10/24', 'fd00:81::1/64', 'fd00:81::10/64'],
      routes: [
        { dst: '10.82.0.0/16', gw: '10.81.0.1', src: '10.81.0.10' },
        { dst: '10.83.0.0/16', gw: '10.81.0.1', metric: 50, table: 4242 },
        { dst: 'fd00:82::/64', gw: 'fd00:81::9' },
      ],
      stp: true,
      multicastSnooping: false,
      mtu: 1400,
      mac: '02:00:00:00:81:01',
      sysctls: { 'net.ipv4.conf.IFNAME.rp_filter': '2', 'net.ipv6.conf.IFNAME.accept_ra': '0' },
    },
  ],
  macvlans: [
    {
      name: 'nn-shim',
      master: 'nn-p2',
      addresses: ['10.81.2.2/32'],
      routes: [{ dst: '10.81.2.0/24' }],
    },
  ],
  interfaces: [
    { link: 'nn-vb', mtu: 1300 },
    {
      link: 'nn-p3',
      mtu: 1600,
      addresses: ['10.81.4.1/24'],
      sysctls: { 'net.ipv4.conf.IFNAME.arp_ignore': '1' },
    },
  ],
};

/** The real kernel, counting what is written to it. */
class CountingKernel extends NetworkKernel {
  written: HostCommand[] = [];

  /** Commands after which the agent dies, as kill -9 does it. */
  diesAfter: number | undefined;
  /** Called as it dies. */
  died: () => void = () => {};

  override async applyNetwork(commands: readonly HostCommand[]): Promise<void> {
    const left = this.diesAfter ?? Number.POSITIVE_INFINITY;
    const cut = commands.slice(0, left);
    this.written.push(...cut);
    await super.applyNetwork(cut);
    if (this.diesAfter === undefined) return;
    if (commands.length < left) this.diesAfter -= commands.length;
    else {
      this.died();
      throw new Error('dead');
    }
  }
}

/** All that the host says of links that are not being tested right now, without what counts by itself. */
function hostText(): string {
  const links = JSON.parse(ip('-j', '-d', 'addr', 'show')) as Record<string, unknown>[];
  const still = links
    .filter((link) => String(link.ifname).startsWith('nn-'))
    .sort((a, b) => (String(a.ifname) < String(b.ifname) ? -1 : 1))
    .map(({ ifindex, link_index, linkinfo, addr_info, operstate, qdisc, flags, ...rest }) => ({
      ...rest,
      addresses: (addr_info as { local: string; scope: string }[])
        .filter((one) => one.scope !== 'link')
        .map((one) => one.local),
      up: (flags as string[]).includes('UP'),
    }));
  const routes = ip('route', 'show', 'table', 'all')
    .split('\n')
    .filter((line) => / nn-/.test(line) && !/linkdown|proto kernel/.test(line))
    .sort();
  return JSON.stringify([still, routes], null, 1);
}

const sysctl = (file: string): string => readFileSync(`/proc/sys/net/${file}`, 'utf8').trim();

describe("a node's network on the real kernel", () => {
  let folder: string;
  let kernel: CountingKernel;
  let disk: MemoryDisk;
  let service: NetworkService;

  const serve = (bootId = 'boot-1'): NetworkService => {
    const store = new MemoryStore(disk);
    const { networks, counters } = store.load();
    return new NetworkService({
      node: 'edge-1',
      store,
      kernel,
      records: networks,
      counter: counters.bridges,
      bootId,
    });
  };
  const put = (spec: NodeNetworkSpec) => service.put({ ...asker, spec });

  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'netloom-network-'));
    kernel = new CountingKernel(new Iproute2(folder));
    disk = new MemoryDisk();
    service = serve();
    if (!hasOwnNetwork) return;
    for (const port of PORTS) ip('link', 'add', port, 'type', 'veth', 'peer', 'name', `${port}x`);
  });

  afterEach(() => {
    if (hasOwnNetwork) deleteLinks(...OURS, ...PORTS);
    rmSync(folder, { recursive: true, force: true });
  });

  networkTest(
    'every kind comes as declared; asking again writes nothing; it goes without a trace',
    async () => {
      const before = hostText();
      const sysctls = [sysctl('ipv4/conf/nn-p3/arp_ignore')];
      const dry = await service.preview({ ...asker, spec: FULL });
      expect(hostText()).toBe(before);
      const made = await put(FULL);
      expect(made.steps).toEqual(dry.steps);
      expect(kernel.written.map(({ line }) => line)).toEqual(
        made.steps.flatMap((step) =>
          step.does.map((text) => text.replace(/^(ip|bridge|sysctl -w) /, '')),
        ),
      );
      expect(addressesOf('nn-br')).toEqual([
        '10.81.0.254/24',
        '10.81.0.10/24',
        'fd00:81::1/64',
        'fd00:81::10/64',
      ]);
      expect(ip('-d', 'link', 'show', 'nn-br')).toMatch(
        /mtu 1400 [\s\S]*02:00:00:00:81:01[\s\S]*stp_state 1[\s\S]*mcast_snooping 0/,
      );
      expect(ip('-d', 'link', 'show', 'nn-p1')).toMatch(
        /master nn-br[\s\S]*hairpin on[\s\S]*isolated on/,
      );
      expect(ip('-d', 'link', 'show', 'nn-shim')).toMatch(
        /nn-shim@nn-p2[\s\S]*macvlan mode bridge/,
      );
      expect(ip('route', 'show', 'dev', 'nn-br')).toMatch(
        /10\.82\.0\.0\/16 via 10\.81\.0\.1 proto 214 src 10\.81\.0\.10/,
      );
      expect(ip('route', 'show', 'table', '4242')).toMatch(
        /10\.83\.0\.0\/16 via 10\.81\.0\.1 dev nn-br proto 214 metric 50/,
      );
      expect(ip('route', 'show', 'dev', 'nn-shim')).toMatch(
        /10\.81\.2\.0\/24 proto 214 scope link/,
      );
      expect([sysctl('ipv4/conf/nn-br/rp_filter'), sysctl('ipv4/conf/nn-p3/arp_ignore')]).toEqual([
        '2',
        '1',
      ]);
      for (const name of ['nn-br', 'nn-va', 'nn-vb', 'nn-shim']) {
        expect(ip('-d', 'link', 'show', name)).toContain(`alias netloom:${asker.owner}`);
      }
      kernel.written = [];
      expect((await put(FULL)).steps).toEqual([]);
      expect(kernel.written).toEqual([]);
      const [{ id } = { id: '' }] = await service.list();
      expect(await service.remove({ ...asker, id })).toBe(true);
      expect(hostText()).toBe(before);
      expect([sysctl('ipv4/conf/nn-p3/arp_ignore')]).toEqual(sysctls);
      expect(disk.networks.size).toBe(0);
    },
    30_000,
  );

  networkTest(
    'each step can be taken back: the undo of a whole change leaves the host as it was',
    async () => {
      const specs: NodeNetworkSpec[] = [
        FULL,
        {
          bridges: [
            {
              name: 'nn-br',
              ports: [{ link: 'nn-p2' }],
              addresses: ['10.81.0.10/24', '10.81.9.1/24'],
            },
          ],
          veths: [{ name: 'nn-va', peer: 'nn-vc' }],
        },
        FULL,
        {},
      ];
      for (const spec of specs) {
        const before = hostText();
        const { steps } = await service.preview({ ...asker, spec });
        const lines = (side: 'does' | 'undo'): HostCommand[] => {
          const ordered = side === 'does' ? steps : [...steps].reverse();
          return ordered.flatMap((step) =>
            step[side].map((text): HostCommand => {
              const [, tool = '', line = ''] = /^(ip|bridge|sysctl)(?: -w)? (.*)$/.exec(text) ?? [];
              return { tool: tool as HostCommand['tool'], line };
            }),
          );
        };
        await kernel.applyNetwork(lines('does'));
        await kernel.applyNetwork(lines('undo'));
        expect(hostText()).toBe(before);
        await put(spec);
      }
    },
    30_000,
  );

  networkTest('traffic on links that are right already never stops', async () => {
    await put(FULL);
    const index = (name: string) => JSON.parse(ip('-j', 'link', 'show', 'dev', name))[0].ifindex;
    const before = ['nn-br', 'nn-shim', 'nn-va'].map(index);
    kernel.written = [];
    const [bridge] = FULL.bridges ?? [];
    const more = {
      ...FULL,
      bridges: [{ ...bridge, name: 'nn-br', mtu: 1350 }, { name: 'nn-br2' }],
    };
    const { steps } = await put(more);
    expect(steps.map((step) => step.words)).toEqual([
      'make bridge: nn-br2',
      'set the MTU of nn-br to 1350',
      'set nn-br2 up',
    ]);
    expect(['nn-br', 'nn-shim', 'nn-va'].map(index)).toEqual(before);
  });

  networkTest(
    'what has to be made anew is told as such, and its other end goes along',
    async () => {
      await put({ macvlans: [{ name: 'nn-shim', master: 'nn-p2' }] });
      const moved = await put({ macvlans: [{ name: 'nn-shim', master: 'nn-p1' }] });
      expect(moved.steps.filter((step) => step.recreates).map((step) => step.words)).toEqual([
        'delete macvlan nn-shim to make it anew, since it is on nn-p2',
        'make macvlan link on nn-p1: nn-shim, anew',
      ]);
      // The mode is changed as it stands.
      const changed = await put({
        macvlans: [{ name: 'nn-shim', master: 'nn-p1', mode: 'private' }],
      });
      expect(changed.steps.map((step) => step.words)).toEqual([
        'set the mode of nn-shim to private',
      ]);
    },
  );

  networkTest(
    'an agent that dies behind any command finds its way to the new state from the record alone',
    async () => {
      const small: NodeNetworkSpec = {
        veths: [{ name: 'nn-va', peer: 'nn-vb' }],
        bridges: [
          { name: 'nn-br', ports: [{ link: 'nn-p1' }], addresses: ['10.81.0.1/24'], mtu: 1400 },
        ],
        interfaces: [{ link: 'nn-p3', mtu: 1600 }],
      };
      const { steps } = await service.preview({ ...asker, spec: small });
      const total = steps.flatMap((step) => step.does).length;
      const before = hostText();
      for (let count = 0; count <= total; count++) {
        kernel.diesAfter = count;
        kernel.died = () => {
          disk.fault = new Error('dead');
        };
        await put(small).catch(() => {});
        kernel.diesAfter = undefined;
        disk.fault = undefined;
        service = serve();
        expect([count, ...(await service.restore()).values()]).toEqual([count]);
        expect((await service.preview({ ...asker, spec: small })).steps).toEqual([]);
        const [{ id } = { id: '' }] = await service.list();
        await service.remove({ ...asker, id });
        expect([count, hostText()]).toEqual([count, before]);
      }
    },
    120_000,
  );

  networkTest(
    'a change that the kernel refuses is taken back',
    async () => {
      await put(FULL);
      const before = hostText();
      const wrong = {
        ...FULL,
        dummies: [],
        interfaces: [
          { link: 'nn-p3', mtu: 65535 },
          { link: 'nn-p2', sysctls: { 'net.ipv4.conf.IFNAME.no_such_file': '1' } },
        ],
      };
      expect(await refusal(put(wrong))).toEqual(['NL_HOST_COMMAND sysctl']);
      expect(hostText()).toBe(before);
      expect((await put(FULL)).steps).toEqual([]);
    },
    30_000,
  );

  networkTest(
    'foreign links, links of others, and what a foreign link stands on are not touched',
    async () => {
      ip('link', 'add', 'nn-foreign', 'type', 'bridge');
      ip('link', 'set', 'nn-p3', 'master', 'nn-foreign');
      await put({ bridges: [{ name: 'nn-br', ports: [{ link: 'nn-p1' }] }] });
      const before = hostText();
      const other = { owner: 'other/stack', identity: 'admin' };
      expect(await refusal(put({ bridges: [{ name: 'nn-foreign' }] }))).toEqual([
        'NL_BRIDGE_FOREIGN spec.bridges[0].name',
      ]);
      // Another owner's mark is none of ours.
      ip('link', 'set', 'nn-foreign', 'alias', 'netloom:somebody/else');
      await expect(put({ bridges: [{ name: 'nn-foreign' }] })).rejects.toThrow(
        'with alias "netloom:somebody/else"',
      );
      ip('link', 'set', 'nn-foreign', 'alias', '');
      expect(await refusal(put({ dummies: [{ name: 'nn-p2' }] }))).toEqual([
        'NL_BRIDGE_FOREIGN spec.dummies[0].name',
      ]);
      expect(
        await refusal(put({ bridges: [{ name: 'nn-br', ports: [{ link: 'nn-p3' }] }] })),
      ).toEqual(['NL_BRIDGE_PORT spec.bridges[0].ports[0].link']);
      await expect(
        service.put({ ...other, spec: { interfaces: [{ link: 'nn-p1', mtu: 1400 }] } }),
      ).rejects.toThrow(`"nn-p1" belongs to ${asker.owner} (identity "admin") already`);
      expect(
        await refusal(service.put({ ...other, spec: { bridges: [{ name: 'nn-br' }] } })),
      ).toEqual(['NL_LINK_OWNED spec.bridges[0].name']);
      expect(hostText()).toBe(before);
      ip('link', 'add', 'link', 'nn-br', 'name', 'nn-shim', 'type', 'macvlan');
      const stood = hostText();
      expect(await refusal(put({}))).toEqual(['NL_LINK_IN_USE spec']);
      expect(hostText()).toBe(stood);
    },
    30_000,
  );

  networkTest(
    'after a reboot all is made again, and what was before is what there is then',
    async () => {
      await put(FULL);
      deleteLinks('nn-br', 'nn-shim', 'nn-va');
      for (const port of PORTS) {
        ip('link', 'del', 'dev', port);
        ip('link', 'add', port, 'type', 'veth', 'peer', 'name', `${port}x`);
      }
      const booted = hostText();
      service = serve('boot-2');
      expect([...(await service.restore())]).toEqual([]);
      expect(hasLink('nn-br')).toBe(true);
      expect((await put(FULL)).steps).toEqual([]);
      const [{ id } = { id: '' }] = await service.list();
      await service.remove({ ...asker, id });
      expect(hostText()).toBe(booted);
    },
    30_000,
  );
});
