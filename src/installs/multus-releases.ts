import { compareReleases } from '../cni';
import type { MultusMode } from './multus-settings';

/** What is wrong with a release, told as a warning where it is installed. */
export interface MultusFault {
  readonly mode: MultusMode;
  /** First release that has it. */
  readonly since: string;
  /** Last release that has it, among those that are known. */
  readonly until: string;
  /** What happens, e.g. `keeps addresses of deleted pods`. */
  readonly effect: string;
  /** Where it was told of. */
  readonly source: string;
}

/** Releases of Multus whose images, flags and files netloom was made for, oldest first. */
export const MULTUS_RELEASES = [
  'v4.0.2',
  'v4.1.0',
  'v4.1.1',
  'v4.1.2',
  'v4.1.3',
  'v4.1.4',
  'v4.2.0',
  'v4.2.1',
  'v4.2.2',
  'v4.2.3',
  'v4.2.4',
  'v4.3.0',
] as const;

/**
 * Since 528d4f150 (v4.2.1) a conflist that is read from a file goes through libcni's typed form, and
 * DEL gets `{"type":"calico","ipam":{"type":"host-local"}}` instead of the plugin's configuration.
 * Repaired after v4.3.0 by 6597fa65f and f4f5d2dd4. Thin embeds the text itself, and a network that is
 * found by its name is kept as text. Seen with v4.2.4 and bridge with host-local: each deleted pod left
 * its address reserved; none did with `clusterNetwork` by name, and none when thin.
 */
const CONFLIST_DEL: MultusFault = {
  mode: 'thick',
  since: 'v4.2.1',
  until: 'v4.3.0',
  effect:
    'deletes pods with half of the configuration of a cluster network that is a conflist, so that plugins such as calico and host-local keep the address',
  source: 'https://github.com/k8snetworkplumbingwg/multus-cni/pull/1521',
};

const FAULTS: readonly MultusFault[] = [CONFLIST_DEL];

/** The known fault of a release in a mode; undefined for none, and for releases that are not known. */
export function multusFault(version: string, mode: MultusMode): MultusFault | undefined {
  return FAULTS.find(
    (fault) =>
      fault.mode === mode &&
      compareReleases(version, fault.since) >= 0 &&
      compareReleases(version, fault.until) <= 0,
  );
}

/** The newest release without a known fault in a mode. */
export function defaultMultusVersion(mode: MultusMode): string {
  const sound = MULTUS_RELEASES.filter((version) => !multusFault(version, mode));
  return sound.at(-1) as string;
}

/**
 * The image of a release, e.g. `ghcr.io/k8snetworkplumbingwg/multus-cni:v4.2.0-thick`.
 *
 * The thick one has a shell (Debian), the thin one has none (distroless).
 */
export function multusImage(version: string, mode: MultusMode, registry = 'ghcr.io'): string {
  const tag = mode === 'thick' ? `${version}-thick` : version;
  return `${registry}/k8snetworkplumbingwg/multus-cni:${tag}`;
}
