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
const LINKS = ['nl-abr', 'nl-ahome', 'nl-av0', 'nl-av2', 'nl-av4'];

/** All that the kernel tells of these links, less what runs by itself. */
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
      for (const name of ['nl-av0', 'nl-av2', 'nl-av4']) {
        const peer = `${name.slice(0, -1)}${Number(name.slice(-1)) + 1}`;
        ip('link', 'add', name, 'type', 'veth', 'peer', 'name', peer);
      }
      ip('link', 'add', 'nl-abr', 'type', 'bridge');
      ip('link', 'set', 'dev', 'nl-abr', 'alias', 'made by hand');
      ip('link', 'set', 'dev', 'nl-av0', 'master', 'nl-abr', 'up');
      ip('link', 'set', 'dev', 'nl-abr', 'up');
      ip('addr', 'add', '10.81.0.1/24', 'dev', 'nl-abr');
      ip('addr', 'add', '192.168.9.1/24', 'dev', 'nl-abr');
      ip('link', 'add', 'nl-ahome', 'type', 'bridge');
      ip('link', 'set', 'dev', 'nl-av4', 'master', 'nl-ahome', 'up');
      ip('addr', 'add', '10.44.0.1/24', 'dev', 'nl-av2');
      // An interface that was never up has no queue yet.
      ip('link', 'set', 'dev', 'nl-av2', 'up');
      ip('link', 'set', 'dev', 'nl-av2', 'down');
      const before = everything();
      const mac = /link\/ether (\S+)/.exec(linkText('nl-abr'))?.[1];
      const addresses = ['10.81.0.254/24', '10.81.0.1/24', 'fd00:81::1/64'];
      const spec = { adopt: true, addresses, ports: ['nl-av2', 'nl-av4'], mtu: 1400 };
      const { id, actual } = await service.put({ ...asker, name: 'nl-abr', spec });
      expect(actual).toMatchObject({ mac, mtu: 1400, ports: ['nl-av0', 'nl-av2', 'nl-av4'] });
      expect(addressesOf('nl-abr').slice(0, 2)).toEqual(['192.168.9.1/24', '10.81.0.254/24']);
      // The MAC address stays when the port goes that it came from.
      ip('link', 'set', 'dev', 'nl-av0', 'nomaster');
      expect(linkText('nl-abr')).toContain(`link/ether ${mac}`);
      ip('link', 'set', 'dev', 'nl-av0', 'master', 'nl-abr');
      expect((await service.put({ ...asker, id, name: 'nl-abr', spec })).steps).toEqual([]);
      expect(await service.remove({ ...asker, id, name: 'nl-abr' })).toBe(true);
      expect(everything()).toBe(before);
    },
  );

  const plugins = cniPath();
  const pluginTest = plugins === undefined ? test.skip : networkTest;
  const reason = plugins === undefined ? ' (skipped: the CNI plugins are not installed)' : '';

  pluginTest(
    `a bridge that the CNI plugin made for a pod goes on serving it, and further pods${reason}`,
    async () => {
      ip('netns', 'add', 'nl-apod1');
      ip('netns', 'add', 'nl-apod2');
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
        add('nl-apod1');
        const before = addressesOf('nl-abr');
        const spec = { adopt: true, addresses: ['10.81.0.1/24', '10.81.0.9/24'] };
        const { id } = await service.put({ ...asker, name: 'nl-abr', spec });
        expect(addressesOf('nl-abr')).toEqual(['10.81.0.1/24', '10.81.0.9/24']);
        add('nl-apod2');
        for (const pod of ['nl-apod1', 'nl-apod2']) {
          expect([pod, reaches(pod, '10.81.0.1'), reaches(pod, '10.81.0.9')]).toEqual([
            pod,
            true,
            true,
          ]);
        }
        await service.remove({ ...asker, name: 'nl-abr', id });
        expect(addressesOf('nl-abr')).toEqual(before);
        expect(linkText('nl-abr')).not.toContain('alias');
        expect(reaches('nl-apod1', '10.81.0.1')).toBe(true);
      } finally {
        ip('netns', 'del', 'nl-apod1');
        ip('netns', 'del', 'nl-apod2');
      }
    },
  );
});

function runPlugin(plugins: string, folder: string, command: string, pod: string): void {
  const config = {
    cniVersion: '0.4.0',
    name: 'lan',
    type: 'bridge',
    bridge: 'nl-abr',
    isGateway: true,
    ipam: {
      type: 'host-local',
      dataDir: path.join(folder, 'cni'),
      ranges: [[{ subnet: '10.81.0.0/24', rangeStart: '10.81.0.20', gateway: '10.81.0.1' }]],
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
