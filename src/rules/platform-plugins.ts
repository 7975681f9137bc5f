import { chainType, ipamType, linkType } from '../cni';
import type { Problem } from '../errors';
import type { NetworkDefinition, PlatformFacts } from '../kubernetes';
import { checkSupervisor } from './tanzu-install';
import { checkWhereaboutsFile } from './whereabouts-file';

/** What a platform does not support of a network, and what it does not bring by itself. */
export function checkPlatform(
  network: NetworkDefinition,
  platform: PlatformFacts | undefined,
): Problem[] {
  if (!platform || isPlain(network, platform)) return [];
  return [
    ...checkIpam(network, platform),
    ...checkLink(network, platform),
    ...checkChain(network, platform),
    ...checkSysctls(network, platform),
    ...checkWhereaboutsFile(network, platform),
    ...checkSupervisor(platform),
  ];
}

/** True where a platform limits nothing that the network has: 10,000 networks are looked at. */
function isPlain({ ipam, chain }: NetworkDefinition, platform: PlatformFacts): boolean {
  const { ipams, links, plugins, tanzu } = platform;
  const isFree = (ipams ?? links ?? plugins ?? tanzu) === undefined;
  return isFree && ipam.kind === 'host-local' && chain === undefined;
}

function checkIpam({ ipam }: NetworkDefinition, platform: PlatformFacts): Problem[] {
  const type = ipamType(ipam);
  if (type === undefined) return [];
  const { ipams } = platform;
  if (!ipams) return isBrought(type, platform) ? [] : [missing('ipam', `"${type}"`, platform)];
  if (ipams.includes(type)) return [];
  return [
    {
      code: 'NL_PLATFORM_UNSUPPORTED',
      key: 'ipam',
      found: `"${type}" is not an IPAM of ${platform.name}`,
      allowed: `one of ${ipams.join(', ')}`,
      fix: `use ${ipams[0]}`,
    },
  ];
}

function checkLink({ link }: NetworkDefinition, platform: PlatformFacts): Problem[] {
  const type = linkType(link);
  const { links } = platform;
  if (!links) return isBrought(type, platform) ? [] : [missing('type', `"${type}"`, platform)];
  if (links.includes(type)) return [];
  return [
    {
      code: 'NL_PLATFORM_UNSUPPORTED',
      key: '',
      found: `"${type}" is not a plugin of ${platform.name}`,
      allowed: `one of ${links.join(', ')}`,
      fix: `use ${links[0]}`,
    },
  ];
}

function checkChain({ chain = [] }: NetworkDefinition, platform: PlatformFacts): Problem[] {
  return chain.flatMap((one, index): Problem[] => {
    const type = chainType(one);
    if (isBrought(type, platform)) return [];
    const key = `chain[${index}]`;
    if (!platform.links) return [missing(key, `"${type}"`, platform)];
    return [
      {
        code: 'NL_PLATFORM_UNSUPPORTED',
        key,
        found: `"${type}" is not a plugin of ${platform.name}, which has none that are put behind others`,
        allowed: 'no chain',
        fix: 'leave it out',
      },
    ];
  });
}

/** OpenShift's tuning looks at a list of its own. */
function checkSysctls({ chain = [] }: NetworkDefinition, platform: PlatformFacts): Problem[] {
  const { sysctls } = platform;
  if (!sysctls) return [];
  return chain.flatMap((one, index) => {
    if (one.kind !== 'tuning') return [];
    return Object.keys(Object(one.settings.sysctl))
      .filter((name) => !sysctls.includes(name.replaceAll('/', '.')))
      .map((name): Problem => {
        const key = `chain[${index}].sysctl[${JSON.stringify(name)}]`;
        return {
          code: 'NL_PLATFORM_MISSING',
          key,
          found: `"${name}" is not on the list of sysctls that ${platform.name} lets pods' networks set`,
          allowed: `one of ${sysctls.join(', ')}, or what the cluster's own list has besides`,
          fix: 'add it to the ConfigMap cni-sysctl-allowlist in openshift-multus, then silence this',
        };
      });
  });
}

function isBrought(type: string, { plugins }: PlatformFacts): boolean {
  return plugins === undefined || plugins.includes(type);
}

function missing(key: string, what: string, { name, cniBinDir }: PlatformFacts): Problem {
  return {
    code: 'NL_PLATFORM_MISSING',
    key,
    found: `${what} is not a plugin that ${name} puts on its nodes, and pods wait without it`,
    allowed: 'plugins that the platform brings, or that something else puts there',
    fix: `put it into ${cniBinDir} of each node, then silence this`,
  };
}
