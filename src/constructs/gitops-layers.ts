import { ApiObject, Chart } from 'cdk8s';
import { type IConstruct, Node } from 'constructs';
import { type Layer, type LayeredChart, layerOf } from '../kubernetes';

const installs = new WeakSet<IConstruct>();
const chosen = new WeakMap<IConstruct, Layer>();

/** Tells that an object belongs to an install: a DaemonSet of one is no workload. */
export function markInstall(object: ApiObject): void {
  installs.add(object);
}

/** True for an object of an install: nobody wrote it but netloom. */
export function isOfInstall(object: ApiObject): boolean {
  return installs.has(object);
}

/** Puts everything at and below a construct into a layer, where nothing nearer says otherwise. */
export function chooseLayer(scope: IConstruct, layer: Layer): void {
  chosen.set(scope, layer);
}

/** The layer that an object is applied in. */
export function layerOfObject(object: ApiObject): Layer {
  for (let scope: IConstruct | undefined = object; scope; scope = Node.of(scope).scope) {
    const layer = chosen.get(scope);
    if (layer !== undefined) return layer;
  }
  return layerOf(object, installs.has(object));
}

/** All objects at and below a construct, in the order in which they were made. */
export function objectsBelow(scope: IConstruct): ApiObject[] {
  return scope.node.findAll().filter((one): one is ApiObject => ApiObject.isApiObject(one));
}

/** The charts below a construct with their layers, and what each depends on, as cdk8s sees it. */
export function layeredCharts(root: IConstruct): LayeredChart[] {
  const layers = new Map<Chart, Set<Layer>>();
  const dependencies = new Map<Chart, Set<Chart>>();
  const all = root.node.findAll();
  for (const construct of all) {
    if (Chart.isChart(construct)) {
      layers.set(construct, layers.get(construct) ?? new Set());
      addNested(dependencies, construct);
    }
    if (ApiObject.isApiObject(construct)) {
      const chart = Chart.of(construct);
      const known = layers.get(chart) ?? new Set();
      layers.set(chart, known.add(layerOfObject(construct)));
    }
    for (const target of construct.node.dependencies) {
      addDependency(dependencies, chartOf(construct), chartOf(target));
    }
  }
  return [...layers].map(([chart, set]) => ({
    id: chart.node.path,
    layers: set,
    dependencies: [...(dependencies.get(chart) ?? [])].map((one) => one.node.path),
  }));
}

/** cdk8s writes a chart inside of another in front of it. */
function addNested(dependencies: Map<Chart, Set<Chart>>, chart: Chart): void {
  for (const child of chart.node.children) {
    if (Chart.isChart(child)) addDependency(dependencies, chart, child);
  }
}

function addDependency(
  dependencies: Map<Chart, Set<Chart>>,
  source: Chart | undefined,
  target: Chart | undefined,
): void {
  if (!source || !target || source === target) return;
  dependencies.set(source, (dependencies.get(source) ?? new Set()).add(target));
}

/** Undefined for a construct that is in none, the app. */
function chartOf(construct: IConstruct): Chart | undefined {
  return construct.node.scopes.reverse().find((scope): scope is Chart => Chart.isChart(scope));
}
