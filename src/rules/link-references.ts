import type { Problem } from '../errors';
import { checkMac } from './macs';
import { checkLinkName } from './names';
import { shortJson } from './short-json';

/** e.g. `0000:3b:00.0`. */
const PCI = /^[0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]$/i;

/** Checks how a link is told: by name, `mac:`, `pci:`, or `route:default`. */
export function checkLinkReference(key: string, reference: unknown): Problem[] {
  if (typeof reference !== 'string' || !reference.includes(':')) {
    return checkLinkName(key, reference);
  }
  if (reference === 'route:default') return [];
  const colon = reference.indexOf(':');
  const [kind, value] = [reference.slice(0, colon), reference.slice(colon + 1)];
  if (kind === 'mac' && value.includes(':')) return checkMac(key, value);
  if (kind === 'pci' && PCI.test(value)) return [];
  return [
    {
      code: 'NL_IFNAME_INVALID',
      key,
      found: `${shortJson(reference)} does not tell a link`,
      allowed: 'a name, mac:02:00:00:00:00:01, pci:0000:3b:00.0, or route:default',
      fix: kind === 'pci' ? 'see lspci -D for the address' : 'use the name shown by `ip link`',
    },
  ];
}
