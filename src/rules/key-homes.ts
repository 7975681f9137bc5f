import {
  CHAIN_SPECS,
  chainSpec,
  chainType,
  IPAM_SPECS,
  ipamSpec,
  LINK_SPECS,
  LIST,
  linkSpec,
  SINGLE,
} from '../cni';
import type { NetworkDefinition } from '../kubernetes';
import type { KeyHome } from './unknown-keys';

/** Where a key of the interface plugin could belong, the likeliest first. */
export function linkHomes(network: NetworkDefinition): KeyHome[] {
  return [...ownIpam(network), list(network), ...ownChain(network), ...OTHERS];
}

/** Where a key of the IPAM could belong. */
export function ipamHomes(network: NetworkDefinition): KeyHome[] {
  const fix = 'move it out of ipam';
  return [...ownLink(network, fix), { spec: SINGLE, fix }, list(network), ...IPAMS, ...OTHERS];
}

/** Where a key of a chained plugin could belong. */
export function chainHomes(network: NetworkDefinition): KeyHome[] {
  const own = ownLink(network, 'move it to the first plugin');
  return [...own, ...ownChain(network), ...ownIpam(network), list(network), ...CHAINS, ...OTHERS];
}

/** Where a key beside the plugins of a list could belong. */
export function listHomes(network: NetworkDefinition): KeyHome[] {
  const fix = 'move it to the first plugin';
  const own = [...ownLink(network, fix), { spec: SINGLE, fix }];
  return [...own, ...ownIpam(network), ...ownChain(network), ...OTHERS];
}

const LINKS: readonly KeyHome[] = Object.values(LINK_SPECS).map((spec) => ({ spec }));
const CHAINS: readonly KeyHome[] = Object.values(CHAIN_SPECS).map((spec) => ({ spec }));
const IPAMS: readonly KeyHome[] = Object.values(IPAM_SPECS).map((spec) => ({ spec }));
const OTHERS: readonly KeyHome[] = [...LINKS, ...CHAINS, ...IPAMS];

function ownLink({ link }: NetworkDefinition, fix: string): KeyHome[] {
  const spec = linkSpec(link.kind);
  return spec ? [{ spec, fix }] : [];
}

function ownIpam({ ipam }: NetworkDefinition): KeyHome[] {
  const spec = ipamSpec(ipam.kind);
  return spec ? [{ spec, fix: 'move it into ipam' }] : [];
}

function ownChain({ chain = [] }: NetworkDefinition): KeyHome[] {
  return chain.flatMap((one) => {
    const spec = chainSpec(one.kind);
    return spec ? [{ spec, fix: `move it to the chained ${chainType(one)}` }] : [];
  });
}

function list(network: NetworkDefinition): KeyHome {
  const isList = network.list !== undefined || (network.chain?.length ?? 0) > 0;
  const fix = isList ? 'move it beside plugins' : 'write the network as a list: "plugins": [...]';
  return { spec: LIST, fix };
}
