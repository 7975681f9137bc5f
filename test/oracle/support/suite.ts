import { findTool } from '../../../scripts/tools';
import { kernelSkipReason } from '../../support/network-suite';
import type { Expectation, Need, PluginCase, Table } from '../cases/case';
import { type CaseOutcome, runCase } from './plugins';
import { asOf, INSTALLED, type Plugins, pluginsFor } from './releases';

/** A case as plugins of one release answer it, and their folder. */
export interface Trial {
  readonly one: PluginCase;
  readonly folder: string;
}

/** What came of a trial: its outcome, or what went wrong around it. */
export type Tried = CaseOutcome | { readonly broken: string };

const PROGRAMS: Partial<Record<Need, string>> = {
  nft: 'nft',
  iptables: 'iptables',
  dhcp: 'dnsmasq',
};

/** Why a case can't be tried on this machine; undefined when it can. */
export function skipReason(one: PluginCase): string | undefined {
  const general = kernelSkipReason();
  if (general !== undefined) return general;
  if (INSTALLED === undefined) return 'containernetworking-plugins not installed';
  if (pluginsFor(one) === undefined) {
    return `needs CNI plugins ${one.since} in a folder that NETLOOM_CNI_PLUGINS_NEW names`;
  }
  const missing = (one.needs ?? [])
    .map((need) => PROGRAMS[need])
    .filter((program) => program !== undefined && findTool(program) === undefined);
  return missing.length === 0 ? undefined : `${missing.join(', ')} not installed`;
}

/** True for a case that this kernel may lack modules for: only a virtual machine surely has them. */
export function needsVm(one: PluginCase): boolean {
  return one.needs?.includes('vm') === true;
}

/** Tests of the cases of a table that need no virtual machine, one after the other. */
export function testTable({ plugin, cases }: Table): void {
  describe(plugin, () => {
    for (const one of cases) if (!needsVm(one)) testCase(one, pluginsFor(one));
  });
}

/** One test of one case; skipped by name where this machine lacks something. */
export function testCase(one: PluginCase, plugins: Plugins | undefined): void {
  const reason = skipReason(one);
  if (reason !== undefined || plugins === undefined) {
    test.skip(`${one.name} (skipped: ${reason})`, () => {});
    return;
  }
  const expected = asOf(one, plugins.release);
  test(one.name, async () => judge(expected, await runCase(expected, plugins.folder)));
}

/** What {@link testTogether} runs. */
export interface Together {
  readonly tables: readonly Table[];
  /** Which cases of the tables; all when not given. */
  readonly pick?: (one: PluginCase) => boolean;
  /** Why none of them can run; undefined when they can. */
  readonly reason?: string | undefined;
  /** Tries all; outcomes in their order. */
  readonly run: (trials: readonly Trial[]) => Promise<Tried[]>;
  /** For all of them. */
  readonly timeoutMs: number;
}

/** Tests whose cases are all tried at once, before the first test: each then judges its outcome. */
export function testTogether({
  tables,
  pick = () => true,
  reason,
  run,
  timeoutMs,
}: Together): void {
  const trials: Trial[] = [];
  let outcomes: readonly Tried[] = [];
  for (const { plugin, cases } of tables) {
    for (const one of cases.filter(pick)) {
      const name = `${plugin}: ${one.name}`;
      const plugins = pluginsFor(one);
      const why = reason ?? skipReason(one);
      if (why !== undefined || plugins === undefined) {
        test.skip(`${name} (skipped: ${why})`, () => {});
        continue;
      }
      const trial = { one: asOf(one, plugins.release), folder: plugins.folder };
      const index = trials.push(trial) - 1;
      test(name, () => {
        const outcome = outcomes[index] as Tried;
        if ('broken' in outcome) throw new Error(outcome.broken);
        judge(trial.one, outcome);
      });
    }
  }
  beforeAll(async () => {
    if (trials.length > 0) outcomes = await run(trials);
  }, timeoutMs);
}

/** Tries cases here, all at the same time: for those that mostly wait. */
export function tryAtOnce(trials: readonly Trial[]): Promise<Tried[]> {
  return Promise.all(
    trials.map(({ one, folder }) =>
      runCase(one, folder).catch(({ message }) => ({ broken: message as string })),
    ),
  );
}

/** Compares what the plugins did with what a case says they do. */
export function judge(expected: Expectation, outcome: CaseOutcome): void {
  const { want, gives, shows = [], leaves = [] } = expected;
  if (want === 'accepted') {
    expect(outcome.error).toBeUndefined();
    if (gives !== undefined) expect(outcome.result).toMatchObject(gives);
    for (const [index, look] of shows.entries()) expect(outcome.shown[index]).toMatch(look.want);
    expect(outcome.delError).toBeUndefined();
  } else {
    expect(outcome.error?.msg ?? 'accepted').toMatch(want.refused);
  }
  for (const [index, look] of leaves.entries()) expect(outcome.left[index]).toMatch(look.want);
}
