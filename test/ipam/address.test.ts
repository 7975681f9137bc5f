import fc from 'fast-check';
import { IpAddress, NetloomError } from 'netloom';
import { anyAddress, anyFamily } from './arbitraries';

interface TextCase {
  readonly name: string;
  readonly given: string;
  readonly want: string;
}

describe('canonical text is the one of Go and RFC 5952', () => {
  const cases: TextCase[] = [
    { name: 'IPv4 stays as it is', given: '10.10.0.20', want: '10.10.0.20' },
    { name: 'the lowest IPv4 address', given: '0.0.0.0', want: '0.0.0.0' },
    { name: 'the highest IPv4 address', given: '255.255.255.255', want: '255.255.255.255' },
    {
      name: 'leading zeros of a group go (RFC 5952 4.1)',
      given: '2001:0db8::0001',
      want: '2001:db8::1',
    },
    {
      name: 'as much as possible is shortened (4.2.1)',
      given: '2001:db8:0:0:0:0:2:1',
      want: '2001:db8::2:1',
    },
    {
      name: 'one group of zeros is not shortened (4.2.2)',
      given: '2001:db8::1:1:1:1:1',
      want: '2001:db8:0:1:1:1:1:1',
    },
    {
      name: 'the longest run is shortened (4.2.3)',
      given: '2001:0:0:1:0:0:0:1',
      want: '2001:0:0:1::1',
    },
    {
      name: 'the first of equal runs is shortened (4.2.3)',
      given: '2001:db8:0:0:1:0:0:1',
      want: '2001:db8::1:0:0:1',
    },
    { name: 'letters are small (4.3)', given: 'FD00:ABCD::EF', want: 'fd00:abcd::ef' },
    { name: 'all zeros', given: '0:0:0:0:0:0:0:0', want: '::' },
    { name: 'zeros at the end', given: '1:0:0:0:0:0:0:0', want: '1::' },
    { name: 'no zeros at all', given: '1:2:3:4:5:6:7:8', want: '1:2:3:4:5:6:7:8' },
    {
      name: 'a dotted tail becomes groups',
      given: '64:ff9b::192.0.2.33',
      want: '64:ff9b::c000:221',
    },
    {
      name: 'the highest IPv6 address',
      given: 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
      want: 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
    },
  ];

  test.each(cases)('$name', ({ given, want }) => {
    expect(String(IpAddress.parse(given))).toBe(want);
    expect(JSON.stringify(IpAddress.parse(given))).toBe(JSON.stringify(want));
  });
});

describe('what is no address', () => {
  interface RefusedCase {
    readonly name: string;
    readonly given: unknown;
    /** The repair that the message offers. */
    readonly want: string;
  }
  const IN_FULL = 'write the address in full';

  const cases: RefusedCase[] = [
    { name: 'octal in one part', given: '10.010.0.1', want: '10.10.0.1?' },
    { name: 'zeros in front', given: '010.000.000.001', want: '10.0.0.1?' },
    { name: 'three parts', given: '10.0.1', want: IN_FULL },
    { name: 'one part', given: '167772161', want: IN_FULL },
    { name: 'five parts', given: '10.0.0.0.1', want: IN_FULL },
    { name: 'hexadecimal', given: '0x0a.0.0.1', want: IN_FULL },
    { name: 'a part above 255', given: '10.0.0.256', want: IN_FULL },
    { name: 'a part of four digits', given: '10.0.0.0001', want: '10.0.0.1?' },
    { name: 'an empty part', given: '10..0.1', want: IN_FULL },
    { name: 'a sign', given: '10.0.0.-1', want: IN_FULL },
    { name: 'digits of another script', given: '１0.0.0.1', want: IN_FULL },
    { name: 'a blank in front', given: ' 10.0.0.1', want: '10.0.0.1?' },
    { name: 'a blank behind', given: 'fd00::1 ', want: 'fd00::1?' },
    { name: 'a newline behind', given: '10.0.0.1\n', want: '10.0.0.1?' },
    { name: 'a prefix length', given: '10.0.0.1/24', want: '10.0.0.1?' },
    { name: 'a zone', given: 'fe80::1%eth0', want: 'fe80::1?' },
    { name: 'a port', given: '[fd00::1]:80', want: IN_FULL },
    { name: 'two runs shortened', given: 'fd00::1::2', want: IN_FULL },
    { name: 'nine groups', given: '1:2:3:4:5:6:7:8:9', want: IN_FULL },
    { name: 'seven groups', given: '1:2:3:4:5:6:7', want: IN_FULL },
    { name: 'eight groups and a run', given: '1:2:3:4::5:6:7:8', want: IN_FULL },
    { name: 'a group of five digits', given: 'fd00::00001', want: IN_FULL },
    { name: 'no hexadecimal digit', given: 'fd00::g', want: IN_FULL },
    { name: 'one colon at the end', given: '1:2:3:4:5:6:7:', want: IN_FULL },
    { name: 'octal in the dotted tail', given: '64:ff9b::010.0.0.1', want: IN_FULL },
    {
      name: 'IPv4 mapped into IPv6, which Go takes for IPv4',
      given: '::ffff:10.0.0.1',
      want: '10.0.0.1?',
    },
    { name: 'the same in groups', given: '::FFFF:a00:1', want: '10.0.0.1?' },
    { name: 'nothing', given: '', want: IN_FULL },
    { name: 'a word', given: 'localhost', want: IN_FULL },
    { name: 'a number', given: 10, want: IN_FULL },
    { name: 'a very long text', given: '1'.repeat(100_000), want: IN_FULL },
  ];

  test.each(cases)('$name', ({ given, want }) => {
    expect(IpAddress.tryParse(given as string)).toBeUndefined();
    try {
      IpAddress.parse(given as string);
      throw new Error('was taken');
    } catch (error) {
      expect(error).toBeInstanceOf(NetloomError);
      expect((error as NetloomError).problems).toMatchObject([
        { code: 'NL_ADDRESS_INVALID', key: '', fix: want },
      ]);
    }
  });
});

test('print then parse is the identity', () => {
  fc.assert(
    fc.property(anyAddress, (address) => {
      const parsed = IpAddress.parse(String(address));
      expect(parsed.equals(address)).toBe(true);
      expect(parsed.family).toBe(address.family);
    }),
    { numRuns: 2000 },
  );
});

test('parse then print is the identity on what was printed', () => {
  fc.assert(
    fc.property(anyAddress, (address) => {
      expect(String(IpAddress.parse(String(address)))).toBe(String(address));
    }),
  );
});

test('no text makes it throw or print anything but an address', () => {
  const text = fc.oneof(
    fc.string({ maxLength: 50 }),
    fc.stringMatching(/^[0-9a-f:.%/ ]{0,45}$/),
    fc.ipV4(),
    fc.ipV6(),
  );
  fc.assert(
    fc.property(text, (given) => {
      const parsed = IpAddress.tryParse(given);
      if (parsed) expect(IpAddress.parse(String(parsed)).equals(parsed)).toBe(true);
    }),
    { numRuns: 2000 },
  );
});

test('order is total: antisymmetric, transitive, IPv4 first', () => {
  fc.assert(
    fc.property(anyAddress, anyAddress, anyAddress, (a, b, c) => {
      expect(Math.sign(a.compare(b))).toBe(-Math.sign(b.compare(a)) + 0);
      expect(a.compare(b) === 0).toBe(a.equals(b));
      if (a.compare(b) <= 0 && b.compare(c) <= 0) expect(a.compare(c)).toBeLessThanOrEqual(0);
      if (a.family < b.family) expect(a.compare(b)).toBeLessThan(0);
    }),
  );
});

test('plus goes forth and back, and stops at the ends of the family', () => {
  fc.assert(
    fc.property(anyAddress, fc.integer({ min: -1000, max: 1000 }), (address, count) => {
      const moved = address.plus(count);
      if (moved) expect(moved.plus(-count)?.equals(address)).toBe(true);
      else
        expect(() => IpAddress.of(address.family, address.value + BigInt(count))).toThrow(
          RangeError,
        );
    }),
  );
  expect(IpAddress.parse('255.255.255.255').plus(1)).toBeUndefined();
  expect(IpAddress.parse('::').plus(-1)).toBeUndefined();
  expect(String(IpAddress.parse('10.0.0.255').plus(1))).toBe('10.0.1.0');
});

test('of refuses what does not fit the family', () => {
  fc.assert(
    fc.property(anyFamily, (family) => {
      expect(() => IpAddress.of(family, -1n)).toThrow(RangeError);
      expect(() => IpAddress.of(family, 1n << (family === 4 ? 32n : 128n))).toThrow(RangeError);
    }),
  );
});
