import { type ClaimQuery, problemDocumentSchema } from 'netloom/agent-api';
import { AgentFolder, refusal } from './support/agent-folder';
import { type RawAnswer, rawRequest } from './support/raw-request';

const spec = {
  subnets: [
    { subnet: '10.10.0.0/24', ranges: ['10.10.0.100-10.10.0.119'], gateway: '10.10.0.254' },
    { subnet: 'fd00:10::/64', ranges: ['fd00:10::80-fd00:10::8f'] },
  ],
};
const small = { subnets: [{ subnet: '10.30.0.0/30' }] };

describe('the routes', () => {
  let folder: AgentFolder;
  let now: number;

  beforeEach(async () => {
    now = Date.parse('2026-11-21T06:00:00Z');
    folder = await AgentFolder.make();
    await folder.start({ clock: () => now });
  });

  afterEach(() => folder.remove());

  const send = async (method: string, path: string, body?: unknown): Promise<RawAnswer> =>
    rawRequest(`${folder.url}${path}`, {
      method,
      caFile: folder.at('ca.crt'),
      token: folder.token,
      ...(body === undefined
        ? {}
        : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });

  /** Status and problems, as `CODE key`. */
  const answered = async (method: string, path: string, body?: unknown): Promise<unknown[]> => {
    const { status, text, type } = await send(method, path, body);
    if (status < 400) return [status];
    expect(type).toContain('application/problem+json');
    const document = problemDocumentSchema.parse(JSON.parse(text));
    expect(document.status).toBe(status);
    expect(document.type).toBe(`urn:netloom:problem:${document.problems[0]?.code}`);
    return [status, ...document.problems.map((one) => `${one.code} ${one.key}`.trim())];
  };

  test('info names the agent, its release and its store', async () => {
    const info = await folder.client().info();
    expect(info).toEqual({
      name: 'edge-1',
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      store: expect.stringMatching(/^[0-9a-f-]{36}$/),
      epoch: 0,
    });
  });

  test('a claim with MAC address, labels and reason, a block, and a list by pages', async () => {
    const client = folder.client();
    const macs = ['02:00:5e:00:00:00/40'];
    const subnets = [{ subnet: '10.40.0.0/24', reserved: ['10.40.0.1-10.40.0.9'] }];
    const made = await client.putPool('mixed', { owner: 'o', spec: { subnets, macs } });
    expect(made.spec).toEqual({ subnets, macs });
    const notes = { labels: { rack: '7' }, reason: 'camera' };
    const both = await client.claim({ pool: 'mixed', owner: 'a', mac: true, ...notes });
    expect(both).toMatchObject({ cidrs: ['10.40.0.10/24'], mac: '02:00:5e:00:00:00', ...notes });
    const alone = { pool: 'mixed', owner: 'b', family: 'none', mac: '02:00:5E:00:00:07' } as const;
    expect(await client.claim(alone)).toMatchObject({ addresses: [], mac: '02:00:5e:00:00:07' });
    const block = await client.claim({ pool: 'mixed', owner: 'c', prefixLength: 28 });
    expect(block).toMatchObject({ addresses: ['10.40.0.16/28'], cidrs: ['10.40.0.16/28'] });
    const owners = async (query: Partial<ClaimQuery>): Promise<unknown> => {
      const { claims, next } = await client.claimPage({ pool: 'mixed', ...query });
      return [claims.map(({ owner }) => owner), next !== undefined];
    };
    expect(await owners({ limit: 2 })).toEqual([['a', 'b'], true]);
    const { next } = await client.claimPage({ pool: 'mixed', limit: 2 });
    expect(await owners({ limit: 2, after: next })).toEqual([['c'], false]);
    expect(await owners({ address: '10.40.0.20' })).toEqual([['c'], false]);
    expect(await owners({ address: '02:00:5e:00:00:07', state: 'claimed' })).toEqual([
      ['b'],
      false,
    ]);
    expect(await client.release('mixed', block.id, 'a')).toBe(false);
    expect(await client.release('mixed', block.id, 'c')).toBe(true);
  });

  test('a pool is offered, made, changed, listed and removed', async () => {
    const client = folder.client();
    const owner = 'stack/pool';
    const offered = await client.offerPool('apps/lan', { owner, spec });
    expect(offered).toMatchObject({ id: 'apps/lan#0', offered: true, size: '36' });
    expect(await refusal(client.claim({ pool: 'apps/lan', owner: 'pod' }))).toEqual([
      'NL_POOL_UNKNOWN pool',
    ]);
    expect(await client.offer({ pool: 'apps/lan', owner: 'pod' })).toMatchObject({
      state: 'offered',
    });
    const made = await client.putPool('apps/lan', { owner, spec });
    expect(made).toMatchObject({ offered: false, claimed: 0, offers: 1, spec });
    expect(await client.pool('apps/lan')).toEqual(made);
    const wider = { subnets: [{ subnet: '10.10.0.0/24' }, ...spec.subnets.slice(1)] };
    const changed = await client.putPool('apps/lan', { owner, spec: wider, id: made.id });
    expect(changed).toMatchObject({ id: made.id, size: String(254 + 16) });
    expect((await client.pools()).map((pool) => pool.name)).toEqual(['apps/lan']);
    expect(await client.removePool('apps/lan', 'apps/lan#999', owner)).toBe(false);
    expect(await client.removePool('apps/lan', made.id, owner)).toBe(true);
    expect(await client.removePool('apps/lan', made.id, owner)).toBe(false);
    expect(await client.pool('apps/lan')).toBeUndefined();
  });

  test('an address is offered, claimed, listed, released; each call again has the effect of one', async () => {
    const client = folder.client();
    await client.putPool('apps/lan', { owner: 'stack', spec });
    const ask = { pool: 'apps/lan', owner: 'pod', family: 'dual' as const };
    const offer = await client.offer(ask);
    expect(offer).toMatchObject({
      state: 'offered',
      addresses: ['10.10.0.100', 'fd00:10::80'],
      cidrs: ['10.10.0.100/24', 'fd00:10::80/64'],
      gateways: ['10.10.0.254'],
      until: '2026-11-21T06:15:00.000Z',
    });
    expect(await client.offer(ask)).toEqual(offer);
    const claim = await client.claim(ask);
    expect(claim).toMatchObject({ state: 'claimed', addresses: offer.addresses });
    const again = await client.claim(ask);
    expect(again.addresses).toEqual(claim.addresses);
    expect(await client.claims('apps/lan')).toEqual([again]);
    expect(await client.claims('apps/lan', 'nobody')).toEqual([]);
    expect(await client.release('apps/lan', claim.id, 'pod')).toBe(false);
    expect(await client.release('apps/lan', again.id, 'somebody-else')).toBe(false);
    expect(await client.claims('apps/lan')).toEqual([again]);
    expect(await client.release('apps/lan', again.id, 'pod')).toBe(true);
    expect(await client.release('apps/lan', again.id, 'pod')).toBe(false);
    expect(await client.pool('apps/lan')).toMatchObject({ claimed: 0, quarantined: 1 });
    expect(await client.claims('gone')).toEqual([]);
  });

  test('a claim that is handed over keeps address and incarnation, and can be released by them', async () => {
    const client = folder.client();
    await client.putPool('apps/lan', { owner: 'stack', spec });
    const claim = await client.claim({ pool: 'apps/lan', owner: 'old' });
    const handing = { pool: 'apps/lan', owner: 'new', from: 'old' };
    const handed = await client.claim(handing);
    expect(handed.addresses).toEqual(claim.addresses);
    expect(handed.id.split('#')[1]).toBe(claim.id.split('#')[1]);
    expect(await client.claim(handing)).toEqual(handed);
    expect(await client.release('apps/lan', claim.id, 'old')).toBe(false);
    expect(await client.release('apps/lan', claim.id, 'new')).toBe(true);
  });

  test('a bridge is tried, made, listed and removed', async () => {
    const client = folder.client();
    const body = { owner: 'stack/bridge', spec: { addresses: ['10.10.0.10/24'], mtu: 1400 } };
    const dry = await client.putBridge('br-test', body, { dryRun: true });
    expect(await client.bridges()).toEqual([]);
    const made = await client.putBridge('br-test', body);
    expect(made.steps).toEqual(dry.steps);
    expect(made.actual).toMatchObject({ addresses: ['10.10.0.10/24'], mtu: 1400, up: true });
    expect(await client.bridge('br-test')).toEqual({ ...made, steps: [] });
    expect(await client.removeBridge('br-test', 'br-test#9', body.owner)).toBe(false);
    const gone = { removed: true, steps: ['delete bridge br-test'] };
    const removal = ['br-test', made.id, body.owner] as const;
    expect(await client.bridgeRemoval(...removal, { dryRun: true })).toEqual(gone);
    expect(await client.bridge('br-test')).toEqual({ ...made, steps: [] });
    expect(await client.bridgeRemoval(...removal)).toEqual(gone);
    expect(await client.removeBridge('br-test', made.id, body.owner)).toBe(false);
    expect(folder.kernel.links.size).toBe(0);
  });

  test('everything is there after a restart, under the same ids, and nothing is given twice', async () => {
    const client = folder.client();
    await client.putPool('apps/lan', { owner: 'stack', spec });
    await client.claim({ pool: 'apps/lan', owner: 'pod-1' });
    await client.offer({ pool: 'apps/lan', owner: 'pod-2' });
    await client.putBridge('br-test', { owner: 'stack', spec: { addresses: ['10.10.0.10/24'] } });
    const seen = async (): Promise<unknown> => {
      const c = folder.client();
      return [await c.info(), await c.pools(), await c.claims('apps/lan'), await c.bridges()];
    };
    const before = await seen();
    await folder.stop();
    folder.kernel.links.clear();
    await folder.start({ clock: () => now });
    expect(await seen()).toEqual(before);
    const next = await folder.client().claim({ pool: 'apps/lan', owner: 'pod-3' });
    expect(next.addresses).toEqual(['10.10.0.102']);
  });

  const pool = { owner: 'o', spec };
  const wrong: [string, string, unknown, unknown[]][] = [
    ['PUT', '/v1/pools/x', {}, [400, 'NL_REQUEST_INVALID owner', 'NL_REQUEST_INVALID spec']],
    [
      'PUT',
      '/v1/pools/x',
      { ...pool, extra: 1, more: 2 },
      [400, 'NL_REQUEST_INVALID extra', 'NL_REQUEST_INVALID more'],
    ],
    ['PUT', '/v1/pools/x', { ...pool, owner: 'a b' }, [400, 'NL_REQUEST_INVALID owner']],
    ['PUT', '/v1/pools/x', { ...pool, spec: { subnets: [] } }, [400, 'NL_SUBNET_INVALID subnets']],
    [
      'PUT',
      '/v1/pools/x',
      { ...pool, spec: { subnets: [{ subnet: 5 }] } },
      [400, 'NL_REQUEST_INVALID spec.subnets[0].subnet'],
    ],
    [
      'PUT',
      '/v1/pools/x',
      { ...pool, spec: { subnets: [{ subnet: '10.0.0.1/24' }] } },
      [400, 'NL_HOST_BITS subnets[0].subnet'],
    ],
    ['PUT', '/v1/pools/UPPER', pool, [400, 'NL_NAME_INVALID name']],
    ['PUT', '/v1/pools/x?offer=maybe', pool, [400, 'NL_REQUEST_INVALID offer']],
    ['PUT', '/v1/pools/x?wrong=1', pool, [400, 'NL_REQUEST_INVALID wrong']],
    ['PUT', '/v1/pools/x', { ...pool, id: 'x#99' }, [400, 'NL_REQUEST_INVALID id']],
    ['PUT', '/v1/pools/full', { ...pool, owner: 'other' }, [409, 'NL_POOL_OWNED name']],
    [
      'PUT',
      '/v1/pools/full',
      { owner: 'o', spec: { subnets: [{ subnet: '10.31.0.0/30' }] } },
      [409, 'NL_POOL_IN_USE ranges'],
    ],
    ['GET', '/v1/pools/gone', undefined, [404, 'NL_POOL_UNKNOWN pool']],
    [
      'DELETE',
      '/v1/pools/full',
      undefined,
      [400, 'NL_REQUEST_INVALID id', 'NL_REQUEST_INVALID owner'],
    ],
    ['DELETE', '/v1/pools/full?id=full%231&owner=o', undefined, [409, 'NL_POOL_IN_USE pool']],
    ['DELETE', '/v1/pools/full?id=full%231&owner=x', undefined, [409, 'NL_POOL_OWNED name']],
    ['POST', '/v1/claims', { owner: 'p' }, [400, 'NL_REQUEST_INVALID pool']],
    ['POST', '/v1/claims', { pool: 'gone', owner: 'p' }, [404, 'NL_POOL_UNKNOWN pool']],
    ['POST', '/v1/claims', { pool: 'full', owner: 'p3' }, [507, 'NL_POOL_FULL pool']],
    ['POST', '/v1/offers', { pool: 'full', owner: 'p3' }, [507, 'NL_POOL_FULL pool']],
    [
      'POST',
      '/v1/claims',
      { pool: 'full', owner: 'p3', addresses: ['10.30.0.1'] },
      [409, 'NL_ADDRESS_NOT_FREE address'],
    ],
    [
      'POST',
      '/v1/claims',
      { pool: 'full', owner: 'p3', addresses: ['10.99.0.1'] },
      [400, 'NL_CLAIM_OUTSIDE_CLAIMABLE address'],
    ],
    [
      'POST',
      '/v1/claims',
      { pool: 'full', owner: 'p3', addresses: ['nonsense'] },
      [400, 'NL_ADDRESS_INVALID address'],
    ],
    [
      'POST',
      '/v1/claims',
      { pool: 'full', owner: 'p3', family: 'ipv6' },
      [400, 'NL_FAMILY_MISSING family'],
    ],
    [
      'POST',
      '/v1/claims',
      { pool: 'full', owner: 'p3', family: 'ipv5' },
      [400, 'NL_REQUEST_INVALID family'],
    ],
    ['POST', '/v1/claims', '{"pool":', [400, 'NL_REQUEST_INVALID']],
    ['POST', '/v1/claims', `{"pool":"${'x'.repeat(70_000)}"}`, [413, 'NL_REQUEST_INVALID']],
    ['GET', '/v1/claims', undefined, [400, 'NL_REQUEST_INVALID pool']],
    ['GET', '/v1/claims?pool=gone', undefined, [404, 'NL_POOL_UNKNOWN pool']],
    ['GET', '/v1/claims?pool=full&limit=0', undefined, [400, 'NL_REQUEST_INVALID limit']],
    ['GET', '/v1/claims?pool=full&address=x', undefined, [400, 'NL_ADDRESS_INVALID address']],
    ['DELETE', '/v1/claims/nonsense?pool=full&owner=p1', undefined, [400, 'NL_REQUEST_INVALID id']],
    [
      'DELETE',
      '/v1/claims/0123456789abcdef%231',
      undefined,
      [400, 'NL_REQUEST_INVALID pool', 'NL_REQUEST_INVALID owner'],
    ],
    ['DELETE', '/v1/claims/0123456789abcdef%230?pool=full&owner=p1', undefined, [200]],
    ['PUT', '/v1/bridges/br-x', { owner: 'o' }, [400, 'NL_REQUEST_INVALID spec']],
    [
      'PUT',
      '/v1/bridges/br-x',
      { owner: 'o', spec: { mtu: 9.5 } },
      [400, 'NL_REQUEST_INVALID spec.mtu'],
    ],
    [
      'PUT',
      '/v1/bridges/sixteen-letters-',
      { owner: 'o', spec: {} },
      [400, 'NL_IFNAME_TOO_LONG name'],
    ],
    ['PUT', '/v1/bridges/br%3Bid', { owner: 'o', spec: {} }, [400, 'NL_IFNAME_INVALID name']],
    [
      'PUT',
      '/v1/bridges/br-x',
      { owner: 'o', spec: { ports: ['gone'] } },
      [409, 'NL_BRIDGE_PORT spec.ports[0]'],
    ],
    ['PUT', '/v1/bridges/foreign', { owner: 'o', spec: {} }, [409, 'NL_BRIDGE_FOREIGN name']],
    ['PUT', '/v1/bridges/br-o', { owner: 'x', spec: {} }, [409, 'NL_BRIDGE_OWNED name']],
    [
      'PUT',
      '/v1/bridges/br-x?dryRun=1',
      { owner: 'o', spec: {} },
      [400, 'NL_REQUEST_INVALID dryRun'],
    ],
    [
      'DELETE',
      '/v1/bridges/br-o',
      undefined,
      [400, 'NL_REQUEST_INVALID id', 'NL_REQUEST_INVALID owner'],
    ],
    ['DELETE', '/v1/bridges/br-o?id=br-o%231&owner=x', undefined, [409, 'NL_BRIDGE_OWNED name']],
    ['GET', '/v1/nothing', undefined, [404, 'NL_NO_SUCH_ROUTE']],
    ['POST', '/v1/pools/x', pool, [404, 'NL_NO_SUCH_ROUTE']],
    ['GET', '/', undefined, [404, 'NL_NO_SUCH_ROUTE']],
  ];

  test('wrong requests are refused with every problem, its key and its status, and change nothing', async () => {
    const client = folder.client();
    await client.putPool('full', { owner: 'o', spec: small });
    for (const owner of ['p1', 'p2']) await client.claim({ pool: 'full', owner });
    await client.putBridge('br-o', { owner: 'o', spec: {} });
    folder.kernel.addLink('foreign', { kind: 'bridge' });
    const state = async (): Promise<unknown> => [
      await client.pools(),
      await client.claims('full'),
      await client.bridges(),
      structuredClone([...folder.kernel.links]),
    ];
    const before = await state();
    for (const [method, path, body, want] of wrong) {
      expect([method, path, body, await answered(method, path, body)]).toEqual([
        method,
        path,
        body,
        want,
      ]);
    }
    expect(await state()).toEqual(before);
  });

  test("a failure of the kernel is the agent's (500), with the command's own words", async () => {
    folder.kernel.refuse = /^link add/;
    const { status, text } = await send('PUT', '/v1/bridges/br-x', { owner: 'o', spec: {} });
    expect(status).toBe(500);
    expect(JSON.parse(text).problems[0].found).toMatch(
      /"ip link add name br-x .* failed: the fake kernel refuses/,
    );
  });

  test('every change leaves a line with who, what, before and after', async () => {
    const client = folder.client();
    await client.putPool('apps/lan', { owner: 'stack', spec });
    const claim = await client.claim({ pool: 'apps/lan', owner: 'pod' });
    await client.release('apps/lan', claim.id, 'pod');
    await refusal(client.claim({ pool: 'gone', owner: 'pod' }));
    const lines = folder.log
      .map((line) => JSON.parse(line))
      .filter((line) => line.event === 'change');
    expect(lines).toMatchObject([
      { identity: 'admin', change: 'pool.put', pool: 'apps/lan', owner: 'stack', status: 200 },
      {
        change: 'claim',
        owner: 'pod',
        before: 'none',
        after: `${claim.id} 10.10.0.100`,
        status: 200,
      },
      { change: 'release', before: '10.10.0.100', after: `${claim.id} released`, status: 200 },
      { change: 'claim', pool: 'gone', status: 404, refusal: 'NL_POOL_UNKNOWN' },
    ]);
  });

  test('metrics count what is held and what was asked', async () => {
    const client = folder.client();
    await client.putPool('apps/lan', { owner: 'stack', spec });
    await client.claim({ pool: 'apps/lan', owner: 'pod' });
    await refusal(client.claim({ pool: 'gone', owner: 'pod' }));
    const { text, type } = await send('GET', '/metrics');
    expect(type).toContain('text/plain');
    expect(text).toContain('\nnetloom_claims 1\n');
    expect(text).toContain('\nnetloom_pools 1\n');
    expect(text).toContain(
      'netloom_requests_total{method="POST",route="/v1/claims",status="200"} 1\n',
    );
    expect(text).toContain(
      'netloom_requests_total{method="POST",route="/v1/claims",status="404"} 1\n',
    );
  });

  test('claims that come at once never get one address twice', async () => {
    const client = folder.client();
    await client.putPool('apps/lan', { owner: 'stack', spec });
    const owners = Array.from({ length: 30 }, (_, index) => `pod-${index}`);
    const answers = await Promise.allSettled(
      owners.map((owner) => client.claim({ pool: 'apps/lan', owner })),
    );
    const given = answers.flatMap((one) => (one.status === 'fulfilled' ? one.value.addresses : []));
    expect(given).toHaveLength(20);
    expect(new Set(given).size).toBe(20);
  });
});
