import { NETWORKS_ANNOTATION } from '../kubernetes';
import type { ClusterFacts, PodsDefinition } from './world';

/**
 * True for a bare pod that is attached to one network by its name and nothing else: nothing can be
 * wrong with that by itself. False says nothing: the full check then looks.
 */
export function isPlainPod(pods: PodsDefinition, { targetVersions }: ClusterFacts): boolean {
  const { attachments, read, workload, annotations, ownAnnotations } = pods;
  const [intent] = attachments;
  if (targetVersions || read || ownAnnotations || workload.kind !== 'Pod') return false;
  if (attachments.length !== 1 || !intent?.network || intent.claim) return false;
  if (workload.spec?.hostNetwork === true) return false;
  const { attachment } = intent;
  for (const key in attachment) if (key !== 'name' && key !== 'namespace') return false;
  for (const key in annotations) if (key !== NETWORKS_ANNOTATION) return false;
  return true;
}
