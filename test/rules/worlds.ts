import {
  checkWorld,
  type LinkConfig,
  type NetworkDefinition,
  type PodsDefinition,
  type Problem,
  readNetworksAnnotation,
  type World,
} from 'netloom';
import { bridge, codesAndKeys, hostLocal, network, STATIC, V4 } from './samples';

/** A row of a table: a world, and `CODE KEY` of each problem in it. */
export interface WorldRow {
  name: string;
  given: Partial<World>;
  want: string[];
}

/** The problems of a world that has nothing but what is given. */
export const inWorld = (more: Partial<World>): Problem[] =>
  checkWorld({ networks: [], pods: [], bridges: [], ...more }).map(({ problem }) => problem);

export const pods = (more: Partial<PodsDefinition> = {}): PodsDefinition => ({
  name: 'web',
  namespace: 'apps',
  workload: { kind: 'Pod' },
  attachments: [],
  annotations: {},
  ...more,
});

/** Pods as somebody else wrote them. */
export const written = (annotation: string, more: Partial<PodsDefinition> = {}): PodsDefinition => {
  const read = readNetworksAnnotation(annotation);
  const attachments = read.elements.map(({ attachment }) => ({ attachment }));
  return pods({ read, attachments, ...more });
};

export const macvlan = (
  settings: Extract<LinkConfig, { kind: 'macvlan' }>['settings'] = { master: 'eth1' },
): Partial<NetworkDefinition> => ({ link: { kind: 'macvlan', settings }, ipam: STATIC });

export const KUBE_OVN: Partial<NetworkDefinition> = {
  ...macvlan(),
  ipam: { kind: 'kube-ovn', settings: {} },
};

/** What is told of a world, as `CODE KEY`. */
export const told = (world: Partial<World>): string[] => codesAndKeys(inWorld(world));

export const given = (more: Partial<NetworkDefinition> = {}): NetworkDefinition =>
  network({ ipam: hostLocal({ ranges: [V4] }), ...more });

export const whereabouts = (
  name: string,
  range: string,
  more: object = {},
  link: NetworkDefinition['link'] = bridge(),
): NetworkDefinition =>
  network({ name, link, ipam: { kind: 'whereabouts', settings: { range, ...more } } });
