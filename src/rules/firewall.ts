import { compareReleases, type FirewallSettings, linkType } from '../cni';
import type { Problem } from '../errors';
import type { NetworkDefinition } from '../kubernetes';
import type { NetworkOptions } from './options';
import { ignored } from './unknown-keys';

/** What firewall refuses or ignores beside its keys' own types and words. */
export function checkFirewall(
  { ingressPolicy }: FirewallSettings,
  network: NetworkDefinition,
  { targetVersions }: NetworkOptions,
): Problem[] {
  return [
    ...checkIngressPolicy(ingressPolicy, network),
    ...(ingressPolicy === 'isolated' ? checkIsolated(targetVersions?.plugins) : []),
  ];
}

/** The rules are about the bridge that the first plugin reports; of other plugins it is no bridge. */
function checkIngressPolicy(policy: string | undefined, { link }: NetworkDefinition): Problem[] {
  if (!policy || policy === 'open' || link.kind === 'bridge' || link.kind === 'raw') return [];
  return [
    ignored(
      'ingressPolicy',
      `${policy} is a rule about a bridge, and ${linkType(link)} has none`,
      'leave it out, or use a bridge',
    ),
  ];
}

/** The key is older than this word. */
const ISOLATED_SINCE = '1.7.0';

function checkIsolated(plugins: string | undefined): Problem[] {
  if (plugins === undefined || compareReleases(plugins, ISOLATED_SINCE) >= 0) return [];
  return [
    {
      code: 'NL_RELEASE_TOO_OLD',
      key: 'ingressPolicy',
      found: `"isolated" is not known to CNI plugins ${plugins} (it came with ${ISOLATED_SINCE}), which refuse it`,
      allowed: 'words that the nodes know (targetVersions)',
      fix: `install CNI plugins ${ISOLATED_SINCE}, or use same-bridge`,
    },
  ];
}
