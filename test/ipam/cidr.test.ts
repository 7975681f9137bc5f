import fc from 'fast-check';
import { Cidr, checkCidr, InterfaceAddress, IpAddress, NetloomError } from 'netloom';
import { anyAddress, anyCidr } from './arbitraries';

describe('networks in prefix form', () => {
  const cases = [
    { name: 'IPv4', given: '10.10.0.0/24', want: '10.10.0.0/24', last: '10.10.0.255', size: 256n },
    {
      name: 'all of IPv4',
      given: '0.0.0.0/0',
      want: '0.0.0.0/0',
      last: '255.255.255.255',
      size: 1n << 32n,
    },
    {
      name: 'one IPv4 address',
      given: '10.10.0.1/32',
      want: '10.10.0.1/32',
      last: '10.10.0.1',
      size: 1n,
    },
    {
      name: 'IPv6 in full',
      given: 'FD00:0010:0:0:0:0:0:0/64',
      want: 'fd00:10::/64',
      last: 'fd00:10::ffff:ffff:ffff:ffff',
      size: 1n << 64n,
    },
    {
      name: 'all of IPv6',
      given: '::/0',
      want: '::/0',
      last: 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
      size: 1n << 128n,
    },
    {
      name: 'one IPv6 address',
      given: 'fd00::1/128',
      want: 'fd00::1/128',
      last: 'fd00::1',
      size: 1n,
    },
  ];

  test.each(cases)('$name', ({ given, want, last, size }) => {
    const cidr = Cidr.parse(given);
    expect(String(cidr)).toBe(want);
    expect(JSON.stringify(cidr)).toBe(`"${want}"`);
    expect(String(cidr.last)).toBe(last);
    expect(cidr.size).toBe(size);
  });
});

describe('what is no network', () => {
  const cases = [
    { name: 'host bits, IPv4', given: '10.10.0.5/24', want: 'NL_HOST_BITS', fix: '10.10.0.0/24?' },
    {
      name: 'host bits, IPv6',
      given: 'fd00:10::20/64',
      want: 'NL_HOST_BITS',
      fix: 'fd00:10::/64?',
    },
    {
      name: 'a length with a zero in front',
      given: '10.0.0.0/08',
      want: 'NL_SUBNET_INVALID',
      fix: 'write address and length',
    },
    {
      name: 'no length, IPv4',
      given: '10.10.0.20',
      want: 'NL_SUBNET_INVALID',
      fix: '10.10.0.0/24?',
    },
    {
      name: 'no length, IPv6',
      given: 'fd00:10::20',
      want: 'NL_SUBNET_INVALID',
      fix: 'fd00:10::/64?',
    },
    {
      name: 'an empty length',
      given: '10.0.0.0/',
      want: 'NL_SUBNET_INVALID',
      fix: 'write address and length',
    },
    {
      name: 'a length above 32',
      given: '10.0.0.0/33',
      want: 'NL_SUBNET_INVALID',
      fix: 'write address and length',
    },
    {
      name: 'a length above 128',
      given: 'fd00::/129',
      want: 'NL_SUBNET_INVALID',
      fix: 'write address and length',
    },
    {
      name: 'a negative length',
      given: '10.0.0.0/-1',
      want: 'NL_SUBNET_INVALID',
      fix: 'write address and length',
    },
    {
      name: 'a netmask',
      given: '10.0.0.0/255.0.0.0',
      want: 'NL_SUBNET_INVALID',
      fix: 'write address and length',
    },
    {
      name: 'a short form',
      given: '10/8',
      want: 'NL_SUBNET_INVALID',
      fix: 'write address and length',
    },
    {
      name: 'octal',
      given: '010.0.0.0/8',
      want: 'NL_SUBNET_INVALID',
      fix: 'write address and length',
    },
    {
      name: 'two lengths',
      given: '10.0.0.0/8/8',
      want: 'NL_SUBNET_INVALID',
      fix: 'write address and length',
    },
    {
      name: 'a blank',
      given: '10.0.0.0/8 ',
      want: 'NL_SUBNET_INVALID',
      fix: 'write address and length',
    },
    {
      name: 'a zone',
      given: 'fe80::%eth0/64',
      want: 'NL_SUBNET_INVALID',
      fix: 'write address and length',
    },
    { name: 'nothing', given: '', want: 'NL_SUBNET_INVALID', fix: 'write address and length' },
    {
      name: 'no text',
      given: undefined,
      want: 'NL_SUBNET_INVALID',
      fix: 'write address and length',
    },
  ];

  test.each(cases)('$name', ({ given, want, fix }) => {
    expect(Cidr.tryParse(given as string)).toBeUndefined();
    expect(checkCidr('ipam.subnet', given)).toMatchObject({ code: want, key: 'ipam.subnet', fix });
    expect(() => Cidr.parse(given as string)).toThrow(NetloomError);
  });
});

describe('an address with prefix length', () => {
  test.each(['10.10.0.10/24', 'fd00:10::10/64', '10.0.0.0/8', '::/0'])('%s', (text) => {
    expect(String(InterfaceAddress.parse(text))).toBe(text);
  });

  test.each([
    '10.10.0.10',
    '10.10.0.10/024',
    '10.10.0.10/33',
    ' 10.10.0.10/24',
    'fe80::1%br0/64',
    '',
  ])('%j is none', (text) => {
    expect(InterfaceAddress.tryParse(text)).toBeUndefined();
    expect(() => InterfaceAddress.parse(text)).toThrow(/NL_ADDRESS_INVALID/);
  });

  test('print then parse is the identity', () => {
    fc.assert(
      fc.property(anyAddress, fc.integer({ min: 0, max: 128 }), (address, length) => {
        const prefixLength = length % (address.family === 4 ? 33 : 129);
        const text = String(InterfaceAddress.of(address, prefixLength));
        const parsed = InterfaceAddress.parse(text);
        expect(parsed.address.equals(address)).toBe(true);
        expect(parsed.prefixLength).toBe(prefixLength);
        expect(parsed.network.contains(address)).toBe(true);
      }),
    );
  });
});

test('print then parse is the identity', () => {
  fc.assert(
    fc.property(anyCidr, (cidr) => {
      expect(Cidr.parse(String(cidr)).equals(cidr)).toBe(true);
      expect(String(Cidr.parse(String(cidr)))).toBe(String(cidr));
    }),
    { numRuns: 1000 },
  );
});

test('a network holds its first and last address and not their neighbours', () => {
  fc.assert(
    fc.property(anyCidr, (cidr) => {
      expect(cidr.contains(cidr.network)).toBe(true);
      expect(cidr.contains(cidr.last)).toBe(true);
      expect(cidr.last.value - cidr.network.value + 1n).toBe(cidr.size);
      const before = cidr.network.plus(-1);
      const after = cidr.last.plus(1);
      if (before) expect(cidr.contains(before)).toBe(false);
      if (after) expect(cidr.contains(after)).toBe(false);
    }),
  );
});

test('overlap is symmetric, and means that one holds the other', () => {
  const pair = fc.oneof(
    fc.tuple(anyCidr, anyCidr),
    // Two networks around one address always overlap.
    fc
      .tuple(anyCidr, fc.integer({ min: 0, max: 32 }))
      .map(([cidr, length]): [Cidr, Cidr] => [cidr, Cidr.around(cidr.network, length)]),
  );
  fc.assert(
    fc.property(pair, ([a, b]) => {
      expect(a.overlaps(b)).toBe(b.overlaps(a));
      const holds = (x: Cidr, y: Cidr): boolean => x.contains(y.network) && x.contains(y.last);
      expect(a.overlaps(b)).toBe(holds(a, b) || holds(b, a));
      expect(a.overlaps(a)).toBe(true);
    }),
    { numRuns: 500 },
  );
});

test('the families never overlap, nor hold each other', () => {
  expect(Cidr.parse('0.0.0.0/0').overlaps(Cidr.parse('::/0'))).toBe(false);
  expect(Cidr.parse('::/0').contains(IpAddress.parse('10.0.0.1'))).toBe(false);
});
