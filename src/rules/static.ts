import type { StaticAddress, StaticSettings } from '../cni';
import type { Problem } from '../errors';
import {
  addressProblem,
  checkGateway,
  InterfaceAddress,
  IpAddress,
  interfaceAddressProblem,
} from '../ipam';
import { checkRoutes } from './routes';

/** What static refuses beside its keys' own types. */
export function checkStatic(settings: StaticSettings): Problem[] {
  return [
    ...checkStaticAddresses('addresses', settings.addresses),
    ...checkRoutes('routes', settings.routes),
  ];
}

/** Checks addresses that every pod gets, which are all on one interface. */
export function checkStaticAddresses(
  key: string,
  addresses: readonly StaticAddress[] = [],
): Problem[] {
  const seen = new Map<string, string>();
  return addresses.flatMap(({ address, gateway }, index) => {
    const at = `${key}[${index}]`;
    const problems: Problem[] = [];
    const parsed = InterfaceAddress.tryParse(address);
    // A missing one is told of as a missing key.
    if (!parsed && address !== undefined) {
      problems.push(interfaceAddressProblem(`${at}.address`, address));
    }
    if (parsed) problems.push(...checkOnce(`${at}.address`, parsed, seen));
    if (gateway === undefined) return problems;
    if (parsed) problems.push(...checkGateway(`${at}.gateway`, gateway, parsed.network));
    else if (!IpAddress.tryParse(gateway)) {
      problems.push(addressProblem(`${at}.gateway`, gateway));
    }
    return problems;
  });
}

/** The kernel refuses an address that the interface has; in IPv4 the prefix length counts too. */
function checkOnce(key: string, address: InterfaceAddress, seen: Map<string, string>): Problem[] {
  const name = address.family === 4 ? String(address) : String(address.address);
  const first = seen.get(name);
  if (first === undefined) {
    seen.set(name, key);
    return [];
  }
  return [
    {
      code: 'NL_ADDRESS_TWICE',
      key,
      found: `"${address}" stands in ${first} already`,
      allowed: 'each address once',
      fix: 'leave one of them out',
    },
  ];
}
