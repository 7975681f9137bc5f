import type { CniDns } from '../cni';
import type { Problem } from '../errors';
import { addressProblem, IpAddress } from '../ipam';

/** Checks the name servers that a plugin reports: no plugin looks whether they are addresses. */
export function checkDns(key: string, dns: CniDns | undefined): Problem[] {
  return (dns?.nameservers ?? []).flatMap((text, index) =>
    IpAddress.tryParse(text) ? [] : [addressProblem(`${key}.nameservers[${index}]`, text)],
  );
}
