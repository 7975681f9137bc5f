import { type IConstruct, Node } from 'constructs';
import type { TargetVersions } from '../cni';
import { type NodeSetting, whereaboutsFile } from '../kubernetes';
import type { ClusterFacts } from '../rules';

/** What is known of the cluster that a part of a tree is meant for. */
export interface KnownCluster {
  readonly facts: ClusterFacts;
  /** The same for the same facts: objects of one cluster are looked at together. */
  readonly key: string;
}

const NOTHING: NodeSetting = {};

const UNKNOWN: KnownCluster = { facts: {}, key: '' };

const clusters = new WeakMap<IConstruct, KnownCluster>();

/** Holds for a scope and all below it, where nothing nearer says otherwise. */
export function setCluster(scope: IConstruct, facts: ClusterFacts): void {
  clusters.set(scope, { facts, key: JSON.stringify(facts) });
}

/** What the nearest scope of a construct says. */
export function clusterOf(construct: IConstruct): KnownCluster {
  for (let scope: IConstruct | undefined = construct; scope; scope = Node.of(scope).scope) {
    const cluster = clusters.get(scope);
    if (cluster) return cluster;
  }
  return UNKNOWN;
}

/** What says nothing of its cluster counts for all. */
export function isSameCluster(one: IConstruct, other: IConstruct): boolean {
  const [a, b] = [clusterOf(one).key, clusterOf(other).key];
  return a === b || a === '' || b === '';
}

/** What decides how a construct's networks are written. */
export function nodeSettingOf(
  construct: IConstruct,
  props: { readonly targetVersions?: TargetVersions },
): NodeSetting {
  const { facts } = clusterOf(construct);
  const { platform } = facts;
  const file = platform && whereaboutsFile(platform);
  const targetVersions = props.targetVersions ?? facts.targetVersions;
  // Nearly always there is nothing to be said.
  return file === undefined && targetVersions === undefined
    ? NOTHING
    : { targetVersions, whereaboutsFile: file };
}

/** Releases that the nodes have: by what a construct is given itself, or else by its cluster. */
export function targetVersionsOf(
  construct: IConstruct,
  { targetVersions }: { readonly targetVersions?: TargetVersions },
): TargetVersions | undefined {
  return targetVersions ?? clusterOf(construct).facts.targetVersions;
}
