import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { median, type Row } from './figures';
import { runProgram } from './programs';

/** A program of usual size, and the largest that netloom is meant for. */
const SIZES = [
  { networks: 1_000, pods: 0, rounds: 9, what: '1,000 networks' },
  { networks: 10_000, pods: 10_000, rounds: 3, what: '10,000 networks and 10,000 pods' },
];

interface SynthTimes {
  readonly loadMs: number;
  readonly synthMs: number;
}

interface Measured {
  readonly synthMs: number[];
  readonly wholeMs: number[];
}

/**
 * Networks and pods by netloom and the same objects by cdk8s alone, each in a fresh process.
 *
 * @throws Error when the two write different bytes
 */
export async function benchSynth(folder: string): Promise<Row[]> {
  const rows: Row[] = [];
  for (const size of SIZES) rows.push(...(await benchSize(folder, size)));
  return rows;
}

async function benchSize(
  folder: string,
  { networks, pods, rounds, what }: (typeof SIZES)[number],
): Promise<Row[]> {
  const counts = [String(networks), String(pods)];
  const netloom: Measured = { synthMs: [], wholeMs: [] };
  const bare: Measured = { synthMs: [], wholeMs: [] };
  const outputs = { netloom: path.join(folder, 'netloom'), bare: path.join(folder, 'bare') };
  for (const output of Object.values(outputs)) mkdirSync(output, { recursive: true });
  // In turns, so that both see the same weather; the first round warms the disk cache.
  for (let round = 0; round <= rounds; round++) {
    const ours = await runProgram<SynthTimes>('synth-netloom', [outputs.netloom, ...counts]);
    const theirs = await runProgram<SynthTimes>('synth-bare', [outputs.bare, ...counts]);
    if (round === 0) continue;
    netloom.synthMs.push(ours.result.synthMs);
    netloom.wholeMs.push(ours.wholeMs);
    bare.synthMs.push(theirs.result.synthMs);
    bare.wholeMs.push(theirs.wholeMs);
  }
  mustBeSame(outputs.netloom, outputs.bare);
  return [
    {
      what: `synth of ${what}, modules loaded`,
      netloom: median(netloom.synthMs),
      peer: median(bare.synthMs),
      unit: 'ms',
      wanted: 'at most 1.2',
    },
    {
      what: 'the same, whole process',
      netloom: median(netloom.wholeMs),
      peer: median(bare.wholeMs),
      unit: 'ms',
    },
  ];
}

function mustBeSame(ours: string, theirs: string): void {
  const names = readdirSync(theirs);
  if (names.length === 0 || names.join() !== readdirSync(ours).join()) {
    throw new Error(`synth: ${ours} and ${theirs} do not hold the same files`);
  }
  for (const name of names) {
    const [one, other] = [ours, theirs].map((folder) => readFileSync(path.join(folder, name)));
    if (!one || !other || !one.equals(other)) {
      throw new Error(`synth: ${name} of ${ours} and ${theirs} differ`);
    }
  }
}
