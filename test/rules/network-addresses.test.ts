import { whereaboutsNetwork } from 'netloom';
import { givenRanges, networkCidrs, whereaboutsSpan } from '../../src/rules/network-addresses';
import { hostLocal, network, POOL, STATIC } from './samples';
import { whereabouts } from './worlds';

describe('what whereabouts gives: the vectors of ../shared/reference/whereabouts.md', () => {
  test.each([
    { given: { range: '192.168.1.100/24' }, want: '192.168.1.1-192.168.1.254' },
    { given: { range: '192.168.2.225/28' }, want: '192.168.2.225-192.168.2.238' },
    { given: { range: '192.168.2.225-192.168.2.230/28' }, want: '192.168.2.225-192.168.2.230' },
    {
      given: { range: '192.168.2.0/24', rangeStart: '192.168.3.5' },
      want: '192.168.2.1-192.168.2.254',
    },
    {
      given: { range: '192.168.2.0/24', rangeStart: '192.168.2.10', rangeEnd: '192.168.2.5' },
      want: '192.168.2.10-192.168.2.254',
    },
    {
      given: { range: '192.168.2.0/24', rangeStart: '192.168.2.10', rangeEnd: '192.168.2.20' },
      want: '192.168.2.10-192.168.2.20',
    },
    { given: { range: '192.168.2.0/24', rangeEnd: '192.168.2.1' }, want: '192.168.2.1' },
    { given: { range: '192.168.2.0/31' }, want: 'undefined' },
    { given: { range: '192.168.2.0/32' }, want: 'undefined' },
    { given: { range: 'fd00::/126' }, want: 'fd00::1-fd00::2' },
  ])('$given', ({ given, want }) => {
    expect(String(whereaboutsSpan(given, whereaboutsNetwork(given)))).toBe(want);
  });

  test('less what is excluded, claimable, or the gateway', () => {
    const ranges = [{ range: '10.20.0.0/28', exclude: ['10.20.0.8/30'], gateway: '10.20.0.1' }];
    const { ipam } = whereabouts('pool', '');
    const settings = { ranges, claimable: ['10.20.0.5-10.20.0.7'] };
    const pool = network({ ipam: { ...ipam, settings } as typeof ipam });
    expect(givenRanges(pool).map(({ key, range, store }) => `${key} ${range} ${store}`)).toEqual([
      'ipam.ranges[0] 10.20.0.2-10.20.0.4 whereabouts ',
      'ipam.ranges[0] 10.20.0.12-10.20.0.14 whereabouts ',
      'ipam.claimable[0] 10.20.0.5-10.20.0.7 claims apps/lan',
    ]);
  });
});

test('what host-local gives, each part with its book', () => {
  const sets = {
    rangeSets: [[{ subnet: '10.11.0.0/30' }]],
    subnet: '10.12.0.0/30',
    dataDir: '/run',
  };
  const given = givenRanges(
    network({ configName: 'shared', ipam: hostLocal({ ...POOL, ...sets }) }),
  );
  expect(given.map(({ key, range, store }) => `${key} ${range} ${store}`)).toEqual([
    'ipam 10.12.0.1-10.12.0.2 /run/shared',
    'ipam.rangeSets[0][0] 10.11.0.1-10.11.0.2 /run/shared',
    'ipam.ranges[0] 10.10.0.20-10.10.0.99 /run/shared',
    'ipam.ranges[1] fd00:10::20-fd00:10::7f /run/shared',
    'ipam.claimable[0] 10.10.0.100-10.10.0.119 claims apps/lan',
    'ipam.claimable[1] fd00:10::80-fd00:10::ff claims apps/lan',
  ]);
});

test('subnets', () => {
  const cidrs = (...given: Parameters<typeof networkCidrs>): string[] =>
    networkCidrs(...given).map(({ key, cidr }) => `${key} ${cidr}`);
  expect(cidrs(network())).toEqual([
    'ipam.ranges[0].subnet 10.10.0.0/24',
    'ipam.ranges[1].subnet fd00:10::/64',
  ]);
  expect(cidrs(whereabouts('a', '10.20.0.9/24'))).toEqual(['ipam.range 10.20.0.0/24']);
  expect(cidrs(network({ ipam: STATIC }))).toEqual([]);
  const subnets = '10.1.0.0/16/24, fd00:1::/48/64';
  const settings = { topology: 'layer3' as const, subnets };
  expect(cidrs(network({ link: { kind: 'ovn-k8s-cni-overlay', settings } }))).toEqual([
    'subnets 10.1.0.0/16',
    'subnets fd00:1::/48',
  ]);
  const kubeOvn = network({ ipam: { kind: 'kube-ovn', settings: {} } });
  expect(cidrs(kubeOvn, { name: 'a', cidrBlock: '10.2.0.0/16' })).toEqual(['ipam 10.2.0.0/16']);
});
