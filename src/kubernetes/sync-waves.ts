import { LAYERS, type Layer } from './layers';

/** One chart, as far as the order of its objects goes. */
export interface LayeredChart {
  /** Different for each chart. */
  readonly id: string;
  /** The layers that it has objects of. */
  readonly layers: ReadonlySet<Layer>;
  /** Ids of the charts that have to be applied in front of it. */
  readonly dependencies: readonly string[];
}

/** How far layers are apart: room for what somebody else puts between them. */
const STEP = 10;

/**
 * The sync wave of each chart's objects in each layer: `wave(chart, layer)`. Workloads are in wave 0,
 * what they need in front of them. Within a layer charts come behind those that they depend on; a
 * dependency against the order of the layers has no effect.
 */
export function syncWaves(
  charts: readonly LayeredChart[],
): (chart: string, layer: Layer) => number {
  const ranks = new Map(LAYERS.map((layer) => [layer, ranksIn(layer, charts)]));
  const highest = Math.max(0, ...[...ranks.values()].flatMap((one) => [...one.values()]));
  const step = Math.max(STEP, highest + 1);
  const behindAll = LAYERS.length - 1;
  return (chart, layer) => {
    const base = (LAYERS.indexOf(layer) - behindAll) * step;
    return base + (ranks.get(layer)?.get(chart) ?? 0);
  };
}

/** How many charts with objects of this layer stand in front of each, one behind the other. */
function ranksIn(layer: Layer, charts: readonly LayeredChart[]): ReadonlyMap<string, number> {
  const byId = new Map(charts.map((chart) => [chart.id, chart]));
  const ranks = new Map<string, number>();
  const rankOf = (id: string): number => {
    const known = ranks.get(id);
    if (known !== undefined) return known;
    // A circle ends here; cdk8s refuses it by itself.
    ranks.set(id, 0);
    const chart = byId.get(id);
    const before = (chart?.dependencies ?? []).map((one) => {
      const isHere = byId.get(one)?.layers.has(layer) ?? false;
      return rankOf(one) + (isHere ? 1 : 0);
    });
    const rank = Math.max(0, ...before);
    ranks.set(id, rank);
    return rank;
  };
  for (const { id } of charts) rankOf(id);
  return ranks;
}
