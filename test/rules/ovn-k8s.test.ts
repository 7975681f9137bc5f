import { checkNetwork, type NetworkDefinition, type OvnK8sSettings, parseNetwork } from 'netloom';
import { codesAndKeys, hostLocal, NONE, network } from './samples';

const check = (settings: OvnK8sSettings, more: Partial<NetworkDefinition> = {}): string[] =>
  codesAndKeys(
    checkNetwork(network({ link: { kind: 'ovn-k8s-cni-overlay', settings }, ipam: NONE, ...more })),
  );

const cases: { name: string; given: OvnK8sSettings; want: string[] }[] = [
  { name: 'layer2 without addresses', given: { topology: 'layer2' }, want: [] },
  {
    name: 'layer2 with addresses',
    given: {
      topology: 'layer2',
      subnets: '10.100.0.0/24, fd00:100::/64',
      excludeSubnets: '10.100.0.0/28,10.100.0.77/32',
    },
    want: [],
  },
  {
    name: 'host bits are masked',
    given: { topology: 'layer2', subnets: '10.100.0.5/24' },
    want: [],
  },
  {
    name: 'a localnet',
    given: { topology: 'localnet', vlanID: 5, physicalNetworkName: 'phys' },
    want: [],
  },
  {
    name: 'layer3',
    given: { topology: 'layer3', subnets: '10.128.0.0/16/24,fd00:128::/48/64' },
    want: [],
  },
  {
    name: 'shares that nobody names',
    given: { topology: 'layer3', subnets: '10.128.0.0/16,fd00:128::/48' },
    want: [],
  },
  { name: 'no topology', given: {} as OvnK8sSettings, want: ['NL_KEY_MISSING topology'] },
  {
    name: 'one that there is not',
    given: { topology: 'layer4' as 'layer3' },
    want: ['NL_VALUE_OUT_OF_RANGE topology'],
  },
  {
    name: 'layer3 without subnets',
    given: { topology: 'layer3' },
    want: ['NL_KEY_MISSING subnets'],
  },
  {
    name: 'a primary network without subnets',
    given: { topology: 'layer2', role: 'primary' },
    want: ['NL_KEY_MISSING subnets'],
  },
  {
    name: 'no CIDR',
    given: { topology: 'layer2', subnets: '10.100.0.0' },
    want: ['NL_SUBNET_INVALID subnets'],
  },
  {
    name: 'shares of layer2',
    given: { topology: 'layer2', subnets: '10.100.0.0/16/24' },
    want: ['NL_SUBNET_INVALID subnets'],
  },
  {
    name: 'a share that is not smaller',
    given: { topology: 'layer3', subnets: '10.128.0.0/24' },
    want: ['NL_SUBNET_INVALID subnets'],
  },
  {
    name: 'a share of more than 32 bits',
    given: { topology: 'layer3', subnets: '10.128.0.0/16/33' },
    want: ['NL_SUBNET_INVALID subnets'],
  },
  {
    name: 'a share that is no number',
    given: { topology: 'layer3', subnets: '10.128.0.0/16/x' },
    want: ['NL_SUBNET_INVALID subnets'],
  },
  {
    name: 'shares of two lengths',
    given: { topology: 'layer3', subnets: '10.128.0.0/16/24,10.129.0.0/16/25' },
    want: ['NL_SUBNET_INVALID subnets'],
  },
  {
    name: 'IPv6 has /64',
    given: { topology: 'layer3', subnets: 'fd00:128::/48/60' },
    want: ['NL_SUBNET_INVALID subnets'],
  },
  {
    name: 'a third length',
    given: { topology: 'layer3', subnets: '10.128.0.0/16/24/28' },
    want: ['NL_SUBNET_INVALID subnets'],
  },
  {
    name: 'an exclude outside',
    given: { topology: 'layer2', subnets: '10.100.0.0/24', excludeSubnets: '10.101.0.0/28' },
    want: ['NL_RANGE_OUTSIDE_SUBNET excludeSubnets'],
  },
  {
    name: 'an exclude of nothing',
    given: { topology: 'layer2', excludeSubnets: '10.101.0.0/28' },
    want: ['NL_RANGE_OUTSIDE_SUBNET excludeSubnets'],
  },
  {
    name: 'an exclude that is none',
    given: {
      topology: 'layer2',
      subnets: '10.100.0.0/24',
      excludeSubnets: '10.100.0.1-10.100.0.9',
    },
    want: ['NL_SUBNET_INVALID excludeSubnets'],
  },
  {
    name: 'excludes of layer3',
    given: { topology: 'layer3', subnets: '10.128.0.0/16', excludeSubnets: 'x' },
    want: ['NL_KEY_IGNORED excludeSubnets'],
  },
  {
    name: 'what belongs to localnet',
    given: { topology: 'layer2', vlanID: 5, physicalNetworkName: 'x' },
    want: ['NL_KEY_IGNORED vlanID', 'NL_KEY_IGNORED physicalNetworkName'],
  },
  {
    name: 'what localnet can not have',
    given: { topology: 'localnet', role: 'primary', joinSubnet: '100.65.0.0/16' },
    want: ['NL_VALUES_CONFLICT role', 'NL_VALUES_CONFLICT joinSubnet'],
  },
  {
    name: 'what layer3 can not have',
    given: {
      topology: 'layer3',
      subnets: '10.128.0.0/16',
      allowPersistentIPs: true,
      reservedSubnets: '10.128.0.0/24',
    },
    want: ['NL_VALUES_CONFLICT allowPersistentIPs', 'NL_VALUES_CONFLICT reservedSubnets'],
  },
  {
    name: 'routers without network',
    given: { topology: 'layer2', joinSubnet: 'x' },
    want: ['NL_SUBNET_INVALID joinSubnet'],
  },
  { name: 'its own name', given: { topology: 'layer2', netAttachDefName: 'apps/lan' }, want: [] },
  {
    name: 'the name of another one',
    given: { topology: 'layer2', netAttachDefName: 'apps/other' },
    want: ['NL_PROVIDER_NAME netAttachDefName'],
  },
  {
    name: 'a name without namespace',
    given: { topology: 'layer2', netAttachDefName: 'lan' },
    want: ['NL_PROVIDER_NAME netAttachDefName'],
  },
];

test.each(cases)('$name', ({ given, want }) => expect(check(given)).toEqual(want));

test('it has no IPAM', () => {
  expect(check({ topology: 'layer2' }, { ipam: hostLocal() })).toEqual(['NL_VALUES_CONFLICT ipam']);
});

test('a namespace that nobody knows yet', () => {
  expect(
    check({ topology: 'layer2', netAttachDefName: 'x/lan' }, { namespace: undefined }),
  ).toEqual([]);
  expect(
    check({ topology: 'layer2', netAttachDefName: 'x/y' }, { namespace: undefined }),
  ).toHaveLength(1);
});

test('what other plugins would do behind it', () => {
  const chain = [{ kind: 'tuning', settings: { mtu: 1400 } }] as const;
  expect(check({ topology: 'layer2' }, { chain })).toEqual(['NL_VALUES_CONFLICT chain[0]']);
});

test.each([
  ['default', ['NL_VALUES_CONFLICT configName']],
  ['ovn-kubernetes', ['NL_VALUES_CONFLICT configName']],
  ['default-2', []],
])('a network of its own is not called %s', (configName, want) => {
  expect(check({ topology: 'layer2' }, { configName })).toEqual(want);
});

const config = { cniVersion: '1.0.0', name: 'blue', type: 'ovn-k8s-cni-overlay' };

function read(more: object): string[] {
  const network = parseNetwork({ ...config, ...more }, { name: 'lan', namespace: 'apps' });
  return codesAndKeys(checkNetwork(network as NetworkDefinition));
}

const clusterNetwork: { name: string; given: object; want: string[] }[] = [
  { name: 'under its name', given: { name: 'default' }, want: [] },
  { name: 'under any other, such as for virtual functions', given: {}, want: [] },
  {
    name: 'with the reference of a network of its own',
    given: { netAttachDefName: 'apps/lan' },
    want: ['NL_KEY_IGNORED netAttachDefName'],
  },
  {
    name: 'but not with what only other networks have',
    given: { netAttachDefName: 'apps/lan', subnets: '10.100.0.0/24' },
    want: ['NL_KEY_MISSING topology'],
  },
];

test.each(clusterNetwork)(
  'without topology it is the cluster network, $name',
  ({ given, want }) => {
    expect(read(given)).toEqual(want);
  },
);

test('a network of its own names itself', () => {
  const given = { topology: 'layer2', netAttachDefName: 'apps/lan' };
  expect(read(given)).toEqual([]);
  expect(read({ ...given, name: 'lan' })).toEqual([]);
  expect(read({ topology: 'layer2' })).toEqual(['NL_KEY_MISSING netAttachDefName']);
});
