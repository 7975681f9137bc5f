import type { Problem } from '../errors';
import type { NetworkDefinition, PlatformFacts } from '../kubernetes';

/** Folders in which whereabouts looks for its file by itself (pkg/config/config.go). */
const KNOWN_FOLDERS = ['/etc/kubernetes/cni/net.d', '/etc/cni/net.d'];

/**
 * Where the platform keeps its CNI configuration elsewhere, as k3s does, each network has to say where
 * whereabouts' own file is: no pod with the network starts otherwise.
 *
 * @see https://github.com/k3s-io/docs/issues/341
 */
export function checkWhereaboutsFile(
  { ipam }: NetworkDefinition,
  { name, cniConfDir }: PlatformFacts,
): Problem[] {
  if (ipam.kind !== 'whereabouts' || KNOWN_FOLDERS.includes(cniConfDir)) return [];
  const { configurationPath, extra } = ipam.settings;
  if (configurationPath !== undefined || extra?.['configuration_path'] !== undefined) return [];
  return [
    {
      code: 'NL_KEY_MISSING',
      key: 'ipam.configurationPath',
      found: `whereabouts does not look into ${cniConfDir}, where ${name} has its file`,
      allowed: 'the path of that file on the node',
      fix: `add configurationPath: '${cniConfDir}/whereabouts.d/whereabouts.conf'`,
    },
  ];
}
