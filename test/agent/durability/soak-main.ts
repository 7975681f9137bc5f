import { mkdtempSync, rmSync } from 'node:fs';
import path from 'node:path';
import { killWriters } from './kill-writers';
import { CHECKOUT } from './writer-process';

const [, , cyclesText = '20000', seedText, minutesText = 'Infinity'] = process.argv;

async function main(): Promise<number> {
  const cycles = Number(cyclesText);
  const seed = Number(seedText ?? Math.floor(Math.random() * 2 ** 31));
  const minutes = Number(minutesText);
  if (!Number.isInteger(cycles) || cycles < 1 || !Number.isInteger(seed) || !(minutes > 0)) {
    console.error(`soak: "${process.argv.slice(2).join(' ')}". Allowed: [CYCLES [SEED [MINUTES]]]`);
    return 2;
  }
  console.log(`soak: kill -9 under 16 writers, ${cycles} times, seed ${seed}`);
  const folder = mkdtempSync(path.join(CHECKOUT, '.cache/soak-'));
  const begin = performance.now();
  let done = 0;
  const onCycle = (): void => {
    done += 1;
    const seconds = (performance.now() - begin) / 1000;
    if (done % 500 === 0) console.log(`${done} of ${cycles}, ${Math.round(seconds)} s`);
  };
  const isOver = (): boolean => performance.now() - begin > minutes * 60_000;
  const report = await killWriters({ root: CHECKOUT, folder, cycles, seed, onCycle, isOver });
  for (const problem of report.problems) console.error(problem);
  console.log(
    `${report.cycles} kills, ${report.acknowledged} calls acknowledged, ${report.cutOff} cut off, ${report.problems.length} promises broken`,
  );
  if (report.problems.length > 0) {
    console.error(`soak: the stores are left in ${folder}`);
    return 1;
  }
  rmSync(folder, { recursive: true, force: true });
  return 0;
}

main().then(
  (status) => {
    process.exitCode = status;
  },
  (error) => {
    console.error(error);
    process.exitCode = 1;
  },
);
