import { interfaceNames, NETWORKS_ANNOTATION, readNetworksAnnotation } from '../kubernetes';
import type { PodManifest, WantedInterface } from '../rules';

/**
 * What a pod has to have, claimed addresses among it: the pod's own annotation has them, so that a
 * NetworkStatus needs none of the claims.
 */
export function withAsked(wanted: readonly WantedInterface[], pod: PodManifest): WantedInterface[] {
  if (!wanted.some(({ claimed }) => claimed)) return [...wanted];
  const text = pod.metadata.annotations?.[NETWORKS_ANNOTATION] ?? '';
  const asked = readNetworksAnnotation(text).elements.map(({ attachment }) => attachment);
  const names = interfaceNames(asked);
  return wanted.map((one) =>
    one.claimed ? { ...one, ips: asked[names.indexOf(one.interface)]?.ips } : one,
  );
}
