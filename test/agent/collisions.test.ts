import { readFileSync } from 'node:fs';
import { type ClaimRecord, NetloomError, type PoolRecord } from 'netloom';
import { parse } from 'yaml';
import { forgetClaim } from '../../node-agent/src/commands/forget';
import { agentStatus } from '../../node-agent/src/commands/status';
import { SqliteStore, storeFiles } from '../../node-agent/src/store';
import { AgentFolder } from './support/agent-folder';

const pool: PoolRecord = {
  name: 'apps/lan',
  spec: { subnets: [{ subnet: '10.10.0.0/24' }] },
  owner: 'stack',
  identity: 'admin',
  incarnation: 1,
};

function claim(serial: number, owner: string, address: string): ClaimRecord {
  const record = { serial, owner, identity: 'admin', incarnation: serial, addresses: [address] };
  return { ...record, pool: pool.name, state: 'claimed' };
}

describe('a store with claims that do not fit together', () => {
  let agent: AgentFolder;
  let state: string;

  beforeEach(async () => {
    agent = await AgentFolder.make();
    const { stateDir } = parse(readFileSync(agent.configFile, 'utf8')) as { stateDir: string };
    state = storeFiles(agent.at(stateDir)).state;
    const store = SqliteStore.open(agent.at(stateDir));
    const claims = [
      claim(7, 'acme/a', '10.10.0.100'),
      claim(8, 'acme/b', '10.10.0.101'),
      claim(9, 'acme/c', '10.10.0.100'),
      { ...claim(10, 'acme/d', '10.10.0.102'), pool: 'apps/gone' },
    ];
    await store.write([
      { kind: 'pool', name: pool.name, pool },
      ...claims.map((one) => ({ kind: 'claim', serial: one.serial, claim: one }) as const),
    ]);
    await store.close();
  });

  afterEach(() => agent.remove());

  const problemsOf = async (run: () => unknown): Promise<NetloomError['problems']> => {
    try {
      await run();
    } catch (error) {
      if (error instanceof NetloomError) return error.problems;
      throw error;
    }
    return [];
  };

  test('stops the start: all of them are named, with owners and file, and the file is kept', async () => {
    const before = readFileSync(state);
    for (const run of [() => agent.start(), () => agentStatus(agent.configFile, 0)]) {
      const problems = await problemsOf(run);
      expect(problems.map(({ code }) => code)).toEqual(['NL_CLAIMS_COLLIDE', 'NL_CLAIMS_COLLIDE']);
      const [twice, orphan] = problems;
      expect(twice?.found).toContain(
        'claim 7 (10.10.0.100, of acme/a, identity "admin") and claim 9 (10.10.0.100, of acme/c, identity "admin")',
      );
      expect(twice?.found).toContain(`${state} has not been touched`);
      expect(twice?.fix).toContain('netloom-agent forget --config agent.yaml --claim 9');
      expect(orphan?.found).toContain('of pool "apps/gone", which is not there');
    }
    expect(readFileSync(state).equals(before)).toBe(true);
  });

  test('forget takes out what stands in the way, and nothing else', async () => {
    const refused = async (serial: number): Promise<string | undefined> =>
      (await problemsOf(() => forgetClaim(agent.configFile, serial)))[0]?.found;
    expect(await refused(8)).toBe('claim 8 of acme/b fits with all others');
    expect(await refused(11)).toBe('there is no claim 11 in the store');
    expect(await forgetClaim(agent.configFile, 7)).toMatchObject({ owner: 'acme/a' });
    expect(await forgetClaim(agent.configFile, 10)).toMatchObject({ owner: 'acme/d' });
    await agent.start();
    const claims = await agent.client().claims(pool.name);
    expect(claims.map(({ owner }) => owner)).toEqual(['acme/b', 'acme/c']);
  });
});
