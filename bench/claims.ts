import path from 'node:path';
import { AgentClient } from 'netloom/agent-api';
import { median, percentile, type Row } from './figures';
import { runProgram } from './programs';
import type { ServerProcess } from './server-process';
import { AgentFolder, BareFolder, storedAddresses } from './servers';

const ROUNDS = 3;
/** How many ask, and how many claims each request has. */
const LOADS = [
  { clients: 1, steps: 1 },
  { clients: 64, steps: 1 },
  { clients: 64, steps: 100 },
] as const;
const WARM_UP_MS = 700;
const MEASURED_MS = 2_000;
const POOL = 'bench/claims';

type ClaimLoad = (typeof LOADS)[number];

interface Side {
  readonly name: 'netloom' | 'bare';
  readonly server: ServerProcess;
  readonly databaseFile: string;
  readonly given: string[];
}

interface Seen {
  readonly addresses: string[];
  readonly latenciesMs: number[];
}

interface Figures {
  readonly perSecond: number[];
  readonly p50: number[];
  readonly p99: number[];
  /** What the server's process took for one claim, on all cores. */
  readonly cpuMicros: number[];
}

/**
 * Durable claims over HTTPS, by the agent and by the least that could do it.
 *
 * @throws Error when an address was given twice, or an acknowledged one is gone after kill -9
 */
export async function benchClaims(folder: string): Promise<Row[]> {
  const agent = new AgentFolder(path.join(folder, 'agent'));
  const bare = new BareFolder(path.join(folder, 'bare'), agent);
  const sides: Side[] = [
    {
      name: 'netloom',
      server: await agent.start(),
      databaseFile: path.join(agent.stateFolder, 'state.db'),
      given: [],
    },
    { name: 'bare', server: await bare.start(), databaseFile: bare.databaseFile, given: [] },
  ];
  try {
    await makePool(agent, sides[0] as Side);
    const figures = new Map<string, Figures>();
    for (let round = 0; round < ROUNDS; round++) {
      for (const load of LOADS) {
        for (const side of sides) await measure(side, load, round, agent, figures);
      }
    }
    for (const side of sides) await mustBeKept(side);
    return LOADS.flatMap((load) => rows(load, figures));
  } finally {
    for (const side of sides) await side.server.stop('SIGKILL');
  }
}

async function makePool(agent: AgentFolder, { server }: Side): Promise<void> {
  const client = new AgentClient(agent.connection(server));
  const subnet = { subnet: '10.0.0.0/8', gateway: '10.255.255.254' };
  await client.putPool(POOL, { owner: 'bench/pool', spec: { subnets: [subnet] } });
  await client.close();
}

async function measure(
  side: Side,
  { clients, steps }: ClaimLoad,
  round: number,
  agent: AgentFolder,
  figures: Map<string, Figures>,
): Promise<void> {
  const load = {
    url: side.server.url,
    caFile: path.join(agent.folder, 'ca.crt'),
    tokenFile: agent.tokenFile,
    pool: POOL,
    run: `${round}-${clients}-${steps}`,
    clients,
    steps,
    warmUpMs: WARM_UP_MS,
    measuredMs: MEASURED_MS,
  };
  const cpuBefore = side.server.cpuMs;
  const { result } = await runProgram<Seen>('claim-clients', [JSON.stringify(load)]);
  if (result.latenciesMs.length === 0) throw new Error(`claims: ${side.name} answered nothing`);
  for (const address of result.addresses) side.given.push(address);
  const key = `${side.name} ${clients} ${steps}`;
  const known = figures.get(key) ?? { perSecond: [], p50: [], p99: [], cpuMicros: [] };
  figures.set(key, known);
  known.perSecond.push((result.latenciesMs.length * steps * 1000) / MEASURED_MS);
  known.p50.push(median(result.latenciesMs));
  known.p99.push(percentile(result.latenciesMs, 99));
  known.cpuMicros.push(((side.server.cpuMs - cpuBefore) * 1000) / result.addresses.length);
}

/** What was answered has to be in the store even when the server ends without a chance to write. */
async function mustBeKept({ name, server, databaseFile, given }: Side): Promise<void> {
  await server.stop('SIGKILL');
  const distinct = new Set(given);
  if (distinct.size !== given.length) {
    throw new Error(`claims: ${name} gave ${given.length - distinct.size} addresses twice`);
  }
  const stored = storedAddresses(databaseFile);
  const lost = given.filter((address) => !stored.has(address));
  if (lost.length > 0) {
    throw new Error(`claims: ${name} lost ${lost.length} acknowledged claims, ${lost[0]} first`);
  }
}

function rows({ clients, steps }: ClaimLoad, figures: Map<string, Figures>): Row[] {
  const [ours, theirs] = ['netloom', 'bare'].map((name) =>
    figures.get(`${name} ${clients} ${steps}`),
  );
  if (!ours || !theirs) throw new Error('claims: nothing was measured');
  const who = `${clients} client${clients === 1 ? '' : 's'}${steps === 1 ? '' : ` with ${steps} a request`}`;
  const row = (what: string, figure: keyof Figures, unit: Row['unit']): Row => ({
    what: `claims, ${who}: ${what}`,
    netloom: median(ours[figure]),
    peer: median(theirs[figure]),
    unit,
  });
  return [
    { ...row('durable per second', 'perSecond', '/s'), wanted: 'at least 0.5' },
    row('p50', 'p50', 'ms'),
    row('p99', 'p99', 'ms'),
    row('CPU of the server for one', 'cpuMicros', 'µs'),
  ];
}
