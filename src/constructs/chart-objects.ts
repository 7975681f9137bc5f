import { ApiObject, type ApiObjectProps, Lazy, Yaml } from 'cdk8s';
import { type Construct, type IConstruct, Node } from 'constructs';
import type { Problem } from '../errors';
import { type ChartValues, type InstallObject, mergeValues, valuesText } from '../installs';
import { clusterOf } from './cluster-facts';
import { addHostParts } from './host-parts';
import { modelOf } from './model';
import { checkedBy, validateWith } from './validation';

/** An object of a Helm chart, with all that installs of one tree set of it. */
interface SharedChart {
  readonly object: ApiObject;
  readonly wanted: ChartValues[];
}

const charts = new WeakMap<IConstruct, Map<string, SharedChart>>();

/**
 * The one object of a Helm chart in a cluster, with the values of all installs that ask for it: it
 * stands with the first of them, and its text is the same in whatever order they come. Values that
 * two of them want differently are told at the later one.
 */
export function addChartObject(scope: Construct, { id, manifest, chart }: InstallObject): ApiObject {
  const wanted = chart as ChartValues;
  const root = Node.of(scope).root;
  const known = charts.get(root) ?? new Map<string, SharedChart>();
  charts.set(root, known);
  const { kind, metadata } = manifest;
  const key = JSON.stringify([kind, metadata.namespace, metadata.name, clusterOf(scope).key]);
  const shared = known.get(key);
  modelOf(scope).touch();
  if (shared) {
    const before = [...shared.wanted];
    shared.wanted.push(wanted);
    validateWith(
      scope,
      checkedBy(() => conflictsOf(before, wanted, metadata.name)),
    );
    return shared.object;
  }
  const all = [wanted];
  const produce = (): string => valuesText(mergeValues(all.map(({ values }) => values)).values);
  const spec = { ...(manifest['spec'] as object), valuesContent: Lazy.any({ produce }) };
  const object = new ApiObject(scope, id, { ...manifest, spec } as unknown as ApiObjectProps);
  known.set(key, { object, wanted: all });
  const { file } = wanted;
  if (file) {
    const content = (): string => Yaml.stringify(object.toJson());
    addHostParts(scope, () => ({ files: [{ ...file, content: content() }] }));
  }
  return object;
}

function conflictsOf(before: readonly ChartValues[], wanted: ChartValues, name: string): Problem[] {
  const others = mergeValues(before.map(({ values }) => values));
  const { conflicts } = mergeValues([others.values, wanted.values]);
  return conflicts.map((key) => ({
    code: 'NL_VALUES_CONFLICT',
    key,
    found: `another install sets another value of ${name}`,
    allowed: 'one value: all installs of a cluster set one and the same object of a chart',
    fix: 'give both installs the same setting, or leave it out of one',
  }));
}
