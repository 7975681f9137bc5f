import { whereaboutsNetwork, whereaboutsRanges } from '../cni';
import type { NetworkDefinition } from '../kubernetes';
import { safely } from './safely';
import { labelOf } from './segments';
import { findingsOf, type WorldRule } from './world';

/** A network of whereabouts, and what the controller of node slices compares it by. */
interface Compared {
  readonly network: NetworkDefinition;
  readonly shares: string;
}

/**
 * Networks whose nodes' slices nobody deals out: the controller stops at a network when any other one
 * of the same `network_name`, also of none, has another range or size (`checkForMultiNadMismatch` of
 * pkg/node-controller, v0.9.4), and their pods wait.
 */
export const checkSliceNames: WorldRule = ({ networks }) => {
  if (!networks.some(sliceSizeOf)) return [];
  const groups = new Map<string, Compared[]>();
  return [...networks].sort(plainFirst).flatMap((network) => {
    const { ipam } = network;
    const shares = sharesOf(network);
    if (ipam.kind !== 'whereabouts' || shares === undefined) return [];
    const group = ipam.settings.networkName ?? '';
    const before = groups.get(group) ?? [];
    groups.set(group, before);
    const other = before.find((one) => one.shares !== shares);
    // Two that differ are enough to compare all others with.
    if (before.length === 0 || (before.length === 1 && other)) before.push({ network, shares });
    if (!other || !sliceSizeOf(network)) return [];
    const named = group === '' ? 'has no networkName either' : `is named "${group}", too`;
    return findingsOf(network, [
      {
        code: 'NL_CONFIG_NAME_TWICE',
        key: 'ipam.networkName',
        found: `network "${labelOf(other.network)}" ${named}, and is ${other.shares}, not ${shares}: the controller then deals out nothing, and pods wait`,
        allowed: "a networkName of its own for each range with nodes' slices",
        fix: 'set another networkName',
      },
    ]);
  });
};

/**
 * Networks with slices in another namespace than whereabouts: the object with the slices is there, and
 * the network owns it, so that Kubernetes takes it for an orphan and removes it.
 */
export const checkSliceNamespaces: WorldRule = ({ networks, installs = [] }) => {
  const home = installs.find(({ namespace }) => namespace !== undefined)?.namespace;
  if (home === undefined) return [];
  return networks.flatMap((network) => {
    const { namespace } = network;
    if (!sliceSizeOf(network) || namespace === undefined || namespace === home) return [];
    return findingsOf(network, [
      {
        code: 'NL_VALUES_CONFLICT',
        key: 'ipam.nodeSliceSize',
        found: `the network is in "${namespace}" and whereabouts in "${home}", where its slices are: Kubernetes removes what is owned from another namespace, and pods wait`,
        allowed: `nodes' slices for networks in "${home}"`,
        fix: `make the network in "${home}", or leave nodeSliceSize out`,
      },
    ]);
  });
};

/** Networks without slices come first: of two that differ, the one with slices is told. */
function plainFirst(one: NetworkDefinition, other: NetworkDefinition): number {
  return (sliceSizeOf(one) ? 1 : 0) - (sliceSizeOf(other) ? 1 : 0);
}

function sliceSizeOf({ ipam }: NetworkDefinition): string | undefined {
  return ipam.kind === 'whereabouts' ? ipam.settings.nodeSliceSize || undefined : undefined;
}

/** Undefined for a network without a range, which its own check tells of. */
function sharesOf(network: NetworkDefinition): string | undefined {
  if (network.ipam.kind !== 'whereabouts') return undefined;
  const [first] = whereaboutsRanges(network.ipam.settings);
  if (!first?.range.range) return undefined;
  const range = safely(() => whereaboutsNetwork(first.range)) ?? first.range.range;
  const size = sliceSizeOf(network);
  return `${range}${size === undefined ? ' without slices' : ` in slices of ${size}`}`;
}
