import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { AgentClient } from 'netloom/agent-api';
import { linearize } from '../../support/linearizability';
import { FaultyDisk, whyNoFaultyDisk } from '../durability/faulty-disk';
import { AgentProcess, buildAgent, initAgent } from '../support/agent-process';
import { RunQueueWait } from '../support/processor-time';
import { generator } from '../support/random';
import { ClaimModel, type Seen } from './claim-model';
import { isShared, OFFER_SECONDS, RandomClient } from './clients';
import { plantedErrors } from './planted-errors';
import { POOL, Recorder, seenOf } from './recorder';

const CLIENTS = 16;
/** Fewer than the owners, so that the pool is full again and again. */
const SUBNET = '10.0.0.0/27';
const SIZE = 30;
/** A quarantine lasts a second then. */
const RATE = 60;
const LIVES = 4;
/** How many answers a life of the agent gives, more or less. */
const LIFE_ANSWERS = 500;
/** The slowest machine brings them within this time. */
const LIFE_MS = 60_000;
const WANTED_PER_SECOND = 200;

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Resolves once so many more answers have come, or the time is over. */
async function answers(recorder: Recorder, count: number, end: number): Promise<void> {
  const wanted = recorder.answered + count;
  while (recorder.answered < wanted && performance.now() < end) await wait(5);
}

async function listed(client: AgentClient): Promise<Seen[]> {
  const claims = await client.claims(POOL);
  return claims.filter(({ state }) => state === 'claimed').map(seenOf);
}

/** Wrong answers of each kind that are put into the history, each by itself. */
const PLANTED_EACH = 3;

describe('histories of concurrent clients over HTTPS, with kill -9 and pauses', () => {
  let folder: string;
  let running: AgentProcess | undefined;
  let hurried: NodeJS.ProcessEnv = {};

  beforeAll(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'netloom-histories-'));
    buildAgent();
    initAgent(folder);
    // Without a C compiler the agent's clock goes as ours does, and no quarantine ends meanwhile.
    if (whyNoFaultyDisk() === undefined) {
      hurried = FaultyDisk.build(folder).hurried(RATE, Math.floor(Date.now() / 1000));
    }
  }, 120_000);

  afterAll(async () => {
    await running?.end('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });

  const start = async (): Promise<AgentProcess> => {
    const variables = Object.entries(hurried).map(([name, value]) => `${name}=${value}`);
    const agent = new AgentProcess(folder, variables.length > 0 ? ['env', ...variables] : []);
    running = agent;
    const isListening = await agent.isListening();
    if (!isListening) throw new Error(`the agent ended:\n${agent.output}`);
    return agent;
  };

  test('one order of all calls explains all answers', async () => {
    const seed = Number(process.env.NETLOOM_SEED ?? Math.floor(Math.random() * 2 ** 31));
    console.log(`histories: NETLOOM_SEED=${seed}`);
    const random = generator(seed);
    const recorder = new Recorder();
    const clients = Array.from(
      { length: CLIENTS },
      (_, index) => new RandomClient(index, recorder, generator(seed + index)),
    );
    let settle: ReturnType<Recorder['agentEnded']> | undefined;
    let recordedMs = 0;
    for (let life = 0; life < LIVES; life++) {
      const agent = await start();
      const client = agent.client();
      if (life === 0) {
        const spec = { subnets: [{ subnet: SUBNET }] };
        await client.putPool(POOL, { owner: 'stack', spec });
      }
      const list = await listed(client);
      settle?.(list, isShared);
      await recorder.call(-1, client, { verb: 'list' }, OFFER_SECONDS);
      for (const one of clients) one.settle(list);
      const begin = performance.now();
      const connections = clients.map(() => agent.client());
      const waits = [process.pid, agent.pid].map((pid) => new RunQueueWait(pid));
      const end = begin + LIFE_MS;
      const calls = Promise.all(
        clients.map((one, index) => one.run(connections[index] as AgentClient, end)),
      );
      await answers(recorder, LIFE_ANSWERS * (0.3 + 0.3 * random()), end);
      process.kill(agent.pid, 'SIGSTOP');
      const paused = performance.now();
      await wait(100 + 200 * random());
      process.kill(agent.pid, 'SIGCONT');
      const pauseMs = performance.now() - paused;
      await answers(recorder, LIFE_ANSWERS * (0.3 + 0.3 * random()), end);
      // What other programs took of the machine is no time of ours: both have work all the time.
      const waitedMs = Math.max(...waits.map((one) => one.ms()));
      recordedMs += performance.now() - begin - pauseMs - waitedMs;
      await agent.end('SIGKILL');
      settle = recorder.agentEnded();
      await calls;
      for (const one of [client, ...connections]) await one.close();
    }
    const agent = await start();
    const last = agent.client();
    settle?.(await listed(last), isShared);
    await recorder.call(-1, last, { verb: 'list' }, OFFER_SECONDS);
    await last.close();
    await agent.end('SIGTERM');
    const perSecond = Math.round((recorder.answered * 1000) / recordedMs);
    const searched = performance.now();
    const rate = Object.keys(hurried).length > 0 ? RATE : 1;
    const settings = { size: SIZE, rate, offerMs: OFFER_SECONDS * 1000 };
    const model = new ClaimModel(settings, recorder.operations);
    const verdict = linearize(model, recorder.operations);
    const seconds = ((performance.now() - searched) / 1000).toFixed(1);
    console.log(
      `${recorder.answered} answers, ${perSecond} a second; order found in ${verdict.steps} steps, ${seconds} s`,
    );
    if (verdict.verdict !== 'linearizable') {
      const end = verdict.longest.slice(-40).map((one) => JSON.stringify(one));
      console.log(`${end.join('\n')}\nnot explained: ${JSON.stringify(verdict.stuckAt)}`);
    }
    expect(verdict.verdict).toBe('linearizable');
    // That the test can fail at all: each answer that can't be right is found.
    // Five times as many steps as the order took that explains the true answers.
    const stepLimit = 5 * Math.max(verdict.steps, recorder.operations.length);
    const missed = plantedErrors(recorder.operations, PLANTED_EACH).filter(({ operations }) => {
      const model = new ClaimModel(settings, operations);
      return linearize(model, operations, stepLimit).verdict === 'linearizable';
    });
    expect(missed.map(({ name }) => name)).toEqual([]);
    expect(perSecond).toBeGreaterThan(WANTED_PER_SECOND);
  }, 600_000);
});
