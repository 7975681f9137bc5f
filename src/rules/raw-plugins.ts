import { distance } from 'fastest-levenshtein';
import { CHAIN_SPECS, IPAM_SPECS, isMembers, LINK_SPECS, type PluginConfig } from '../cni';
import { fits } from '../cni/codec';
import { type Problem, within } from '../errors';
import type { NetworkDefinition } from '../kubernetes';
import { wrongType } from './keys';
import { isReserved, reserved } from './unknown-keys';

/** What a plugin is in a network. */
type Role = 'link' | 'ipam' | 'chain';

const KNOWN: Readonly<Record<Role, readonly string[]>> = {
  link: Object.keys(LINK_SPECS),
  ipam: Object.keys(IPAM_SPECS),
  chain: Object.keys(CHAIN_SPECS),
};

/** What can be told of a plugin that netloom does not know, or that is given as it is. */
export function checkRawPlugin(
  prefix: string,
  config: PluginConfig,
  { verbatim = false }: NetworkDefinition,
  role: Role,
): Problem[] {
  const members: unknown = config;
  if (!isMembers(members)) return [];
  return within(prefix, [
    ...(verbatim ? checkType(config.type, role) : []),
    ...(role === 'ipam' ? [] : checkMembers(members)),
  ]);
}

function checkType(type: string, role: Role): Problem[] {
  const known = KNOWN[role];
  if (known.includes(type) || isChainedLink(type, role)) return [];
  const near = known
    .map((name) => ({ name, slips: distance(name, type.toLowerCase()) }))
    .filter(({ slips }) => slips <= 2)
    .sort((a, b) => a.slips - b.slips)[0];
  return [
    {
      code: 'NL_PLUGIN_UNKNOWN',
      key: 'type',
      found: `${JSON.stringify(type)} is no ${NAMES[role]} that netloom knows, so that nothing of it is checked`,
      allowed: `one of ${known.join(', ')}, or another one that the nodes have`,
      fix: near ? `${near.name}?` : 'silence this where the nodes have it',
    },
  ];
}

const NAMES: Readonly<Record<Role, string>> = {
  link: 'interface plugin',
  ipam: 'IPAM',
  chain: 'chained plugin',
};

/** In the wrong place, of which the order tells. */
function isChainedLink(type: string, role: Role): boolean {
  if (role === 'ipam') return false;
  return [...KNOWN.link, ...KNOWN.chain].includes(type);
}

/** libcni reads the capabilities of every plugin, and has keys of its own. */
function checkMembers(config: Readonly<Record<string, unknown>>): Problem[] {
  const { capabilities } = config;
  const spec = { kind: 'map', of: { kind: 'flag' } } as const;
  const isWrong = capabilities !== undefined && capabilities !== null && !fits(spec, capabilities);
  return [
    ...(isWrong ? [wrongType('capabilities', spec, capabilities)] : []),
    ...Object.keys(config).flatMap((name) => (isReserved(name) ? [reserved(name)] : [])),
  ];
}
