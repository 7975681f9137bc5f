import { NetloomError, type Problem } from '../errors';
import { addressProblem, IpAddress } from './address';
import { Cidr, checkCidr } from './cidr';
import { outsideClaimable } from './claim-problems';
import type { ClaimRequest } from './claim-records';
import { macProblem, parseMac } from './mac';
import { familiesOf } from './pool';
import type { PoolLedger } from './pool-ledger';
import { KIND_BITS, type NumberKind, nameOf, type Words, wordsOf } from './words';

/** One number or block that a request asks for. */
export interface Want {
  readonly kind: NumberKind;
  /** 2^order numbers, aligned. */
  readonly order: number;
  /** Exactly these, as the request has them. */
  readonly at?: { readonly words: Words; readonly text: string } | undefined;
}

type WantedKeys = Pick<ClaimRequest, 'addresses' | 'family' | 'prefixLength' | 'mac'>;

/**
 * What a request asks for: at most one of each kind, IPv4 before IPv6 before MAC.
 *
 * @throws NetloomError with all that is wrong with it
 */
export function wantsOf(ledger: PoolLedger, request: WantedKeys): readonly Want[] {
  const problems: Problem[] = [];
  const wants = request.addresses?.length
    ? wantedAddresses(ledger, request.addresses, problems)
    : chosenAddresses(ledger, request, problems);
  const mac = wantedMac(ledger, request, wants.length === 0, problems);
  if (problems.length > 0) throw new NetloomError(problems);
  return mac ? [...wants, mac] : wants;
}

function wantedAddresses(
  ledger: PoolLedger,
  texts: readonly string[],
  problems: Problem[],
): Want[] {
  const wants: Want[] = [];
  for (const text of texts) {
    const want = parseWanted(text);
    if (want === undefined) {
      const isBlock = typeof text === 'string' && text.includes('/');
      problems.push((isBlock && checkCidr('address', text)) || addressProblem('address', text));
    } else if (!ledger.space(want.kind)?.serves(want.at.words, want.order)) {
      problems.push(outsideClaimable(text, ledger.name, ledger.subnets));
    } else if (wants.some((other) => other.kind === want.kind)) {
      problems.push({
        code: 'NL_ADDRESS_TWICE',
        key: 'address',
        found: `"${text}" is a second ${nameOf(want.kind)} address in one claim`,
        allowed: 'one address of each family',
        fix: 'make a claim for each of them',
      });
    } else {
      wants.push(want);
    }
  }
  return wants.sort((one, other) => (one.kind < other.kind ? -1 : 1));
}

/** A single address, or a block in prefix form. */
function parseWanted(text: string): (Want & { at: NonNullable<Want['at']> }) | undefined {
  const cidr = typeof text === 'string' && text.includes('/') ? Cidr.tryParse(text) : undefined;
  const address = cidr?.network ?? IpAddress.tryParse(text);
  if (address === undefined) return undefined;
  const kind = address.family === 4 ? 'ipv4' : 'ipv6';
  const order = cidr === undefined ? 0 : KIND_BITS[kind] - cidr.prefixLength;
  return { kind, order, at: { words: wordsOf(address.value), text } };
}

const SINGLE: Readonly<Record<'ipv4' | 'ipv6', readonly Want[]>> = {
  ipv4: [{ kind: 'ipv4', order: 0 }],
  ipv6: [{ kind: 'ipv6', order: 0 }],
};

function chosenAddresses(
  ledger: PoolLedger,
  { family, prefixLength }: WantedKeys,
  problems: Problem[],
): readonly Want[] {
  const hasV4 = ledger.space('ipv4') !== undefined;
  const hasV6 = ledger.space('ipv6') !== undefined;
  if (family === 'none') return [];
  if (family === undefined && prefixLength === undefined) {
    if (hasV4) return SINGLE.ipv4;
    return hasV6 ? SINGLE.ipv6 : [];
  }
  const families = family ? familiesOf(family) : [hasV4 ? 4 : 6];
  const kinds = families.map((one): 'ipv4' | 'ipv6' => (one === 4 ? 'ipv4' : 'ipv6'));
  const missing = kinds.find((kind) => ledger.space(kind) === undefined);
  if (missing !== undefined) {
    problems.push({
      code: 'NL_FAMILY_MISSING',
      key: 'family',
      found: `"${family ?? 'ipv6'}" asks for an ${nameOf(missing)} address, and pool "${ledger.name}" has no ${nameOf(missing)} subnet`,
      allowed: hasV4 ? '"ipv4"' : hasV6 ? '"ipv6"' : '"none", with a MAC address alone',
      fix: 'ask for what the pool has, or give the pool a subnet of that family',
    });
    return [];
  }
  if (prefixLength !== undefined && kinds.length > 1) {
    problems.push({
      code: 'NL_VALUE_OUT_OF_RANGE',
      key: 'prefixLength',
      found: `${prefixLength} can't be the length of blocks of two families`,
      allowed: 'a length with one family',
      fix: 'make a claim for each family',
    });
    return [];
  }
  return kinds.map((kind) => ({ kind, order: orderOfBlock(ledger, kind, prefixLength, problems) }));
}

function orderOfBlock(
  ledger: PoolLedger,
  kind: 'ipv4' | 'ipv6',
  prefixLength: number | undefined,
  problems: Problem[],
): number {
  if (prefixLength === undefined) return 0;
  const family = kind === 'ipv4' ? 4 : 6;
  const lengths = ledger.subnets
    .filter(({ subnet }) => subnet.family === family)
    .map(({ subnet }) => subnet.prefixLength);
  const shortest = Math.min(...lengths);
  const isLength = Number.isInteger(prefixLength) && prefixLength >= shortest;
  if (isLength && prefixLength <= KIND_BITS[kind]) return KIND_BITS[kind] - prefixLength;
  problems.push({
    code: 'NL_VALUE_OUT_OF_RANGE',
    key: 'prefixLength',
    found: `${prefixLength} is not the length of a block in ${nameOf(kind)} of pool "${ledger.name}"`,
    allowed: `a whole number from ${shortest} to ${KIND_BITS[kind]}`,
    fix: 'correct it, or leave it out for one address',
  });
  return 0;
}

function wantedMac(
  ledger: PoolLedger,
  { mac }: WantedKeys,
  isAlone: boolean,
  problems: Problem[],
): Want | undefined {
  if ((mac === undefined && !isAlone) || mac === false || problems.length > 0) {
    if (isAlone && problems.length === 0) problems.push(nothingAsked(ledger));
    return undefined;
  }
  const space = ledger.space('mac');
  if (space === undefined) {
    problems.push({
      code: 'NL_FAMILY_MISSING',
      key: 'mac',
      found: `a MAC address is asked for, and pool "${ledger.name}" has none to give`,
      allowed: 'a pool with macs',
      fix: 'give the pool macs such as 02:00:5e:00:00:00/24, or leave mac out',
    });
    return undefined;
  }
  if (typeof mac !== 'string') return { kind: 'mac', order: 0 };
  const value = parseMac(mac);
  if (value === undefined) {
    problems.push(macProblem('mac', mac));
    return undefined;
  }
  const words = wordsOf(value);
  if (space.serves(words, 0)) return { kind: 'mac', order: 0, at: { words, text: mac } };
  problems.push({
    code: 'NL_CLAIM_OUTSIDE_CLAIMABLE',
    key: 'mac',
    found: `"${mac}" is not among the MAC addresses of "${ledger.name}"`,
    allowed: `one of ${ledger.record.spec.macs?.join(', ')}`,
    fix: 'take one of these, or write true to be given one',
  });
  return undefined;
}

function nothingAsked(ledger: PoolLedger): Problem {
  return {
    code: 'NL_VALUES_CONFLICT',
    key: 'mac',
    found: `the claim from pool "${ledger.name}" asks for neither an address nor a MAC address`,
    allowed: 'an address, a MAC address, or both',
    fix: 'write mac: true, or leave family "none" out',
  };
}
