import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { AgentClient, type BatchRequest, type ClaimRequestBody } from '../../src/agent-api';
import { isNetloomError, NetloomError } from '../../src/errors';
import { GatheredClaims } from '../../src/provider-runtime/gathered-claims';
import { AgentProcess } from '../support/agent';

const OWNER = 'acme/demo/dev/AddressClaim::';

/** Counts what is asked in common, and alone. */
class CountingClient extends AgentClient {
  readonly steps: number[] = [];
  alone = 0;

  override batch(body: BatchRequest) {
    this.steps.push(body.steps.length);
    return super.batch(body);
  }

  override claim(body: ClaimRequestBody) {
    this.alone++;
    return super.claim(body);
  }
}

/** One of an agent whose release knows nothing of batches, or that refuses this one. */
class RefusingClient extends CountingClient {
  override batch(): never {
    throw new NetloomError({
      code: 'NL_REQUEST_INVALID',
      key: '',
      found: 'the body has more than 1048576 bytes',
      allowed: 'a smaller one',
      fix: 'correct the request',
    });
  }
}

describe('offers and claims at the same time', () => {
  let folder: string;
  let agent: AgentProcess;
  let client: CountingClient;

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'netloom-gathered-'));
    agent = new AgentProcess({ dir: folder, name: 'edge-1' });
    agent.init();
    await agent.start();
  }, 60_000);

  afterAll(async () => {
    await agent?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  beforeEach(() => {
    client = new CountingClient(agent.connection);
  });

  afterEach(() => client.close());

  const asked = (pool: string, count: number, more: Partial<ClaimRequestBody> = {}) =>
    Array.from({ length: count }, (_, index) => ({ pool, owner: `${OWNER}${index}`, ...more }));

  async function makePool(name: string, addresses: number): Promise<void> {
    const ranges = [`10.40.0.1-10.40.0.${addresses}`];
    const spec = { subnets: [{ subnet: '10.40.0.0/24', ranges }] };
    await client.putPool(name, { owner: `acme/demo/dev/AddressPool::${name}`, spec });
  }

  test('a hundred go in two requests; each gets its own, the same when asked again alone', async () => {
    await makePool('many', 200);
    const claims = new GatheredClaims(client);
    const wishes = asked('many', 100);
    const offers = await Promise.all(wishes.map((wish) => claims.offer(wish)));
    const held = await Promise.all(wishes.map((wish) => claims.claim(wish)));
    expect(client.steps).toEqual([64, 36, 64, 36]);
    expect(client.alone).toBe(0);
    expect(held.map(({ owner }) => owner)).toEqual(wishes.map(({ owner }) => owner));
    expect(held.map(({ cidrs }) => cidrs)).toEqual(offers.map(({ cidrs }) => cidrs));
    expect(new Set(held.flatMap(({ cidrs }) => cidrs)).size).toBe(100);
    const again = await client.claim(wishes[7] as ClaimRequestBody);
    expect(again.cidrs).toEqual(held[7]?.cidrs);
  });

  test('one by itself waits for nobody, and those that come meanwhile go together', async () => {
    await makePool('few', 200);
    const claims = new GatheredClaims(client);
    const [first, ...others] = asked('few', 9);
    const before = claims.claim(first as ClaimRequestBody);
    await new Promise((resolve) => setImmediate(resolve));
    await Promise.all([before, ...others.map((wish) => claims.claim(wish))]);
    expect([client.alone, ...client.steps]).toEqual([1, 8]);
  });

  test('what is refused says what it would say alone, and the others have theirs', async () => {
    await makePool('full', 3);
    const claims = new GatheredClaims(client);
    const wishes = asked('full', 5);
    const bad = { pool: 'full', owner: `${OWNER}bad`, addresses: ['10.99.0.1'] };
    const other = { pool: 'nowhere', owner: `${OWNER}other` };
    const answers = await Promise.allSettled(
      [bad, ...wishes, other].map((wish) => claims.claim(wish)),
    );
    const addresses = answers.flatMap((one) =>
      one.status === 'fulfilled' ? one.value.addresses : [],
    );
    expect(addresses).toEqual(['10.40.0.1', '10.40.0.2', '10.40.0.3']);
    const reasons = answers.map((one) => (one.status === 'rejected' ? textOf(one.reason) : 'held'));
    const alone = await Promise.all(
      [bad, wishes[4] as ClaimRequestBody, other].map((wish) =>
        client.claim(wish).then(() => 'held', textOf),
      ),
    );
    expect(reasons[0]).toBe(alone[0]);
    expect(reasons[5]).toBe(alone[1]);
    expect(reasons[6]).toBe(alone[2]);
    expect(alone.join('\n')).toMatch(/^NL_CLAIM_OUTSIDE_CLAIMABLE/);
    expect(alone[1]).toMatch(/NL_POOL_FULL/);
    expect(alone[2]).toMatch(/NL_POOL_UNKNOWN/);
  });

  test('a common request that is refused as a whole: each is asked for by itself', async () => {
    await makePool('alone', 200);
    const refusing = new RefusingClient(agent.connection);
    const claims = new GatheredClaims(refusing);
    const held = await Promise.all(asked('alone', 5).map((wish) => claims.claim(wish)));
    expect(new Set(held.flatMap(({ addresses }) => addresses)).size).toBe(5);
    expect(refusing.alone).toBe(5);
    await refusing.close();
  });

  test('an agent that is gone is told to all, and is asked again by the next', async () => {
    await makePool('gone', 200);
    const silent = new CountingClient({ ...agent.connection, url: 'https://127.0.0.1:1' });
    const claims = new GatheredClaims(silent);
    for (const _ of [1, 2]) {
      const answers = await Promise.allSettled(asked('gone', 3).map((wish) => claims.claim(wish)));
      for (const one of answers) {
        expect(one.status === 'rejected' && textOf(one.reason)).toMatch(/NL_AGENT_UNREACHABLE/);
      }
    }
    expect(silent.steps).toEqual([3, 3]);
    await silent.close();
  });
});

function textOf(error: unknown): string {
  if (!isNetloomError(error)) throw error;
  return error.problems.map(({ code, found, fix }) => `${code} ${found} ${fix}`).join('\n');
}
