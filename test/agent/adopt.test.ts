import { type BridgeParts, BridgeService, DEFAULT_POLICY } from '../../node-agent/src/bridges';
import { MemoryDisk, MemoryStore } from '../../node-agent/src/store';
import { refusal } from './support/agent-folder';
import { FakeKernel } from './support/fake-kernel';

const asker = { owner: 'stack', identity: 'admin' };
const ADOPTS = { ...DEFAULT_POLICY, adopt: 'yes' as const };
const MAC = 'aa:bb:cc:00:00:01';

function serviceOn(
  disk: MemoryDisk,
  kernel: FakeKernel,
  parts: Partial<BridgeParts> = {},
): BridgeService {
  const store = new MemoryStore(disk);
  const { bridges: records, counters } = store.load();
  const counter = counters.bridges;
  const given = { node: 'edge-1', store, links: kernel, records, counter, bootId: 'boot-1' };
  return new BridgeService({ ...given, policy: ADOPTS, ...parts });
}

/** A host where a pod came first: the CNI bridge plugin made the bridge and its gateway address. */
function hostWithPods(): FakeKernel {
  const kernel = new FakeKernel();
  const addresses = { primaries: ['10.10.0.1/24'], ipv6: ['fe80::1/64'] };
  kernel.addLink('br-test', { kind: 'bridge', mac: MAC, ...addresses });
  kernel.addLink('veth1', { kind: 'veth', master: 'br-test' });
  kernel.addLink('br-other', { kind: 'bridge', alias: 'of somebody else' });
  kernel.addLink('eth1', { up: false });
  kernel.addLink('eth2', { master: 'br-other' });
  return kernel;
}

const spec = {
  adopt: true,
  addresses: ['10.10.0.254/24', '10.10.0.1/24', 'fd00:10::1/64'],
  ports: ['eth1', 'eth2', 'veth1'],
  mtu: 1400,
  mac: '02-00-00-00-00-09',
  stp: true,
  multicastSnooping: false,
};
const request = { name: 'br-test', ...asker, spec };

async function linksOf(kernel: FakeKernel): Promise<unknown[]> {
  const { links } = await kernel.observe();
  return [...links.values()].sort((a, b) => a.name.localeCompare(b.name));
}

describe('adopting a bridge', () => {
  let disk: MemoryDisk;
  let kernel: FakeKernel;
  let service: BridgeService;

  beforeEach(() => {
    disk = new MemoryDisk();
    kernel = hostWithPods();
    service = serviceOn(disk, kernel);
  });

  test('is never done unasked, nor where the policy of the node says no', async () => {
    const before = await linksOf(kernel);
    const unasked = { ...request, spec: { ...spec, adopt: false, ports: [] } };
    expect(await refusal(service.put(unasked))).toEqual(['NL_BRIDGE_FOREIGN name']);
    const strict = serviceOn(disk, kernel, { policy: DEFAULT_POLICY });
    expect(await refusal(strict.put(request))).toEqual(['NL_HOST_POLICY spec.adopt']);
    expect(await refusal(strict.preview(request))).toEqual(['NL_HOST_POLICY spec.adopt']);
    expect(await linksOf(kernel)).toEqual(before);
    expect(disk.bridges.size).toBe(0);
  });

  test('takes no other interface of that name, and no bridge whose alias could not come back', async () => {
    kernel.addLink('dummy0', { kind: 'dummy' });
    kernel.addLink('br-odd', { kind: 'bridge', alias: 'say "hello"' });
    for (const name of ['dummy0', 'br-odd']) {
      const asked = { ...request, name, spec: { adopt: true } };
      expect(await refusal(service.put(asked))).toEqual(['NL_BRIDGE_FOREIGN name']);
    }
  });

  test('keeps its MAC address where none is asked for', async () => {
    const { mac: _mac, ...rest } = spec;
    const { actual } = await service.put({ ...request, spec: rest });
    expect(actual?.mac).toBe(MAC);
  });

  test('keeps foreign addresses and pods; the dry run says the same steps', async () => {
    const dry = await service.preview(request);
    expect(disk.bridges.size).toBe(0);
    const view = await service.put(request);
    expect(view.steps).toEqual(dry.steps);
    expect(view.steps[0]).toBe("adopt bridge br-test: mark br-test as netloom's");
    expect(view).toMatchObject({
      adopted: true,
      actual: { mac: '02:00:00:00:00:09', mtu: 1400, stp: true, multicastSnooping: false },
    });
    expect(view.actual?.addresses.slice(0, 2)).toEqual(['10.10.0.254/24', '10.10.0.1/24']);
    expect(kernel.links.get('veth1')?.master).toBe('br-test');
    expect(kernel.links.get('eth2')?.master).toBe('br-test');
    expect((await service.put({ ...request, id: view.id })).steps).toEqual([]);
  });

  test('removing the resource restores exactly what was there', async () => {
    const before = await linksOf(kernel);
    const { id } = await service.put(request);
    const adopted = await linksOf(kernel);
    expect(adopted).not.toEqual(before);
    const removal = { ...asker, name: 'br-test', id };
    const [rows, lines] = [structuredClone([...disk.bridges]), kernel.history.length];
    const dry = await service.previewRemoval(removal);
    expect([[...disk.bridges], kernel.history.length]).toEqual([rows, lines]);
    expect(await linksOf(kernel)).toEqual(adopted);
    const done = await service.removeChecked(removal);
    expect(done).toEqual(dry);
    expect(kernel.history.slice(lines)).toEqual(dry.steps.flatMap((step) => step.lines));
    expect(await linksOf(kernel)).toEqual(before);
    expect(disk.bridges.size).toBe(0);
  });

  test('so does taking netloom off the host, and a restart in between changes nothing', async () => {
    const before = await linksOf(kernel);
    await service.put(request);
    service = serviceOn(disk, kernel);
    kernel.history.length = 0;
    expect(await service.restore()).toEqual(new Map());
    expect(kernel.history).toEqual([]);
    await service.removeAll();
    expect(await linksOf(kernel)).toEqual(before);
  });

  test('what the spec drops again goes back at once, what was there before stays', async () => {
    const { id } = await service.put(request);
    await service.put({ ...request, id, spec: { adopt: true } });
    const { mtu, primaries, secondaries } = kernel.links.get('br-test') ?? {};
    expect({ mtu, primaries, secondaries }).toEqual({
      mtu: 1500,
      primaries: ['10.10.0.1/24'],
      secondaries: [],
    });
    expect(kernel.links.get('eth1')).toMatchObject({ master: undefined, up: false });
    expect(kernel.links.get('eth2')?.master).toBe('br-other');
    expect(kernel.links.get('veth1')?.master).toBe('br-test');
    expect(Object.keys(disk.bridges.get('br-test')?.images?.ports ?? {})).toEqual([]);
  });

  test('a port is never taken from another bridge of netloom', async () => {
    await service.put({ ...request, name: 'br-mine', spec: { ports: ['eth1'] } });
    expect(await refusal(service.put(request))).toEqual(['NL_BRIDGE_PORT spec.ports[0]']);
  });

  test('when the kernel refuses a step, the bridge is given back', async () => {
    const before = await linksOf(kernel);
    kernel.refuse = /^link set dev eth2 master br-test/;
    expect(await refusal(service.put(request))).toEqual(['NL_HOST_COMMAND ip']);
    expect(await linksOf(kernel)).toEqual(before);
    expect(disk.bridges.size).toBe(0);
  });

  test('drift of an adopted bridge is repaired, and it is still given back', async () => {
    const before = await linksOf(kernel);
    const { id } = await service.put(request);
    const link = kernel.links.get('br-test');
    if (link) Object.assign(link, { mtu: 1300, mac: '02:00:00:00:00:07', stp: false, up: false });
    expect([...(await service.heal()).repairs.keys()]).toEqual(['br-test']);
    expect(link).toMatchObject({ mtu: 1400, mac: '02:00:00:00:00:09', up: true });
    await service.remove({ ...asker, name: 'br-test', id });
    expect(await linksOf(kernel)).toEqual(before);
  });

  test('after a reboot the image is void: the bridge is made, and deleted at the end', async () => {
    const { id } = await service.put(request);
    kernel = new FakeKernel();
    for (const port of ['eth1', 'eth2', 'veth1']) kernel.addLink(port);
    const before = await linksOf(kernel);
    service = serviceOn(disk, kernel, { bootId: 'boot-2' });
    expect(await service.restore()).toEqual(new Map());
    expect(kernel.links.get('br-test')?.mac).not.toBe(MAC);
    await service.remove({ ...asker, name: 'br-test', id });
    expect(await linksOf(kernel)).toEqual(before);
  });

  test('after a reboot with pods before the agent, it is adopted anew, as it is then', async () => {
    const { id } = await service.put(request);
    kernel = hostWithPods();
    Object.assign(kernel.links.get('br-test') ?? {}, { mac: 'aa:bb:cc:00:00:02' });
    const before = await linksOf(kernel);
    service = serviceOn(disk, kernel, { bootId: 'boot-2' });
    expect(await service.restore()).toEqual(new Map());
    expect(kernel.links.get('br-test')).toMatchObject({ alias: 'netloom:stack', mtu: 1400 });
    await service.remove({ ...asker, name: 'br-test', id });
    expect(await linksOf(kernel)).toEqual(before);
  });
});

describe('ports of a bridge that netloom made', () => {
  test('return to where they were when it goes', async () => {
    const kernel = hostWithPods();
    const before = await linksOf(kernel);
    const service = serviceOn(new MemoryDisk(), kernel);
    const ports = { adopt: true, ports: ['eth1', 'eth2'] };
    const { id } = await service.put({ ...request, name: 'br-new', spec: ports });
    expect(kernel.links.get('eth2')?.master).toBe('br-new');
    await service.remove({ ...asker, name: 'br-new', id });
    expect(await linksOf(kernel)).toEqual(before);
  });
});

describe('the policy of the node', () => {
  test.each([
    { name: 'a bridge name', policy: { bridges: ['br-*'] }, asks: 'lan0', want: 'name' },
    { name: 'a port', policy: { ports: ['eth[12]'] }, asks: 'br-a', want: 'spec.ports[0]' },
    { name: 'any port', policy: { ports: [] }, asks: 'br-a', want: 'spec.ports[0]' },
  ])('refuses $name that it does not name', async ({ policy, asks, want }) => {
    const kernel = new FakeKernel();
    kernel.addLink('eth1');
    const strict = { policy: { ...DEFAULT_POLICY, ...policy } };
    const service = serviceOn(new MemoryDisk(), kernel, strict);
    const asked = { ...asker, name: asks, spec: { ports: ['eth1'] } };
    expect(await refusal(service.put(asked))).toEqual([`NL_HOST_POLICY ${want}`]);
    expect(kernel.history).toEqual([]);
  });
});

/** Every point at which the agent can die, one after the other: commits and lines of `ip`. */
describe('a crash at any step', () => {
  class Crash extends Error {}
  type Change = (service: BridgeService) => Promise<unknown>;
  const changes: Record<string, Change> = {
    'of adopting': (service) => service.put(request),
    'of changing what was adopted': (service) =>
      service.put({ ...request, id: 'br-test#1', spec: { adopt: true, ports: ['eth2'] } }),
    'of giving back': (service) => service.remove({ ...asker, name: 'br-test', id: 'br-test#1' }),
  };

  async function begin(isAdopted: boolean): Promise<{ disk: MemoryDisk; kernel: FakeKernel }> {
    const world = { disk: new MemoryDisk(), kernel: hostWithPods() };
    if (isAdopted) await serviceOn(world.disk, world.kernel).put(request);
    return world;
  }

  test.each(Object.entries(changes))(
    '%s: old or new after the start, and what was there before is not forgotten',
    async (name, change) => {
      const isAdopted = name !== 'of adopting';
      const untouched = await linksOf(hostWithPods());
      const smooth = await begin(isAdopted);
      const old = await linksOf(smooth.kernel);
      await change(serviceOn(smooth.disk, smooth.kernel));
      const fresh = await linksOf(smooth.kernel);
      let points = 0;
      for (; ; points++) {
        const { disk, kernel } = await begin(isAdopted);
        let left = points;
        const step = (): void => {
          if (left-- <= 0) throw new Crash();
        };
        const commit = disk.commit.bind(disk);
        disk.commit = (rows) => {
          step();
          commit(rows);
        };
        kernel.beforeLine = step;
        const isDone = await change(serviceOn(disk, kernel)).then(
          () => true,
          () => false,
        );
        disk.commit = commit;
        kernel.beforeLine = undefined;
        if (isDone) break;
        const service = serviceOn(disk, kernel);
        expect(await service.restore()).toEqual(new Map());
        expect([old, fresh]).toContainEqual(await linksOf(kernel));
        kernel.history.length = 0;
        await serviceOn(disk, kernel).restore();
        expect(kernel.history).toEqual([]);
        await service.removeAll();
        expect(await linksOf(kernel)).toEqual(untouched);
      }
      expect(points).toBeGreaterThan(5);
    },
  );
});
