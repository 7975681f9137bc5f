import { AgentClient, type WatchEvent } from 'netloom/agent-api';
import { AgentFolder, refusal } from './support/agent-folder';
import { rawRequest } from './support/raw-request';

const POOL = 'apps/lan';
const spec = { subnets: [{ subnet: '10.10.0.0/28' }, { subnet: 'fd00:10::/64' }] };

describe('claims over HTTP', () => {
  let folder: AgentFolder;
  let now: number;

  beforeEach(async () => {
    now = Date.parse('2026-11-21T06:00:00Z');
    folder = await AgentFolder.make();
    folder.changeConfig((config) => {
      config.authorities = [{ pools: ['dc2/*'], agent: 'edge-2', url: 'https://10.0.0.6:8443' }];
    });
    folder.addToken('small', {
      verbs: ['read', 'offer', 'claim'],
      quota: { claims: 1, offers: 2 },
    });
    folder.addToken('team', { verbs: ['read', 'claim'], owners: ['team/*'] });
    await folder.start({ clock: () => now });
    await folder.client().putPool(POOL, { owner: 'stack', spec });
  });

  afterEach(() => folder.remove());

  const as = (name: string) => folder.client({ tokenFile: folder.at(`${name}.token`) });
  const ask = (owner: string) => ({ pool: POOL, owner });

  test('an offer is renewed, confirmed, and gone when its time is over', async () => {
    const client = folder.client();
    expect(await refusal(client.confirm(ask('a')))).toEqual(['NL_OFFER_GONE owner']);
    const offer = await client.offer({ ...ask('a'), offerSeconds: 60 });
    expect(offer.until).toBe('2026-11-21T06:01:00.000Z');
    now += 50_000;
    const renewed = await client.renew({ ...ask('a'), offerSeconds: 60 });
    expect(renewed).toEqual({ ...offer, until: '2026-11-21T06:01:50.000Z' });
    const claim = await client.confirm(ask('a'));
    expect(claim).toMatchObject({ state: 'claimed', addresses: offer.addresses });
    await client.offer({ ...ask('b'), offerSeconds: 60 });
    now += 60_000;
    expect(await refusal(client.renew(ask('b')))).toEqual(['NL_OFFER_GONE owner']);
    expect(await refusal(client.offer({ ...ask('b'), offerSeconds: 0 }))).toEqual([
      'NL_REQUEST_INVALID offerSeconds',
    ]);
  });

  test('a claim is handed over, and again without effect; what was released is told why not', async () => {
    const client = folder.client();
    const claim = await client.claim(ask('old'));
    const handing = { ...ask('new'), from: 'old' };
    expect(await client.transfer(handing, { dryRun: true })).toMatchObject({ owner: 'new' });
    expect((await client.claims(POOL)).map(({ owner }) => owner)).toEqual(['old']);
    const handed = await client.transfer(handing);
    expect(handed.addresses).toEqual(claim.addresses);
    expect(await client.transfer(handing)).toEqual(handed);
    expect(await refusal(client.transfer({ ...ask('x'), from: 'y' }))).toEqual([
      'NL_OFFER_GONE owner',
    ]);
    const kept = { removed: false, why: 'not-held' };
    expect(await client.released(POOL, claim.id, 'old')).toEqual(kept);
    const newer = await client.claim(ask('new'));
    expect(await client.released(POOL, handed.id, 'new')).toEqual({ removed: false, why: 'newer' });
    expect(await client.released(POOL, newer.id, 'new', { dryRun: true })).toEqual({
      removed: true,
    });
    expect(await client.released(POOL, newer.id, 'new')).toEqual({ removed: true });
  });

  test('a batch is all or none, or each by itself', async () => {
    const client = folder.client();
    const step = (owner: string, more: object = {}) =>
      ({ verb: 'claim', ...ask(owner), ...more }) as const;
    const full = step('c', { addresses: ['10.99.0.1'] });
    expect(await refusal(client.batch({ steps: [step('a'), full, step('b'), full] }))).toEqual([
      'NL_CLAIM_OUTSIDE_CLAIMABLE [1].address',
      'NL_CLAIM_OUTSIDE_CLAIMABLE [3].address',
    ]);
    expect(await client.claims(POOL)).toEqual([]);
    const dry = await client.batch({ steps: [step('a'), step('b')] }, { dryRun: true });
    expect(await client.claims(POOL)).toEqual([]);
    const { answers } = await client.batch({ steps: [step('a'), step('b')] });
    expect(answers).toEqual(dry.answers);
    expect(answers.map((one) => one.claim?.addresses)).toEqual([['10.10.0.1'], ['10.10.0.2']]);
    const id = answers[0]?.claim?.id as string;
    const mixed = await client.batch({
      mode: 'each',
      steps: [
        { verb: 'release', ...ask('a'), id },
        full,
        { verb: 'release', ...ask('a'), id },
        { verb: 'transfer', ...ask('d'), from: 'b' },
        { verb: 'offer', ...ask('e'), family: 'dual' },
      ],
    });
    expect(mixed.answers).toMatchObject([
      { released: { released: true } },
      { problems: [{ code: 'NL_CLAIM_OUTSIDE_CLAIMABLE', key: 'address' }] },
      { released: { released: false, why: 'not-held' } },
      { claim: { owner: 'd', addresses: ['10.10.0.2'] } },
      { claim: { state: 'offered', addresses: ['10.10.0.3', 'fd00:10::1'] } },
    ]);
    const lines = folder.log.filter((line) => line.includes('"change":"batch.'));
    expect(lines).toHaveLength(3);
    expect(lines.at(-1)).toMatch(/transfer apps\/lan d [0-9a-f]{16}#\d+ 10\.10\.0\.2;/);
  });

  test('rights count for each step of a batch', async () => {
    const team = as('team');
    const mine = { verb: 'claim', ...ask('team/a') } as const;
    const other = { verb: 'claim', ...ask('other') } as const;
    const offer = { verb: 'offer', ...ask('team/b') } as const;
    expect(await refusal(team.batch({ steps: [mine, other, offer] }))).toEqual([
      'NL_AGENT_FORBIDDEN [1].owner',
      'NL_AGENT_FORBIDDEN [2].verb',
    ]);
    const { answers } = await team.batch({ mode: 'each', steps: [other, mine, offer] });
    expect(answers.map((one) => one.problems?.[0]?.key ?? one.claim?.owner)).toEqual([
      'owner',
      'team/a',
      'verb',
    ]);
    const steps = Array.from({ length: 1001 }, () => mine);
    expect(await refusal(team.batch({ steps }))).toEqual(['NL_REQUEST_INVALID steps']);
    expect(await refusal(team.batch({ steps: [] }))).toEqual(['NL_REQUEST_INVALID steps']);
  });

  test('a dry run of every change answers what would come of it, and changes nothing', async () => {
    const client = folder.client();
    const dryRun = { dryRun: true };
    const wide = { owner: 'stack', spec: { subnets: [{ subnet: '10.10.0.0/24' }] } };
    const { id } = (await client.pool(POOL)) as { id: string };
    const claim = await client.claim(ask('a'));
    const seen = async () => [await client.pools(), await client.claims(POOL)];
    const before = await seen();
    expect(await client.putPool(POOL, { ...wide, id }, dryRun)).toMatchObject({
      id,
      size: '254',
      claimed: 1,
    });
    expect(await client.putPool('new', wide, dryRun)).toMatchObject({
      size: '254',
      offered: false,
    });
    expect(await client.offerPool('new', wide, dryRun)).toMatchObject({ offered: true });
    const small = { owner: 'stack', spec: { subnets: [{ subnet: '10.10.0.8/29' }] } };
    expect(await refusal(client.putPool(POOL, small, dryRun))).toEqual(['NL_POOL_IN_USE ranges']);
    expect(await refusal(client.removePool(POOL, id, 'stack', dryRun))).toEqual([
      'NL_POOL_IN_USE pool',
    ]);
    expect(await client.offer(ask('b'), dryRun)).toMatchObject({ addresses: ['10.10.0.2'] });
    expect(await client.claim(ask('c'), dryRun)).toMatchObject({ addresses: ['10.10.0.2'] });
    expect(await refusal(client.confirm(ask('c'), dryRun))).toEqual(['NL_OFFER_GONE owner']);
    expect(await client.released(POOL, claim.id, 'a', dryRun)).toEqual({ removed: true });
    expect(await seen()).toEqual(before);
    expect(folder.log.filter((line) => line.includes('"event":"change"'))).toHaveLength(2);
  });

  test('quotas are of each credential, and one owner key is of one credential', async () => {
    const small = as('small');
    await small.claim(ask('s/1'));
    expect(await refusal(small.claim(ask('s/2')))).toEqual(['NL_QUOTA_REACHED identity']);
    for (const owner of ['s/3', 's/4']) await small.offer(ask(owner));
    expect(await refusal(small.offer(ask('s/5')))).toEqual(['NL_QUOTA_REACHED identity']);
    await folder.client().claim(ask('s/2'));
    expect(await refusal(folder.client().claim(ask('s/1')))).toEqual(['NL_OWNER_IDENTITY owner']);
  });

  test("another agent's pool is answered with its name", async () => {
    const client = folder.client();
    const elsewhere = { pool: 'dc2/vips', owner: 'a' };
    const calls = [
      client.claim(elsewhere),
      client.offer(elsewhere, { dryRun: true }),
      client.pool('dc2/vips'),
      client.putPool('dc2/vips', { owner: 'stack', spec }),
      client.claims('dc2/vips'),
      client.released('dc2/vips', '0123456789abcdef#1', 'a'),
      client.batch({ steps: [{ verb: 'claim', ...elsewhere }] }),
    ];
    for (const call of calls) expect(await refusal(call)).toEqual(['NL_POOL_ELSEWHERE pool']);
    await expect(client.claim(elsewhere)).rejects.toThrow(
      'pool "dc2/vips" belongs to agent "edge-2" (https://10.0.0.6:8443)',
    );
    const raw = { caFile: folder.at('ca.crt'), token: folder.token };
    expect((await rawRequest(`${folder.url}/v1/pools/dc2%2Fvips`, raw)).status).toBe(421);
  });

  test('all claims that keep a pool from being shrunk, page by page; labels find claims', async () => {
    const client = folder.client();
    for (let count = 0; count < 12; count++) {
      const labels = { rack: String(count % 2), row: '1' };
      await client.claim({ ...ask(`o/${count}`), labels });
    }
    const smaller = { subnets: [{ subnet: '10.10.0.0/30' }] };
    await expect(client.putPool(POOL, { owner: 'stack', spec: smaller })).rejects.toThrow(
      'and 5 more',
    );
    const owners: string[] = [];
    let after: number | undefined;
    do {
      const page = await client.claimsOutside(POOL, { spec: smaller, limit: 4, after });
      owners.push(...page.claims.map((claim) => claim.owner));
      after = page.next;
    } while (after !== undefined);
    expect(owners).toEqual(Array.from({ length: 10 }, (_, index) => `o/${index + 2}`));
    const found = await client.claimPage({ pool: POOL, label: ['rack=1', 'row=1'] });
    expect(found.claims).toHaveLength(6);
    expect((await client.claimPage({ pool: POOL, label: 'rack=' })).claims).toEqual([]);
  });
});

describe('a watch', () => {
  let folder: AgentFolder;
  let now: number;

  beforeEach(async () => {
    now = Date.parse('2026-11-21T06:00:00Z');
    folder = await AgentFolder.make();
    folder.addToken('team', { verbs: ['read'], owners: ['team/*'] });
    folder.changeConfig((config) => {
      config.limits = { watches: 2 };
    });
    await folder.start({ clock: () => now });
    await folder.client().putPool(POOL, { owner: 'stack', spec });
  });

  afterEach(() => folder.remove());

  /** Reads events, marks left out, until so many have come. */
  async function take(
    count: number,
    query: object = {},
    client = folder.client(),
    onOpen: () => Promise<unknown> = async () => {},
  ): Promise<WatchEvent[]> {
    const ending = new AbortController();
    const events: WatchEvent[] = [];
    let isFirst = true;
    for await (const event of client.watchClaims({ pool: POOL, ...query }, ending.signal)) {
      if (isFirst) await onOpen();
      isFirst = false;
      if (event.type !== 'mark') events.push(event);
      if (events.length >= count) break;
    }
    ending.abort();
    return events;
  }

  const words = (events: readonly WatchEvent[]): string[] =>
    events.map(({ type, claim }) => `${type} ${claim?.owner} ${claim?.state}`);

  test('tells every change in order, and goes on where it ended', async () => {
    const client = folder.client();
    const { version } = await client.claimPage({ pool: POOL });
    const first = await take(1, {}, client, async () => client.offer({ pool: POOL, owner: 'a' }));
    expect(words(first)).toEqual(['put a offered']);
    const claim = await client.claim({ pool: POOL, owner: 'a' });
    await client.transfer({ pool: POOL, owner: 'b', from: 'a' });
    const id = `${(await client.claims(POOL))[0]?.id}`;
    await client.release(POOL, id, 'b');
    const all = ['put a offered', 'put a claimed', 'removed a claimed', 'put b claimed'];
    expect(words(await take(5, { since: version })).slice(0, 4)).toEqual(all);
    const rest = await take(4, { since: first[0]?.version });
    expect(words(rest).slice(0, 3)).toEqual(all.slice(1));
    expect(rest[3]).toMatchObject({ type: 'removed', claim: { id, owner: 'b' } });
    expect(rest[0]?.claim).toEqual(claim);
    expect(words(await take(1, { since: version, ownerPrefix: 'b' }))).toEqual(['put b claimed']);
    const team = folder.client({ tokenFile: folder.at('team.token') });
    await client.claim({ pool: POOL, owner: 'team/x' });
    expect(words(await take(1, { since: version }, team))).toEqual(['put team/x claimed']);
  });

  test('an offer that yields is told of', async () => {
    const client = folder.client();
    await client.putPool('tiny', {
      owner: 'stack',
      spec: { subnets: [{ subnet: '10.9.0.0/30' }] },
    });
    for (const owner of ['a', 'b']) await client.offer({ pool: 'tiny', owner });
    const { version } = await client.claimPage({ pool: 'tiny' });
    await folder.stop();
    await folder.start({ clock: () => now });
    // A restart forgets what was changed before; it knows the offers.
    expect(await refusal(take(1, { pool: 'tiny', since: version }))).toEqual([
      'NL_WATCH_GONE since',
    ]);
    const again = folder.client();
    const { version: since } = await again.claimPage({ pool: 'tiny' });
    await again.claim({ pool: 'tiny', owner: 'c' });
    expect(words(await take(2, { pool: 'tiny', since }))).toEqual([
      'removed a offered',
      'put c claimed',
    ]);
  });

  test('says when it can not go on, and when there are too many', async () => {
    const client = folder.client();
    const { version = '' } = await client.claimPage({ pool: POOL });
    for (let round = 0; round < 10; round++) {
      const steps = Array.from({ length: 1000 }, () => ({
        verb: 'claim' as const,
        pool: POOL,
        owner: 'a',
      }));
      await client.batch({ steps });
    }
    expect(await refusal(take(1, { since: version }))).toEqual(['NL_WATCH_GONE since']);
    expect(await refusal(take(1, { since: `${version}0000000` }))).toEqual(['NL_WATCH_GONE since']);
    expect(await refusal(take(1, { since: 'nonsense' }))).toEqual(['NL_WATCH_GONE since']);
    await take(1, {}, client, async () => {
      await take(1, {}, client, async () => {
        expect(await refusal(take(1))).toEqual(['NL_RATE_LIMITED identity']);
        await client.claim({ pool: POOL, owner: 'x' });
      });
    });
    await take(1, {}, client, async () => client.claim({ pool: POOL, owner: 'y' }));
  });

  test('ends when the agent does', async () => {
    const { connection } = folder.client();
    const client = new AgentClient(connection);
    const events: string[] = [];
    const watching = (async () => {
      for await (const { type } of client.watchClaims({ pool: POOL })) events.push(type);
    })();
    while (events.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    const started = Date.now();
    await folder.stop();
    await watching;
    expect(Date.now() - started).toBeLessThan(4_000);
    await client.close();
  });
});
