import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { findTool } from '../scripts/tools';
import { median, percentile, type Row } from './figures';
import { programFile } from './programs';
import { AgentFolder } from './servers';

const BRIDGES = 1_000;
const ROUNDS = 3;

interface Figures {
  readonly makeMs: number;
  /** Of the process and the commands that it ran. */
  readonly makeCpuMs: number;
  readonly lookMs: number;
  readonly againMs: number;
}

interface AgentFigures {
  readonly putMs: number;
  readonly againMs: number;
  readonly repairMs: readonly number[];
  readonly rssMiB: number;
  readonly idlePercent: number;
}

/**
 * A thousand bridges with an address each, every round in a namespace of its own. Namespaces stay until
 * the end: while the kernel deletes one it lets nobody else change links, for 20 s.
 */
export async function benchNetwork(folder: string): Promise<Row[]> {
  const sides: Record<'netloom' | 'batch', Figures[]> = { netloom: [], batch: [] };
  const runs: NamespaceRun<unknown>[] = [];
  const measure = async <T>(program: string, ...args: string[]): Promise<T> => {
    const run = new NamespaceRun<T>(programFile(program), args);
    runs.push(run);
    return run.figures();
  };
  try {
    for (let round = 0; round < ROUNDS; round++) {
      for (const side of ['netloom', 'batch'] as const) {
        sides[side].push(await measure<Figures>('network', side, folder, String(BRIDGES)));
      }
    }
    const { folder: home } = new AgentFolder(path.join(folder, 'agent'));
    const agent = await measure<AgentFigures>('network-agent', home, String(BRIDGES));
    return [...rowsOf(sides), ...agentRows(agent)];
  } finally {
    for (const run of runs) run.end();
  }
}

function rowsOf(sides: Record<'netloom' | 'batch', Figures[]>): Row[] {
  const row = (what: string, key: keyof Figures, wanted: string): Row => ({
    what,
    netloom: median(sides.netloom.map((one) => one[key])),
    peer: median(sides.batch.map((one) => one[key])),
    unit: 'ms',
    wanted,
  });
  return [
    row(`${BRIDGES} bridges with an address each`, 'makeMs', 'below 1.5'),
    row('CPU for that, commands included', 'makeCpuMs', '-'),
    row('a look that finds nothing to do (peer: `ip -j -d addr`)', 'lookMs', '150 ms'),
    row('the same request again (peer: the same)', 'againMs', '-'),
  ];
}

function agentRows({ putMs, againMs, repairMs, rssMiB, idlePercent }: AgentFigures): Row[] {
  return [
    { what: 'the same bridges by a request to the agent', netloom: putMs, unit: 'ms' },
    { what: 'that request again', netloom: againMs, unit: 'ms', wanted: '-' },
    { what: 'repair after an event, p50', netloom: median(repairMs), unit: 'ms' },
    { what: 'p99', netloom: percentile(repairMs, 99), unit: 'ms', wanted: 'below 1 s' },
    { what: 'RSS of the agent after all that', netloom: rssMiB, unit: 'MiB', wanted: 'below 150' },
    { what: 'CPU of the idle agent', netloom: idlePercent, unit: '%', wanted: 'below 1' },
  ];
}

/** A program in a network namespace of its own, which lives until {@link end}. */
class NamespaceRun<T> {
  private readonly child: ReturnType<typeof spawn>;

  constructor(program: string, args: readonly string[]) {
    const unshare = findTool('unshare');
    if (unshare === undefined) throw new Error('unshare not installed');
    const rights = process.getuid?.() === 0 ? [] : ['--user', '--map-root-user'];
    const command = [...rights, '--net', process.execPath, program, ...args];
    this.child = spawn(unshare, command, { stdio: ['pipe', 'pipe', 'inherit'] });
  }

  /** The line that it writes. @throws Error when it ends without one */
  async figures(): Promise<T> {
    const { child } = this;
    if (!child.stdout) throw new Error('no output');
    const lines = createInterface({ input: child.stdout });
    const failed = once(child, 'exit').then(([status]) => {
      throw new Error(`${child.spawnargs.join(' ')} ended with ${status}`);
    });
    failed.catch(() => {});
    const [line] = (await Promise.race([once(lines, 'line'), failed])) as [string];
    return JSON.parse(line) as T;
  }

  end(): void {
    this.child.stdin?.end();
  }
}
