import { type ChainConfig, checkNetwork, type LinkConfig, type NetworkDefinition } from 'netloom';
import { bridge, codesAndKeys, hostLocal, network, V4, V6 } from './samples';

const IPV4: Partial<NetworkDefinition> = { ipam: hostLocal({ ranges: [V4] }) };
const STATIC_V6: Partial<NetworkDefinition> = {
  ipam: {
    kind: 'static',
    settings: { addresses: [{ address: 'fd00::5/64', gateway: 'fd00::1' }] },
  },
};
const POOL_V6: Partial<NetworkDefinition> = {
  ipam: {
    kind: 'whereabouts',
    settings: { range: 'fd00::/112', gateway: 'fd00::1', exclude: ['fd00::1/128'] },
  },
};
const tuned = (mtu: number): ChainConfig => ({ kind: 'tuning', settings: { mtu } });

const told = (link: LinkConfig, more: Partial<NetworkDefinition> = {}): string[] =>
  codesAndKeys(
    checkNetwork(network({ ipam: hostLocal({ ranges: [V6] }), ...more, link }), undefined, {
      nodes: 1,
    }),
  );

describe('1279 bytes are too few for IPv6', () => {
  const links: LinkConfig[] = [
    bridge({ mtu: 1279 }),
    { kind: 'macvlan', settings: { mtu: 1279 } },
    { kind: 'ipvlan', settings: { mtu: 1279 } },
    { kind: 'vlan', settings: { master: 'eth1', mtu: 1279 } },
    { kind: 'ptp', settings: { mtu: 1279 } },
    { kind: 'tap', settings: { mtu: 1279 } },
  ];

  test.each(links)('of $kind', (link) => {
    const want = ['NL_VALUE_OUT_OF_RANGE mtu'];
    expect(told(link)).toEqual(want);
    expect(told(link, STATIC_V6)).toEqual(want);
    expect(told(link, POOL_V6)).toEqual(want);
    expect(told(link, IPV4)).toEqual([]);
  });

  test('of tuning: the addresses go without a word', () => {
    expect(told(bridge(), { chain: [tuned(1279)] })).toEqual(['NL_MTU_SMALL chain[0].mtu']);
    expect(told(bridge(), { ...IPV4, chain: [tuned(1279)] })).toEqual([]);
    expect(told(bridge(), { chain: [tuned(1280)] })).toEqual([]);
  });

  test('once, where both are', () => {
    const given = told(bridge({ mtu: 1279 }), { chain: [tuned(1000), tuned(1279)] });
    expect(given).toEqual(['NL_VALUE_OUT_OF_RANGE mtu']);
  });

  test('of a tap with owner and group, which has another MTU', () => {
    const link: LinkConfig = { kind: 'tap', settings: { mtu: 1279, owner: 0, group: 0 } };
    expect(told(link)).toEqual(['NL_KEY_IGNORED mtu']);
  });
});

test.each([0, 1280, 1500])('%d bytes are enough', (mtu) => {
  expect(told(bridge({ mtu }))).toEqual([]);
});
