import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { BridgeService, DEFAULT_POLICY } from '../../node-agent/src/bridges';
import { Iproute2 } from '../../node-agent/src/iproute2';
import { MemoryDisk, MemoryStore } from '../../node-agent/src/store';
import { cniPath } from '../../scripts/tools';
import {
  addressesOf,
  deleteLinks,
  hasOwnNetwork,
  ip,
  linkText,
  networkTest,
} from './support/network';

const asker = { owner: 'stack', identity: 'admin' };
const LINKS = ['nl-br', 'nl-home', 'nl-v0', 'nl-v2', 'nl-v4'];

/** All that the kernel tells of all links, less what runs by itself. */
function everything(): string {
  const text = ip('-d', 'addr', 'show');
  return (
    text
      .replace(/\b(hello|tcn|gc|topology_change)_timer +\S+/g, '')
      // Which port a bridge has taken its number or MAC-derived id from is new each time.
      .replace(/\b(designated_\w+|port_id|port_no|bridge_id|root_id|state) \S+/g, '$1')
  );
}

describe('adoption on the real kernel', () => {
  let folder: string;
  let service: BridgeService;

  const serve = (disk: MemoryDisk): BridgeService => {
    const store = new MemoryStore(disk);
    const { bridges: records, counters } = store.load();
    const parts = { node: 'edge-1', store, links: new Iproute2(folder), records };
    const policy = { ...DEFAULT_POLICY, adopt: 'yes' as const };
    return new BridgeService({ ...parts, counter: counters.bridges, policy });
  };

  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'netloom-adopt-'));
    service = serve(new MemoryDisk());
  });

  afterEach(() => {
    if (hasOwnNetwork) deleteLinks(...LINKS);
    rmSync(folder, { recursive: true, force: true });
  });

  networkTest(
    'gives back bridge and ports as they were, by all that the kernel tells',
    async () => {
      for (const name of ['nl-v0', 'nl-v2', 'nl-v4']) {
        const peer = `${name.slice(0, -1)}${Number(name.slice(-1)) + 1}`;
        ip('link', 'add', name, 'type', 'veth', 'peer', 'name', peer);
      }
      ip('link', 'add', 'nl-br', 'type', 'bridge');
      ip('link', 'set', 'dev', 'nl-br', 'alias', 'made by hand');
      ip('link', 'set', 'dev', 'nl-v0', 'master', 'nl-br', 'up');
      ip('link', 'set', 'dev', 'nl-br', 'up');
      ip('addr', 'add', '10.10.0.1/24', 'dev', 'nl-br');
      ip('addr', 'add', '192.168.9.1/24', 'dev', 'nl-br');
      ip('link', 'add', 'nl-home', 'type', 'bridge');
      ip('link', 'set', 'dev', 'nl-v4', 'master', 'nl-home', 'up');
      ip('addr', 'add', '10.44.0.1/24', 'dev', 'nl-v2');
      // An interface that was never up has no queue yet.
      ip('link', 'set', 'dev', 'nl-v2', 'up');
      ip('link', 'set', 'dev', 'nl-v2', 'down');
      const before = everything();
      const mac = /link\/ether (\S+)/.exec(linkText('nl-br'))?.[1];
      const addresses = ['10.10.0.254/24', '10.10.0.1/24', 'fd00:10::1/64'];
      const spec = { adopt: true, addresses, ports: ['nl-v2', 'nl-v4'], mtu: 1400 };
      const { id, actual } = await service.put({ ...asker, name: 'nl-br', spec });
      expect(actual).toMatchObject({ mac, mtu: 1400, ports: ['nl-v0', 'nl-v2', 'nl-v4'] });
      expect(addressesOf('nl-br').slice(0, 2)).toEqual(['192.168.9.1/24', '10.10.0.254/24']);
      // The MAC address stays when the port goes that it came from.
      ip('link', 'set', 'dev', 'nl-v0', 'nomaster');
      expect(linkText('nl-br')).toContain(`link/ether ${mac}`);
      ip('link', 'set', 'dev', 'nl-v0', 'master', 'nl-br');
      expect((await service.put({ ...asker, id, name: 'nl-br', spec })).steps).toEqual([]);
      expect(await service.remove({ ...asker, id, name: 'nl-br' })).toBe(true);
      expect(everything()).toBe(before);
    },
  );

  const plugins = cniPath();
  const pluginTest = plugins === undefined ? test.skip : networkTest;
  const reason = plugins === undefined ? ' (skipped: the CNI plugins are not installed)' : '';

  pluginTest(
    `a bridge that the CNI plugin made for a pod goes on serving it, and further pods${reason}`,
    async () => {
      ip('netns', 'add', 'nl-pod1');
      ip('netns', 'add', 'nl-pod2');
      const add = (pod: string) => runPlugin(plugins as string, folder, 'ADD', pod);
      const reaches = (pod: string, address: string): boolean => {
        const wait = ['-c', '1', '-W', '2', address];
        try {
          execFileSync('ip', ['netns', 'exec', pod, 'ping', ...wait], { stdio: 'pipe' });
          return true;
        } catch {
          return false;
        }
      };
      try {
        add('nl-pod1');
        const before = addressesOf('nl-br');
        const spec = { adopt: true, addresses: ['10.10.0.1/24', '10.10.0.9/24'] };
        const { id } = await service.put({ ...asker, name: 'nl-br', spec });
        expect(addressesOf('nl-br')).toEqual(['10.10.0.1/24', '10.10.0.9/24']);
        add('nl-pod2');
        for (const pod of ['nl-pod1', 'nl-pod2']) {
          expect([pod, reaches(pod, '10.10.0.1'), reaches(pod, '10.10.0.9')]).toEqual([
            pod,
            true,
            true,
          ]);
        }
        await service.remove({ ...asker, name: 'nl-br', id });
        expect(addressesOf('nl-br')).toEqual(before);
        expect(linkText('nl-br')).not.toContain('alias');
        expect(reaches('nl-pod1', '10.10.0.1')).toBe(true);
      } finally {
        ip('netns', 'del', 'nl-pod1');
        ip('netns', 'del', 'nl-pod2');
      }
    },
  );
});

function runPlugin(plugins: string, folder: string, command: string, pod: string): void {
  const config = {
    cniVersion: '0.4.0',
    name: 'lan',
    type: 'bridge',
    bridge: 'nl-br',
    isGateway: true,
    ipam: {
      type: 'host-local',
      dataDir: path.join(folder, 'cni'),
      ranges: [[{ subnet: '10.10.0.0/24', rangeStart: '10.10.0.20', gateway: '10.10.0.1' }]],
    },
  };
  const env = {
    ...process.env,
    CNI_COMMAND: command,
    CNI_CONTAINERID: pod,
    CNI_NETNS: `/run/netns/${pod}`,
    CNI_IFNAME: 'net1',
    CNI_PATH: plugins,
  };
  try {
    const input = JSON.stringify(config);
    execFileSync(path.join(plugins, 'bridge'), { input, env, stdio: 'pipe' });
  } catch (error) {
    throw new Error(String((error as { stdout?: string }).stdout ?? error));
  }
}
