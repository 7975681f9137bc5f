import { type Problem, within } from '../errors';
import { onNodes, selectionConflicts, valueAt, virtualMachineOf } from '../kubernetes';
import {
  type ClusterFacts,
  checkAttachments,
  checkClaimWorkload,
  checkPods,
  checkVirtualMachine,
  type PodsDefinition,
} from '../rules';
import type { AttachOptions } from './attach-options';
import { checkMachineAttachment, withMachineNetworks } from './machine-networks';
import { podSpecPath } from './manifest';
import { checkGiven, type OwnAttachments } from './pod-annotations';
import type { PodAttachment } from './pod-attachment';
import type { PodsView } from './pods-view';
import type { WorkloadObject } from './workload-object';

/** Everything wrong with what is attached to the pods of one workload. */
export function checkPodNetworks(
  view: PodsView,
  own: OwnAttachments,
  facts: ClusterFacts,
): Problem[] {
  const { target, given } = view;
  const offset = view.attachments.length - own.networks.length;
  const problems = checkPods(view, facts);
  for (const [index, one] of own.networks.entries()) {
    const { binding } = one.options;
    if (one.problems.length === 0 && binding === undefined) continue;
    problems.push(
      ...within(`attachments[${offset + index}]`, [...one.problems, ...checkBinding(binding)]),
    );
  }
  return [
    ...problems,
    ...checkReplacement(own, view),
    ...checkGiven(given, view.own),
    ...checkNodes(target, own.networks, offset),
  ];
}

/** Everything wrong with what is attached to a virtual machine. */
export function checkMachineNetworks(
  target: WorkloadObject,
  own: OwnAttachments,
  facts: ClusterFacts,
): Problem[] {
  // Interfaces are named in another way there: KubeVirt names those of the pod.
  const intents = own.networks.map(({ intent }) => ({
    ...intent,
    attachment: { ...intent.attachment, interface: undefined },
  }));
  const machine = virtualMachineOf(withMachineNetworks(target.render(), own.networks));
  return [
    ...checkAttachments(intents, facts),
    ...(machine ? checkVirtualMachine(machine) : []),
    ...own.networks.flatMap((one, index) =>
      within(`attachments[${index}]`, [...one.problems, ...checkMachineAttachment(one)]),
    ),
    ...own.replacements.map(noReplacement),
    ...checkNodes(target, own.networks, 0),
  ];
}

function checkBinding(binding: AttachOptions['binding']): Problem[] {
  if (binding === undefined) return [];
  return [
    {
      code: 'NL_VM_NETWORK',
      key: 'binding',
      found: 'binding is set for a pod, and it is about the interface of a virtual machine',
      allowed: 'binding on a VirtualMachine',
      fix: 'leave binding out',
    },
  ];
}

function noReplacement(): Problem {
  return {
    code: 'NL_VM_NETWORK',
    key: 'defaultNetwork',
    found: 'the cluster network of a virtual machine is replaced',
    allowed: 'attached networks: KubeVirt has a field of its own for it (multus.default)',
    fix: 'patch the object, or attach the network',
  };
}

function checkClaim({ options }: PodAttachment, { workload }: PodsDefinition): Problem[] {
  return options.claim ? checkClaimWorkload(options.claim._claim.name, workload) : [];
}

function checkReplacement({ replacements }: OwnAttachments, pods: PodsDefinition): Problem[] {
  const [replacement, ...others] = replacements;
  if (!replacement) return [];
  const problems = [...replacement.problems, ...checkClaim(replacement, pods)];
  const { network } = replacement;
  if (network.namespace === undefined) {
    problems.push({
      code: 'NL_KEY_MISSING',
      key: 'network.namespace',
      found: `network "${network.name}" has no namespace, and Multus looks for a default network in a namespace of its own`,
      allowed: 'a network whose namespace is known',
      fix: 'set namespace on the network or on its chart',
    });
  }
  if (others.length > 0) {
    problems.push({
      code: 'NL_VALUES_CONFLICT',
      key: '',
      found: `the cluster network is replaced ${replacements.length} times`,
      allowed: 'one network in its place',
      fix: 'attach the others',
    });
  }
  return [
    ...checkAttachments([replacement.intent]).map((problem) => ({
      ...problem,
      key: problem.key.replace('attachments[0]', 'defaultNetwork'),
    })),
    ...within('defaultNetwork', problems),
  ];
}

/** Pods that no node is fit for. */
function checkNodes(
  target: WorkloadObject,
  attachments: readonly PodAttachment[],
  offset: number,
): Problem[] {
  if (!attachments.some(({ nodes }) => nodes)) return [];
  const manifest = target.render();
  let spec = valueAt(manifest, podSpecPath(manifest));
  return attachments.flatMap(({ nodes, options, network }, index): Problem[] => {
    if (!nodes) return [];
    const conflicts = selectionConflicts(spec, [nodes]);
    spec = onNodes(spec, [nodes]);
    return conflicts.map(({ label, values: [before, wanted] }) => ({
      code: 'NL_NODE_GROUP',
      key: `attachments[${offset + index}].nodeGroup`,
      found: `group "${options.nodeGroup}" of network "${network.name}" is on nodes with ${label}=${wanted}, and the pod is on nodes with ${label}=${before} already`,
      allowed: 'groups that have a node in common, also with the nodeSelector of the pod',
      fix: 'attach the group of the nodes that the pod runs on',
    }));
  });
}
