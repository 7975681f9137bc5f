import { compareReleases } from '../cni';
import { WHEREABOUTS_RELEASE, type WhereaboutsInstallSettings } from './whereabouts-settings';

const IMAGE = 'k8snetworkplumbingwg/whereabouts';

/** The image of an install. */
export function whereaboutsImage(settings: WhereaboutsInstallSettings): string {
  const { image, registry = 'ghcr.io' } = settings;
  const tag = whereaboutsRelease(settings);
  return image ?? `${registry}/${IMAGE}:${tag.startsWith('v') ? tag : `v${tag}`}`;
}

/** The release of an install. */
export function whereaboutsRelease({ version }: WhereaboutsInstallSettings): string {
  return version ?? WHEREABOUTS_RELEASE;
}

/** True where the reconciler is a program of its own; before, each node's control loop runs one. */
export function hasOwnReconciler(release: string): boolean {
  return compareReleases(release, '0.9.4') >= 0;
}

/** True where ranges can be dealt out to nodes. */
export function knowsNodeSlices(release: string): boolean {
  return compareReleases(release, '0.9.0') >= 0;
}
