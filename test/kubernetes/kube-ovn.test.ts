import fc from 'fast-check';
import {
  type KubeOvnPodSettings,
  type KubeOvnSubnetDefinition,
  kubeOvnAnnotations,
  kubeOvnIpPoolSpec,
  kubeOvnProvider,
  kubeOvnSubnetSpec,
  type NetworkDefinition,
  parseIpPool,
  parseKubeOvnIpPool,
  parseKubeOvnSubnet,
  readKubeOvnAnnotations,
} from 'netloom';

const macvlan: NetworkDefinition = {
  name: 'lan',
  namespace: 'apps',
  link: { kind: 'macvlan', settings: { master: 'eth1' } },
  ipam: { kind: 'kube-ovn', settings: {} },
};
const ovn: NetworkDefinition = {
  name: 'attachnet',
  namespace: 'apps',
  link: { kind: 'kube-ovn', settings: {} },
  ipam: { kind: 'none' },
};
const other: NetworkDefinition = { ...macvlan, name: 'other', ipam: { kind: 'none' } };

describe('providers', () => {
  test.each([
    {
      name: 'S4.1 of a network whose addresses alone are its own',
      given: macvlan,
      want: 'lan.apps',
    },
    { name: 'S4.2 of a network of its own', given: ovn, want: 'attachnet.apps.ovn' },
    { name: 'of a network that it has nothing to do with', given: other, want: undefined },
    {
      name: 'of a network without a namespace',
      given: { ...ovn, namespace: undefined },
      want: 'attachnet.default.ovn',
    },
  ])('$name', ({ given, want }) => expect(kubeOvnProvider(given)).toBe(want));
});

describe('annotations of pods', () => {
  const rows: {
    name: string;
    network: NetworkDefinition;
    settings: KubeOvnPodSettings;
    interfaceName?: string;
    want: Record<string, string>;
  }[] = [
    {
      name: 'S4.6 an address',
      network: macvlan,
      settings: { ipAddress: '172.17.0.100' },
      want: { 'lan.apps.kubernetes.io/ip_address': '172.17.0.100' },
    },
    {
      name: 'S4.6 with the infix of its own plugin',
      network: ovn,
      settings: { ipAddress: '172.17.0.100,fd00::100', macAddress: '02:00:00:00:00:01' },
      want: {
        'attachnet.apps.ovn.kubernetes.io/ip_address': '172.17.0.100,fd00::100',
        'attachnet.apps.ovn.kubernetes.io/mac_address': '02:00:00:00:00:01',
      },
    },
    {
      name: 'for one of two interfaces of its own plugin',
      network: ovn,
      settings: { ipAddress: '172.17.0.100' },
      interfaceName: 'net1',
      want: { 'attachnet.apps.ovn.net1.kubernetes.io/ip_address': '172.17.0.100' },
    },
    {
      name: 'for one of two interfaces of another plugin',
      network: macvlan,
      settings: { ipAddress: '172.17.0.100', defaultRoute: true },
      interfaceName: 'net1',
      want: {
        'lan.apps.kubernetes.io/ip_address.net1': '172.17.0.100',
        'lan.apps.kubernetes.io/default_route': 'true',
      },
    },
    {
      name: 'S4.7 a pool',
      network: macvlan,
      settings: { ipPool: ['172.17.0.200', '172.17.0.201'] },
      want: { 'lan.apps.kubernetes.io/ip_pool': '172.17.0.200,172.17.0.201' },
    },
    {
      name: 'S4.7 a pool of pairs',
      network: macvlan,
      settings: { ipPool: ['172.17.0.200,fd00::200', '172.17.0.201,fd00::201'] },
      want: {
        'lan.apps.kubernetes.io/ip_pool': '172.17.0.200,fd00::200;172.17.0.201,fd00::201',
      },
    },
    {
      name: 'S4.7 two addresses that would pass for a pair',
      network: macvlan,
      settings: { ipPool: ['172.17.0.200', 'fd00::201'] },
      want: { 'lan.apps.kubernetes.io/ip_pool': '172.17.0.200;fd00::201' },
    },
    {
      name: 'routes, numbers and lists',
      network: ovn,
      settings: {
        routes: [{ dst: '10.0.0.0/8', gw: '172.17.0.1' }, { gw: '172.17.0.2' }],
        securityGroups: ['a', 'b'],
        ingressRate: 10,
        portSecurity: false,
        extra: { vip: 'x' },
      },
      want: {
        'attachnet.apps.ovn.kubernetes.io/routes':
          '[{"dst":"10.0.0.0/8","gw":"172.17.0.1"},{"gw":"172.17.0.2"}]',
        'attachnet.apps.ovn.kubernetes.io/security_groups': 'a,b',
        'attachnet.apps.ovn.kubernetes.io/ingress_rate': '10',
        'attachnet.apps.ovn.kubernetes.io/port_security': 'false',
        'attachnet.apps.ovn.kubernetes.io/vip': 'x',
      },
    },
    { name: 'of another network', network: other, settings: { ipAddress: '1.1.1.1' }, want: {} },
  ];

  test.each(rows)('$name', ({ network, settings, interfaceName, want }) => {
    expect(kubeOvnAnnotations(network, settings, interfaceName)).toEqual(want);
  });

  test("what the controller writes is left out, and what can't be read stays as it is", () => {
    const annotations = {
      'lan.apps.kubernetes.io/allocated': 'true',
      'lan.apps.kubernetes.io/cidr': '172.17.0.0/16',
      'lan.apps.kubernetes.io/ingress_rate': 'fast',
      'lan.apps.kubernetes.io/routes': '{',
      'ovn.kubernetes.io/ip_address': '10.16.0.15',
      'attachnet.apps.kubernetes.io/ip_address': '10.16.0.15',
      'prometheus.io/scrape': 'true',
    };
    expect(readKubeOvnAnnotations(annotations, [other, macvlan])).toEqual([
      {
        network: macvlan,
        interfaceName: undefined,
        settings: { extra: { ingress_rate: 'fast', routes: '{' } },
        keys: Object.keys(annotations).slice(0, 4),
      },
    ]);
  });

  const address = fc.oneof(
    fc.ipV4(),
    fc.ipV6().filter((one) => !one.includes('.')),
    fc.tuple(fc.ipV4(), fc.constant('fd00::1')).map((pair) => pair.join(',')),
  );
  const settings: fc.Arbitrary<KubeOvnPodSettings> = fc.record(
    {
      ipAddress: address,
      ipPool: fc.array(address, { minLength: 1, maxLength: 4 }),
      macAddress: fc.constant('02:00:00:00:00:01'),
      routes: fc.array(fc.record({ dst: fc.constant('10.0.0.0/8'), gw: fc.ipV4() })),
      logicalSwitch: fc.constantFrom('a', 'b'),
      defaultRoute: fc.boolean(),
      ipFamily: fc.constantFrom('ipv4' as const, 'ipv6' as const),
      securityGroups: fc.array(fc.constantFrom('a', 'b'), { minLength: 1 }),
      ingressRate: fc.nat(),
      egressBurst: fc.nat(),
      vlanId: fc.integer({ min: 1, max: 4094 }),
      mirror: fc.boolean(),
      loss: fc.nat(100),
      podNicType: fc.constant('internal-port'),
    },
    { requiredKeys: [] },
  );

  test('read(print(x)) is x', () => {
    fc.assert(
      fc.property(settings, fc.constantFrom(macvlan, ovn), (given, network) => {
        const annotations = kubeOvnAnnotations(network, given);
        const read = readKubeOvnAnnotations(annotations, [other, macvlan, ovn]);
        const keys = Object.keys(annotations);
        expect(read).toEqual(
          keys.length === 0 ? [] : [{ network, interfaceName: undefined, settings: given, keys }],
        );
      }),
      { numRuns: 1000 },
    );
  });

  test('read(print(x)) is x for one of two interfaces', () => {
    fc.assert(
      fc.property(settings, settings, (first, second) => {
        const annotations = {
          ...kubeOvnAnnotations(ovn, first, 'net1'),
          ...kubeOvnAnnotations(ovn, second, 'net2'),
        };
        const read = readKubeOvnAnnotations(annotations, [ovn]);
        const of = (name: string) =>
          read.find(({ interfaceName }) => interfaceName === name)?.settings ?? {};
        expect([of('net1'), of('net2')]).toEqual([first, second]);
      }),
      { numRuns: 300 },
    );
  });
});

describe('pools as the controller reads them', () => {
  test.each([
    { given: 'pool-a', want: ['pool-a'] },
    { given: '10.0.0.1', want: ['10.0.0.1'] },
    { given: '10.0.0.1, 10.0.0.2', want: ['10.0.0.1', '10.0.0.2'] },
    { given: '10.0.0.1,fd00::1', want: ['10.0.0.1,fd00::1'] },
    { given: '10.0.0.1,fd00::1;10.0.0.2,fd00::2', want: ['10.0.0.1,fd00::1', '10.0.0.2,fd00::2'] },
    { given: '10.0.0.1;fd00::2', want: ['10.0.0.1', 'fd00::2'] },
    { given: '10.0.0.1,fd00::1,10.0.0.3', want: ['10.0.0.1', 'fd00::1', '10.0.0.3'] },
  ])('$given', ({ given, want }) => expect(parseIpPool(given)).toEqual(want));
});

describe('subnets', () => {
  const subnet: KubeOvnSubnetDefinition = {
    name: 'lan',
    provider: 'lan.apps',
    protocol: 'Dual',
    cidrBlock: '172.17.0.0/16,fd00:17::/64',
    excludeIps: ['172.17.0.0..172.17.0.10'],
    acls: [{ direction: 'from-lport', priority: 1, match: 'ip4', action: 'drop' }],
    u2oFeatures: { overlayOnlyRouting: true },
  };

  test('the usual keys come first, the name is none of them', () => {
    expect(Object.keys(kubeOvnSubnetSpec(subnet)).slice(0, 3)).toEqual([
      'protocol',
      'provider',
      'cidrBlock',
    ]);
    expect(kubeOvnSubnetSpec(subnet)).not.toHaveProperty('name');
  });

  test('parse(print(x)) is x', () => {
    expect(parseKubeOvnSubnet('lan', kubeOvnSubnetSpec(subnet))).toEqual(subnet);
  });

  test.each([undefined, null, 'x', [], 7])('%j has nothing in it', (spec) => {
    expect(parseKubeOvnSubnet('lan', spec)).toEqual({ name: 'lan', cidrBlock: '' });
    expect(parseKubeOvnIpPool('lan', spec)).toEqual({ name: 'lan', subnet: '', ips: [] });
  });

  test('case counts: the API server drops what it does not know', () => {
    expect(parseKubeOvnSubnet('lan', { cidrblock: 'x', exclude_ips: [] }).extra).toEqual({
      cidrblock: 'x',
      exclude_ips: [],
    });
  });

  test('an IPPool', () => {
    const pool = { name: 'a', subnet: 'lan', ips: ['172.17.0.20..172.17.0.30'], namespaces: ['x'] };
    expect(kubeOvnIpPoolSpec(pool)).toEqual({
      subnet: 'lan',
      ips: ['172.17.0.20..172.17.0.30'],
      namespaces: ['x'],
    });
    expect(parseKubeOvnIpPool('a', kubeOvnIpPoolSpec(pool))).toEqual(pool);
  });
});
