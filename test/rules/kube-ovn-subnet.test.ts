import { checkKubeOvnSubnet, type KubeOvnSubnetDefinition, parseKubeOvnSubnet } from 'netloom';
import { codesAndKeys } from './samples';

const subnet = (more: Partial<KubeOvnSubnetDefinition> = {}): KubeOvnSubnetDefinition => ({
  name: 'lan',
  provider: 'lan.apps.ovn',
  cidrBlock: '10.20.0.0/16',
  ...more,
});

const rows: { name: string; given: Partial<KubeOvnSubnetDefinition>; want: string[] }[] = [
  { name: 'one family', given: {}, want: [] },
  {
    name: 'both families',
    given: { cidrBlock: '10.20.0.0/16,fd00:20::/64', gateway: '10.20.0.1,fd00:20::1' },
    want: [],
  },
  { name: 'host bits, which Kube-OVN masks', given: { cidrBlock: '10.20.0.1/16' }, want: [] },
  { name: 'no CIDR', given: { cidrBlock: '' }, want: ['NL_KEY_MISSING cidrBlock'] },
  { name: 'no CIDR on an underlay', given: { cidrBlock: '', vlan: 'vlan100' }, want: [] },
  { name: 'no length', given: { cidrBlock: '10.20.0.0' }, want: ['NL_SUBNET_INVALID cidrBlock'] },
  {
    name: 'a blank behind the comma',
    given: { cidrBlock: '10.20.0.0/16, fd00:20::/64' },
    want: ['NL_SUBNET_INVALID cidrBlock'],
  },
  {
    name: 'one family twice',
    given: { cidrBlock: '10.20.0.0/16,10.21.0.0/16' },
    want: ['NL_SUBNET_INVALID cidrBlock'],
  },
  {
    name: 'one address',
    given: { cidrBlock: '10.20.0.1/32' },
    want: ['NL_SUBNET_TOO_SMALL cidrBlock'],
  },
  { name: 'no gateway address', given: { gateway: 'x' }, want: ['NL_ADDRESS_INVALID gateway'] },
  {
    name: 'a gateway outside',
    given: { gateway: '10.21.0.1' },
    want: ['NL_GATEWAY_OUTSIDE_SUBNET gateway'],
  },
  {
    name: 'a gateway of the other family',
    given: { gateway: 'fd00::1' },
    want: ['NL_GATEWAY_OUTSIDE_SUBNET gateway'],
  },
  {
    name: 'what is left out',
    given: { excludeIps: ['10.20.0.9', '10.20.0.1..10.20.0.8'] },
    want: [],
  },
  {
    name: 'what is left out of one of two families',
    given: { cidrBlock: '10.20.0.0/16,fd00:20::/64', excludeIps: ['10.20.0.9', 'fd00:20::9'] },
    want: [],
  },
  {
    name: 'a list of nothing asks for nothing',
    given: { provider: 'lan.apps', acls: [], allowSubnets: [] },
    want: [],
  },
  {
    name: 'a span that runs backwards',
    given: { excludeIps: ['10.20.0.8..10.20.0.1'] },
    want: ['NL_RANGE_INVALID excludeIps[0]'],
  },
  {
    name: 'a span of three',
    given: { excludeIps: ['10.20.0.1..10.20.0.2..10.20.0.3'] },
    want: ['NL_RANGE_INVALID excludeIps[0]'],
  },
  {
    name: 'a CIDR',
    given: { excludeIps: ['10.20.0.0/28'] },
    want: ['NL_RANGE_INVALID excludeIps[0]'],
  },
  {
    name: 'addresses of elsewhere',
    given: { excludeIps: ['10.21.0.9'] },
    want: ['NL_RANGE_IGNORED excludeIps[0]'],
  },
  {
    name: 'a word',
    given: { gatewayType: 'central' as never },
    want: ['NL_VALUE_OUT_OF_RANGE gatewayType'],
  },
  { name: 'its own network has it all', given: { private: true, natOutgoing: true }, want: [] },
  {
    name: 'an IPAM-only one has not',
    given: { provider: 'lan.apps', private: true, enableDHCP: true, acls: [{ priority: 1 }] },
    want: ['NL_KEY_IGNORED private', 'NL_KEY_IGNORED enableDHCP', 'NL_KEY_IGNORED acls'],
  },
  {
    name: 'the cluster network is no IPAM-only one',
    given: { provider: 'ovn', private: true },
    want: [],
  },
  {
    name: 'nor is one without a provider',
    given: { provider: undefined, private: true },
    want: [],
  },
];

test.each(rows)('$name', ({ given, want }) => {
  expect(codesAndKeys(checkKubeOvnSubnet(subnet(given)))).toEqual(want);
});

test.each([
  {
    given: { cidrBlock: '10.20.0.0/16', exclude_ips: ['10.20.0.9'] },
    want: ['NL_KEY_MISSPELT extra.exclude_ips'],
  },
  {
    given: { cidrblock: '10.20.0.0/16' },
    want: ['NL_KEY_MISSPELT extra.cidrblock'],
  },
  { given: { cidrBlock: 7 }, want: ['NL_TYPE_WRONG extra.cidrBlock'] },
  {
    given: { cidrBlock: '10.20.0.0/16', excludeIps: '10.20.0.9' },
    want: ['NL_TYPE_WRONG extra.excludeIps'],
  },
])('as somebody else wrote it: %j', ({ given, want }) => {
  const found = codesAndKeys(checkKubeOvnSubnet(parseKubeOvnSubnet('lan', given)));
  expect(found).toEqual(want);
});

test('the fix for a span in other signs', () => {
  const fixes = ['10.20.0.1-10.20.0.9', '10.20.0.0/30', 'x'].map(
    (text) => checkKubeOvnSubnet(subnet({ excludeIps: [text] }))[0]?.fix,
  );
  expect(fixes).toEqual([
    '10.20.0.1..10.20.0.9?',
    '10.20.0.0..10.20.0.3?',
    'write it as 10.20.0.1..10.20.0.20',
  ]);
});
