import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { isNetloomError } from 'netloom';
import type { AgentClient } from 'netloom/agent-api';
import { AgentProcess, buildAgent, initAgent } from '../support/agent-process';
import { type FaultKind, FaultyDisk, whyNoFaultyDisk } from './faulty-disk';

const POOL = 'apps/lan';
/** Behind what a start writes, and soon. */
const AT = 40;

/** Codes of what a call is refused with; the answer when it is not. */
async function outcome<T>(call: Promise<T>): Promise<{ answer: T } | { codes: string[] }> {
  try {
    return { answer: await call };
  } catch (error) {
    if (!isNetloomError(error)) throw error;
    return { codes: error.problems.map(({ code }) => code) };
  }
}

describe('the agent on a disk that fails', () => {
  let folder: string;
  let running: AgentProcess | undefined;
  const why = whyNoFaultyDisk();

  beforeAll(() => {
    if (why === undefined) buildAgent();
  }, 120_000);

  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'netloom-failing-'));
  });

  afterEach(async () => {
    await running?.end('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });

  const start = async (environment: NodeJS.ProcessEnv = {}): Promise<AgentClient> => {
    const variables = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
    const agent = new AgentProcess(folder, ['env', ...variables]);
    running = agent;
    if (!(await agent.isListening())) throw new Error(`the agent ended:\n${agent.output}`);
    return agent.client();
  };

  const claimsOf = async (client: AgentClient): Promise<Record<string, string>> =>
    Object.fromEntries(
      (await client.claims(POOL)).map(({ owner, addresses }) => [owner, addresses.join()]),
    );

  const cases: [string, FaultKind][] = [
    ['is full', 'ENOSPC'],
    ['fails once with EIO', 'EIO'],
  ];
  for (const [name, kind] of cases) {
    const title = `one that ${name}: it refuses, ends with an error, and knows all that it acknowledged`;
    if (why !== undefined) {
      test.skip(`${title} (skipped: ${why})`, () => {});
      continue;
    }
    test(title, async () => {
      initAgent(folder);
      let client = await start();
      const spec = { subnets: [{ subnet: '10.0.0.0/24' }] };
      await client.putPool(POOL, { owner: 'stack', spec });
      await client.close();
      expect(await running?.end('SIGTERM')).toBe(0);

      const disk = FaultyDisk.build(folder);
      client = await start(disk.environment(path.join(folder, 'state'), { kind, at: AT }));
      const told: Record<string, string> = {};
      let refused: string[] | undefined;
      for (let owner = 0; owner < 200; owner++) {
        const found = await outcome(client.claim({ pool: POOL, owner: `pod-${owner}` }));
        if ('answer' in found) {
          expect([owner, refused]).toEqual([owner, undefined]);
          told[`pod-${owner}`] = found.answer.addresses.join();
        } else {
          refused ??= found.codes;
          expect(['NL_STORE_FAILED', 'NL_AGENT_UNREACHABLE']).toEqual(
            expect.arrayContaining(found.codes),
          );
        }
        if (refused && owner > Object.keys(told).length + 3) break;
      }
      expect(refused).toEqual(['NL_STORE_FAILED']);
      expect(Object.keys(told).length).toBeGreaterThan(0);
      // What memory is ahead of the disk is told to nobody, neither.
      const read = await outcome(client.claims(POOL));
      expect('codes' in read).toBe(true);
      await client.close();
      expect(await running?.ended).not.toBe(0);

      client = await start();
      const found = await claimsOf(client);
      // The one that was refused first may have got to the disk.
      delete found[`pod-${Object.keys(told).length}`];
      expect(found).toEqual(told);
      const next = await client.claim({ pool: POOL, owner: 'later' });
      expect(Object.values(told)).not.toContain(next.addresses.join());
      await client.close();
    }, 120_000);
  }
});
