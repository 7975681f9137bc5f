import type { Problem } from '../errors';
import type { NetworkDefinition } from '../kubernetes';
import { labelOf } from './segments';
import { hasSeveralPods, nodesOf, podSpecOf } from './workloads';
import { findingsOf, type PodsDefinition, type WorldFinding, type WorldRule } from './world';

/** The pods that want a device, one of each node, and one of those that may be anywhere. */
interface Holders {
  readonly byNode: Map<string, string>;
  anywhere?: string;
}

/** A device of the host that several pods want: it moves into the first, and is gone for the others. */
export const checkDevices: WorldRule = (world) => {
  const nodes = nodesOf(world);
  const holders = new Map<string, Holders>();
  return world.pods.flatMap((definition) =>
    definition.attachments.flatMap(({ network }, index): WorldFinding[] => {
      const device = network && deviceOf(network);
      if (device === undefined) return [];
      const problem = checkDevice(definition, device, holders, nodes);
      return problem ? findingsOf(definition, [{ ...problem, key: `attachments[${index}]` }]) : [];
    }),
  );
};

/** Undefined for other links, and where a device plugin chooses. */
function deviceOf({ link, resourceName }: NetworkDefinition): string | undefined {
  if (link.kind !== 'host-device' || resourceName !== undefined) return undefined;
  const { device, hwaddr, kernelpath, pciBusID } = link.settings;
  return device ?? hwaddr ?? kernelpath ?? pciBusID;
}

function checkDevice(
  pods: PodsDefinition,
  device: string,
  holders: Map<string, Holders>,
  nodes: number | undefined,
): Problem | undefined {
  const who = `${pods.workload.kind ?? 'Pod'} "${labelOf(pods)}"`;
  const known = holders.get(device) ?? { byNode: new Map() };
  holders.set(device, known);
  const other = meets(known, who, nodeOf(pods));
  if (other) return deviceProblem(device, other === who ? 'it' : other);
  return needsSeveral(pods, nodes) ? deviceProblem(device, 'another pod of it') : undefined;
}

/** Who may be on the same node; puts the pod beside the others. */
function meets(known: Holders, who: string, node: string | undefined): string | undefined {
  const { anywhere, byNode } = known;
  if (node === undefined) {
    known.anywhere ??= who;
    return anywhere ?? byNode.values().next().value;
  }
  const here = byNode.get(node);
  if (here === undefined) byNode.set(node, who);
  return here ?? anywhere;
}

function nodeOf({ workload }: PodsDefinition): string | undefined {
  if (workload.kind === 'DaemonSet') return undefined;
  const spec = podSpecOf(workload);
  const node = spec?.nodeName ?? spec?.nodeSelector?.['kubernetes.io/hostname'];
  return typeof node === 'string' ? node : undefined;
}

/** A DaemonSet has one pod on a node, and so has what is told to keep its pods apart. */
function needsSeveral({ workload }: PodsDefinition, nodes: number | undefined): boolean {
  const spec = podSpecOf(workload);
  const isApart =
    workload.kind === 'DaemonSet' ||
    spec?.affinity?.podAntiAffinity !== undefined ||
    spec?.topologySpreadConstraints !== undefined;
  return hasSeveralPods(workload, nodes) && (!isApart || nodes === 1);
}

function deviceProblem(device: string, other: string): Problem {
  return {
    code: 'NL_DEVICE_TWICE',
    key: '',
    found: `"${device}" moves into the pod, and ${other} wants it too: where both are on one node, the second does not start`,
    allowed: 'one pod on a node for each device',
    fix: 'keep the pods on different nodes (podAntiAffinity), or use macvlan on the device',
  };
}
