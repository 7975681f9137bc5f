import { NetloomError, type Problem } from '../errors';
import { ADDRESS_BITS, IpAddress, type IpFamily } from './address';
import { ParsedTexts } from './parsed-texts';

/** A network in prefix form with host bits zero, e.g. `10.10.0.0/24`. */
export class Cidr {
  private constructor(
    /** First address; host bits are zero. */
    readonly network: IpAddress,
    /** 0 to 32, or 0 to 128. */
    readonly prefixLength: number,
    /** Last address; the broadcast address in IPv4. */
    readonly last: IpAddress,
  ) {}

  /**
   * @param text e.g. `10.10.0.0/24` or `fd00:10::/64`
   * @throws NetloomError NL_SUBNET_INVALID, NL_HOST_BITS
   */
  static parse(text: string): Cidr {
    const cidr = Cidr.tryParse(text);
    if (cidr) return cidr;
    throw new NetloomError(checkCidr('', text) as Problem);
  }

  /** Like {@link parse}, giving undefined for what is no network or has host bits set. */
  static tryParse(text: string): Cidr | undefined {
    return typeof text === 'string' ? Cidr.parsed.get(text) : undefined;
  }

  private static readonly parsed = new ParsedTexts((text): Cidr | undefined => {
    const written = InterfaceAddress.tryParse(text);
    const cidr = written?.network;
    return written && cidr?.network.equals(written.address) ? cidr : undefined;
  });

  /** The network of that length around an address. */
  static around(address: IpAddress, prefixLength: number): Cidr {
    const { family, value } = address;
    const hostMask = (1n << BigInt(ADDRESS_BITS[family] - prefixLength)) - 1n;
    const hostBits = value & hostMask;
    const network = hostBits === 0n ? address : IpAddress.of(family, value - hostBits);
    return new Cidr(network, prefixLength, IpAddress.of(family, value | hostMask));
  }

  get family(): IpFamily {
    return this.network.family;
  }

  /** Number of addresses, network and broadcast included. */
  get size(): bigint {
    return 1n << BigInt(ADDRESS_BITS[this.family] - this.prefixLength);
  }

  contains(address: IpAddress): boolean {
    return (
      address.family === this.family &&
      address.value >= this.network.value &&
      address.value <= this.last.value
    );
  }

  overlaps(other: Cidr): boolean {
    return this.contains(other.network) || other.contains(this.network);
  }

  equals(other: Cidr): boolean {
    return this.prefixLength === other.prefixLength && this.network.equals(other.network);
  }

  toString(): string {
    return `${this.network}/${this.prefixLength}`;
  }

  toJSON(): string {
    return this.toString();
  }
}

/** An address with the prefix length of its network, e.g. `10.10.0.10/24`: what an interface carries. */
export class InterfaceAddress {
  private constructor(
    readonly address: IpAddress,
    readonly prefixLength: number,
  ) {}

  /**
   * @param text e.g. `10.10.0.10/24`
   * @throws NetloomError NL_ADDRESS_INVALID
   */
  static parse(text: string): InterfaceAddress {
    const parsed = InterfaceAddress.tryParse(text);
    if (parsed === undefined) throw new NetloomError(interfaceAddressProblem('', text));
    return parsed;
  }

  /** Like {@link parse}, giving undefined for what is none. Prefix lengths such as `/08` are none. */
  static tryParse(text: string): InterfaceAddress | undefined {
    if (typeof text !== 'string') return undefined;
    const slash = text.indexOf('/');
    if (slash < 0) return undefined;
    const address = IpAddress.tryParse(text.slice(0, slash));
    const prefix = text.slice(slash + 1);
    if (address === undefined || !/^(0|[1-9]\d{0,2})$/.test(prefix)) return undefined;
    const prefixLength = Number(prefix);
    if (prefixLength > ADDRESS_BITS[address.family]) return undefined;
    return new InterfaceAddress(address, prefixLength);
  }

  static of(address: IpAddress, prefixLength: number): InterfaceAddress {
    return new InterfaceAddress(address, prefixLength);
  }

  get family(): IpFamily {
    return this.address.family;
  }

  get network(): Cidr {
    return Cidr.around(this.address, this.prefixLength);
  }

  toString(): string {
    return `${this.address}/${this.prefixLength}`;
  }

  toJSON(): string {
    return this.toString();
  }
}

/** The problem of a text that is no network, or undefined. */
export function checkCidr(key: string, text: unknown): Problem | undefined {
  if (Cidr.tryParse(text as string)) return undefined;
  const parsed = typeof text === 'string' ? InterfaceAddress.tryParse(text) : undefined;
  if (parsed === undefined) {
    const bare = typeof text === 'string' ? IpAddress.tryParse(text) : undefined;
    return {
      code: 'NL_SUBNET_INVALID',
      key,
      found: `${JSON.stringify(text)} is not a network in prefix form`,
      allowed:
        'ADDRESS/LENGTH, with a length of 0 to 32 (IPv4) or 0 to 128 (IPv6), such as 10.10.0.0/24 or fd00:10::/64',
      fix: bare ? `${Cidr.around(bare, likelyLength(bare))}?` : 'write address and length',
    };
  }
  const network = parsed.network;
  if (network.network.equals(parsed.address)) return undefined;
  return {
    code: 'NL_HOST_BITS',
    key,
    found: `"${text}" has host bits set`,
    allowed: 'the first address of the network before the slash',
    fix: `${network}?`,
  };
}

/** The problem of a text that is no address with prefix length. */
export function interfaceAddressProblem(key: string, text: unknown): Problem {
  const bare = typeof text === 'string' ? IpAddress.tryParse(text) : undefined;
  return {
    code: 'NL_ADDRESS_INVALID',
    key,
    found: `${JSON.stringify(text)} is not an address with prefix length`,
    allowed: 'ADDRESS/LENGTH, such as 10.10.0.10/24 or fd00:10::10/64',
    fix: bare ? `${bare}/${likelyLength(bare)}?` : 'write address and length',
  };
}

/** Of an address that somebody wrote without. */
function likelyLength(address: IpAddress): number {
  if (address.value === 0n) return 0;
  return address.family === 4 ? 24 : 64;
}
