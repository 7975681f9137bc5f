import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { findTool } from '../scripts/tools';
import { median, type Row } from './figures';
import { programFile } from './programs';

const run = promisify(execFile);
const BRIDGES = 1_000;
const ROUNDS = 3;

interface Figures {
  readonly makeMs: number;
  readonly healMs: number;
  readonly againMs: number;
}

/** A thousand bridges with an address each, every round in a namespace of its own: deleting them takes longer. */
export async function benchNetwork(folder: string): Promise<Row[]> {
  const sides: Record<'netloom' | 'batch', Figures[]> = { netloom: [], batch: [] };
  for (let round = 0; round < ROUNDS; round++) {
    for (const side of ['netloom', 'batch'] as const) sides[side].push(await measure(side, folder));
  }
  const row = (what: string, key: keyof Figures, wanted: string): Row => ({
    what,
    netloom: median(sides.netloom.map((one) => one[key])),
    peer: median(sides.batch.map((one) => one[key])),
    unit: 'ms',
    wanted,
  });
  return [
    row(`${BRIDGES} bridges with an address each`, 'makeMs', 'below 1.5'),
    row('a look that finds nothing to do (peer: `ip -j -d addr`)', 'healMs', '150 ms'),
    row('the same request again (peer: the same)', 'againMs', '-'),
  ];
}

async function measure(side: string, folder: string): Promise<Figures> {
  const unshare = findTool('unshare');
  if (unshare === undefined) throw new Error('unshare not installed');
  const rights = process.getuid?.() === 0 ? [] : ['--user', '--map-root-user'];
  const program = [process.execPath, programFile('network'), side, folder, String(BRIDGES)];
  const { stdout } = await run(unshare, [...rights, '--net', ...program]);
  return JSON.parse(stdout) as Figures;
}
