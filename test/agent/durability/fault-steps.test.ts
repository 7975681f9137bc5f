import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { buildAgent } from '../support/agent-process';
import { faultAtEachStep } from './fault-steps';
import { type FaultKind, FaultyDisk, whyNoFaultyDisk } from './faulty-disk';
import { CHECKOUT } from './writer-process';

const why = whyNoFaultyDisk();

describe('a fault at each write, sync and rename in turn', () => {
  let folder: string;
  let disk: FaultyDisk;

  beforeAll(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'netloom-faults-'));
    if (why !== undefined) return;
    buildAgent();
    disk = FaultyDisk.build(folder);
  }, 120_000);

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const cases: [string, FaultKind][] = [
    ['the process is killed', 'kill'],
    ['it is killed in the middle of a write', 'torn'],
    ['the step fails with EIO', 'EIO'],
    ['the disk is full from there on', 'ENOSPC'],
  ];
  for (const [name, kind] of cases) {
    const title = `${name}: what was acknowledged is there, also after a power cut`;
    if (why !== undefined) {
      test.skip(`${title} (skipped: ${why})`, () => {});
      continue;
    }
    test(title, async () => {
      const report = await faultAtEachStep(disk, path.join(folder, kind), [kind], CHECKOUT);
      expect(report.problems).toEqual([]);
      // That the test can fail at all: many steps, of every kind, and answers on the way.
      const verbs = new Set(report.steps.map((step) => step.split(' ')[0]));
      expect([...verbs].sort()).toEqual(['rename', 'sync', 'truncate', 'unlink', 'write']);
      expect(report.runs).toBeGreaterThan(20);
      expect(report.acknowledged).toBeGreaterThan(report.runs);
      console.log(`${kind}: ${report.runs} faults, ${report.acknowledged} answers`);
    }, 240_000);
  }
});
