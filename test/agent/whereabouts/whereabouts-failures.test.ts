import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { isNetloomError, QUARANTINE_MS } from 'netloom';
import type { ClaimView } from 'netloom/agent-api';
import { AddressService } from '../../../node-agent/src/address-service';
import { MemoryDisk, MemoryStore, SqliteStore } from '../../../node-agent/src/store';
import { HostLocalModel, type Pod, WhereaboutsModel } from './whereabouts-model';

const POOL = 'apps/lan';
const IDENTITY = 'ci';

/** The agent's addresses, with a disk that outlives it. */
class Ours {
  now = 1_000_000;
  readonly disk = new MemoryDisk();
  private service = this.restarted();

  async makePool(subnet: object = { subnet: '10.0.0.0/24' }): Promise<this> {
    const spec = { subnets: [subnet as { subnet: string }] };
    await this.service.putPool({ name: POOL, spec, owner: 'stack', identity: IDENTITY });
    return this;
  }

  restart(): void {
    this.service = this.restarted();
  }

  claim(owner: string, more: object = {}): Promise<ClaimView> {
    return this.service.ask('claim', { pool: POOL, owner, identity: IDENTITY, ...more });
  }

  async release(owner: string, id: string): Promise<boolean> {
    const request = { pool: POOL, owner, identity: IDENTITY, id };
    return (await this.service.release(request)).released;
  }

  async held(): Promise<Record<string, string>> {
    const { claims } = await this.service.claims({ pool: POOL });
    return Object.fromEntries(claims.map(({ owner, addresses }) => [owner, addresses.join()]));
  }

  private restarted(): AddressService {
    const store = new MemoryStore(this.disk);
    return new AddressService(store, store.stream(), () => this.now);
  }
}

/** Codes of what a call is refused with. */
async function refusal(call: Promise<unknown>): Promise<string[]> {
  const error = await call.then(
    () => undefined,
    (reason) => reason,
  );
  return isNetloomError(error) ? error.problems.map(({ code }) => code) : [String(error)];
}

function pod(podref: string, container = `sandbox of ${podref}`): Pod {
  return { podref, container };
}

/** A pod that runs with an address. */
function running(podref: string, status: string, container?: string): Pod {
  return { ...pod(podref, container), status };
}

/** Addresses that more than one of them has. */
function doubles(...addresses: string[]): string[] {
  return addresses.filter((one, index) => addresses.indexOf(one) !== index);
}

describe('N6: addresses that whereabouts gave twice', () => {
  test('#97, #110: two nodes read the pool before either has written', async () => {
    const theirs = new WhereaboutsModel();
    const [one, other] = [pod('ns/one'), pod('ns/other')];
    const [readByOne, readByOther] = [theirs.read(), theirs.read()];
    const [first, second] = [theirs.choose(readByOne, one), theirs.choose(readByOther, other)];
    theirs.write(readByOne, first, one, false);
    theirs.write(readByOther, second, other, false);
    expect(doubles(`10.0.0.${first}`, `10.0.0.${second}`)).toEqual(['10.0.0.1']);
    expect(theirs.allocations.size).toBe(1);

    const ours = await new Ours().makePool();
    const owners = Array.from({ length: 64 }, (_, index) => `ns/pod-${index}`);
    const claims = await Promise.all(owners.map((owner) => ours.claim(owner)));
    expect(doubles(...claims.flatMap(({ addresses }) => addresses))).toEqual([]);
  });

  test('#110: at load every writer but one starts over, and gives up after a hundred times', async () => {
    const theirs = new WhereaboutsModel();
    const pods = Array.from({ length: 200 }, (_, index) => pod(`ns/pod-${index}`));
    let waiting = pods;
    for (let round = 0; round < 100; round++) {
      const reads = waiting.map((one) => ({ one, read: theirs.read() }));
      waiting = reads.flatMap(({ one, read }) => {
        try {
          theirs.write(read, theirs.choose(read, one), one);
          return [];
        } catch {
          return [one];
        }
      });
    }
    expect(waiting.length).toBe(100);

    const ours = await new Ours().makePool();
    const before = ours.disk.commits;
    await Promise.all(pods.map(({ podref }) => ours.claim(podref)));
    expect(Object.keys(await ours.held())).toHaveLength(200);
    expect(ours.disk.commits - before).toBeLessThan(10);
  });

  test('#393: a pool that is found empty is given out from its beginning', async () => {
    const theirs = new WhereaboutsModel();
    const first = theirs.add(pod('ns/one'));
    theirs.allocations = new Map();
    expect(doubles(first, theirs.add(pod('ns/other')))).toEqual(['10.0.0.1']);

    const folder = mkdtempSync(path.join(os.tmpdir(), 'netloom-393-'));
    const state = path.join(folder, 'state');
    const store = SqliteStore.open(state);
    await store.write([{ kind: 'counter', name: 'book', value: 1 }]);
    await store.close();
    for (const file of ['state.db', 'state.db-wal'])
      rmSync(path.join(state, file), { force: true });
    expect(() => SqliteStore.open(state)).toThrow('is gone from a folder that had a store');
    rmSync(folder, { recursive: true });
  });

  test('#162: the cleaner frees the address of a pod that is still Pending', async () => {
    const theirs = new WhereaboutsModel();
    const web = pod('ns/web-2');
    const first = theirs.add(web);
    theirs.reconcile([web], theirs.read());
    expect(doubles(first, theirs.add(pod('ns/other')))).toEqual(['10.0.0.1']);

    // Nobody but the owner frees a claim, however long no pod tells of its address.
    const ours = await new Ours().makePool();
    await ours.claim('ns/web-2');
    ours.now += 10 * QUARANTINE_MS;
    await ours.claim('ns/other');
    expect(await ours.held()).toEqual({ 'ns/web-2': '10.0.0.1', 'ns/other': '10.0.0.2' });
  });

  test('#207: the cleaner has listed the pods before a new one got its address', async () => {
    const theirs = new WhereaboutsModel();
    const listedBefore: Pod[] = [];
    const fresh = running('ns/fresh', '10.0.0.1');
    const first = theirs.add(fresh);
    theirs.reconcile(listedBefore, theirs.read());
    expect(doubles(first, theirs.add(pod('ns/other')))).toEqual(['10.0.0.1']);

    // A release names the incarnation that it is for: what was claimed since is not touched.
    const ours = await new Ours().makePool();
    const listed = await ours.claim('ns/fresh');
    await ours.claim('ns/fresh');
    expect(await ours.release('ns/fresh', listed.id)).toBe(false);
    expect((await ours.claim('ns/other')).addresses).toEqual(['10.0.0.2']);
  });

  test('#176: two allocations of one StatefulSet name, and the cleaner frees the newer one', async () => {
    const theirs = new WhereaboutsModel();
    // Of the pod on the node that went down, and of the same name on another node, with a lower one.
    theirs.allocations.set(1, { podref: 'ns/sm-0', container: 'new' });
    theirs.allocations.set(2, { podref: 'ns/sm-0', container: 'old' });
    const alive = running('ns/sm-0', '10.0.0.1', 'new');
    theirs.reconcile([alive], theirs.read());
    expect([...theirs.allocations.values()].map(({ container }) => container)).toEqual(['old']);
    expect(doubles('10.0.0.1', theirs.add(pod('ns/other')))).toEqual(['10.0.0.1']);

    const ours = await new Ours().makePool();
    const before = await ours.claim('ns/sm-0');
    const after = await ours.claim('ns/sm-0');
    expect(after.addresses).toEqual(before.addresses);
    expect(await ours.release('ns/sm-0', before.id)).toBe(false);
    expect(await ours.held()).toEqual({ 'ns/sm-0': '10.0.0.1' });
  });

  test('#75: the DEL of a node that comes back frees the address of who has it now', async () => {
    const theirs = new WhereaboutsModel();
    const old = theirs.add(pod('ns/db-0', 'old'));
    theirs.removeByName(pod('ns/db-0', 'old'));
    const first = theirs.add(running('ns/db-0', old, 'new'));
    theirs.removeByName(pod('ns/db-0', 'old'));
    expect(doubles(first, theirs.add(pod('ns/other')))).toEqual(['10.0.0.1']);

    const ours = await new Ours().makePool();
    const late = await ours.claim('ns/db-0');
    await ours.release('ns/db-0', late.id);
    ours.now += QUARANTINE_MS;
    for (let address = 2; address <= 254; address++) await ours.claim(`ns/filler-${address}`);
    const now = await ours.claim('ns/other');
    expect(now.addresses).toEqual(late.addresses);
    expect(await ours.release('ns/db-0', late.id)).toBe(false);
    expect(await ours.release('ns/other', late.id)).toBe(false);
    expect(await ours.held()).toMatchObject({ 'ns/other': '10.0.0.1' });
  });

  test('an error of the API server is taken for an absent pod', async () => {
    const theirs = new WhereaboutsModel();
    const first = theirs.add(running('ns/one', '10.0.0.1'));
    theirs.reconcile([undefined], theirs.read());
    expect(doubles(first, theirs.add(pod('ns/other')))).toEqual(['10.0.0.1']);

    // What could not be written was not answered, and what was answered stays.
    const ours = await new Ours().makePool();
    const claim = await ours.claim('ns/one');
    ours.disk.fault = new Error('EIO');
    expect(await refusal(ours.release('ns/one', claim.id))).toEqual(['NL_STORE_FAILED']);
    ours.disk.fault = undefined;
    ours.restart();
    expect(await ours.held()).toEqual({ 'ns/one': '10.0.0.1' });
  });
});

describe('what else users ask for', () => {
  test('N4 (#573, #394): a StatefulSet pod gets its address again after its DEL', async () => {
    const theirs = new WhereaboutsModel();
    const db = pod('ns/db-1');
    theirs.add(pod('ns/db-0'));
    const before = theirs.add(db);
    theirs.remove(pod('ns/db-0'));
    theirs.remove(db);
    expect([before, theirs.add(db)]).toEqual(['10.0.0.2', '10.0.0.1']);

    const ours = await new Ours().makePool();
    const zero = await ours.claim('ns/db-0');
    const one = await ours.claim('ns/db-1');
    await ours.release('ns/db-0', zero.id);
    await ours.release('ns/db-1', one.id);
    ours.now += 10 * QUARANTINE_MS;
    ours.restart();
    await ours.claim('ns/somebody');
    expect((await ours.claim('ns/db-1')).addresses).toEqual(one.addresses);
  });

  test('N5 (#111): an address that is asked for is taken from the pool, and only once', async () => {
    // It is handed out besides the pool's own one, and noted nowhere.
    const theirs = new WhereaboutsModel(20, 30);
    const addWith = (one: Pod, ip: string): string[] => [theirs.add(one), ip];
    const [, asked = ''] = addWith(pod('ns/one'), '10.0.0.25');
    const all = ['ns/a', 'ns/b', 'ns/c', 'ns/d', 'ns/e'].map((name) => theirs.add(pod(name)));
    expect(doubles(asked, ...all)).toEqual(['10.0.0.25']);

    const ours = await new Ours().makePool();
    const addresses = ['10.0.0.25'];
    expect((await ours.claim('ns/one', { addresses })).addresses).toEqual(addresses);
    expect(await refusal(ours.claim('ns/two', { addresses }))).toEqual(['NL_ADDRESS_NOT_FREE']);
  });

  test('N7 (#546): a DEL that fails is told, so that it is repeated and nothing leaks', async () => {
    const theirs = new WhereaboutsModel(30, 30);
    const one = pod('ns/one');
    theirs.add(one);
    expect(theirs.remove(one, false)).toBe('success');
    expect(() => theirs.add(pod('ns/other'))).toThrow('Could not allocate IP in range');

    const ours = await new Ours().makePool({ subnet: '10.0.0.0/24', ranges: ['10.0.0.30'] });
    const claim = await ours.claim('ns/one');
    ours.disk.fault = new Error('EIO');
    expect(await refusal(ours.release('ns/one', claim.id))).toEqual(['NL_STORE_FAILED']);
    ours.disk.fault = undefined;
    ours.restart();
    expect(await ours.release('ns/one', claim.id)).toBe(true);
    ours.now += QUARANTINE_MS;
    expect((await ours.claim('ns/other')).addresses).toEqual(['10.0.0.30']);
  });

  test('#712, N7 (#409): two records of one address, of which only one was written', async () => {
    const theirs = new WhereaboutsModel(1, 1);
    const one = pod('ns/one');
    const read = theirs.read();
    theirs.reserve(theirs.choose(read, one), one);
    // The update of the pool fails, the pod is gone, and so is its DEL: no allocation names it.
    theirs.remove(one);
    expect([theirs.allocations.size, [...theirs.reservations.keys()]]).toEqual([0, ['10.0.0.1']]);

    const ours = await new Ours().makePool({ subnet: '10.0.0.0/24', ranges: ['10.0.0.1'] });
    ours.disk.fault = new Error('ENOSPC');
    expect(await refusal(ours.claim('ns/one'))).toEqual(['NL_STORE_FAILED']);
    ours.disk.fault = undefined;
    ours.restart();
    expect(await ours.held()).toEqual({});
    expect((await ours.claim('ns/other')).addresses).toEqual(['10.0.0.1']);
  });

  test('N7: the reservations of a named network survive the cleaner', async () => {
    const theirs = new WhereaboutsModel(1, 254, 'tenant-a');
    theirs.add(running('ns/one', '10.0.0.1'));
    theirs.reconcileReservations();
    expect([theirs.allocations.size, theirs.reservations.size]).toEqual([1, 0]);

    // One record for each claim; whatever is derived from it is made anew at each start.
    const ours = await new Ours().makePool();
    await ours.claim('ns/one');
    ours.restart();
    const addresses = ['10.0.0.1'];
    expect(await refusal(ours.claim('ns/two', { addresses }))).toEqual(['NL_ADDRESS_NOT_FREE']);
  });

  test('N8 (#107, #288): no gateway is given, and no address at once to somebody else', async () => {
    const theirs = new WhereaboutsModel();
    const one = pod('ns/one');
    const first = theirs.add(one);
    theirs.remove(one);
    expect([first, theirs.add(pod('ns/other'))]).toEqual(['10.0.0.1', '10.0.0.1']);

    const ours = await new Ours().makePool({ subnet: '10.0.0.0/24', gateway: '10.0.0.1' });
    const claim = await ours.claim('ns/one');
    await ours.release('ns/one', claim.id);
    const other = await ours.claim('ns/other');
    expect([claim.addresses, other.addresses]).toEqual([['10.0.0.2'], ['10.0.0.3']]);
    expect(await refusal(ours.claim('ns/third', { addresses: ['10.0.0.2'] }))).toEqual([
      'NL_ADDRESS_NOT_FREE',
    ]);
  });

  test('N9 (multus-cni#640, #645): two nodes do not give the same address', async () => {
    const nodes = [new HostLocalModel(20, 50), new HostLocalModel(20, 50)];
    const theirs = nodes.map((node, index) => node.add(`sandbox ${index}`));
    expect(doubles(...theirs)).toEqual(['10.0.0.20']);

    const ours = await new Ours().makePool({
      subnet: '10.0.0.0/24',
      ranges: ['10.0.0.20-10.0.0.50'],
    });
    const claims = [await ours.claim('node-1/pod'), await ours.claim('node-2/pod')];
    expect(doubles(...claims.flatMap(({ addresses }) => addresses))).toEqual([]);
  });

  test('N10 (plugins#252, #332, #498): reboots without a DEL do not run the range full', async () => {
    const theirs = new HostLocalModel(20, 25);
    const bootThem = (boot: number): string[] =>
      ['a', 'b', 'c'].map((name) => theirs.add(`sandbox ${name} of boot ${boot}`));
    bootThem(1);
    bootThem(2);
    expect(() => bootThem(3)).toThrow('no IP addresses available in range set');

    const ours = await new Ours().makePool({
      subnet: '10.0.0.0/24',
      ranges: ['10.0.0.20-10.0.0.25'],
    });
    for (let boot = 1; boot <= 10; boot++) {
      ours.restart();
      for (const name of ['a', 'b', 'c']) await ours.claim(`ns/${name}`);
    }
    expect(await ours.held()).toEqual({
      'ns/a': '10.0.0.20',
      'ns/b': '10.0.0.21',
      'ns/c': '10.0.0.22',
    });
  });
});
