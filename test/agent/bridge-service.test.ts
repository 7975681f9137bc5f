import { BridgeService } from '../../node-agent/src/bridges';
import { MemoryDisk, MemoryStore } from '../../node-agent/src/store';
import { refusal } from './support/agent-folder';
import { FakeKernel } from './support/fake-kernel';

const asker = { owner: 'stack', identity: 'admin' };
const request = { name: 'br-test', ...asker, spec: { addresses: ['10.10.0.10/24'] } };

function serviceOn(disk: MemoryDisk, kernel: FakeKernel): BridgeService {
  const store = new MemoryStore(disk);
  const { bridges, counters } = store.load();
  return new BridgeService({
    node: 'edge-1',
    store,
    links: kernel,
    records: bridges,
    counter: counters.bridges,
  });
}

describe('the bridge service', () => {
  let disk: MemoryDisk;
  let kernel: FakeKernel;
  let service: BridgeService;

  beforeEach(() => {
    disk = new MemoryDisk();
    kernel = new FakeKernel();
    service = serviceOn(disk, kernel);
  });

  const addresses = (): string[] => {
    const link = kernel.links.get('br-test');
    return link ? [...link.primaries, ...link.secondaries, ...link.ipv6] : [];
  };

  test('what is wanted is durable before the kernel is touched', async () => {
    const recorded: boolean[] = [];
    kernel.beforeLine = () => recorded.push(disk.bridges.has('br-test'));
    await service.put(request);
    expect(recorded.length).toBeGreaterThan(0);
    expect(recorded).not.toContain(false);
    expect(disk.bridges.get('br-test')?.pending).toBeUndefined();
  });

  test('the same request again touches nothing, and begins a new incarnation', async () => {
    const first = await service.put(request);
    kernel.history.length = 0;
    const second = await service.put(request);
    expect(kernel.history).toEqual([]);
    expect(second.steps).toEqual([]);
    expect([first.id, second.id]).toEqual(['br-test#1', 'br-test#2']);
    expect(await service.remove({ ...asker, name: 'br-test', id: first.id })).toBe(false);
    expect(kernel.links.has('br-test')).toBe(true);
    expect(await service.remove({ ...asker, name: 'br-test', id: second.id })).toBe(true);
    expect(kernel.links.has('br-test')).toBe(false);
    expect(disk.bridges.size).toBe(0);
    expect(await service.remove({ ...asker, name: 'br-test', id: second.id })).toBe(false);
  });

  test('a change that names its incarnation keeps it; a lower one never comes back', async () => {
    const first = await service.put(request);
    const changed = await service.put({ ...request, id: first.id, spec: { mtu: 1400 } });
    expect(changed.id).toBe(first.id);
    const second = await service.put(request);
    expect(await service.put({ ...request, id: first.id })).toMatchObject({ id: second.id });
    expect(await refusal(service.put({ ...request, id: 'br-test#99' }))).toEqual([
      'NL_REQUEST_INVALID id',
    ]);
    expect(await refusal(service.put({ ...request, id: 'br-x#1' }))).toEqual([
      'NL_REQUEST_INVALID id',
    ]);
  });

  test('incarnations go on after a restart, also when no bridge is left', async () => {
    const { id } = await service.put(request);
    await service.remove({ ...asker, name: 'br-test', id });
    expect(await serviceOn(disk, kernel).put(request)).toMatchObject({ id: 'br-test#2' });
  });

  test('a dry run answers the very steps of the run, and changes nothing', async () => {
    const before = structuredClone([...disk.bridges]);
    const dry = await service.preview(request);
    expect([...disk.bridges]).toEqual(before);
    expect(kernel.history).toEqual([]);
    expect((await service.put(request)).steps).toEqual(dry.steps);
    expect(dry.steps.length).toBeGreaterThan(0);
    expect((await service.preview(request)).steps).toEqual([]);
  });

  test('a dry run of a removal does so, too, and has the refusals', async () => {
    const { id } = await service.put(request);
    const { name, owner, identity } = request;
    const removal = { name, owner, identity, id };
    const before = structuredClone([...disk.bridges]);
    const lines = kernel.history.length;
    const dry = await service.previewRemoval(removal);
    expect(await refusal(service.previewRemoval({ ...removal, owner: 'other' }))).toEqual([
      'NL_BRIDGE_OWNED name',
    ]);
    expect(await service.previewRemoval({ ...removal, id: `${name}#99` })).toEqual({
      removed: false,
      steps: [],
    });
    expect([[...disk.bridges], kernel.history.length]).toEqual([before, lines]);
    expect(dry.steps[0]?.words).toBe(`delete bridge ${name}`);
    expect(await service.removeChecked(removal)).toEqual(dry);
    expect(await service.previewRemoval(removal)).toEqual({ removed: false, steps: [] });
  });

  test('a second owner is refused with the name of the first', async () => {
    await service.put(request);
    const other = { ...request, owner: 'other' };
    await expect(service.put(other)).rejects.toThrow('belongs to stack (identity "admin")');
    expect(await refusal(service.preview(other))).toEqual(['NL_BRIDGE_OWNED name']);
    expect(await refusal(service.put({ ...request, identity: 'ci' }))).toEqual([
      'NL_BRIDGE_OWNED name',
    ]);
    const removal = { name: 'br-test', owner: 'other', identity: 'admin', id: 'br-test#1' };
    expect(await refusal(service.remove(removal))).toEqual(['NL_BRIDGE_OWNED name']);
  });

  test('an owner may hand its bridge over; the link changes its mark and nothing else', async () => {
    const { id } = await service.put(request);
    kernel.history.length = 0;
    const handed = { ...request, owner: 'renamed', from: 'stack', id };
    expect(await service.put(handed)).toMatchObject({ id, owner: 'renamed' });
    expect(kernel.history).toEqual(['link set dev br-test alias netloom:renamed']);
    expect(await service.put(handed)).toMatchObject({ id, steps: [] });
    expect(disk.bridges.get('br-test')?.managed).toEqual({
      addresses: ['10.10.0.10/24'],
      ports: [],
    });
    const stolen = { ...request, owner: 'thief', from: 'renamed', identity: 'ci' };
    expect(await refusal(service.put(stolen))).toEqual(['NL_BRIDGE_OWNED name']);
  });

  test.each(['bridge', 'dummy'])(
    'a foreign %s of that name is refused and not touched',
    async (kind) => {
      kernel.addLink('br-test', { kind, alias: 'of somebody', primaries: ['10.9.0.1/24'] });
      const before = structuredClone(kernel.links);
      expect(await refusal(service.put(request))).toEqual(['NL_BRIDGE_FOREIGN name']);
      expect(kernel.links).toEqual(before);
      expect(kernel.history).toEqual([]);
      expect(disk.bridges.size).toBe(0);
    },
  );

  test('a foreign bridge that took the place of ours is not deleted with it', async () => {
    const { id } = await service.put(request);
    kernel.addLink('br-test', { kind: 'bridge', alias: 'of somebody' });
    kernel.history.length = 0;
    expect(await service.remove({ ...asker, name: 'br-test', id })).toBe(true);
    expect(kernel.links.get('br-test')?.alias).toBe('of somebody');
    expect(kernel.history).toEqual([]);
    expect(disk.bridges.size).toBe(0);
  });

  test('when the kernel refuses a step of a new bridge, nothing is left of it', async () => {
    kernel.addLink('eth1');
    kernel.refuse = /^link set dev eth1 master/;
    const spec = { ...request.spec, ports: ['eth1'] };
    expect(await refusal(service.put({ ...request, spec }))).toEqual(['NL_HOST_COMMAND ip']);
    expect(kernel.links.has('br-test')).toBe(false);
    expect(disk.bridges.size).toBe(0);
  });

  test('when the kernel refuses a step of a change, the bridge is as before', async () => {
    kernel.addLink('eth1');
    kernel.addLink('eth2');
    const spec = { addresses: ['10.10.0.10/24', '10.10.0.254/24'], ports: ['eth1'], mtu: 1400 };
    const { id } = await service.put({ ...request, spec });
    const before = structuredClone({ links: [...kernel.links], records: [...disk.bridges] });
    kernel.refuse = /^link set dev eth2 master/;
    const next = { addresses: ['10.10.0.254/24', '10.20.0.1/24'], ports: ['eth2'], mtu: 1300 };
    expect(await refusal(service.put({ ...request, id, spec: next }))).toEqual([
      'NL_HOST_COMMAND ip',
    ]);
    expect({ links: [...kernel.links], records: [...disk.bridges] }).toEqual(before);
  });

  test('what a former spec had and the new one has not is taken off', async () => {
    kernel.addLink('eth1');
    const spec = { addresses: ['10.10.0.10/24', 'fd00::1/64'], ports: ['eth1'], mtu: 1400 };
    await service.put({ ...request, spec });
    await service.put(request);
    expect(addresses()).toEqual(['10.10.0.10/24']);
    expect(kernel.links.get('eth1')?.master).toBeUndefined();
    expect(kernel.links.get('br-test')?.mtu).toBe(1500);
  });

  test('a bridge whose link vanished is made again by the same request', async () => {
    await service.put(request);
    kernel.links.delete('br-test');
    expect((await service.list())[0]?.actual).toBeUndefined();
    expect((await service.put(request)).steps).toContain('add 10.10.0.10/24 on br-test');
    expect(addresses()).toEqual(['10.10.0.10/24']);
  });

  test('at start everything that is recorded is set up again, as after a reboot', async () => {
    await service.put(request);
    kernel = new FakeKernel();
    expect(await serviceOn(disk, kernel).restore()).toEqual(new Map());
    expect(addresses()).toEqual(['10.10.0.10/24']);
  });

  test('one bridge that can not be set up at start does not hinder the others', async () => {
    kernel.addLink('eth1');
    await service.put({ ...request, name: 'br-a', spec: { ports: ['eth1'] } });
    await service.put({ ...request, name: 'br-b', spec: {} });
    kernel = new FakeKernel();
    const failures = await serviceOn(disk, kernel).restore();
    expect([...failures.keys()]).toEqual(['br-a']);
    expect([...failures.values()].join()).toContain('there is no interface "eth1"');
    expect(kernel.links.has('br-b')).toBe(true);
  });
});

/** Every point at which the agent can die, one after the other: commits and lines of `ip`. */
describe('a crash at any step of a change', () => {
  class Crash extends Error {}

  const specA = {
    addresses: ['10.10.0.10/24', 'fd00:10::1/64'],
    ports: ['eth1'],
    mtu: 1400,
    mac: '02:00:00:00:00:01',
    stp: true,
  };
  const specB = {
    addresses: ['10.10.0.254/24', '10.10.0.10/24'],
    ports: ['eth2'],
    multicastSnooping: false,
  };
  type Change = (service: BridgeService) => Promise<unknown>;
  const changes: Record<string, Change> = {
    'making a bridge': (service) => service.put({ ...request, spec: specA }),
    'changing a bridge': (service) => service.put({ ...request, spec: specB }),
    'handing a bridge over': (service) =>
      service.put({ ...request, owner: 'renamed', from: 'stack', id: 'br-test#1', spec: specB }),
    'removing a bridge': (service) =>
      service.remove({ ...asker, name: 'br-test', id: 'br-test#1' }),
  };

  /** Dies after `steps` commits and lines; gives false when the change was done before that. */
  async function dies(
    change: Change,
    disk: MemoryDisk,
    kernel: FakeKernel,
    steps: number,
  ): Promise<boolean> {
    let left = steps;
    const step = (): void => {
      if (left-- <= 0) throw new Crash();
    };
    const commit = disk.commit.bind(disk);
    disk.commit = (rows) => {
      step();
      commit(rows);
    };
    kernel.beforeLine = step;
    const done = await change(serviceOn(disk, kernel)).then(
      () => true,
      () => false,
    );
    disk.commit = commit;
    kernel.beforeLine = undefined;
    return !done;
  }

  async function state(kernel: FakeKernel, disk: MemoryDisk): Promise<unknown> {
    const { links } = await kernel.observe();
    const specs = [...disk.bridges.values()].map(({ spec, owner, managed, pending }) => {
      return { spec, owner, managed, pending };
    });
    return { links: [...links.values()].sort((a, b) => a.name.localeCompare(b.name)), specs };
  }

  async function begin(isThere: boolean): Promise<{ disk: MemoryDisk; kernel: FakeKernel }> {
    const world = { disk: new MemoryDisk(), kernel: new FakeKernel() };
    for (const port of ['eth1', 'eth2']) world.kernel.addLink(port);
    if (isThere) await serviceOn(world.disk, world.kernel).put({ ...request, spec: specA });
    return world;
  }

  test.each(Object.keys(changes))(
    '%s: the host is in the old or the new state after the start',
    async (name) => {
      const change = changes[name] as Change;
      const isThere = name !== 'making a bridge';
      const untouched = await begin(isThere);
      const old = await state(untouched.kernel, untouched.disk);
      await change(serviceOn(untouched.disk, untouched.kernel));
      const fresh = await state(untouched.kernel, untouched.disk);
      let points = 0;
      for (; ; points++) {
        const { disk, kernel } = await begin(isThere);
        if (!(await dies(change, disk, kernel, points))) break;
        expect(await serviceOn(disk, kernel).restore()).toEqual(new Map());
        const now = await state(kernel, disk);
        expect([old, fresh]).toContainEqual(now);
        // A second start finds nothing to do.
        kernel.history.length = 0;
        await serviceOn(disk, kernel).restore();
        expect(kernel.history).toEqual([]);
      }
      expect(points).toBeGreaterThan(2);
    },
  );
});

test('a foreign address that a change takes off for a moment comes back after a crash at any point', async () => {
  class Crash extends Error {}
  const before = { addresses: ['10.10.0.10/24', '10.10.0.254/24'] };
  const after = { addresses: ['10.10.0.254/24', '10.10.0.10/24'] };
  for (let point = 0, isDone = false; !isDone; point++) {
    const [disk, kernel] = [new MemoryDisk(), new FakeKernel()];
    await serviceOn(disk, kernel).put({ ...request, spec: before });
    // Of the same network as ours, and so gone with it.
    kernel.addAddress('br-test', '10.10.0.99/24');
    let left = point;
    kernel.beforeLine = () => {
      if (left-- <= 0) throw new Crash();
    };
    isDone = await serviceOn(disk, kernel)
      .put({ ...request, id: 'br-test#1', spec: after })
      .then(
        () => true,
        () => false,
      );
    kernel.beforeLine = undefined;
    expect(await serviceOn(disk, kernel).restore()).toEqual(new Map());
    const { addresses } = (await kernel.observe()).links.get('br-test') ?? { addresses: [] };
    expect([...addresses].sort()).toEqual(['10.10.0.10/24', '10.10.0.254/24', '10.10.0.99/24']);
    expect(disk.bridges.get('br-test')?.managed.keeps).toBeUndefined();
  }
});
