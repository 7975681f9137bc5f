import type { Problem } from '../errors';
import type { NetworkDefinition } from '../kubernetes';
import { networkCidrs } from './network-addresses';
import { ignoresMtuAndMac } from './tap';

/** The least MTU of IPv6 (RFC 8200): below it the kernel has no IPv6 on an interface. */
const LEAST_FOR_IPV6 = 1280;

/** MTUs that leave no room for the network's IPv6 addresses. */
export function checkMtus(network: NetworkDefinition): Problem[] {
  const { chain = [] } = network;
  const mtu = linkMtu(network);
  const tuned = chain.flatMap((one, index) =>
    one.kind === 'tuning' && isSmall(one.settings.mtu)
      ? [{ key: `chain[${index}].mtu`, mtu: one.settings.mtu }]
      : [],
  );
  if (!(isSmall(mtu) || tuned.length > 0) || !givesIpv6(network)) return [];
  return [...(isSmall(mtu) ? [refused(mtu)] : tuned.map((one) => lost(one.key, one.mtu)))];
}

function linkMtu({ link }: NetworkDefinition): number | undefined {
  switch (link.kind) {
    case 'bridge':
    case 'macvlan':
    case 'ipvlan':
    case 'vlan':
    case 'ptp':
      return link.settings.mtu;
    case 'tap':
      return ignoresMtuAndMac(link.settings) ? undefined : link.settings.mtu;
    default:
      return undefined;
  }
}

function isSmall(mtu: number | undefined): mtu is number {
  return mtu !== undefined && mtu > 0 && mtu < LEAST_FOR_IPV6;
}

function givesIpv6(network: NetworkDefinition): boolean {
  return networkCidrs(network).some(({ cidr }) => cidr.family === 6);
}

function refused(mtu: number): Problem {
  return {
    code: 'NL_VALUE_OUT_OF_RANGE',
    key: 'mtu',
    found: `${mtu} bytes are too few for IPv6, of which the network gives addresses, and the kernel refuses them`,
    allowed: `at least ${LEAST_FOR_IPV6} with IPv6`,
    fix: `${LEAST_FOR_IPV6}?`,
  };
}

function lost(key: string, mtu: number): Problem {
  return {
    code: 'NL_MTU_SMALL',
    key,
    found: `${mtu} bytes are too few for IPv6: the kernel takes the addresses away that the network gives, without a word`,
    allowed: `at least ${LEAST_FOR_IPV6} with IPv6`,
    fix: `${LEAST_FOR_IPV6}?`,
  };
}
