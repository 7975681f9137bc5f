import { BridgeService, DriftWatch, Repairs } from '../../node-agent/src/bridges';
import { MemoryDisk, MemoryStore } from '../../node-agent/src/store';
import { FakeKernel } from './support/fake-kernel';

const asker = { owner: 'stack', identity: 'admin' };
const MINUTE = 60_000;

describe('repairs', () => {
  let now: number;
  let repairs: Repairs;

  beforeEach(() => {
    now = 1_000;
    repairs = new Repairs(() => now);
  });

  const fight = (times: number, everyMs = 1_000): string[] =>
    Array.from({ length: times }, () => {
      now += everyMs;
      return repairs.repaired('br', ['set br up']).health.state;
    });

  test('the fifth repair of the same within a minute is a fight, and the bridge is left alone', () => {
    expect(fight(5)).toEqual(['right', 'right', 'right', 'right', 'contended']);
    expect(repairs.isHeld('br')).toBe(true);
    expect(repairs.nextTry()).toBe(1_000);
    expect(repairs.isHeld('another')).toBe(false);
  });

  test('repairs that are rare, or never the same, are none', () => {
    expect(new Set(fight(50, 16_000))).toEqual(new Set(['right']));
    for (let round = 0; round < 50; round++) {
      const { health } = repairs.repaired('br', [`add 10.0.0.${round}/24 on br`]);
      expect(health.state).toBe('right');
    }
  });

  test('each further round of a fight doubles the pause, up to a minute', () => {
    fight(5);
    const pauses = Array.from({ length: 8 }, () => {
      now += repairs.nextTry() ?? 0;
      repairs.repaired('br', ['set br up']);
      return repairs.nextTry();
    });
    expect(pauses.slice(0, 4)).toEqual([2_000, 4_000, 8_000, 16_000]);
  });

  test('a fight is over when nothing was to do for a minute more than the pause', () => {
    fight(5);
    now += MINUTE;
    expect(repairs.right('br')).toBeUndefined();
    now += 2_000;
    expect(repairs.right('br')).toEqual({ state: 'right', repairs: 5, detail: 'set br up' });
    expect(repairs.right('br')).toBeUndefined();
    expect(repairs.counts()).toEqual({ repairs: 5, contended: 0, failed: 0 });
  });

  test('a failure is news once, and is held back only when the kernel was asked', () => {
    expect(repairs.failed('br', 'no eth1', false).news).toBe(true);
    expect(repairs.failed('br', 'no eth1', false).news).toBe(false);
    expect(repairs.isHeld('br')).toBe(false);
    expect(repairs.failed('br', 'the kernel refuses', true).news).toBe(true);
    expect(repairs.isHeld('br')).toBe(true);
    expect(repairs.counts()).toEqual({ repairs: 0, contended: 0, failed: 1 });
  });
});

describe('a look at all bridges', () => {
  let disk: MemoryDisk;
  let kernel: FakeKernel;
  let now: number;
  let service: BridgeService;

  beforeEach(async () => {
    disk = new MemoryDisk();
    kernel = new FakeKernel();
    now = 0;
    const store = new MemoryStore(disk);
    const parts = { node: 'edge-1', store, links: kernel, records: [], counter: 0 };
    service = new BridgeService({ ...parts, now: () => now });
    for (const name of ['br-a', 'br-b', 'br-c']) {
      await service.put({ ...asker, name, spec: { addresses: ['10.10.0.1/24'] } });
    }
    kernel.history.length = 0;
    kernel.looks = 0;
    disk.commits = 0;
  });

  test('asks the kernel once and writes nothing where all is right', async () => {
    const { failures, repairs, news } = await service.heal();
    expect([failures.size, repairs.size, news.size]).toEqual([0, 0, 0]);
    expect([kernel.looks, kernel.history, disk.commits]).toEqual([1, [], 0]);
  });

  test('touches only what drifted', async () => {
    kernel.addLink('br-b', { kind: 'bridge', mac: '02:00:00:00:00:01' });
    kernel.links.delete('br-b');
    const { repairs } = await service.heal();
    expect([...repairs.keys()]).toEqual(['br-b']);
    expect(kernel.history.every((line) => line.includes('br-b'))).toBe(true);
    expect(disk.commits).toBe(0);
  });

  test('brings many back in one run of the command', async () => {
    for (const name of ['br-a', 'br-b', 'br-c']) kernel.links.delete(name);
    const { repairs } = await service.heal();
    expect([...repairs.keys()]).toEqual(['br-a', 'br-b', 'br-c']);
    // One look before and one after, for all of them.
    expect(kernel.looks).toBe(2);
  });

  test('one that the kernel refuses does not hinder the others', async () => {
    for (const name of ['br-a', 'br-b', 'br-c']) kernel.links.delete(name);
    kernel.refuse = /name br-b /;
    const { failures, repairs } = await service.heal();
    expect([[...failures.keys()], [...repairs.keys()]]).toEqual([['br-b'], ['br-a', 'br-c']]);
    kernel.refuse = undefined;
    expect((await service.heal()).repairs.size).toBe(0);
    now += 1_000;
    expect([...(await service.heal()).repairs.keys()]).toEqual(['br-b']);
    expect((await service.heal()).news.size).toBe(0);
  });

  test('a link of that name which is not ours any more is reported, and left as it is', async () => {
    kernel.links.delete('br-a');
    kernel.addLink('br-a', { kind: 'bridge', alias: 'of somebody' });
    const { failures } = await service.heal();
    expect([...failures.keys()]).toEqual(['br-a']);
    expect(kernel.history).toEqual([]);
    expect((await service.list())[0]?.health).toMatchObject({ state: 'failed' });
    kernel.links.delete('br-a');
    expect([...(await service.heal()).repairs.keys()]).toEqual(['br-a']);
    expect((await service.list())[0]?.health).toMatchObject({ state: 'right', repairs: 1 });
  });

  test('who keeps undoing it is given way to, and reported', async () => {
    const states: (string | undefined)[] = [];
    for (let round = 0; round < 6; round++) {
      const link = kernel.links.get('br-a');
      if (link) link.up = false;
      await service.heal();
      states.push((await service.list())[0]?.health?.state);
    }
    expect(states).toEqual(['right', 'right', 'right', 'right', 'contended', 'contended']);
    expect(kernel.links.get('br-a')?.up).toBe(false);
    expect(service.healthCounts()).toEqual({ repairs: 5, contended: 1, failed: 0 });
    // Its owner's word ends the story.
    await service.put({ ...asker, name: 'br-a', id: 'br-a#1', spec: {} });
    expect(service.healthCounts()).toEqual({ repairs: 5, contended: 0, failed: 0 });
  });
});

describe('the watch', () => {
  const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

  async function watched(scanMs: number) {
    const kernel = new FakeKernel();
    const store = new MemoryStore(new MemoryDisk());
    const bridges = new BridgeService({
      node: 'edge-1',
      store,
      links: kernel,
      records: [],
      counter: 0,
    });
    await bridges.put({ ...asker, name: 'br-a', spec: {} });
    const lines: { event: string }[] = [];
    const write = (line: unknown) => lines.push(line as { event: string });
    const log = { info: write, warn: write, error: write } as never;
    const otherManagers = () => ['NetworkManager'];
    const drift = new DriftWatch({ bridges, links: kernel, log, scanMs, otherManagers });
    drift.start();
    return { kernel, drift, lines };
  }

  async function until(is: () => boolean): Promise<void> {
    for (let tries = 0; !is() && tries < 300; tries++) await wait(10);
    expect(is()).toBe(true);
  }

  test('an event leads to a repair, which is logged', async () => {
    const { kernel, drift, lines } = await watched(MINUTE);
    await until(() => kernel.looks > 2);
    kernel.links.delete('br-a');
    kernel.tell();
    await until(() => kernel.links.has('br-a'));
    await drift.stop();
    expect(lines).toEqual([{ event: 'bridge_repaired', bridge: 'br-a', steps: expect.any(Array) }]);
  });

  test('without events a scan finds it', async () => {
    const { kernel, drift } = await watched(100);
    await until(() => kernel.looks > 2);
    kernel.listeners.clear();
    kernel.links.delete('br-a');
    await until(() => kernel.links.has('br-a'));
    await drift.stop();
  });

  test('a thousand events lead to a few looks', async () => {
    const { kernel, drift } = await watched(MINUTE);
    await until(() => kernel.looks > 2);
    const before = kernel.looks;
    for (let event = 0; event < 1_000; event++) kernel.tell();
    await wait(700);
    await drift.stop();
    expect(kernel.looks - before).toBeLessThan(4);
  });

  test('events that ended are asked for again, after a look', async () => {
    const { kernel, drift, lines } = await watched(MINUTE);
    const [first] = kernel.listeners;
    kernel.listeners.clear();
    kernel.links.delete('br-a');
    first?.ended('killed');
    await until(() => kernel.listeners.size === 1 && kernel.links.has('br-a'));
    await drift.stop();
    expect(kernel.listeners.size).toBe(0);
    expect(drift.watchesLost).toBe(1);
    expect(lines.map((line) => line.event)).toContain('link_events_ended');
  });

  test('a fight is logged with who else manages the network', async () => {
    const { kernel, drift, lines } = await watched(MINUTE);
    const undo = setInterval(() => {
      const link = kernel.links.get('br-a');
      if (link?.up) Object.assign(link, { up: false });
      kernel.tell();
    }, 20);
    await until(() => lines.some((line) => line.event === 'bridge_contended'));
    clearInterval(undo);
    await drift.stop();
    expect(lines.find((line) => line.event === 'bridge_contended')).toMatchObject({
      bridge: 'br-a',
      steps: 'set br-a up',
      otherManagers: ['NetworkManager'],
    });
  });
});
