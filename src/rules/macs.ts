import type { Problem } from '../errors';
import { shortJson } from './short-json';

/** Six octets, by colons or dashes, or in three groups by dots: what Go reads, and an interface takes. */
const MAC =
  /^(?:[0-9a-f]{2}([:-])(?:[0-9a-f]{2}\1){4}[0-9a-f]{2}|(?:[0-9a-f]{4}\.){2}[0-9a-f]{4})$/i;

/** Checks the MAC address that an interface shall have: the kernel refuses multicast and zero. */
export function checkMac(key: string, mac: unknown): Problem[] {
  const isMac = typeof mac === 'string' && MAC.test(mac);
  const isMulticast = isMac && (Number.parseInt(mac.slice(0, 2), 16) & 1) === 1;
  const isZero = isMac && /^[0:.-]+$/.test(mac);
  if (isMac && !isMulticast && !isZero) return [];
  return [
    {
      code: 'NL_MAC_INVALID',
      key,
      found: `${shortJson(mac)} is ${isMulticast ? 'a multicast address' : isZero ? 'no address of an interface' : 'not a MAC address'}`,
      allowed: 'six octets, not all zero, whose first is even, such as 02:00:00:00:00:01',
      fix: 'correct it, or leave it out',
    },
  ];
}
