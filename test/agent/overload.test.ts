import { readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'undici';
import { SqliteStore } from '../../node-agent/src/store';
import { AgentFolder } from './support/agent-folder';
import { AgentProcess, buildAgent } from './support/agent-process';

/** `NETLOOM_SOAK=1` has it all, for half a minute; otherwise it is a shorter one of the same kind. */
const isSoak = process.env.NETLOOM_SOAK !== undefined;

/** Requests a second that each credential may make: few where a busy machine has to bring 50 times as many. */
const RATE = isSoak ? 20 : 2;
/** How many times that much comes. */
const TIMES = 50;
const CLIENTS = 32;
const SECONDS = isSoak ? 30 : 4;
const POOL = 'apps/lan';

interface Seen {
  accepted: number;
  refused: number;
  other: string[];
  latenciesMs: number[];
  held: Map<string, string>;
}

function memoryMiB(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
}

function percentile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * part) / 100))] ?? 0;
}

/** Claims as fast as it is answered, or at a pace of its own. */
async function ask(
  url: string,
  folder: AgentFolder,
  token: string,
  name: string,
  seen: Seen,
  pauseMs = 0,
): Promise<void> {
  const client = new Client(url, { connect: { ca: readFileSync(folder.at('ca.crt')) } });
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  await (await client.request({ path: '/healthz', method: 'GET' })).body.dump();
  const until = performance.now() + SECONDS * 1000;
  for (let count = 0; performance.now() < until; count++) {
    const owner = `${name}/${count}`;
    const started = performance.now();
    const {
      statusCode,
      body,
      headers: answered,
    } = await client.request({
      path: '/v1/claims',
      method: 'POST',
      headers,
      body: JSON.stringify({ pool: POOL, owner }),
    });
    const text = await body.text();
    if (statusCode === 200) {
      seen.accepted++;
      seen.latenciesMs.push(performance.now() - started);
      seen.held.set(owner, JSON.parse(text).addresses[0]);
    } else if (statusCode === 429 && text.includes('NL_RATE_LIMITED') && answered['retry-after']) {
      seen.refused++;
    } else {
      seen.other.push(`${statusCode} ${text}`);
    }
    if (pauseMs > 0) await sleep(pauseMs);
  }
  await client.close();
}

/** What `npm test` has no room for. */
function tellFigures(flood: Seen, calm: Seen, seconds: number, memory: readonly number[]): void {
  const slowest = [flood, calm].map(({ latenciesMs }) => Math.round(percentile(latenciesMs, 99)));
  const [before, after] = memory.map(Math.round);
  process.stdout.write(
    `overload: ${flood.accepted} accepted and ${flood.refused} refused in ${seconds.toFixed(1)} s, p99 ${slowest[0]} ms; ` +
      `beside it ${calm.accepted} accepted, p99 ${slowest[1]} ms; RSS ${before} to ${after} MiB\n`,
  );
}

const nothing = (): Seen => ({
  accepted: 0,
  refused: 0,
  other: [],
  latenciesMs: [],
  held: new Map(),
});

test(
  `${TIMES} times the rate for ${SECONDS} s: what is accepted is quick and kept, others are served, memory is bounded`,
  async () => {
    buildAgent();
    const folder = await AgentFolder.make();
    const calmFile = folder.addToken('calm', { verbs: ['claim'] });
    folder.changeConfig((config) => {
      config.limits = { requestsPerSecond: RATE };
    });
    const agent = new AgentProcess(folder.folder);
    try {
      expect(await agent.isListening()).toBe(true);
      const admin = agent.client();
      const spec = { subnets: [{ subnet: '10.80.0.0/16' }] };
      await admin.putPool(POOL, { owner: 'stack', spec });
      const { url } = admin.connection;
      const calmToken = readFileSync(calmFile, 'utf8').trim();
      const before = memoryMiB(agent.pid);
      const flood = nothing();
      const calm = nothing();
      const started = performance.now();
      await Promise.all([
        ...Array.from({ length: CLIENTS }, (_, index) =>
          ask(url, folder, folder.token, `flood-${index}`, flood),
        ),
        ask(url, folder, calmToken, 'calm', calm, 1_300 / RATE),
      ]);
      const seconds = (performance.now() - started) / 1000;
      const after = memoryMiB(agent.pid);
      if (isSoak) tellFigures(flood, calm, seconds, [before, after]);
      await admin.close();
      await agent.end('SIGKILL');

      expect([...flood.other, ...calm.other]).toEqual([]);
      expect((flood.accepted + flood.refused) / SECONDS).toBeGreaterThan(RATE * TIMES);
      // What may come at once, and the rate from then on.
      expect(flood.accepted).toBeLessThanOrEqual(RATE * (seconds + 1) + 2 * RATE);
      expect(flood.accepted).toBeGreaterThanOrEqual(RATE * SECONDS);
      expect(calm.refused).toBe(0);
      expect(calm.accepted).toBeGreaterThan(SECONDS / 2);
      for (const { latenciesMs } of [flood, calm])
        expect(percentile(latenciesMs, 99)).toBeLessThan(1_000);
      expect(after).toBeLessThan(before + 80);
      const { claims } = SqliteStore.read(folder.at('state'));
      const stored = new Map(claims.map((claim) => [claim.owner, claim.addresses[0]]));
      for (const [owner, address] of [...flood.held, ...calm.held])
        expect([owner, stored.get(owner)]).toEqual([owner, address]);
      expect(new Set(stored.values()).size).toBe(claims.length);
    } finally {
      await agent.end('SIGKILL');
      await folder.remove();
    }
  },
  (SECONDS + 60) * 1000,
);

test('a body that is too big is refused before it is read, and its connection ends', async () => {
  const folder = await AgentFolder.make();
  try {
    await folder.start();
    const client = new Client(folder.url, { connect: { ca: readFileSync(folder.at('ca.crt')) } });
    let sent = 0;
    async function* endless(): AsyncGenerator<Buffer> {
      for (; sent < 1_000; sent++) yield Buffer.alloc(64 * 1024, 32);
    }
    const asked = client.request({
      path: '/v1/claims',
      method: 'POST',
      headers: { authorization: `Bearer ${folder.token}`, 'content-type': 'application/json' },
      body: Readable.from(endless()),
    });
    const status = await asked.then(
      ({ statusCode }) => statusCode,
      // The answer may come while the client still writes, and end its connection.
      (error) => (/EPIPE|ECONNRESET|UND_ERR_SOCKET/.test(error.code) ? 413 : error),
    );
    expect(status).toBe(413);
    expect(sent).toBeLessThan(1_000);
    await client.destroy();
  } finally {
    await folder.remove();
  }
});
