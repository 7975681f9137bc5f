import { chainType, ipamType, linkType } from '../cni';
import type { NetworkDefinition } from '../kubernetes';
import type { NodeNeeds } from './node-facts';
import { labelOf } from './segments';

/** What networks need of the nodes that their pods run on: plugins, and interfaces of the host. */
export function nodeNeeds(networks: Iterable<NetworkDefinition>): NodeNeeds {
  const masters = new Map<string, string[]>();
  const plugins = new Map<string, string[]>();
  for (const network of networks) {
    const label = labelOf(network);
    for (const type of typesOf(network)) add(plugins, type, label);
    const master = masterOf(network);
    if (master !== undefined) add(masters, master, label);
  }
  return { masters, plugins };
}

function typesOf({ link, ipam, chain = [] }: NetworkDefinition): string[] {
  const types = [linkType(link), ipamType(ipam), ...chain.map(chainType)];
  return types.filter((type) => type !== undefined && type !== '') as string[];
}

/** The interface of the host; undefined where the plugin chooses, or it is one inside of the pod. */
function masterOf({ link }: NetworkDefinition): string | undefined {
  if (link.kind === 'raw') return undefined;
  const { master, linkInContainer } = link.settings as {
    readonly master?: unknown;
    readonly linkInContainer?: unknown;
  };
  return typeof master === 'string' && master !== '' && linkInContainer !== true
    ? master
    : undefined;
}

function add(map: Map<string, string[]>, key: string, label: string): void {
  const labels = map.get(key);
  if (labels) labels.push(label);
  else map.set(key, [label]);
}
