import fc from 'fast-check';
import { ADDRESS_BITS, Cidr, IpAddress, type IpFamily, IpRange, IpRangeSet } from 'netloom';

/** IPv4 mapped into IPv6 is none of our addresses, so nothing prints it. */
const isMapped = (value: bigint): boolean => value >> 32n === 0xffffn;

export const anyFamily: fc.Arbitrary<IpFamily> = fc.constantFrom(4, 6);

export function addressOf(family: IpFamily): fc.Arbitrary<IpAddress> {
  const max = (1n << BigInt(ADDRESS_BITS[family])) - 1n;
  // Sparse values have the runs of zeros that random ones never have.
  const sparse = fc
    .array(fc.constantFrom<bigint>(0n, 0n, 1n, 0xffffn, 0xabcn), { minLength: 8, maxLength: 8 })
    .map((groups) => groups.reduce((sum, group) => (sum << 16n) | group, 0n) & max);
  return fc
    .oneof(fc.bigInt({ min: 0n, max }), sparse, fc.constantFrom(0n, 1n, max))
    .filter((value) => family === 4 || !isMapped(value))
    .map((value) => IpAddress.of(family, value));
}

export const anyAddress = anyFamily.chain(addressOf);

export const anyCidr = anyAddress.chain((address) =>
  fc
    .integer({ min: 0, max: ADDRESS_BITS[address.family] })
    .map((length) => Cidr.around(address, length))
    .filter((cidr) => cidr.family === 4 || !isMapped(cidr.network.value)),
);

export const anyRange = anyFamily.chain((family) =>
  fc.tuple(addressOf(family), addressOf(family)).map(([a, b]) => {
    return a.compare(b) <= 0 ? IpRange.of(a, b) : IpRange.of(b, a);
  }),
);

/** Ranges near each other, so that they touch and overlap, at both ends of both families. */
const nearRange = fc
  .record({
    family: anyFamily,
    atTheEnd: fc.boolean(),
    from: fc.integer({ min: 0, max: 40 }),
    length: fc.integer({ min: 1, max: 9 }),
  })
  .map(({ family, atTheEnd, from, length }) => {
    const base = atTheEnd ? (1n << BigInt(ADDRESS_BITS[family])) - 64n : 0n;
    const first = IpAddress.of(family, base + BigInt(from));
    return IpRange.of(first, first.plus(length - 1) as IpAddress);
  });

export const nearRanges = fc.array(nearRange, { maxLength: 8 });

export const nearSet = nearRanges.map((ranges) => IpRangeSet.of(ranges));

/** An address that near sets may hold. */
export const nearAddress = nearRange.map((range) => range.first);
