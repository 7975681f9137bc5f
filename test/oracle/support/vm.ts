import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { transformFileSync } from '@swc/core';
import { runInVm } from '../../../scripts/vm';
import type { Look } from '../cases/case';
import type { Trial, Tried } from './suite';

const ROOT = path.join(__dirname, '../../..');

/** What the guest runs: it has no time to compile, so it gets them compiled. */
const PROGRAM = [
  'test/oracle/support/vm-main.ts',
  'test/oracle/support/plugins.ts',
  'test/oracle/support/dhcp.ts',
  'test/oracle/support/namespaces.ts',
  'test/support/cni-exec.ts',
];

/** The links and filters that the plugins ask for; whatever else is missing, the kernel loads. */
const MODULES = ['8021q', 'bonding', 'bridge', 'dummy', 'ipvlan', 'macvlan', 'tun', 'veth', 'vrf'];

/** Cases are slow in there, and mostly wait. */
const LIMIT_MS = 150_000;

/** Tries all cases in one virtual machine; outcomes in the order of the cases. */
export async function tryInVm(trials: readonly Trial[]): Promise<Tried[]> {
  const out = mkdtempSync(path.join(tmpdir(), 'netloom-vm-'));
  try {
    for (const file of PROGRAM) compile(file, out);
    // Patterns become {}: the guest only does what a case says, and its answers are judged here.
    writeFileSync(path.join(out, 'cases.json'), JSON.stringify(trials));
    const script = path.join('/out', (PROGRAM[0] as string).replace(/\.ts$/, '.js'));
    const { status, output } = await runInVm({
      script,
      out,
      modules: MODULES,
      programs: programsOf(trials),
      limitMs: LIMIT_MS,
    });
    if (status !== 0) throw new Error(`status ${status} in the virtual machine:\n${output}`);
    return JSON.parse(readFileSync(path.join(out, 'outcomes.json'), 'utf8'));
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

/** What the cases start: the programs of the harness, those they look with, and their plugins. */
function programsOf(trials: readonly Trial[]): string[] {
  const looks = trials.flatMap(({ one: { shows = [], leaves = [] } }) => [...shows, ...leaves]);
  const plugins = trials.flatMap(({ one, folder }) =>
    [...JSON.stringify([one.chain, one.earlier]).matchAll(/"type":"([\w-]+)"/g)].map(([, type]) =>
      path.join(folder, type as string),
    ),
  );
  return [...new Set(['ip', 'nsenter', 'sh', ...looks.map(firstWord), ...plugins])];
}

function firstWord({ run }: Look): string {
  return run.split(' ')[0] as string;
}

function compile(file: string, out: string): void {
  const { code } = transformFileSync(path.join(ROOT, file), {
    jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
    module: { type: 'commonjs' },
    swcrc: false,
  });
  const target = path.join(out, file.replace(/\.ts$/, '.js'));
  mkdirSync(path.dirname(target), { recursive: true });
  writeFileSync(target, code);
}
