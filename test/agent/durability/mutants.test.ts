import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { buildAgent } from '../support/agent-process';
import { faultAtEachStep } from './fault-steps';
import { type FaultKind, FaultyDisk, whyNoFaultyDisk } from './faulty-disk';
import { journalAtEachStep } from './journal-steps';
import { killWriters } from './kill-writers';
import { type Edit, makeMutant } from './mutant';
import { problemsOfRivals, problemsOfSilence } from './promises';
import { CHECKOUT } from './writer-process';

/** What is wrong with what is built in a folder; a test of its own looks at the checkout. */
type Check = (root: string, folder: string) => string[] | Promise<string[]>;

interface Mutant {
  readonly name: string;
  readonly edits: readonly Edit[];
  readonly check: Check;
  /** Of one of its problems. */
  readonly caught: RegExp;
  readonly needsDisk?: boolean;
}

const JOURNAL = 'node-agent/lib/checkpoint/journal.js';
const GROUP_COMMIT = 'node-agent/lib/store/group-commit.js';

let disk: FaultyDisk;

/** As in fault-steps.test.ts, until something is wrong. */
function withFaults(kind: FaultKind): Check {
  return async (root, folder) =>
    (await faultAtEachStep(disk, folder, [kind], root, true)).problems.slice();
}

/** As in journal.test.ts. */
const withJournal: Check = (root, folder) => journalAtEachStep(disk, root, folder);

/** As in kill-writers.test.ts, a few times. */
const withKills: Check = async (root, folder) => {
  const plan = { root, folder, cycles: 10, seed: 1, lanes: 1, stopAtFirst: true };
  return (await killWriters(plan)).problems.slice();
};

const MUTANTS: readonly Mutant[] = [
  {
    name: 'commits are not synced to disk',
    edits: [
      {
        file: 'node-agent/lib/store/sqlite-file.js',
        from: 'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL',
        to: 'PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF',
      },
    ],
    check: withFaults('kill'),
    caught: /after a power cut: /,
    needsDisk: true,
  },
  {
    name: 'the last commits are not synced to disk (synchronous = NORMAL)',
    edits: [
      {
        file: 'node-agent/lib/store/sqlite-file.js',
        from: 'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL',
        to: 'PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL',
      },
    ],
    check: withFaults('kill'),
    caught: /after a power cut: lost: /,
    needsDisk: true,
  },
  {
    name: 'the new name of a file is not synced to disk',
    edits: [
      {
        file: 'node-agent/lib/store/folder.js',
        from: '(0, node_fs_1.fsyncSync)(handle);',
        to: '',
      },
    ],
    check: withFaults('kill'),
    caught: /after a power cut: /,
    needsDisk: true,
  },
  {
    name: 'the journal is not synced to disk',
    edits: [{ file: JOURNAL, from: '(0, node_fs_1.fsyncSync)(handle);', to: ';' }],
    check: withJournal,
    caught: /after a power cut: the journal can't be read/,
    needsDisk: true,
  },
  {
    name: 'the name of the journal is not synced to disk',
    edits: [
      {
        file: JOURNAL,
        from: '(unfinished, this.journalFile);\n        (0, folder_1.syncFolder)(this.folder);',
        to: '(unfinished, this.journalFile);',
      },
    ],
    check: withJournal,
    caught: /after a power cut: the journal is lost/,
    needsDisk: true,
  },
  {
    name: 'that a change is kept is not synced to disk',
    edits: [{ file: JOURNAL, from: "decision.outcome === 'kept';", to: 'false;' }],
    check: withJournal,
    caught: /after a power cut: the decision is lost/,
    needsDisk: true,
  },
  {
    name: 'a failed commit is answered like any other',
    edits: [{ file: GROUP_COMMIT, from: 'one.reject(this.failure);', to: 'one.resolve();' }],
    check: withFaults('EIO'),
    caught: /lost: /,
    needsDisk: true,
  },
  {
    name: 'a failed commit is forgotten, and the next one tried',
    edits: [
      {
        file: GROUP_COMMIT,
        from: 'this.failure = storeFailed(error);',
        to: 'for (const one of group) one.reject(storeFailed(error));',
      },
    ],
    check: withFaults('EIO'),
    caught: /acknowledged after the disk had failed: |lost: /,
    needsDisk: true,
  },
  {
    name: 'answers come before the commit',
    edits: [
      {
        file: GROUP_COMMIT,
        from: 'this.waiting.push({ changes, resolve, reject });',
        to: 'this.waiting.push({ changes, resolve, reject }); resolve();',
      },
    ],
    check: withKills,
    caught: /lost: /,
  },
  {
    name: 'addresses are given before all claims are loaded',
    edits: [
      {
        file: 'node-agent/lib/load-book.js',
        from: 'new netloom_1.AddressBook(pools, claims,',
        to: 'new netloom_1.AddressBook(pools, [...claims].filter((one) => one.serial % 8 > 0),',
      },
    ],
    check: withKills,
    caught: /lost: |double: /,
  },
  {
    name: 'the highest number is forgotten with a restart',
    edits: [
      { file: 'node-agent/lib/load-book.js', from: 'counters.book)', to: '0)' },
      {
        file: 'lib/ipam/address-book.js',
        from: 'this.counter = Math.max(this.counter, record.serial, record.incarnation);',
        to: '',
      },
    ],
    check: withKills,
    caught: /given before: /,
  },
  {
    name: 'an owner is known by its name alone',
    edits: [
      {
        file: 'lib/ipam/own-claims.js',
        from: 'if (holding.identity !== identity && holding.isHeld) {',
        to: 'if (false) {',
      },
      {
        file: 'lib/ipam/own-claims.js',
        from: ' || holding.identity !== identity)',
        to: ')',
      },
    ],
    check: problemsOfRivals,
    caught: /somebody else was answered /,
  },
  {
    name: 'anybody may give a claim back',
    edits: [
      {
        file: 'lib/ipam/claim-desk.js',
        from: 'if (claim.identity !== request.identity)',
        to: 'if (false)',
      },
    ],
    check: problemsOfRivals,
    caught: /the claims are those of: $/,
  },
  {
    name: 'an agent that can not answer is taken for one that has nothing',
    edits: [
      {
        file: 'lib/agent-api/client.js',
        from: 'if (error instanceof errors_1.NetloomError && error.problems.every((one) => one.code === code))',
        to: '',
      },
    ],
    check: problemsOfSilence,
    caught: /is taken to be absent/,
  },
];

describe('broken on purpose', () => {
  let folder: string;
  const why = whyNoFaultyDisk();

  beforeAll(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'netloom-mutants-'));
    buildAgent();
    if (why === undefined) disk = FaultyDisk.build(folder);
  }, 120_000);

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const fresh = (name: string): string => {
    const made = mkdtempSync(path.join(folder, name));
    mkdirSync(path.join(made, 'work'));
    return made;
  };

  test.each([
    ['rivals', problemsOfRivals],
    ['silence', problemsOfSilence],
  ])('nothing is broken: %s', async (_name, check) => {
    expect(await check(CHECKOUT, path.join(fresh('whole-'), 'work'))).toEqual([]);
  });

  for (const { name, edits, check, caught, needsDisk } of MUTANTS) {
    if (needsDisk && why !== undefined) {
      test.skip(`caught: ${name} (skipped: ${why})`, () => {});
      continue;
    }
    test(`caught: ${name}`, async () => {
      const made = fresh('mutant-');
      const root = makeMutant(path.join(made, 'copy'), edits);
      const problems = await check(root, path.join(made, 'work'));
      expect(problems).toContainEqual(expect.stringMatching(caught));
      rmSync(made, { recursive: true, force: true });
    }, 180_000);
  }
});
