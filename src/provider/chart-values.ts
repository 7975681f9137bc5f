import * as pulumi from '@pulumi/pulumi';
import type { Problem } from '../errors';
import { type InstallObject, mergeValues, type Values, valuesText } from '../installs';
import { type Culprit, reportProblems } from './problems';

/** What one install sets: values of the chart, and members of the object's spec. */
interface Wanted {
  readonly values: Values;
  readonly spec: Values;
}

const charts = new Map<string, Wanted[]>();

/**
 * What an install sets of a Helm chart's one object. The first install of it gets the `spec` with the
 * values of all that the program has; the others nothing, for there is one object.
 */
export function chartSpec(
  culprit: Culprit,
  { manifest, chart }: InstallObject,
): pulumi.Output<Values> | undefined {
  const { valuesContent: _text, ...spec } = manifest['spec'] as Record<string, unknown>;
  const { kind, metadata } = manifest;
  const key = JSON.stringify([kind, metadata.namespace, metadata.name]);
  const wanted: Wanted = { values: chart?.values ?? {}, spec };
  const before = charts.get(key);
  if (before) {
    reportProblems(culprit, conflictsOf(before, wanted, metadata.name));
    before.push(wanted);
    return undefined;
  }
  const all = [wanted];
  charts.set(key, all);
  // The others are constructed later, but in the same turn; a daemon that networks need in the next.
  const turn = new Promise<boolean>((resolve) => setImmediate(() => setImmediate(resolve, true)));
  return pulumi.output(turn).apply(
    (): Values => ({
      ...mergeValues(all.map((one) => one.spec)).values,
      valuesContent: valuesText(mergeValues(all.map(({ values }) => values)).values),
    }),
  ) as pulumi.Output<Values>;
}

function conflictsOf(before: readonly Wanted[], wanted: Wanted, name: string): Problem[] {
  const { conflicts: inSpec } = mergeValues([...before.map(({ spec }) => spec), wanted.spec]);
  const { conflicts } = mergeValues([...before.map(({ values }) => values), wanted.values]);
  return [...inSpec, ...conflicts].map((key) => ({
    code: 'NL_VALUES_CONFLICT',
    key,
    found: `another install sets another value of ${name}`,
    allowed: 'one value: all installs of a cluster set one and the same object of a chart',
    fix: 'give both installs the same setting, or leave it out of one',
  }));
}
