import { NetloomError, type Problem } from '../errors';
import { IpAddress, type IpFamily } from './address';
import { Cidr, checkCidr, InterfaceAddress } from './cidr';

/** Consecutive addresses of one family, both ends included. */
export class IpRange {
  private constructor(
    readonly first: IpAddress,
    readonly last: IpAddress,
  ) {}

  /**
   * @param text `FIRST-LAST`, a network in prefix form, or one address
   * @throws NetloomError NL_RANGE_INVALID, NL_HOST_BITS
   */
  static parse(text: string): IpRange {
    const range = IpRange.tryParse(text);
    if (range) return range;
    throw new NetloomError(checkRange('', text) as Problem);
  }

  /** Like {@link parse}, giving undefined for what is no range. */
  static tryParse(text: string): IpRange | undefined {
    if (typeof text !== 'string') return undefined;
    if (text.includes('/')) {
      const cidr = Cidr.tryParse(text);
      return cidr && IpRange.ofCidr(cidr);
    }
    const [from = '', to, ...rest] = text.split('-');
    if (rest.length > 0) return undefined;
    const first = IpAddress.tryParse(from);
    const last = to === undefined ? first : IpAddress.tryParse(to);
    if (!first || !last || first.family !== last.family || first.compare(last) > 0)
      return undefined;
    return new IpRange(first, last);
  }

  /** @throws RangeError when the ends are of two families or in the wrong order. */
  static of(first: IpAddress, last: IpAddress): IpRange {
    if (first.family !== last.family || first.compare(last) > 0) {
      throw new RangeError(`${first} to ${last} is no range`);
    }
    return new IpRange(first, last);
  }

  static ofCidr(cidr: Cidr): IpRange {
    return new IpRange(cidr.network, cidr.last);
  }

  get family(): IpFamily {
    return this.first.family;
  }

  get size(): bigint {
    return this.last.value - this.first.value + 1n;
  }

  contains(address: IpAddress): boolean {
    return (
      address.family === this.family &&
      address.value >= this.first.value &&
      address.value <= this.last.value
    );
  }

  overlaps(other: IpRange): boolean {
    return (
      this.family === other.family &&
      this.first.value <= other.last.value &&
      other.first.value <= this.last.value
    );
  }

  equals(other: IpRange): boolean {
    return this.first.equals(other.first) && this.last.equals(other.last);
  }

  /** `FIRST-LAST`, or the address alone when there is just one. */
  toString(): string {
    return this.first.equals(this.last) ? `${this.first}` : `${this.first}-${this.last}`;
  }

  toJSON(): string {
    return this.toString();
  }
}

/** The problem of a text that is no range, or undefined. */
export function checkRange(key: string, text: unknown): Problem | undefined {
  if (typeof text === 'string' && IpRange.tryParse(text)) return undefined;
  // Only its host bits are wrong.
  if (typeof text === 'string' && InterfaceAddress.tryParse(text)) return checkCidr(key, text);
  const fix = typeof text === 'string' ? likelyRange(text) : undefined;
  return {
    code: 'NL_RANGE_INVALID',
    key,
    found: `${JSON.stringify(text)} is not a range of addresses`,
    allowed:
      'FIRST-LAST of one family and in that order, a network in prefix form without host bits, or one address',
    fix: fix ? `${fix}?` : 'write it as 10.10.0.100-10.10.0.119 or fd00:10::80/121',
  };
}

/** The same without blanks, or with the ends swapped. */
function likelyRange(text: string): string | undefined {
  const compact = text.replace(/\s+/g, '');
  const [from, to] = compact.split('-');
  const range =
    IpRange.tryParse(compact) ?? (to === undefined ? undefined : IpRange.tryParse(`${to}-${from}`));
  return range && (compact.includes('/') ? compact : String(range));
}
