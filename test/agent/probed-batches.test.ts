import type { BatchRequest } from 'netloom/agent-api';
import type { AddressProber } from '../../node-agent/src/audit';
import { AgentFolder, refusal } from './support/agent-folder';

const POOL = 'apps/lan';
const PLAIN = 'apps/plain';
const MAC = '02:00:00:00:00:77';

/** A network of which some addresses are in use, and what it was asked for. */
class AskedNetwork implements AddressProber {
  readonly inUse = new Set<string>();
  readonly asked: string[] = [];
  most = 0;
  private open = 0;
  /** Called while a question is open. */
  meanwhile: (() => Promise<unknown>) | undefined;

  async whoHas(address: string): Promise<string | undefined> {
    this.asked.push(address);
    this.open += 1;
    this.most = Math.max(this.most, this.open);
    const { meanwhile } = this;
    this.meanwhile = undefined;
    await meanwhile?.();
    await new Promise((resolve) => setTimeout(resolve, 5));
    this.open -= 1;
    return this.inUse.has(address) ? MAC : undefined;
  }
}

describe('batches of pools that are probed', () => {
  let agent: AgentFolder;
  let network: AskedNetwork;

  beforeEach(async () => {
    network = new AskedNetwork();
    agent = await AgentFolder.make();
    await agent.start({ prober: network });
    const spec = { subnets: [{ subnet: '10.0.0.0/22' }], probe: 'br-x' };
    await agent.client().putPool(POOL, { owner: 'stack', spec });
    const plain = { subnets: [{ subnet: '10.9.0.0/24' }] };
    await agent.client().putPool(PLAIN, { owner: 'stack', spec: plain });
  });

  afterEach(() => agent.remove());

  const claimOf = (owner: string, more: object = {}) => {
    return { verb: 'claim' as const, pool: POOL, owner, ...more };
  };
  const batch = async (mode: 'all' | 'each', ...steps: object[]): Promise<string[]> => {
    const { answers } = await agent.client().batch({ mode, steps } as BatchRequest);
    return answers.map(({ claim, released, problems }) =>
      claim
        ? claim.addresses.join(' ')
        : (problems?.map(({ code }) => code).join(' ') ?? `released ${released?.released}`),
    );
  };
  const standing = async (): Promise<string[]> => {
    const { claims } = await agent.client().claimPage({ pool: POOL });
    return claims.map(({ owner, state, addresses }) => `${owner} ${state} ${addresses}`).sort();
  };

  test.each(['all', 'each'] as const)(
    '%s: all addresses are asked for at once, and what answers is set aside',
    async (mode) => {
      network.inUse.add('10.0.0.2').add('10.0.0.4');
      expect(await batch(mode, claimOf('a'), claimOf('b'), claimOf('c'))).toEqual([
        '10.0.0.1',
        '10.0.0.5',
        '10.0.0.3',
      ]);
      // The second look has one more to ask for, and asks for nothing twice.
      expect(network.asked.sort()).toEqual([1, 2, 3, 4, 5].map((last) => `10.0.0.${last}`));
      expect(network.most).toBeGreaterThan(1);
      expect(await standing()).toEqual([
        'a claimed 10.0.0.1',
        'b claimed 10.0.0.5',
        'c claimed 10.0.0.3',
      ]);
      // Repeated, it has the effect of one, and asks nobody.
      expect(await batch(mode, claimOf('a'), claimOf('b'), claimOf('c'))).toHaveLength(3);
      expect(network.asked).toHaveLength(5);
    },
  );

  test('nobody else gets an address while it is asked for', async () => {
    let other: string[] = [];
    network.meanwhile = async () => {
      const { addresses } = await agent.client().claim({ pool: POOL, owner: 'x' });
      other = addresses;
    };
    const given = await batch('all', claimOf('a'), claimOf('b'));
    expect([...given, ...other].sort()).toEqual(['10.0.0.1', '10.0.0.2', '10.0.0.3']);
    expect(other).toEqual(['10.0.0.3']);
  });

  test('steps follow each other, and those of other pools come along', async () => {
    const { id } = await agent.client().claim({ pool: POOL, owner: 'old' });
    const steps = [
      { verb: 'release', pool: POOL, owner: 'old', id },
      claimOf('old'),
      { verb: 'offer', pool: POOL, owner: 'b' },
      { ...claimOf('p'), pool: PLAIN },
    ];
    const given = await batch('all', ...steps);
    expect(given).toEqual(['released true', '10.0.0.1', '10.0.0.2', '10.9.0.1']);
    expect(network.asked.filter((one) => one.startsWith('10.9.'))).toEqual([]);
    expect(await standing()).toEqual(['b offered 10.0.0.2', 'old claimed 10.0.0.1']);
  });

  test('all or none is so: one refusal, and nothing is asked for or given', async () => {
    const steps = [claimOf('a'), claimOf('b', { addresses: ['10.99.0.1'] })];
    expect(await refusal(batch('all', ...steps))).toEqual([
      'NL_CLAIM_OUTSIDE_CLAIMABLE [1].address',
    ]);
    expect([network.asked, await standing()]).toEqual([[], []]);
    expect(await batch('each', ...steps)).toEqual(['10.0.0.1', 'NL_CLAIM_OUTSIDE_CLAIMABLE']);
  });

  test('an address that is wanted and in use refuses all of it', async () => {
    network.inUse.add('10.0.0.9');
    const steps = [claimOf('a'), claimOf('b', { addresses: ['10.0.0.9'] })];
    expect(await refusal(batch('all', ...steps))).toEqual(['NL_ADDRESS_NOT_FREE [1].address']);
    expect((await standing()).filter((one) => one.includes('claimed'))).toEqual([]);
  });

  test('a router that answers for everything is told of', async () => {
    for (let last = 1; last < 60; last++) network.inUse.add(`10.0.0.${last}`);
    await expect(batch('each', claimOf('a'), claimOf('b'))).rejects.toThrow(
      /8 times in a row an address of pool "apps\/lan" was in use .* proxy ARP/,
    );
    expect((await standing()).filter((one) => one.includes('claimed'))).toEqual([]);
  });

  test('more than can be asked for while a caller waits is refused, with what to do', async () => {
    const steps = Array.from({ length: 129 }, (_, index) => claimOf(`o${index}`));
    await expect(batch('each', ...steps)).rejects.toThrow(
      'this takes 129 of them at once. Allowed: up to 128 new addresses of such pools in one request. Fix: ask for smaller blocks or smaller batches',
    );
    expect([network.asked, await standing()]).toEqual([[], []]);
    expect(new Set(await batch('all', ...steps.slice(0, 128))).size).toBe(128);
    expect(network.most).toBe(16);
  });

  test('every address of a block is asked for; a block that is too large is refused', async () => {
    network.inUse.add('10.0.0.70');
    const claim = (owner: string, prefixLength: number) =>
      agent.client().claim({ pool: POOL, owner, prefixLength });
    // The first /26 has the network's address, the second one the address in use.
    expect((await claim('a', 26)).addresses).toEqual(['10.0.0.128/26']);
    expect(network.asked).toHaveLength(128);
    for (const call of [claim('b', 24), batch('all', claimOf('b', { prefixLength: 24 }))]) {
      await expect(call).rejects.toThrow('256 of them at once');
    }
    expect(await standing()).toEqual(['a claimed 10.0.0.128/26']);
    expect((await claim('a', 26)).addresses).toEqual(['10.0.0.128/26']);
    expect(network.asked).toHaveLength(128);
  });

  test('a dry run asks nobody', async () => {
    const steps = [claimOf('a')];
    const request = { mode: 'all', steps } as BatchRequest;
    await agent.client().batch(request, { dryRun: true });
    expect([network.asked, await standing()]).toEqual([[], []]);
  });
});
