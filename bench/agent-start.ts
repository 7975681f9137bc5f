import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { AddressBook } from 'netloom';
import { AgentClient } from 'netloom/agent-api';
import { SqliteStore } from '../node-agent/src/store';
import { median, type Row } from './figures';
import type { ServerProcess } from './server-process';
import { AgentFolder, BareFolder } from './servers';

const ROUNDS = 5;
const CLAIMS = 100_000;
const POOL = 'bench/claims';
const GROUP = 5_000;
/** How long a server is left alone before its memory is read. */
const IDLE_MS = 500;

interface Starts {
  readonly ms: number[];
  readonly rssMiB: number[];
}

/**
 * From the start of the process to its answer "listening", and its memory after that.
 *
 * @throws Error when the agent does not come up with all claims of its store
 */
export async function benchAgentStart(folder: string): Promise<Row[]> {
  const rows: Row[] = [];
  for (const claims of [0, CLAIMS]) {
    const agent = new AgentFolder(path.join(folder, `agent-${claims}`));
    const bare = new BareFolder(path.join(folder, `bare-${claims}`), agent);
    // Both make their stores, so that no round has to.
    for (const side of [agent, bare]) await (await side.start()).stop();
    if (claims > 0) await fill(agent, bare, claims);
    const ours: Starts = { ms: [], rssMiB: [] };
    const theirs: Starts = { ms: [], rssMiB: [] };
    for (let round = 0; round < ROUNDS; round++) {
      await measure(await agent.start(), ours, async (server) => {
        if (claims > 0) await mustHold(agent, server, claims);
      });
      await measure(await bare.start(), theirs);
    }
    const contents = claims === 0 ? 'an empty store' : `${claims.toLocaleString('en')} claims`;
    rows.push(
      {
        what: `agent start, ${contents}`,
        netloom: median(ours.ms),
        peer: median(theirs.ms),
        unit: 'ms',
      },
      {
        what: 'its RSS after that, idle',
        netloom: median(ours.rssMiB),
        peer: median(theirs.rssMiB),
        unit: 'MiB',
      },
    );
  }
  return rows;
}

async function measure(
  server: ServerProcess,
  starts: Starts,
  check: (server: ServerProcess) => Promise<void> = async () => {},
): Promise<void> {
  try {
    starts.ms.push(server.startMs);
    await sleep(IDLE_MS);
    starts.rssMiB.push(server.rssMiB);
    await check(server);
  } finally {
    await server.stop();
  }
}

/** Through the agent's own book and store, then the same records for the peer. */
async function fill(agent: AgentFolder, bare: BareFolder, claims: number): Promise<void> {
  const store = SqliteStore.open(agent.stateFolder);
  const peer = new DatabaseSync(bare.databaseFile);
  const insert = peer.prepare('INSERT INTO claims VALUES (?, ?)');
  const book = new AddressBook();
  const identity = 'admin';
  const subnet = { subnet: '10.0.0.0/8', gateway: '10.255.255.254' };
  const spec = { subnets: [subnet] };
  await store.write(book.putPool({ name: POOL, spec, owner: 'bench/pool', identity }, 0).changes);
  for (let first = 0; first < claims; first += GROUP) {
    peer.exec('BEGIN');
    let written: Promise<void> | undefined;
    for (let number = first; number < Math.min(claims, first + GROUP); number++) {
      const owner = `bench/fill::urn:pulumi:prod::edge::netloom:index:AddressClaim::camera-${number}`;
      const { value, changes } = book.claim({ pool: POOL, owner, identity }, 0);
      written = store.write(changes);
      insert.run(value.serial, JSON.stringify(value));
    }
    await written;
    peer.exec('COMMIT');
  }
  await store.write([{ kind: 'counter', name: 'book', value: book.lastNumber }]);
  await store.close();
  peer.close();
}

async function mustHold(agent: AgentFolder, server: ServerProcess, claims: number): Promise<void> {
  const client = new AgentClient(agent.connection(server));
  const pool = await client.pool(POOL);
  await client.close();
  if (pool?.claimed === claims) return;
  throw new Error(`start: the agent holds ${pool?.claimed ?? 0} claims of ${claims}`);
}
