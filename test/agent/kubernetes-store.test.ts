import { isNetloomError, QUARANTINE_MS } from 'netloom';
import { AddressService } from '../../node-agent/src/address-service';
import { MemoryDisk, MemoryStore } from '../../node-agent/src/store';
import {
  accessByKubeconfig,
  type KubernetesStore,
  type KubernetesStoreOptions,
} from '../../node-agent/src/store/kubernetes';
import { storeUnreachable } from '../../node-agent/src/store/kubernetes/api-problems';
import { storeRbac } from '../../src/installs';
import { ApiServer, apiServerSkipReason } from '../support/api-server';
import type { KubernetesObject } from '../support/api-server-client';
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

  test('a namespace that is not there is told', async () => {
    await expect(openShared(server, 'nowhere')).rejects.toThrow(
      /404: namespaces "nowhere" not found.*NL_STORE_FAILED/s,
    );
  });

  test('the role of its agents is enough, and a right that is missing is named', async () => {
    const namespace = await newNamespace(server);
    const serviceAccount = 'netloom-agent';
    const metadata = { name: serviceAccount, namespace };
    await server.client.apply({ apiVersion: 'v1', kind: 'ServiceAccount', metadata });
    const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${serviceAccount}/token`;
    const request = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} };
    const { body } = await server.client.request('POST', path, request);
    const { server: url, tls } = accessByKubeconfig(server.kubeconfig);
    const access = { server: url, tls, token: () => body.status.token as string };
    await expect(openShared(server, namespace, { access })).rejects.toThrow(
      /403: .*storerecords.*NL_STORE_FAILED/s,
    );
    for (const { manifest } of storeRbac({ namespace, serviceAccount })) {
      await server.client.apply(manifest as unknown as KubernetesObject);
    }
    const store = await openShared(server, namespace, { access });
    const service = new AddressService(store, store.stream(), Date.now);
    const asker = { pool: 'vips', owner: 'web', identity: 'admin' };
    const spec = { subnets: [{ subnet: '10.30.0.0/28' }] };
    await service.putPool({ name: 'vips', spec, owner: 'net', identity: 'admin' });
    const { id } = await service.ask('claim', asker);
    await service.release({ ...asker, id });
    await service.putPool({
      name: 'vips',
      spec: { subnets: [{ subnet: '10.30.0.0/29' }] },
      owner: 'net',
      identity: 'admin',
    });
    await store.sweep();
    await store.close();
  });

  describe('agents that share one', () => {
    const POOL = 'apps/lan';
    const spec = { subnets: [{ subnet: '10.20.0.0/24' }] };
    let namespace: string;
    let stores: Map<string, KubernetesStore>;
    let shift = 0;

    beforeEach(async () => {
      namespace = await newNamespace(server);
      stores = new Map();
      shift = 0;
    });

    afterEach(async () => {
      for (const store of stores.values()) await store.close();
    });

    const openAgent = async (
      agent: string,
      options: Partial<KubernetesStoreOptions> = {},
    ): Promise<AddressService> => {
      const clock = (): number => Date.now() + shift;
      const store = await openShared(server, namespace, { agent, clock, ...options });
      stores.set(agent, store);
      return new AddressService(store, store.stream(), clock);
    };

    const openAgents = (...names: string[]): Promise<AddressService[]> =>
      Promise.all(names.map((name) => openAgent(name)));

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

    test("a MAC address that its claim gives back is nobody else's before its quarantine ends", async () => {
      const [one, two] = (await openAgents('one', 'two')) as [AddressService, AddressService];
      await one.putPool(pool({ spec: { ...spec, macs: ['02:00:5e:00:00:01'] } }));
      const both = await one.ask('claim', claim('web', { mac: true }));
      const bare = { addresses: both.addresses, mac: false };
      const made = await two.ask('claim', claim('web', bare));
      expect(made.addresses).toEqual(both.addresses);
      expect(made).not.toHaveProperty('mac');
      const wanted = { family: 'none', mac: both.mac };
      for (const agent of [one, two]) {
        expect(await codeOf(agent.ask('claim', claim('db', wanted)))).toBe('NL_ADDRESS_NOT_FREE');
        expect(await agent.ask('claim', claim('web', bare))).not.toHaveProperty('mac');
      }
      await stores.get('one')?.sweep();
      expect(await codeOf(two.ask('claim', claim('db', wanted)))).toBe('NL_ADDRESS_NOT_FREE');
      shift = QUARANTINE_MS + 1_000;
      expect(await one.ask('claim', claim('db', wanted))).toMatchObject({ mac: both.mac });
      const taken = claim('db', { addresses: both.addresses });
      expect(await codeOf(two.ask('claim', taken))).toBe('NL_ADDRESS_NOT_FREE');
    });

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

    test("a record does not say who wrote which field: all of it is the agents'", async () => {
      const [one] = (await openAgents('one')) as [AddressService];
      await one.putPool(pool());
      await one.ask('claim', claim('web'));
      const path = `/apis/netloom.io/v1alpha1/namespaces/${namespace}/ownerrecords`;
      const { body } = await server.client.request('GET', path);
      const { items } = body as { items: { metadata: object; spec: { owner: string } }[] };
      const record = items.find(({ spec: { owner } }) => owner === 'web');
      expect(record).toBeDefined();
      expect(record?.metadata).not.toHaveProperty('managedFields');
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

    /** An agent that hears nothing new: its watch has ended, and it does not know it. */
    const deafen = async (agent: string, watch: 'poolWatch' | 'ownerWatch'): Promise<void> => {
      const watches = stores.get(agent) as unknown as Record<string, { stop(): Promise<void> }>;
      await watches[watch]?.stop();
    };

    /** Requests that fit get no answer any more; whether they arrive is up to the test. */
    const silence = (agent: string, fits: RegExp): (() => void) => {
      const { client } = stores.get(agent) as unknown as {
        client: { request(...words: any[]): Promise<any> };
      };
      const before = client.request;
      client.request = async (method: string, url: string, body?: object) => {
        if (fits.test(`${method} ${url}`)) throw storeUnreachable('the test', 'silenced');
        return before.call(client, method, url, body);
      };
      return () => {
        client.request = before;
      };
    };

    const entriesOf = async (): Promise<{ phase: string; claim: { addresses: string[] } }[]> => {
      const path = `/apis/netloom.io/v1alpha1/namespaces/${namespace}/ownerrecords`;
      const { body } = await server.client.request('GET', path);
      return body.items.flatMap((one: any) => one.spec.entries);
    };

    const small = { subnets: [{ subnet: '10.20.0.0/24', ranges: ['10.20.0.1-10.20.0.99'] }] };
    const outside = { addresses: ['10.20.0.150'] };

    test('an agent that has not heard of a smaller pool gives nothing outside of it', async () => {
      const [one, two] = (await openAgents('one', 'two')) as [AddressService, AddressService];
      await one.putPool(pool());
      await two.ask('claim', claim('first'));
      await deafen('two', 'poolWatch');
      await one.putPool(pool({ spec: small }));
      expect(await codeOf(two.ask('claim', claim('web', outside)))).toBe(
        'NL_CLAIM_OUTSIDE_CLAIMABLE',
      );
      expect((await entriesOf()).filter(({ phase }) => phase !== 'free')).toHaveLength(1);
    });

    test('an agent that has not heard of a claim, and can not ask, leaves it alone', async () => {
      const [one, two] = (await openAgents('one', 'two')) as [AddressService, AddressService];
      await one.putPool(pool());
      await two.ask('claim', claim('first'));
      await deafen('two', 'ownerWatch');
      const held = await one.ask('claim', claim('web', outside));
      const speak = silence('two', /^GET .*ownerrecords/);
      expect(await codeOf(two.ask('claim', claim('db', outside)))).toBe('NL_STORE_FAILED');
      speak();
      expect((await one.claims({ pool: POOL, owner: 'web' })).claims).toEqual([held]);
      expect(await codeOf(one.ask('claim', claim('late', outside)))).toBe('NL_ADDRESS_NOT_FREE');
    });

    test('an agent that hears nothing answers no reads', async () => {
      const [one] = (await openAgents('one')) as [AddressService];
      const deaf = await openAgent('deaf', { client: { deadlineMs: 1_500 } });
      await one.putPool(pool());
      expect((await deaf.claims({ pool: POOL })).claims).toEqual([]);
      await deafen('deaf', 'ownerWatch');
      await one.ask('claim', claim('web'));
      expect(await codeOf(deaf.claims({ pool: POOL }))).toBe('NL_STORE_FAILED');
    });

    test('a shrink ends an intent whose writer is away, and the writer does not come back with it', async () => {
      const [one, two] = (await openAgents('one', 'two')) as [AddressService, AddressService];
      await one.putPool(pool());
      await two.ask('claim', claim('first'));
      const speak = silence('two', /^POST .*addressrecords/);
      expect(await codeOf(two.ask('claim', claim('web', outside)))).toBe('NL_STORE_FAILED');
      expect((await entriesOf()).map(({ phase }) => phase).sort()).toEqual(['held', 'intended']);
      await one.putPool(pool({ spec: small }));
      expect((await entriesOf()).map(({ phase }) => phase)).toEqual(['held']);
      speak();
      expect(await codeOf(two.ask('claim', claim('web', outside)))).toBe(
        'NL_CLAIM_OUTSIDE_CLAIMABLE',
      );
    });

    test('an intent whose writer is away is carried on by any other agent', async () => {
      const [one, two] = (await openAgents('one', 'two')) as [AddressService, AddressService];
      await one.putPool(pool());
      await two.ask('claim', claim('first'));
      silence('two', /^POST .*addressrecords/);
      expect(await codeOf(two.ask('claim', claim('web')))).toBe('NL_STORE_FAILED');
      const [wanted] = (await entriesOf()).filter(({ phase }) => phase === 'intended');
      expect((await one.ask('claim', claim('web'))).addresses).toEqual(wanted?.claim.addresses);
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
      (stores.get('one') as unknown as { client: { close(): void } }).client.close();
      await asking;
      shift = 120_000;
      await (stores.get('two') as KubernetesStore).sweep();
      const { claims } = await two.claims({ pool: POOL });
      const path = `/apis/netloom.io/v1alpha1/namespaces/${namespace}/addressrecords`;
      const { body } = await server.client.request('GET', path);
      const held = body.items.map((one: { spec: { address: string } }) => one.spec.address);
      expect(held.sort()).toEqual(claims.flatMap(({ addresses }) => addresses).sort());
    });
  });
});
