import { NETWORKS_ANNOTATION, type NetworkDefinition } from '../kubernetes';
import { isPlainlyInside } from './plain-host-local';
import type { ClusterFacts, PodsDefinition } from './world';

/**
 * True for a bare pod that is attached to one network by its name, and at most gets its default route
 * by a neighbour in it: nothing can be wrong with that by itself. False says nothing: the full check
 * then looks. A property test holds it against the full check.
 */
export function isPlainPod(pods: PodsDefinition, { targetVersions }: ClusterFacts): boolean {
  const { attachments, read, workload, annotations, ownAnnotations } = pods;
  const [intent] = attachments;
  if (targetVersions || read || ownAnnotations || workload.kind !== 'Pod') return false;
  if (attachments.length !== 1 || !intent?.network || intent.claim) return false;
  if (workload.spec?.hostNetwork === true) return false;
  const { attachment, network } = intent;
  for (const key in attachment) {
    if (key === 'name' || key === 'namespace') continue;
    if (key !== 'defaultRoute' || !isPlainHop(attachment.defaultRoute, network)) return false;
  }
  for (const key in annotations) if (key !== NETWORKS_ANNOTATION) return false;
  return true;
}

function isPlainHop(hops: readonly string[] | undefined, { ipam }: NetworkDefinition): boolean {
  if (!Array.isArray(hops) || hops.length !== 1 || ipam.kind !== 'host-local') return false;
  return isPlainlyInside(hops[0], ipam.settings);
}
