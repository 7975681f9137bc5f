import type { Problem } from '../errors';

/** MicroShift's own document prints the word without its last letter. */
const MISSING =
  /cannot find (?:a )?network-attachment-definition? \(([^)\s]+)\) in namespace \(([^)\s]+)\)/i;

/**
 * What the words of Multus, the plugins or the kubelet mean for a pod that does not start, in our
 * own terms; empty for a text that is none of ours.
 *
 * @param message of an event (`NoNetworkFound`, `FailedCreatePodSandBox`) or of a plugin
 */
export function diagnose(message: string): Problem[] {
  const [, name, namespace] = MISSING.exec(message) ?? [];
  if (name === undefined || namespace === undefined) return [];
  return [
    {
      code: 'NL_NETWORK_NOT_FOUND',
      key: 'metadata.annotations["k8s.v1.cni.cncf.io/networks"]',
      found: `the pod asks for network "${namespace}/${name}", and there is no such NetworkAttachmentDefinition`,
      allowed: 'networks that exist in the cluster, in the namespace that the annotation names',
      fix: `apply the network first, or correct the name (kubectl get network-attachment-definitions -n ${namespace})`,
    },
  ];
}
