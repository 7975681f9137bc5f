import type { IConstruct } from 'constructs';
import type { Problem } from '../errors';
import type { KubeOvnSubnetDefinition } from '../kubernetes';
import { checkWorld, type World } from '../rules';
import { clusterOf } from './cluster-facts';
import { type Checked, type Model, modelOf } from './model';

/**
 * Finds what is wrong with each construct, by itself and with all others. The whole tree is judged at
 * once, and again only after a change: a synthesis validates the app, and once more for each of its
 * charts.
 */
export function judge(model: Model): void {
  if (model.judgedVersion === model.version) return;
  model.judgedVersion = model.version;
  for (const validation of model.validations.values()) {
    const { checks } = validation;
    const problems =
      checks.length === 1 ? (checks[0] as Checked)._check() : checks.flatMap((one) => one._check());
    validation.problems = problems.length === 0 ? NONE : problems;
  }
  const worlds = worldsOf(model);
  const findings = worlds.flatMap((world) => checkWorld(world));
  // Nearly always there is nothing to be said.
  if (findings.length === 0) return;
  const owners = ownersOf(model);
  for (const { subject, problem } of findings) {
    const owner = owners.get(subject);
    const validation = owner && model.validations.get(owner);
    if (validation) validation.problems = [...validation.problems, problem];
  }
}

const NONE: readonly Problem[] = [];

/** What is wrong with a construct. */
export function problemsOf(construct: IConstruct): readonly Problem[] {
  const model = modelOf(construct);
  judge(model);
  return model.validations.get(construct)?.problems ?? [];
}

type Lists = 'networks' | 'pods' | 'bridges' | 'claims' | 'subnets' | 'installs';
type GrowingWorld = World & { readonly [L in Lists]: NonNullable<World[L]>[number][] };

/** One for each cluster that the tree is meant for; nearly always one. */
function worldsOf(model: Model): GrowingWorld[] {
  const worlds = new Map<string, GrowingWorld>();
  const worldOf = (construct: IConstruct): GrowingWorld => {
    const { key, facts } = clusterOf(construct);
    const before = worlds.get(key);
    if (before) return before;
    const world = emptyWorld(facts);
    worlds.set(key, world);
    return world;
  };
  for (const [network, construct] of model.networks) worldOf(construct).networks.push(network);
  for (const [bridge, construct] of model.bridges) worldOf(construct).bridges.push(bridge);
  for (const [claim, construct] of model.claims) worldOf(construct).claims.push(claim);
  for (const subnet of model.subnets) {
    const foreign = subnet._strangers().map(foreignSubnet);
    worldOf(subnet).subnets.push(subnet._definition(), ...foreign);
  }
  for (const { subnets } of worlds.values()) {
    if (subnets.length > 0) subnets.push(...[...model.foreignProviders].map(foreignSubnet));
  }
  for (const workload of model.workloads) {
    const pods = workload._pods();
    if (pods) worldOf(workload.construct).pods.push(pods);
  }
  for (const [construct, parts] of model.installs) {
    const { key } = clusterOf(construct);
    // What says nothing of its cluster counts for all.
    for (const [other, { installs }] of worlds) {
      if (key === other || key === '' || other === '') installs.push(...parts);
    }
  }
  return [...worlds.values()];
}

/** Who is told of what. */
function ownersOf(model: Model): ReadonlyMap<object, IConstruct> {
  return new Map<object, IConstruct>([
    ...model.networks,
    ...model.bridges,
    ...model.claims,
    ...[...model.subnets].map((subnet) => [subnet._definition(), subnet] as const),
    ...[...model.workloads].map((one) => [one._pods() ?? one, one.construct] as const),
  ]);
}

/** Stands for a Subnet that nothing is known of. */
function foreignSubnet(provider: string): KubeOvnSubnetDefinition {
  return { name: provider, provider, cidrBlock: '' };
}

function emptyWorld(facts: object): GrowingWorld {
  const lists = { networks: [], pods: [], bridges: [], claims: [], subnets: [], installs: [] };
  return { ...facts, ...lists };
}
