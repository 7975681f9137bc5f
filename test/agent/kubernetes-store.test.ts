import { isNetloomError } from 'netloom';
import { AddressService } from '../../node-agent/src/address-service';
import { MemoryDisk, MemoryStore } from '../../node-agent/src/store';
import type { KubernetesStore } from '../../node-agent/src/store/kubernetes';
import { ApiServer, apiServerSkipReason } from '../support/api-server';
import { storeContract } from './store-contract';
import { installStore, newNamespace, openShared } from './support/shared-store';

const skipped = apiServerSkipReason();
const describeServer = skipped ? describe.skip : describe;

describeServer(`the kubernetes store on a real API server${skipped ? `: ${skipped}` : ''}`, () => {
  jest.setTimeout(180_000);
  let server: ApiServer;

  beforeAll(async () => {
    server = await ApiServer.start();
    await installStore(server);
  });

  afterAll(() => server?.stop());

  storeContract('kubernetes', () => {
    let namespace: Promise<string> | undefined;
    const disk = new MemoryDisk();
    return {
      isShared: true,
      open: async () => {
        namespace ??= newNamespace(server);
        return openShared(server, await namespace, { local: new MemoryStore(disk) });
      },
      crash: async () => {},
      clean: () => {},
    };
  });

  describe('agents that share one', () => {
    const POOL = 'apps/lan';
    const spec = { subnets: [{ subnet: '10.20.0.0/24' }] };
    let namespace: string;
    let stores: KubernetesStore[];
    let shift = 0;

    beforeEach(async () => {
      namespace = await newNamespace(server);
      stores = [];
      shift = 0;
    });

    afterEach(async () => {
      for (const store of stores) await store.close();
    });

    const openAgent = async (agent: string): Promise<AddressService> => {
      const clock = (): number => Date.now() + shift;
      const store = await openShared(server, namespace, { agent, clock });
      stores.push(store);
      return new AddressService(store, store.stream(), clock);
    };

    const openAgents = (...names: string[]): Promise<AddressService[]> =>
      Promise.all(names.map(openAgent));

    const claim = (owner: string, more: object = {}) => ({
      pool: POOL,
      owner,
      identity: 'admin',
      ...more,
    });

    const pool = (more: object = {}) => ({
      name: POOL,
      spec,
      owner: 'net',
      identity: 'admin',
      ...more,
    });

    const codeOf = async (call: Promise<unknown>): Promise<string> => {
      try {
        await call;
      } catch (error) {
        if (isNetloomError(error)) return error.problems[0]?.code ?? '';
        throw error;
      }
      return 'none';
    };

    test('what one does, the others answer at once', async () => {
      const [one, two] = (await openAgents('one', 'two')) as [AddressService, AddressService];
      await one.putPool(pool());
      const given = await two.ask('claim', claim('web'));
      expect(await one.claims({ pool: POOL })).toMatchObject({ claims: [given] });
      expect(await one.release({ ...claim('web'), id: given.id })).toEqual({ released: true });
      expect((await two.claims({ pool: POOL })).claims).toEqual([]);
      expect(await codeOf(two.ask('claim', claim('db', { addresses: given.addresses })))).toBe(
        'NL_ADDRESS_NOT_FREE',
      );
    });

    test('one owner asking everywhere at once has one address', async () => {
      const agents = await openAgents('one', 'two', 'three');
      await (agents[0] as AddressService).putPool(pool());
      const answers = await Promise.all(
        [...agents, ...agents, ...agents].map((agent) => agent.ask('claim', claim('web'))),
      );
      expect(new Set(answers.map(({ addresses }) => addresses[0])).size).toBe(1);
      expect(new Set(answers.map(({ id }) => id)).size).toBe(9);
      // Whoever asked last has the claim: all other ids are out of date.
      const [first] = (await (agents[0] as AddressService).claims({ pool: POOL })).claims;
      const stale = answers.find(({ id }) => id !== first?.id);
      const released = { released: false, why: 'newer' };
      const id = stale?.id ?? '';
      expect(await (agents[1] as AddressService).release({ ...claim('web'), id })).toEqual(
        released,
      );
    });

    test('four agents fill a pool: nothing twice, nothing left, and then it is full', async () => {
      const agents = await openAgents('one', 'two', 'three', 'four');
      await (agents[0] as AddressService).putPool(pool());
      const answers = await Promise.all(
        Array.from({ length: 254 }, (_, index) =>
          (agents[index % 4] as AddressService).ask('claim', claim(`pod-${index}`)),
        ),
      );
      expect(new Set(answers.map(({ addresses }) => addresses[0])).size).toBe(254);
      expect(await codeOf((agents[2] as AddressService).ask('claim', claim('late')))).toBe(
        'NL_POOL_FULL',
      );
    });

    test('a freed address is given again behind its quarantine, and its records are swept', async () => {
      const [one, two] = (await openAgents('one', 'two')) as [AddressService, AddressService];
      await one.putPool(
        pool({ spec: { subnets: [{ subnet: '10.20.0.0/24', ranges: ['10.20.0.7'] }] } }),
      );
      const given = await one.ask('claim', claim('web'));
      await one.release({ ...claim('web'), id: given.id });
      expect(await codeOf(two.ask('claim', claim('db')))).toBe('NL_POOL_FULL');
      shift = 61_000;
      expect((await two.ask('claim', claim('db'))).addresses).toEqual(given.addresses);
    });

    test('a pool is shrunk only where nobody has a claim, and offers outside end', async () => {
      const [one, two] = (await openAgents('one', 'two')) as [AddressService, AddressService];
      await one.putPool(pool());
      const high = await two.ask('claim', claim('high', { addresses: ['10.20.0.200'] }));
      await two.ask('offer', claim('offered', { addresses: ['10.20.0.201'] }));
      const small = pool({
        spec: { subnets: [{ subnet: '10.20.0.0/24', ranges: ['10.20.0.1-10.20.0.99'] }] },
      });
      expect(await codeOf(one.putPool(small))).toBe('NL_POOL_IN_USE');
      expect(
        (await two.ask('claim', claim('more', { addresses: ['10.20.0.150'] }))).addresses,
      ).toEqual(['10.20.0.150']);
      const more = (await two.claims({ pool: POOL, owner: 'more' })).claims[0];
      await two.release({ ...claim('more'), id: more?.id ?? '' });
      await two.release({ ...claim('high'), id: high.id });
      await one.putPool(small);
      expect(await codeOf(two.ask('claim', claim('x', { addresses: ['10.20.0.150'] })))).toBe(
        'NL_CLAIM_OUTSIDE_CLAIMABLE',
      );
      expect((await two.claims({ pool: POOL })).claims).toEqual([]);
    });

    test('pools shrink and grow while two agents claim: no claim is ever outside', async () => {
      const [one, two, three] = (await openAgents('one', 'two', 'three')) as [
        AddressService,
        AddressService,
        AddressService,
      ];
      await one.putPool(pool());
      const small = { subnets: [{ subnet: '10.20.0.0/24', ranges: ['10.20.0.1-10.20.0.20'] }] };
      let isOver = false;
      const shrinks = async (): Promise<void> => {
        for (let turn = 0; turn < 12; turn++) {
          const shrunk = await codeOf(one.putPool(pool({ spec: turn % 2 ? spec : small })));
          if (turn % 2 === 0 && shrunk === 'none') {
            const { claims } = await one.claims({ pool: POOL });
            const last = claims.map(({ addresses }) => Number(addresses[0]?.split('.')[3]));
            expect(Math.max(0, ...last)).toBeLessThanOrEqual(20);
          }
        }
        isOver = true;
      };
      const asks = async (agent: AddressService, name: string): Promise<void> => {
        for (let turn = 0; !isOver; turn++) {
          const owner = `${name}-${turn % 5}`;
          try {
            const { id } = await agent.ask('claim', claim(owner));
            await agent.release({ ...claim(owner), id });
          } catch (error) {
            if (!isNetloomError(error)) throw error;
          }
          shift += 10_000;
        }
      };
      await Promise.all([shrinks(), asks(two, 'two'), asks(three, 'three')]);
    });

    test('a renamed owner has the claim under its new name everywhere, incarnation and all', async () => {
      const [one, two] = (await openAgents('one', 'two')) as [AddressService, AddressService];
      await one.putPool(pool());
      const given = await one.ask('claim', claim('old'));
      const [moved, again] = await Promise.all([
        two.transfer({ ...claim('new'), from: 'old' }),
        one.transfer({ ...claim('new'), from: 'old' }),
      ]);
      expect(moved.addresses).toEqual(given.addresses);
      expect(again.addresses).toEqual(given.addresses);
      expect(moved.id.split('#')[1]).toBe(given.id.split('#')[1]);
      const { claims } = await one.claims({ pool: POOL });
      expect(claims.map(({ owner }) => owner)).toEqual(['new']);
      expect(await two.release({ ...claim('old'), id: given.id })).toMatchObject({
        released: false,
      });
      expect(await one.release({ ...claim('new'), id: moved.id })).toEqual({ released: true });
    });

    test('blocks: all claims of a pool have the size of its first one', async () => {
      const [one, two] = (await openAgents('one', 'two')) as [AddressService, AddressService];
      await one.putPool(pool());
      const blocks = await Promise.all(
        Array.from({ length: 14 }, (_, index) =>
          (index % 2 ? one : two).ask('claim', claim(`node-${index}`, { prefixLength: 28 })),
        ),
      );
      expect(new Set(blocks.map(({ addresses }) => addresses[0])).size).toBe(14);
      expect(await codeOf(two.ask('claim', claim('pod')))).toBe('NL_VALUE_OUT_OF_RANGE');
    });

    test('an agent that ends in the middle leaves nothing behind that a sweep does not bring back', async () => {
      const [one, two] = (await openAgents('one', 'two')) as [AddressService, AddressService];
      await one.putPool(pool());
      const asking = Promise.allSettled(
        Array.from({ length: 40 }, (_, index) => one.ask('claim', claim(`pod-${index}`))),
      );
      await new Promise((resolve) => setTimeout(resolve, 30));
      // As a kill: its requests end wherever they are.
      (stores[0] as unknown as { client: { close(): void } }).client.close();
      await asking;
      shift = 120_000;
      await (stores[1] as KubernetesStore).sweep();
      const { claims } = await two.claims({ pool: POOL });
      const path = `/apis/netloom.io/v1alpha1/namespaces/${namespace}/addressrecords`;
      const { body } = await server.client.request('GET', path);
      const held = body.items.map((one: { spec: { address: string } }) => one.spec.address);
      expect(held.sort()).toEqual(claims.flatMap(({ addresses }) => addresses).sort());
    });
  });
});
