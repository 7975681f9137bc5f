import { ApiObject, type ApiObjectProps, Lazy, Yaml } from 'cdk8s';
import { type Construct, type IConstruct, Node } from 'constructs';
import type { Problem } from '../errors';
import {
  type ChartValues,
  type InstallObject,
  type MergedValues,
  mergeValues,
  type Values,
  valuesText,
} from '../installs';
import { clusterOf } from './cluster-facts';
import { addHostParts, isInTree } from './host-parts';
import { modelOf } from './model';
import { checkedBy, validateWith } from './validation';

/** An object of a Helm chart, with all that installs of one tree set of it. */
interface SharedChart {
  readonly object: ApiObject;
  readonly wanted: Wanted[];
}

/** What one install sets: values of the chart, and members of the object's spec. */
interface Wanted {
  readonly values: Values;
  readonly spec: Values;
  readonly by: IConstruct;
}

const charts = new WeakMap<IConstruct, Map<string, SharedChart>>();

/**
 * The one object of a Helm chart in a cluster, with the values of all installs that ask for it: it
 * stands with the first of them, and its text is the same in whatever order they come. Values that
 * two of them want differently are told at the later one.
 */
export function addChartObject(scope: Construct, install: InstallObject): ApiObject {
  const { kind, metadata } = install.manifest;
  const root = Node.of(scope).root;
  const known = charts.get(root) ?? new Map<string, SharedChart>();
  charts.set(root, known);
  const key = JSON.stringify([kind, metadata.namespace, metadata.name, clusterOf(scope).key]);
  const shared = known.get(key);
  const wanted = wantedBy(scope, install);
  modelOf(scope).touch();
  if (!shared || !isInTree(shared.object)) {
    const made = [wanted];
    const object = newChartObject(scope, install, made);
    known.set(key, { object, wanted: made });
    return object;
  }
  const before = [...shared.wanted];
  shared.wanted.push(wanted);
  validateWith(
    scope,
    checkedBy(() => conflictsOf(before, wanted, metadata.name)),
  );
  return shared.object;
}

function wantedBy(by: IConstruct, { manifest, chart }: InstallObject): Wanted {
  const { valuesContent, ...spec } = manifest['spec'] as Record<string, unknown>;
  return { values: (chart as ChartValues).values, spec, by };
}

function newChartObject(
  scope: Construct,
  { id, manifest, chart }: InstallObject,
  wanted: readonly Wanted[],
): ApiObject {
  const produce = (): Values => {
    const { spec, values } = merged(wanted);
    return { ...spec.values, valuesContent: valuesText(values.values) };
  };
  const spec = Lazy.any({ produce });
  const object = new ApiObject(scope, id, { ...manifest, spec } as unknown as ApiObjectProps);
  const file = chart?.file;
  if (file) {
    addHostParts(scope, () => ({
      files: [{ ...file, content: Yaml.stringify(object.toJson()) }],
    }));
  }
  return object;
}

/** What is set by all that are still in the tree. */
function merged(all: readonly Wanted[]): Record<'spec' | 'values', MergedValues> {
  const there = all.filter(({ by }) => isInTree(by));
  return {
    spec: mergeValues(there.map(({ spec }) => spec)),
    values: mergeValues(there.map(({ values }) => values)),
  };
}

function conflictsOf(before: readonly Wanted[], wanted: Wanted, name: string): Problem[] {
  const { spec, values } = merged(before);
  const conflicts = [
    ...mergeValues([spec.values, wanted.spec]).conflicts,
    ...mergeValues([values.values, wanted.values]).conflicts,
  ];
  return conflicts.map((key) => ({
    code: 'NL_VALUES_CONFLICT',
    key,
    found: `another install sets another value of ${name}`,
    allowed: 'one value: all installs of a cluster set one and the same object of a chart',
    fix: 'give both installs the same setting, or leave it out of one',
  }));
}
