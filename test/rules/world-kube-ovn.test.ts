import type { KubeOvnSubnetDefinition } from 'netloom';
import { attached, network } from './samples';
import { inWorld, KUBE_OVN, macvlan, pods, told, type WorldRow } from './worlds';

describe('Kube-OVN', () => {
  const lan = network(KUBE_OVN);
  const subnet = (more: Partial<KubeOvnSubnetDefinition> = {}): KubeOvnSubnetDefinition => ({
    name: 'lan',
    provider: 'lan.apps',
    cidrBlock: '10.20.0.0/24,fd00:20::/64',
    ...more,
  });
  const ovn = network({
    name: 'ovn1',
    link: { kind: 'kube-ovn', settings: {} },
    ipam: { kind: 'none' },
  });
  const asking = (annotations: Record<string, string>, to = lan) =>
    pods({ attachments: [attached(to)], annotations });
  const KEY = 'lan.apps.kubernetes.io/ip_address';
  const rows: WorldRow[] = [
    { name: 'a network and its subnet', given: { networks: [lan], subnets: [subnet()] }, want: [] },
    { name: 'no subnet was shown', given: { networks: [lan] }, want: [] },
    {
      name: 'no subnet is there',
      given: { networks: [lan], isComplete: true },
      want: ['NL_PROVIDER_UNBOUND ipam.provider'],
    },
    {
      name: 'the pod names the subnet',
      given: {
        networks: [ovn],
        subnets: [subnet({ name: 'other', provider: 'x.y.ovn' })],
        pods: [asking({ 'ovn1.apps.ovn.kubernetes.io/logical_switch': 'other' }, ovn)],
      },
      want: [],
    },
    {
      name: 'both families',
      given: {
        networks: [lan],
        subnets: [subnet()],
        pods: [asking({ [KEY]: '10.20.0.9,fd00:20::9' })],
      },
      want: [],
    },
    {
      name: 'ips in the networks annotation',
      given: {
        networks: [lan],
        subnets: [subnet()],
        pods: [pods({ attachments: [attached(lan, { ips: ['10.21.0.9'] })] })],
      },
      want: ['NL_ATTACHMENT_IPS attachments[0].ips[0]'],
    },
    {
      name: 'a MAC for interfaces of another plugin',
      given: {
        networks: [lan],
        pods: [asking({ 'lan.apps.kubernetes.io/mac_address': '02:00:00:00:00:01' })],
      },
      want: ['NL_KEY_IGNORED annotations["lan.apps.kubernetes.io/mac_address"]'],
    },
    {
      name: 'a MAC for its own',
      given: {
        networks: [ovn],
        pods: [asking({ 'ovn1.apps.ovn.kubernetes.io/mac_address': '02:00:00:00:00:01' }, ovn)],
      },
      want: [],
    },
    {
      name: 'an IPPool with fewer addresses than pods',
      given: {
        networks: [lan],
        ipPools: [{ name: 'small', subnet: 'lan', ips: ['10.20.0.10..10.20.0.11'] }],
        pods: [
          {
            ...asking({ 'lan.apps.kubernetes.io/ip_pool': 'small' }),
            workload: { kind: 'StatefulSet', spec: { replicas: 3 } },
          },
        ],
      },
      want: ['NL_IP_POOL_SMALL annotations["lan.apps.kubernetes.io/ip_pool"]'],
    },
    {
      name: 'an IPPool that is not there',
      given: {
        networks: [lan],
        ipPools: [{ name: 'small', subnet: 'lan', ips: [] }],
        pods: [asking({ 'lan.apps.kubernetes.io/ip_pool': 'smal' })],
      },
      want: ['NL_ATTACHMENT_IPS annotations["lan.apps.kubernetes.io/ip_pool"]'],
    },
    {
      name: 'as many as there are pairs',
      given: {
        networks: [lan],
        subnets: [subnet()],
        pods: [
          {
            ...asking({
              'lan.apps.kubernetes.io/ip_pool': '10.20.0.10,fd00:20::10;10.20.0.11,fd00:20::11',
            }),
            workload: {
              kind: 'Deployment',
              spec: { replicas: 2, strategy: { type: 'Recreate' } },
            },
          },
        ],
      },
      want: [],
    },
  ];

  const more: WorldRow[] = [
    {
      name: 'a network without a namespace, by the provider that it has',
      given: {
        networks: [
          network({
            ...KUBE_OVN,
            namespace: undefined,
            verbatim: true,
            ipam: { kind: 'kube-ovn', settings: { provider: 'lan.apps' } },
          }),
        ],
        subnets: [subnet()],
      },
      want: [],
    },
    {
      name: 'and not by that of another',
      given: {
        networks: [
          network({
            ...KUBE_OVN,
            namespace: undefined,
            verbatim: true,
            ipam: { kind: 'kube-ovn', settings: { provider: 'other.apps' } },
          }),
        ],
        subnets: [subnet({ provider: 'other.apps' })],
      },
      want: ['NL_PROVIDER_UNBOUND ipam.provider'],
    },
    {
      name: 'an address of the subnet that the pod names',
      given: {
        networks: [ovn],
        subnets: [
          subnet({ provider: 'ovn1.apps.ovn' }),
          subnet({ name: 'b', cidrBlock: '10.30.0.0/24' }),
        ],
        pods: [
          asking(
            {
              'ovn1.apps.ovn.kubernetes.io/logical_switch': 'b',
              'ovn1.apps.ovn.kubernetes.io/ip_address': '10.30.0.9',
            },
            ovn,
          ),
        ],
      },
      want: [],
    },
    {
      name: 'two pods, and what is no address',
      given: {
        networks: [lan],
        pods: [asking({ [KEY]: 'x' }), { ...asking({ [KEY]: 'x' }), name: 'b' }],
      },
      want: [
        `NL_ADDRESS_INVALID annotations["${KEY}"]`,
        `NL_ADDRESS_INVALID annotations["${KEY}"]`,
      ],
    },
    {
      name: 'a workload whose number nobody knows',
      given: {
        networks: [lan],
        pods: [
          {
            ...asking({ 'lan.apps.kubernetes.io/ip_pool': '10.20.0.9' }),
            workload: { kind: 'Rollout' },
          },
        ],
      },
      want: [],
    },
    ...[
      { ips: ['fd00:20::10..fd00:20::11'], want: [] },
      { ips: ['10.20.0.10..10.20.0.19', 'fd00:20::10'], want: ['NL_IP_POOL_SMALL'] },
      { ips: ['10.20.0.10', 'fd00:20::10..fd00:20::19'], want: ['NL_IP_POOL_SMALL'] },
    ].map(({ ips, want }) => ({
      name: `two pods on an IPPool of ${ips}`,
      given: {
        networks: [lan],
        ipPools: [{ name: 'pool', subnet: 'lan', ips }],
        pods: [
          {
            ...asking({ 'lan.apps.kubernetes.io/ip_pool': 'pool' }),
            workload: { kind: 'StatefulSet', spec: { replicas: 2 } },
          },
        ],
      },
      want: want.map((code) => `${code} annotations["lan.apps.kubernetes.io/ip_pool"]`),
    })),
  ];

  test.each(more)('$name', ({ given: world, want }) => expect(told(world)).toEqual(want));

  test.each([
    { key: 'lan.apps.kubernetes.io/routed', want: undefined },
    { key: 'lan.apps.kubernetes.io/vip', want: undefined },
    { key: 'lan.apps.kubernetes.io/ip_address.net1', want: undefined },
    { key: 'lan.apps.kubernetes.io/IP_ADDRESS', want: 'lan.apps.kubernetes.io/ip_address?' },
    { key: 'lan.apps.ovn.kubernetes.io/ip_address', want: 'lan.apps.kubernetes.io/ip_address?' },
    { key: 'apps.lan.kubernetes.io/ip_address', want: 'lan.apps.kubernetes.io/ip_address?' },
    { key: 'lan2.apps.kubernetes.io/ip_adress', want: undefined },
    {
      key: 'ovn1.apps.ovn.net1.kubernetes.io/ip_adress',
      want: 'ovn1.apps.ovn.net1.kubernetes.io/ip_address?',
    },
    { key: 'ovn1.apps.kubernetes.io/ip_address.net1', want: undefined },
    { key: 'ovn1.apps.kubernetes.io/ip_pool', want: 'ovn1.apps.ovn.kubernetes.io/ip_pool?' },
  ])('the key $key', ({ key, want }) => {
    const attachments = [attached(lan), attached(ovn)];
    const found = inWorld({ pods: [pods({ attachments, annotations: { [key]: '10.20.0.9' } })] });
    expect(found.map(({ fix }) => fix)).toEqual(want === undefined ? [] : [want]);
  });

  const beside = network({
    name: 'beside',
    ...macvlan(),
    ipam: { kind: 'host-local', settings: { ranges: [{ subnet: '10.20.0.0/28' }] } },
  });

  test.each([
    { name: 'gives', excludeIps: undefined, want: ['NL_NETWORKS_OVERLAP ipam.ranges[0]'] },
    { name: 'leaves out', excludeIps: ['10.20.0.0..10.20.0.15'], want: [] },
  ])('what a subnet $name, beside another network on the master', ({ excludeIps, want }) => {
    expect(told({ networks: [lan, beside], subnets: [subnet({ excludeIps })] })).toEqual(want);
  });

  test('why a pool is too small', () => {
    const spec = { replicas: 2, ordinals: { start: 3 } };
    const asked = asking({ 'lan.apps.kubernetes.io/ip_pool': '10.20.0.9' });
    const workload = { kind: 'StatefulSet', spec };
    const [problem] = inWorld({ networks: [lan], pods: [{ ...asked, workload }] });
    expect(problem?.found).toBe(
      'the pool has 1 address, and this StatefulSet needs 5: 2 pods and 3 ordinals in front of the first',
    );
  });

  test.each(rows)('$name', ({ given: world, want }) => expect(told(world)).toEqual(want));
});
