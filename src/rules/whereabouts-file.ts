import type { Problem } from '../errors';
import { type NetworkDefinition, type PlatformFacts, whereaboutsFile } from '../kubernetes';

/** Networks of others that don't say where whereabouts' file is; ours are written with it. */
export function checkWhereaboutsFile(
  { ipam, verbatim }: NetworkDefinition,
  platform: PlatformFacts,
): Problem[] {
  const file = whereaboutsFile(platform);
  if (!verbatim || ipam.kind !== 'whereabouts' || file === undefined) return [];
  const { configurationPath, extra } = ipam.settings;
  if (configurationPath !== undefined || extra?.['configuration_path'] !== undefined) return [];
  return [
    {
      code: 'NL_KEY_MISSING',
      key: 'ipam.configurationPath',
      found: `whereabouts does not look into ${platform.cniConfDir}, where ${platform.name} has its file`,
      allowed: 'the path of that file on the node',
      fix: `add configurationPath: '${file}'`,
    },
  ];
}
