import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { type Gateway, Probes } from '../../../node-agent/src/checkpoint';
import { deleteLinks, hasOwnNetwork, ip, networkTest } from '../support/network';

/** A change waits so long at most; the rest is for a busy machine. */
const LIMIT_MS = 2_000 + 1_000;

const neighbours = (...addresses: string[]) => ({
  gateways: async () => addresses.map((address): Gateway => ({ address, dev: 'lo' })),
  resolves: async () => true,
});

describe('probes', () => {
  let folder: string;
  let resolvConf: string;

  beforeAll(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'netloom-probes-'));
    resolvConf = path.join(folder, 'resolv.conf');
    const servers = ['10.72.0.2', '10.72.0.3', 'fd00:72::4'];
    writeFileSync(resolvConf, servers.map((one) => `nameserver ${one}\n`).join(''));
    if (!hasOwnNetwork) return;
    ip('link', 'add', 'pr-up', 'type', 'veth', 'peer', 'name', 'pr-far');
    for (const name of ['pr-up', 'pr-far']) ip('link', 'set', name, 'up');
    ip('addr', 'add', '10.72.0.1/24', 'dev', 'pr-up');
    ip('addr', 'add', 'fd00:72::1/64', 'dev', 'pr-up', 'nodad');
    // Whoever asks these gets neither an answer nor an error.
    for (const address of ['10.72.0.2', '10.72.0.3', '10.72.0.9']) {
      ip('neigh', 'add', address, 'lladdr', '02:00:00:00:00:72', 'dev', 'pr-up');
    }
    ip('-6', 'neigh', 'add', 'fd00:72::4', 'lladdr', '02:00:00:00:00:72', 'dev', 'pr-up');
  });

  afterAll(() => {
    if (hasOwnNetwork) deleteLinks('pr-up');
    rmSync(folder, { recursive: true, force: true });
  });

  networkTest(
    'of name servers and an API server that say nothing end within two seconds',
    async () => {
      const probes = new Probes(neighbours(), { resolvConf, apiServer: '10.72.0.9:443' });
      const since = performance.now();
      expect(await probes.list()).toHaveLength(4);
      expect(await probes.working()).toEqual([]);
      expect(performance.now() - since).toBeLessThan(LIMIT_MS);
    },
  );

  test('that never end count as not reachable in time', async () => {
    const resolves = () => new Promise<boolean>(() => {});
    const probes = new Probes({ ...neighbours('127.0.0.1'), resolves }, { nameServers: 'no' });
    const since = performance.now();
    expect(await probes.working()).toEqual([]);
    expect(performance.now() - since).toBeLessThan(LIMIT_MS);
  });

  test('ask what answers, and of gateways and name servers only those that count', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const apiServer = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    const both = neighbours('127.0.0.1', '127.0.1.1');
    const some = { apiServer, gateways: ['127.0.1.*'], nameServers: 'no', resolvConf } as const;
    const working = await new Probes(both, some).working();
    expect(working.map((probe) => probe.words)).toEqual([
      'default gateway 127.0.1.1',
      `API server ${apiServer}`,
    ]);
    const all = await new Probes(both, { resolvConf }).list();
    expect(all.map((probe) => probe.words)).toEqual([
      'default gateway 127.0.0.1',
      'default gateway 127.0.1.1',
      'name server 10.72.0.2',
      'name server 10.72.0.3',
      'name server fd00:72::4',
    ]);
    await new Promise((resolve) => server.close(resolve));
  });
});
