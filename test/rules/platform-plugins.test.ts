import { checkNetwork, type NetworkDefinition, type PlatformName, platformFacts } from 'netloom';

const MACVLAN: NetworkDefinition = {
  name: 'lan',
  link: { kind: 'macvlan', settings: { master: 'eth1' } },
  ipam: { kind: 'static', settings: { addresses: [{ address: '10.1.2.3/24' }] } },
};

function found(platform: PlatformName, network: Partial<NetworkDefinition>): string[] {
  const problems = checkNetwork({ ...MACVLAN, ...network }, platformFacts(platform));
  return problems
    .filter(({ code }) => code.startsWith('NL_PLATFORM_'))
    .map(({ code, key }) => `${code} ${key}`);
}

const tuning = (sysctl: Record<string, string>): NetworkDefinition['chain'] => [
  { kind: 'tuning', settings: { sysctl } },
];

test.each<{ name: string; network: Partial<NetworkDefinition>; want: string[] }>([
  { name: 'its three plugins', network: {}, want: [] },
  {
    name: 'another plugin',
    network: { link: { kind: 'vlan', settings: { master: 'eth1', vlanId: 5 } } },
    want: ['NL_PLATFORM_UNSUPPORTED '],
  },
  {
    name: 'a plugin behind it: none is on the host',
    network: { chain: tuning({ 'net.ipv4.conf.IFNAME.arp_notify': '1' }) },
    want: ['NL_PLATFORM_UNSUPPORTED chain[0]'],
  },
])('S1.2 MicroShift: $name', ({ network, want }) => {
  expect(found('microshift', network)).toEqual(want);
});

test.each<{ name: string; network: Partial<NetworkDefinition>; want: string[] }>([
  {
    name: 'what the operator copies',
    network: { chain: [{ kind: 'vrf', settings: { vrfname: 'a' } }] },
    want: [],
  },
  {
    name: 'what it does not know of',
    network: {
      link: { kind: 'raw', config: { type: 'my-plugin' } },
      ipam: { kind: 'raw', config: { type: 'my-ipam' } },
      chain: [{ kind: 'raw', config: { type: 'my-meta' } }],
    },
    want: ['NL_PLATFORM_MISSING ipam', 'NL_PLATFORM_MISSING type', 'NL_PLATFORM_MISSING chain[0]'],
  },
  {
    name: 'a sysctl of the list, in both ways of writing it',
    network: {
      chain: tuning({
        'net.ipv4.conf.IFNAME.arp_notify': '1',
        'net/ipv6/conf/IFNAME/accept_ra': '0',
      }),
    },
    want: [],
  },
  {
    name: 'a sysctl beside the list',
    network: { chain: tuning({ 'net.ipv4.conf.IFNAME.rp_filter': '0' }) },
    want: ['NL_PLATFORM_MISSING chain[0].sysctl["net.ipv4.conf.IFNAME.rp_filter"]'],
  },
])('S3.1 OpenShift: $name', ({ network, want }) => {
  expect(found('openshift', network)).toEqual(want);
});

test('nothing of it elsewhere', () => {
  const network = { chain: tuning({ 'net.ipv4.conf.IFNAME.rp_filter': '0' }) };
  expect(found('kubernetes', network)).toEqual([]);
});
