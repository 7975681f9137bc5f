import fc from 'fast-check';
import { Cidr, checkRange, IpAddress, IpRange, NetloomError } from 'netloom';
import { anyAddress, anyCidr, anyRange } from './arbitraries';

describe('ranges', () => {
  const cases = [
    {
      name: 'first and last',
      given: '10.10.0.100-10.10.0.119',
      want: '10.10.0.100-10.10.0.119',
      size: 20n,
    },
    { name: 'one address', given: '10.10.0.100', want: '10.10.0.100', size: 1n },
    { name: 'first is last', given: 'fd00::1-FD00::1', want: 'fd00::1', size: 1n },
    {
      name: 'prefix form, IPv4',
      given: '10.10.0.96/27',
      want: '10.10.0.96-10.10.0.127',
      size: 32n,
    },
    {
      name: 'prefix form, IPv6',
      given: 'fd00:10::80/121',
      want: 'fd00:10::80-fd00:10::ff',
      size: 128n,
    },
    { name: 'one address in prefix form', given: '10.10.0.1/32', want: '10.10.0.1', size: 1n },
  ];

  test.each(cases)('$name', ({ given, want, size }) => {
    const range = IpRange.parse(given);
    expect(String(range)).toBe(want);
    expect(JSON.stringify(range)).toBe(`"${want}"`);
    expect(range.size).toBe(size);
    expect(checkRange('', given)).toBeUndefined();
  });
});

describe('what is no range', () => {
  const EXAMPLE = 'write it as 10.10.0.100-10.10.0.119 or fd00:10::80/121';
  const cases = [
    {
      name: 'ends in the wrong order',
      given: '10.0.0.9-10.0.0.1',
      want: 'NL_RANGE_INVALID',
      fix: '10.0.0.1-10.0.0.9?',
    },
    { name: 'host bits', given: '10.10.0.100/28', want: 'NL_HOST_BITS', fix: '10.10.0.96/28?' },
    { name: 'two families', given: '10.0.0.1-fd00::1', want: 'NL_RANGE_INVALID', fix: EXAMPLE },
    {
      name: 'three ends',
      given: '10.0.0.1-10.0.0.2-10.0.0.3',
      want: 'NL_RANGE_INVALID',
      fix: EXAMPLE,
    },
    { name: 'no last', given: '10.0.0.1-', want: 'NL_RANGE_INVALID', fix: EXAMPLE },
    { name: 'no first', given: '-10.0.0.1', want: 'NL_RANGE_INVALID', fix: EXAMPLE },
    { name: 'the last part alone', given: '10.0.0.1-9', want: 'NL_RANGE_INVALID', fix: EXAMPLE },
    {
      name: 'two dots, as Kube-OVN writes it',
      given: '10.0.0.1..10.0.0.9',
      want: 'NL_RANGE_INVALID',
      fix: EXAMPLE,
    },
    {
      name: 'blanks around the dash',
      given: '10.0.0.1 - 10.0.0.9',
      want: 'NL_RANGE_INVALID',
      fix: '10.0.0.1-10.0.0.9?',
    },
    {
      name: 'a blank before prefix form',
      given: ' 10.0.0.0/24',
      want: 'NL_RANGE_INVALID',
      fix: '10.0.0.0/24?',
    },
    { name: 'octal', given: '10.0.0.010-10.0.0.20', want: 'NL_RANGE_INVALID', fix: EXAMPLE },
    {
      name: 'a length with a zero in front',
      given: '10.0.0.0/08',
      want: 'NL_RANGE_INVALID',
      fix: EXAMPLE,
    },
    { name: 'a zone', given: 'fe80::1%eth0', want: 'NL_RANGE_INVALID', fix: EXAMPLE },
    { name: 'nothing', given: '', want: 'NL_RANGE_INVALID', fix: EXAMPLE },
    { name: 'no text', given: 10, want: 'NL_RANGE_INVALID', fix: EXAMPLE },
  ];

  test.each(cases)('$name', ({ given, want, fix }) => {
    expect(IpRange.tryParse(given as string)).toBeUndefined();
    expect(checkRange('claimable[0]', given)).toMatchObject({
      code: want,
      key: 'claimable[0]',
      fix,
    });
    expect(() => IpRange.parse(given as string)).toThrow(NetloomError);
  });

  test('ends of two families, or in the wrong order, are a mistake of the program', () => {
    const [a, b] = [IpAddress.parse('10.0.0.1'), IpAddress.parse('10.0.0.2')];
    expect(() => IpRange.of(b, a)).toThrow(RangeError);
    expect(() => IpRange.of(a, IpAddress.parse('fd00::1'))).toThrow(RangeError);
  });
});

test('print then parse is the identity', () => {
  fc.assert(
    fc.property(anyRange, (range) => {
      const parsed = IpRange.parse(String(range));
      expect(parsed.first.equals(range.first)).toBe(true);
      expect(parsed.last.equals(range.last)).toBe(true);
    }),
    { numRuns: 1000 },
  );
});

test('a network and its range hold the same', () => {
  fc.assert(
    fc.property(anyCidr, anyAddress, (cidr, address) => {
      const range = IpRange.ofCidr(cidr);
      expect(range.size).toBe(cidr.size);
      expect(range.contains(address)).toBe(cidr.contains(address));
    }),
  );
});

test('overlap is symmetric, and means a common address', () => {
  fc.assert(
    fc.property(anyRange, anyRange, (a, b) => {
      expect(a.overlaps(b)).toBe(b.overlaps(a));
      expect(a.overlaps(a)).toBe(true);
      const common = [a.first, b.first].some((end) => a.contains(end) && b.contains(end));
      expect(a.overlaps(b)).toBe(common);
    }),
    { numRuns: 500 },
  );
});

test('neighbours do not overlap', () => {
  const a = IpRange.parse('10.0.0.0-10.0.0.9');
  expect(a.overlaps(IpRange.parse('10.0.0.10-10.0.0.19'))).toBe(false);
  expect(a.overlaps(IpRange.parse('10.0.0.9-10.0.0.19'))).toBe(true);
  expect(a.overlaps(IpRange.ofCidr(Cidr.parse('::/0')))).toBe(false);
});
