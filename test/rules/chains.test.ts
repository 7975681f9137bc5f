import {
  type BandwidthSettings,
  type ChainConfig,
  checkNetwork,
  describeProblem,
  type LinkConfig,
  type NetworkDefinition,
  type PortmapSettings,
  parseNetwork,
} from 'netloom';
import { bridge, codesAndKeys, DHCP, NONE, network, STATIC } from './samples';

const MACVLAN: LinkConfig = { kind: 'macvlan', settings: { master: 'eth1' } };
const check = (chain: ChainConfig[], more: Partial<NetworkDefinition> = {}): string[] =>
  codesAndKeys(checkNetwork(network({ chain, ipam: STATIC, ...more })));
const read = (config: object): string[] =>
  codesAndKeys(
    checkNetwork(
      parseNetwork(
        { cniVersion: '1.0.0', name: 'lan', ...config },
        { name: 'lan', namespace: 'apps' },
      ) as NetworkDefinition,
    ),
  );

describe('order', () => {
  test.each(['tuning', 'portmap', 'bandwidth', 'firewall', 'sbr', 'vrf'])(
    '%s never comes first',
    (type) => {
      expect(read({ type })).toContain('NL_CHAIN_ORDER type');
      expect(read({ plugins: [{ type }, { type: 'bridge' }] })).toContain('NL_CHAIN_ORDER type');
    },
  );

  const cases: { name: string; given: string[]; want: string[] }[] = [
    {
      name: 'a second interface of the same name',
      given: ['bridge', 'macvlan'],
      want: ['NL_CHAIN_ORDER chain[0].type'],
    },
    {
      name: 'behind another one',
      given: ['bridge', 'tuning', 'tap'],
      want: ['NL_CHAIN_ORDER chain[1].type'],
    },
    {
      name: 'behind what nobody knows, it may be the first interface',
      given: ['ifacer', 'macvlan'],
      want: ['NL_PLUGIN_UNKNOWN type'],
    },
    {
      name: 'the usual one',
      given: ['bridge', 'tuning', 'sbr'],
      want: ['NL_IPAM_REQUIRED chain[1]'],
    },
  ];

  test.each(cases)('$name', ({ given, want }) => {
    expect(read({ plugins: given.map((type) => ({ type })) })).toEqual(want);
  });
});

describe('tuning', () => {
  const cases: { name: string; given: string[]; want: string[] }[] = [
    {
      name: 'names with dots, slashes and IFNAME',
      given: ['net.ipv4.conf.IFNAME.arp_notify', 'net/core/somaxconn'],
      want: [],
    },
    {
      name: 'outside of net.',
      given: ['kernel.domainname', 'vm.swappiness', 'network.x', 'net', ''],
      want: ['kernel.domainname', 'vm.swappiness', 'network.x', 'net', ''],
    },
    {
      name: 'out of net. again',
      given: ['net/../kernel/domainname'],
      want: ['net/../kernel/domainname'],
    },
    {
      name: 'IFNAME twice',
      given: ['net.ipv4.conf.IFNAME.IFNAME'],
      want: ['net.ipv4.conf.IFNAME.IFNAME'],
    },
    {
      name: 'one file in two spellings',
      given: ['net.ipv4.ip_forward', 'net/ipv4/ip_forward'],
      want: ['net/ipv4/ip_forward'],
    },
  ];

  test.each(cases)('sysctl: $name', ({ given, want }) => {
    const sysctl = Object.fromEntries(given.map((name) => [name, '1']));
    expect(check([{ kind: 'tuning', settings: { sysctl } }])).toEqual(
      want.map(
        (name) =>
          `NL_SYSCTL_INVALID chain[0].sysctl${/^\w+$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`}`,
      ),
    );
  });

  test('the beginning that was left out', () => {
    const [problem] = checkNetwork(
      network({ chain: [{ kind: 'tuning', settings: { sysctl: { 'ipv4.ip_forward': '1' } } }] }),
    );
    expect(problem && describeProblem(problem)).toBe(
      'chain[0].sysctl["ipv4.ip_forward"]: "ipv4.ip_forward" is not below net., and only that belongs to a pod\'s network. Allowed: names below net., each once, such as net.ipv4.conf.IFNAME.arp_notify. Fix: net.ipv4.ip_forward? (NL_SYSCTL_INVALID)',
    );
  });

  test('mac', () => {
    const chain: ChainConfig[] = [{ kind: 'tuning', settings: { mac: '03:00:00:00:00:01' } }];
    expect(check(chain)).toEqual(['NL_MAC_INVALID chain[0].mac']);
    const ipvlan: LinkConfig = { kind: 'ipvlan', settings: {} };
    expect(check(chain, { link: ipvlan })).toEqual(['NL_VALUES_CONFLICT chain[0].mac']);
  });
});

describe('portmap', () => {
  const cases: { name: string; given: PortmapSettings; want: string[] }[] = [
    { name: 'nothing set', given: {}, want: [] },
    {
      name: 'a bit and a chain for the mark',
      given: { markMasqBit: 5, externalSetMarkChain: 'X' },
      want: ['externalSetMarkChain'],
    },
    { name: 'a bit that there is not', given: { markMasqBit: 32 }, want: ['markMasqBit'] },
    {
      name: 'conditions of iptables',
      given: {
        backend: 'iptables',
        conditionsV4: ['-s', '10.0.0.0/8'],
        conditionsV6: ['!', '-s', 'fd00::/8'],
      },
      want: [],
    },
    {
      name: 'with nftables',
      given: { backend: 'nftables', conditionsV4: ['-s', '10.0.0.0/8'] },
      want: ['conditionsV4'],
    },
    {
      name: 'conditions of nftables with iptables',
      given: { backend: 'iptables', conditionsV6: ['ip6', 'saddr'] },
      want: ['conditionsV6'],
    },
    {
      name: 'conditions of nftables, and no backend, which is iptables',
      given: { conditionsV6: ['ip6', 'saddr'] },
      want: ['conditionsV6'],
    },
    {
      name: 'of both, and no backend',
      given: { conditionsV4: ['-s', 'x'], conditionsV6: ['ip6', 'saddr'] },
      want: ['conditionsV6'],
    },
    {
      name: 'a chain of iptables with nftables',
      given: { backend: 'nftables', externalSetMarkChain: 'X' },
      want: ['externalSetMarkChain'],
    },
    {
      name: 'empty conditions',
      given: { backend: 'nftables', conditionsV4: [], conditionsV6: [''] },
      want: [],
    },
  ];

  test.each(cases)('$name', ({ given, want }) => {
    const chain: ChainConfig[] = [{ kind: 'portmap', settings: given }];
    expect(checkNetwork(network({ chain })).map(({ key }) => key)).toEqual(
      want.map((key) => `chain[0].${key}`),
    );
  });
});

describe('bandwidth', () => {
  const cases: { name: string; given: BandwidthSettings; want: string[] }[] = [
    { name: 'nothing set', given: {}, want: [] },
    { name: 'both of a direction', given: { ingressRate: 1, ingressBurst: 1 }, want: [] },
    { name: 'a rate alone', given: { ingressRate: 1 }, want: ['NL_VALUES_CONFLICT ingressRate'] },
    {
      name: 'a burst alone',
      given: { egressBurst: 1, egressRate: 0 },
      want: ['NL_VALUES_CONFLICT egressBurst'],
    },
    {
      name: 'a burst of 4 GB',
      given: { ingressRate: 1, ingressBurst: 8 * (2 ** 32 - 1) },
      want: ['NL_VALUE_OUT_OF_RANGE ingressBurst'],
    },
    {
      name: 'just below',
      given: { ingressRate: 1, ingressBurst: 8 * (2 ** 32 - 1) - 1 },
      want: [],
    },
    {
      name: 'both kinds of subnets',
      given: { shapedSubnets: ['10.0.0.0/8'], unshapedSubnets: ['fd00::/8'] },
      want: ['NL_VALUES_CONFLICT unshapedSubnets'],
    },
  ];

  test.each(cases)('$name', ({ given, want }) => {
    expect(check([{ kind: 'bandwidth', settings: given }])).toEqual(
      want.map((one) => one.replace(' ', ' chain[0].')),
    );
  });

  test.each(['macvlan', 'ipvlan', 'tap', 'dummy', 'host-device', 'vlan', 'sriov'] as const)(
    'there is no veth on %s',
    (kind) => {
      const settings = { master: 'eth1', device: 'eth2', deviceID: '0000:00:1f.6' };
      const link = {
        kind,
        settings: Object.fromEntries(
          Object.entries(settings).filter(([key]) => OWN[kind]?.includes(key)),
        ),
      } as unknown as LinkConfig;
      expect(check([{ kind: 'bandwidth', settings: {} }], { link })).toEqual([
        'NL_BANDWIDTH_LINK chain[0]',
      ]);
    },
  );
  const OWN: Record<string, string[]> = {
    macvlan: ['master'],
    ipvlan: ['master'],
    vlan: ['master'],
    'host-device': ['device'],
    sriov: ['deviceID'],
  };

  test('there is one on ptp', () => {
    expect(
      check([{ kind: 'bandwidth', settings: {} }], { link: { kind: 'ptp', settings: {} } }),
    ).toEqual([]);
  });
});

describe('capabilities', () => {
  const cases: { name: string; given: object; want: string[] }[] = [
    {
      name: 'portmap that nobody can ask',
      given: { type: 'portmap' },
      want: ['NL_CAPABILITY_MISSING chain[0].capabilities'],
    },
    {
      name: 'that says no',
      given: { type: 'portmap', capabilities: { portMappings: false } },
      want: ['NL_CAPABILITY_MISSING chain[0].capabilities'],
    },
    {
      name: 'that listens',
      given: { type: 'portmap', capabilities: { portMappings: true } },
      want: [],
    },
    {
      name: 'bandwidth that nobody can ask',
      given: { type: 'bandwidth' },
      want: ['NL_CAPABILITY_MISSING chain[0].capabilities'],
    },
    {
      name: 'bandwidth with rates of its own',
      given: { type: 'bandwidth', egressRate: 1, egressBurst: 1 },
      want: [],
    },
    { name: 'tuning needs none', given: { type: 'tuning' }, want: [] },
  ];

  test.each(cases)('$name', ({ given, want }) => {
    expect(read({ plugins: [{ type: 'bridge', preserveDefaultVlan: false }, given] })).toEqual(
      want,
    );
  });

  test('netloom declares them by itself', () => {
    expect(
      check([
        { kind: 'portmap', settings: {} },
        { kind: 'bandwidth', settings: {} },
      ]),
    ).toEqual([]);
    expect(check([{ kind: 'portmap', settings: { capabilities: {} } }])).toEqual([
      'NL_CAPABILITY_MISSING chain[0].capabilities',
    ]);
  });
});

describe('others', () => {
  const firewall = (ingressPolicy: 'open' | 'same-bridge' | 'isolated'): ChainConfig[] => [
    { kind: 'firewall', settings: { ingressPolicy } },
  ];

  test('firewall: a rule about a bridge, where there is none', () => {
    expect(check(firewall('same-bridge'), { link: MACVLAN })).toEqual([
      'NL_KEY_IGNORED chain[0].ingressPolicy',
    ]);
    expect(check(firewall('open'), { link: MACVLAN })).toEqual([]);
    expect(check(firewall('isolated'), { link: bridge() })).toEqual([]);
  });

  test('firewall: a backend that is none', () => {
    const backend = 'ipfw' as 'iptables';
    expect(check([{ kind: 'firewall', settings: { backend } }])).toEqual([
      'NL_KEY_IGNORED chain[0].backend',
    ]);
    expect(check([{ kind: 'firewall', settings: { backend: 'firewalld' } }])).toEqual([]);
  });

  test.each([
    { plugins: '1.6.2', want: ['NL_RELEASE_TOO_OLD chain[0].ingressPolicy'] },
    { plugins: '1.7.0', want: [] },
    { plugins: undefined, want: [] },
  ])('firewall: isolated with plugins $plugins', ({ plugins, want }) => {
    const given = network({ chain: firewall('isolated') });
    const problems = checkNetwork(given, undefined, { targetVersions: { plugins } });
    expect(codesAndKeys(problems)).toEqual(want);
  });

  test('sbr routes by addresses', () => {
    const sbr: ChainConfig[] = [{ kind: 'sbr', settings: {} }];
    expect(check(sbr, { ipam: NONE, link: MACVLAN })).toEqual(['NL_IPAM_REQUIRED chain[0]']);
    expect(check(sbr, { ipam: DHCP, link: MACVLAN })).toEqual([]);
    expect(check(sbr, { ipam: NONE, link: { kind: 'raw', config: { type: 'x' } } })).toEqual([]);
  });

  test('vrf has a name that an interface can have, and comes once', () => {
    const vrf = (vrfname: string): ChainConfig => ({ kind: 'vrf', settings: { vrfname } });
    expect(check([vrf('blue'), vrf('red')])).toEqual(['NL_VALUES_CONFLICT chain[1]']);
    expect(check([vrf('a/b')])).toEqual(['NL_IFNAME_INVALID chain[0].vrfname']);
    expect(check([vrf('')])).toEqual(['NL_KEY_MISSING chain[0].vrfname']);
    expect(check([vrf('x'.repeat(16))])).toEqual(['NL_IFNAME_TOO_LONG chain[0].vrfname']);
  });

  test('a type that Go refuses hides nothing else', () => {
    const given = [
      { type: 'bridge' },
      { type: 'vrf', table: 'x' },
      { type: 'tuning', sysctl: { a: '1' } },
    ];
    expect(read({ plugins: given })).toEqual([
      'NL_KEY_MISSING chain[0].vrfname',
      'NL_TYPE_WRONG chain[0].extra.table',
      'NL_SYSCTL_INVALID chain[1].sysctl.a',
    ]);
  });
});
