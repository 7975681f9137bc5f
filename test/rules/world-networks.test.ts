import { checkWorld, describeProblem } from 'netloom';
import { bridge, hostLocal, network, V4 } from './samples';
import { given, inWorld, told, type WorldRow, whereabouts } from './worlds';

describe('networks on one segment', () => {
  const rows: WorldRow[] = [
    {
      name: 'the same range twice, each with files of its own',
      given: { networks: [given(), given({ name: 'backup' })] },
      want: ['NL_NETWORKS_OVERLAP ipam.ranges[0]'],
    },
    {
      name: 'with one name in the configuration they share the files',
      given: { networks: [given(), given({ name: 'backup', configName: 'lan' })] },
      want: [],
    },
    {
      name: 'but not with another dataDir',
      given: {
        networks: [
          given(),
          given({
            name: 'backup',
            configName: 'lan',
            ipam: hostLocal({ ranges: [V4], dataDir: '/run/backup' }),
          }),
        ],
      },
      want: ['NL_NETWORKS_OVERLAP ipam.ranges[0]'],
    },
    {
      name: 'ranges beside each other',
      given: {
        networks: [
          given(),
          given({
            name: 'backup',
            ipam: hostLocal({ ranges: [{ subnet: '10.10.0.0/24', rangeStart: '10.10.0.120' }] }),
          }),
        ],
      },
      want: [],
    },
    {
      name: 'another VLAN',
      given: {
        networks: [
          given(),
          given({ name: 'backup', link: bridge({ bridge: 'br-test', vlan: 100 }) }),
        ],
      },
      want: [],
    },
    {
      name: 'another bridge',
      given: { networks: [given(), given({ name: 'backup', link: bridge({ bridge: 'br-b' }) })] },
      want: [],
    },
    {
      name: 'macvlan and vlan over one interface',
      given: {
        networks: [
          given({ link: { kind: 'macvlan', settings: { master: 'eth1.100' } } }),
          given({
            name: 'backup',
            link: { kind: 'vlan', settings: { master: 'eth1', vlanId: 100 } },
          }),
        ],
      },
      want: ['NL_NETWORKS_OVERLAP ipam.ranges[0]'],
    },
    {
      name: "the nodes' default interface is one for all",
      given: {
        networks: [
          given({ link: { kind: 'macvlan', settings: {} } }),
          given({ name: 'backup', link: { kind: 'macvlan', settings: {} } }),
        ],
      },
      want: ['NL_NETWORKS_OVERLAP ipam.ranges[0]'],
    },
    {
      name: 'links that share nothing',
      given: {
        networks: [
          given({ link: { kind: 'ptp', settings: {} } }),
          given({ name: 'backup', link: { kind: 'ptp', settings: {} } }),
        ],
      },
      want: [],
    },
    {
      name: 'claimable parts of two networks, which are two pools',
      given: {
        networks: [
          network(),
          network({
            name: 'backup',
            ipam: hostLocal({
              ranges: [{ subnet: '10.10.0.0/24', rangeStart: '10.10.0.120' }],
              claimable: ['10.10.0.110-10.10.0.130'],
            }),
          }),
        ],
      },
      want: ['NL_NETWORKS_OVERLAP ipam.claimable[0]'],
    },
    {
      name: "a claimable part in another network's range",
      given: {
        networks: [
          given(),
          given({
            name: 'backup',
            ipam: hostLocal({
              ranges: [{ subnet: '10.10.0.0/24', rangeStart: '10.10.0.120' }],
              claimable: ['10.10.0.110'],
            }),
          }),
        ],
      },
      want: ['NL_NETWORKS_OVERLAP ipam.claimable[0]'],
    },
    {
      name: 'host-local beside whereabouts',
      given: { networks: [given(), whereabouts('backup', '10.10.0.0/25')] },
      want: ['NL_NETWORKS_OVERLAP ipam.range'],
    },
    {
      name: 'whereabouts without what the other gives',
      given: {
        networks: [given(), whereabouts('backup', '10.10.0.0/25', { exclude: ['10.10.0.0/25'] })],
      },
      want: [],
    },
    {
      name: 'two of whereabouts: overlapping CIDRs of one network_name are looked after',
      given: { networks: [whereabouts('a', '10.20.0.0/24'), whereabouts('b', '10.20.0.0/25')] },
      want: [],
    },
    {
      name: 'unless that is off',
      given: {
        networks: [
          whereabouts('a', '10.20.0.0/24', { enableOverlappingRanges: false }),
          whereabouts('b', '10.20.0.0/25', { enableOverlappingRanges: false }),
        ],
      },
      want: ['NL_NETWORKS_OVERLAP ipam.range'],
    },
    {
      name: 'but one CIDR is one pool',
      given: {
        networks: [
          whereabouts('a', '10.20.0.0/24', { enableOverlappingRanges: false }),
          whereabouts('b', '10.20.0.0/24', { enableOverlappingRanges: false }),
        ],
      },
      want: [],
    },
    {
      name: 'two network_names',
      given: {
        networks: [
          whereabouts('a', '10.20.0.0/24', { networkName: 'a' }),
          whereabouts('b', '10.20.0.0/24', { networkName: 'b' }),
        ],
      },
      want: ['NL_NETWORKS_OVERLAP ipam.range'],
    },
    {
      name: 'IPv6, and ends that whereabouts ignores',
      given: {
        networks: [
          whereabouts('a', 'fd00:20::/120', { networkName: 'a', rangeStart: 'fd00:99::1' }),
          whereabouts('b', 'fd00:20::fe-fd00:20::ff/120', { networkName: 'b' }),
        ],
      },
      want: ['NL_NETWORKS_OVERLAP ipam.range'],
    },
    {
      name: 'the address of a static network',
      given: {
        networks: [
          given(),
          network({
            name: 'fixed',
            ipam: { kind: 'static', settings: { addresses: [{ address: '10.10.0.30/24' }] } },
          }),
        ],
      },
      want: ['NL_NETWORKS_OVERLAP ipam.addresses[0].address'],
    },
    {
      name: 'what is too broken for arithmetic is left to its own check',
      given: {
        networks: [
          given(),
          given({ name: 'backup', ipam: hostLocal({ ranges: [{ subnet: 'x' }] }) }),
        ],
      },
      want: [],
    },
    {
      name: "nodes' slices of ranges without a name",
      given: {
        networks: [
          whereabouts('a', '10.20.0.0/24', { nodeSliceSize: '/26' }),
          whereabouts('b', '10.21.0.0/24', { nodeSliceSize: '/26' }),
        ],
      },
      want: ['NL_CONFIG_NAME_TWICE ipam.networkName'],
    },
    {
      name: "nodes' slices beside any other network without a name, whichever comes first",
      given: {
        networks: [
          whereabouts('a', '10.20.0.0/24', { nodeSliceSize: '/26' }),
          whereabouts('b', '10.21.0.0/24', {}),
        ],
      },
      want: ['NL_CONFIG_NAME_TWICE ipam.networkName'],
    },
    {
      name: "nodes' slices in another namespace than whereabouts",
      given: {
        networks: [whereabouts('a', '10.20.0.0/24', { nodeSliceSize: '/26' })],
        installs: [{ part: 'whereabouts', namespace: 'kube-system' }],
      },
      want: ['NL_VALUES_CONFLICT ipam.nodeSliceSize'],
    },
    {
      name: "nodes' slices in that of whereabouts",
      given: {
        networks: [whereabouts('a', '10.20.0.0/24', { nodeSliceSize: '/26' })],
        installs: [{ part: 'whereabouts', namespace: 'apps' }],
      },
      want: [],
    },
    {
      name: "nodes' slices of one range for two networks, and of another with a name",
      given: {
        networks: [
          whereabouts('a', '10.20.0.0/24', { nodeSliceSize: '/26' }),
          whereabouts('b', '10.20.0.5/24', { nodeSliceSize: '/26' }),
          whereabouts('c', '10.21.0.0/24', { nodeSliceSize: '/26', networkName: 'c' }),
        ],
      },
      want: [],
    },
    {
      name: 'networks of OVN-Kubernetes that disagree',
      given: {
        networks: (['10.1.0.0/16', '10.2.0.0/16'] as const).map((subnets, index) =>
          network({
            name: `ovn-${index}`,
            configName: 'tenant',
            link: { kind: 'ovn-k8s-cni-overlay', settings: { topology: 'layer2', subnets } },
            ipam: { kind: 'none' },
          }),
        ),
      },
      want: ['NL_VALUES_CONFLICT subnets'],
    },
  ];

  test.each(rows)('$name', ({ given: world, want }) => {
    expect(told(world)).toEqual(want);
  });

  test('the later network is told, whichever begins first', () => {
    const late = given({ name: 'late', ipam: hostLocal({ ranges: [{ subnet: '10.10.0.0/24' }] }) });
    const early = given({ name: 'early' });
    for (const networks of [
      [early, late],
      [late, early],
    ]) {
      const [finding] = checkWorld({ networks, pods: [], bridges: [] });
      expect(finding?.subject).toBe(networks[1]);
      expect(finding?.problem.found).toContain(`network "apps/${networks[0]?.name}"`);
    }
  });
});

test('what is told of names says where the other one is', () => {
  const [problem] = inWorld({ networks: [given(), given()] });
  expect(problem && describeProblem(problem)).toContain('"apps/lan" is made twice');
});
