import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { buildAgent } from '../support/agent-process';
import { killWriters } from './kill-writers';
import { CHECKOUT } from './writer-process';

const CYCLES = 200;

describe('kill -9 under 16 writers', () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'netloom-kill-'));
    buildAgent();
  }, 120_000);

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test(`${CYCLES} times: nothing acknowledged is lost, nothing is given twice`, async () => {
    const seed = Number(process.env.NETLOOM_SEED ?? Math.floor(Math.random() * 2 ** 31));
    console.log(`kill -9 under 16 writers: NETLOOM_SEED=${seed}`);
    const report = await killWriters({ root: CHECKOUT, folder, cycles: CYCLES, seed });
    expect(report.problems).toEqual([]);
    // That the test can fail at all: kills have met calls, and many were answered before.
    expect(report.cutOff).toBeGreaterThan(CYCLES);
    expect(report.acknowledged).toBeGreaterThan(CYCLES * 10);
    console.log(`${report.acknowledged} calls acknowledged, ${report.cutOff} cut off`);
  }, 300_000);
});
