import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { BridgeService } from '../../node-agent/src/bridges';
import { Iproute2 } from '../../node-agent/src/iproute2';
import { MemoryDisk, MemoryStore } from '../../node-agent/src/store';
import { cniPath } from '../../scripts/tools';
import { refusal } from './support/agent-folder';
import { buildAgent } from './support/agent-process';
import { FakeKernel } from './support/fake-kernel';
import {
  addressesOf,
  deleteLinks,
  hasLink,
  hasOwnNetwork,
  ip,
  linkText,
  networkTest,
} from './support/network';

const asker = { owner: 'urn:pulumi:dev::x::netloom:HostBridge$y::br', identity: 'admin' };
const LINKS = ['nl-br', 'nl-v0', 'nl-v2', 'nl-other', 'nl-up'];

/** The real driver, counting what it writes. */
class CountingDriver extends Iproute2 {
  written: string[] = [];

  override async apply(lines: readonly string[]): Promise<void> {
    this.written.push(...lines);
    await super.apply(lines);
  }
}

describe('bridges on the real kernel', () => {
  let folder: string;
  let links: CountingDriver;
  let disk: MemoryDisk;
  let service: BridgeService;

  const serve = (): BridgeService => {
    const store = new MemoryStore(disk);
    const { bridges, counters } = store.load();
    const counter = counters.bridges;
    return new BridgeService({ node: 'edge-1', store, links, records: bridges, counter });
  };
  const put = (spec: object, name = 'nl-br') => service.put({ ...asker, name, spec });

  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'netloom-kernel-'));
    links = new CountingDriver(folder);
    disk = new MemoryDisk();
    service = serve();
    if (hasOwnNetwork) ip('link', 'add', 'nl-v0', 'type', 'veth', 'peer', 'name', 'nl-v1');
  });

  afterEach(() => {
    if (hasOwnNetwork) deleteLinks(...LINKS);
    rmSync(folder, { recursive: true, force: true });
  });

  networkTest(
    'has mark, MAC address, MTU, ports and addresses as declared, and no tentative address',
    async () => {
      const addresses = ['10.10.0.254/24', '10.10.0.10/24', 'fd00:10::1/64', 'fd00:10::10/64'];
      const view = await put({ addresses, ports: ['nl-v0'], mtu: 1400 });
      expect(view.actual).toMatchObject({ addresses, ports: ['nl-v0'], mtu: 1400, up: true });
      expect(addressesOf('nl-br')).toEqual(addresses);
      const text = linkText('nl-br');
      expect(text).toContain(`alias netloom:${asker.owner}`);
      expect(text).toContain(`link/ether ${view.actual?.mac}`);
      expect(text).not.toMatch(/inet6 fd00\S+ .*tentative/);
      expect(linkText('nl-v0')).toMatch(/<.*\bUP\b.*>.* master nl-br/);
    },
  );

  networkTest('a second request for the same writes nothing to the kernel', async () => {
    const spec = { addresses: ['10.10.0.254/24', 'fd00:10::1/64'], ports: ['nl-v0'], mtu: 1400 };
    await put(spec);
    const before = linkText('nl-br');
    links.written = [];
    expect((await put(spec)).steps).toEqual([]);
    expect(links.written).toEqual([]);
    expect(linkText('nl-br')).toBe(before);
  });

  networkTest('every change of addresses ends in the declared order', async () => {
    const orders = [
      ['10.10.0.10/24', 'fd00:10::10/64'],
      ['10.10.0.254/24', '10.10.0.10/24', 'fd00:10::1/64', 'fd00:10::10/64'],
      ['10.10.0.10/24', '10.10.0.254/24', 'fd00:10::10/64', 'fd00:10::1/64'],
      ['10.20.0.1/24', '10.10.0.254/24', 'fd00:20::1/64', 'fd00:10::1/64'],
      ['10.10.0.254/24', '10.20.0.1/24', 'fd00:10::1/64'],
      [],
    ];
    for (const addresses of orders) {
      expect((await put({ addresses })).actual?.addresses).toEqual(addresses);
      expect(addressesOf('nl-br')).toEqual(addresses);
    }
  });

  networkTest(
    'its switches and MAC address are as declared, and go back when dropped',
    async () => {
      const { id, actual: usual } = await put({});
      const spec = { mac: '0200.0000.0007', stp: true, multicastSnooping: false };
      const changed = await service.put({ ...asker, id, name: 'nl-br', spec });
      expect(changed.actual).toMatchObject({ ...spec, mac: '02:00:00:00:00:07' });
      expect(linkText('nl-br')).toMatch(/stp_state 1 .*mcast_snooping 0/);
      expect((await service.put({ ...asker, id, name: 'nl-br', spec })).steps).toEqual([]);
      ip('link', 'set', 'dev', 'nl-br', 'type', 'bridge', 'stp_state', '0');
      expect([...(await service.heal()).repairs.values()]).toEqual([
        ['turn spanning tree protocol of nl-br on'],
      ]);
      const back = await service.put({ ...asker, id, name: 'nl-br', spec: {} });
      expect(back.actual).toEqual(usual);
    },
  );

  networkTest('its MAC address stays while ports come and go', async () => {
    const { actual } = await put({});
    ip('link', 'set', 'nl-v0', 'address', '02:00:00:00:00:01');
    await put({ ports: ['nl-v0'] });
    expect(linkText('nl-br')).toContain(`link/ether ${actual?.mac}`);
    await put({});
    expect(linkText('nl-br')).toContain(`link/ether ${actual?.mac}`);
    expect(linkText('nl-v0')).not.toContain('master');
  });

  networkTest('an address that somebody else put there stays through every change', async () => {
    await put({ addresses: ['10.10.0.10/24'] });
    ip('addr', 'add', '10.10.0.99/24', 'dev', 'nl-br');
    ip('addr', 'add', '192.168.7.1/24', 'dev', 'nl-br');
    await put({ addresses: ['10.10.0.254/24', '10.10.0.10/24'] });
    await put({ addresses: ['10.20.0.1/24'] });
    expect([...addressesOf('nl-br')].sort()).toEqual(
      ['10.10.0.99/24', '10.20.0.1/24', '192.168.7.1/24'].sort(),
    );
  });

  networkTest('a foreign bridge and a foreign interface of that name are not touched', async () => {
    ip('link', 'add', 'nl-br', 'type', 'bridge');
    ip('addr', 'add', '10.9.0.1/24', 'dev', 'nl-br');
    const before = [linkText('nl-br'), linkText('nl-v0')];
    expect(await refusal(put({ addresses: ['10.10.0.1/24'] }))).toEqual(['NL_BRIDGE_FOREIGN name']);
    expect(await refusal(put({}, 'nl-v0'))).toEqual(['NL_BRIDGE_FOREIGN name']);
    expect([linkText('nl-br'), linkText('nl-v0')]).toEqual(before);
    expect(disk.bridges.size).toBe(0);
  });

  networkTest(
    'interfaces that carry a default route are refused as ports, v4, v6 and other tables',
    async () => {
      ip('link', 'add', 'nl-up', 'type', 'bridge');
      ip('link', 'add', 'nl-v2', 'type', 'veth', 'peer', 'name', 'nl-v3');
      ip('link', 'set', 'nl-v0', 'up');
      ip('link', 'set', 'nl-v2', 'up');
      ip('addr', 'add', '10.77.0.1/24', 'dev', 'nl-v0');
      ip('route', 'add', 'default', 'via', '10.77.0.2', 'table', '77');
      ip('-6', 'route', 'add', 'default', 'dev', 'nl-v2');
      const spec = { ports: ['nl-v0', 'nl-v2'] };
      expect(await refusal(put(spec))).toEqual([
        'NL_BRIDGE_PORT spec.ports[0]',
        'NL_BRIDGE_PORT spec.ports[1]',
      ]);
      expect(hasLink('nl-br')).toBe(false);
    },
  );

  networkTest(
    'when a step fails the host is as before: for a new bridge, and for a change',
    async () => {
      ip('link', 'add', 'nl-v2', 'type', 'veth', 'peer', 'name', 'nl-v3');
      // The kernel allows no loop: an interface on top of a bridge can't be its port.
      ip('link', 'add', 'nl-other', 'type', 'bridge');
      await put({ addresses: ['10.10.0.1/24'], ports: ['nl-v0'], mtu: 1400 });
      const before = linkText('nl-br');
      const record = structuredClone(disk.bridges.get('nl-br'));
      ip('link', 'add', 'link', 'nl-br', 'name', 'nl-up', 'type', 'macvlan');
      const spec = { addresses: ['10.20.0.1/24'], ports: ['nl-v2', 'nl-up'], mtu: 1300 };
      const { id } = (await service.list())[0] ?? {};
      expect(await refusal(service.put({ ...asker, id, name: 'nl-br', spec }))).toEqual([
        'NL_HOST_COMMAND ip',
      ]);
      expect(linkText('nl-br')).toBe(before);
      expect(disk.bridges.get('nl-br')).toEqual(record);
      expect(linkText('nl-v2')).not.toContain('master');
    },
  );

  networkTest('after a loss of all links (a reboot) the start brings them back', async () => {
    const addresses = ['10.10.0.254/24', 'fd00:10::1/64'];
    await put({ addresses, ports: ['nl-v0'] });
    ip('link', 'del', 'nl-br');
    expect(await serve().restore()).toEqual(new Map());
    expect(addressesOf('nl-br')).toEqual(addresses);
    expect(linkText('nl-v0')).toContain('master nl-br');
  });

  networkTest('a link that was deleted by hand and is deleted again is a success', async () => {
    const { id } = await put({});
    ip('link', 'del', 'nl-br');
    expect(await service.remove({ ...asker, name: 'nl-br', id })).toBe(true);
    expect(await service.remove({ ...asker, name: 'nl-br', id })).toBe(false);
  });

  networkTest('the kernel orders addresses as the fake one of the other tests does', async () => {
    ip('link', 'add', 'nl-br', 'type', 'bridge');
    ip('link', 'set', 'nl-br', 'up');
    const v4 = fc
      .tuple(
        fc.integer({ min: 0, max: 2 }),
        fc.integer({ min: 1, max: 4 }),
        fc.constantFrom(24, 16),
      )
      .map(([net, host, length]) => `10.${net}.0.${host}/${length}`);
    const v6 = fc
      .tuple(fc.constantFrom('fd00:1::', 'fd00:2::'), fc.integer({ min: 1, max: 4 }))
      .map(([prefix, host]) => `${prefix}${host}/64`);
    const actions = fc.array(fc.tuple(fc.boolean(), fc.oneof(v4, v6)), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(actions, async (list) => {
        ip('addr', 'flush', 'dev', 'nl-br', 'scope', 'global');
        const fake = new FakeKernel();
        fake.addLink('nl-br');
        for (const [adds, address] of list) {
          const present = (await fake.observe()).links.get('nl-br')?.addresses ?? [];
          const host = address.split('/')[0];
          if (adds && present.some((one) => one.split('/')[0] === host)) continue;
          if (!adds && !present.includes(address)) continue;
          const nodad = address.includes(':') ? ' nodad' : '';
          const line = adds
            ? `addr replace ${address} dev nl-br${nodad}`
            : `addr del ${address} dev nl-br`;
          await fake.apply([line]);
          await links.apply([line]);
        }
        const expected = (await fake.observe()).links.get('nl-br')?.addresses;
        expect(addressesOf('nl-br')).toEqual(expected);
      }),
      { numRuns: 40 },
    );
  });

  networkTest('without CAP_NET_ADMIN the refusal says what to give the agent', async () => {
    buildAgent();
    const drop = ['--bounding-set=-all', '--inh-caps=-all', '--no-new-privs'];
    const lib = path.join(__dirname, '../../node-agent/lib/iproute2.js');
    const code = `
      const { Iproute2 } = require(${JSON.stringify(lib)});
      new Iproute2(${JSON.stringify(folder)})
        .apply(['link add name nl-br type bridge'])
        .catch((error) => process.stdout.write(error.message));
    `;
    const text = execFileSync('setpriv', [...drop, process.execPath, '-e', code], {
      encoding: 'utf8',
    });
    expect(text).toContain('"ip link add name nl-br type bridge" failed');
    expect(text).toContain('Operation not permitted');
    expect(text).toContain('AmbientCapabilities=CAP_NET_ADMIN');
    expect(hasLink('nl-br')).toBe(false);
  });

  const plugins = cniPath();

  const pluginTest = plugins === undefined ? test.skip : networkTest;
  const reason = plugins === undefined ? ' (skipped: the CNI plugins are not installed)' : '';

  pluginTest(
    `the CNI bridge plugin takes the bridge as its gateway when that address is the first one${reason}`,
    async () => {
      const add = (containerId: string): unknown =>
        runPlugin(plugins as string, folder, 'ADD', containerId);
      await put({
        addresses: ['10.10.0.254/24', '10.10.0.10/24', 'fd00:10::fe/64', 'fd00:10::10/64'],
      });
      ip('netns', 'add', 'nl-pod');
      try {
        expect(add('c1')).toMatchObject({
          ips: [{ address: '10.10.0.20/24' }, { address: 'fd00:10::20/64' }],
        });
        runPlugin(plugins as string, folder, 'DEL', 'c1');
        await put({ addresses: ['10.10.0.10/24', '10.10.0.254/24'] });
        expect(() => add('c2')).toThrow('already has an IP address different from 10.10.0.254/24');
      } finally {
        ip('netns', 'del', 'nl-pod');
      }
      const mine = addressesOf('nl-br').filter((address) => !address.includes(':'));
      expect(mine).toEqual(['10.10.0.10/24', '10.10.0.254/24']);
    },
  );
});

function runPlugin(plugins: string, folder: string, command: string, containerId: string): unknown {
  const config = {
    cniVersion: '0.4.0',
    name: 'lan',
    type: 'bridge',
    bridge: 'nl-br',
    isGateway: true,
    ipam: {
      type: 'host-local',
      dataDir: path.join(folder, 'cni'),
      ranges: [
        [{ subnet: '10.10.0.0/24', rangeStart: '10.10.0.20', gateway: '10.10.0.254' }],
        [{ subnet: 'fd00:10::/64', rangeStart: 'fd00:10::20', gateway: 'fd00:10::fe' }],
      ],
    },
  };
  const env = {
    ...process.env,
    CNI_COMMAND: command,
    CNI_CONTAINERID: containerId,
    CNI_NETNS: '/run/netns/nl-pod',
    CNI_IFNAME: 'net1',
    CNI_PATH: plugins,
  };
  try {
    const text = execFileSync(path.join(plugins, 'bridge'), {
      input: JSON.stringify(config),
      env,
      encoding: 'utf8',
      stdio: 'pipe',
    });
    return text === '' ? undefined : JSON.parse(text);
  } catch (error) {
    throw new Error(String((error as { stdout?: string }).stdout ?? error));
  }
}
