import { bridge, network } from './samples';
import { given, KUBE_OVN, told, type WorldRow, whereabouts } from './worlds';

describe('host bridges', () => {
  const selects = (labels: Record<string, string> | undefined) => ({
    bridge: 'br0',
    ...(labels && { nodeSelector: labels }),
  });
  const TWICE = ['NL_NAME_TWICE bridge'];
  test.each([
    { name: 'of two names', given: [selects({}), { bridge: 'br1' }], want: [] },
    { name: 'of one name', given: [selects(undefined), selects(undefined)], want: TWICE },
    {
      name: 'for all nodes and for some',
      given: [selects({}), selects({ rack: 'a' })],
      want: TWICE,
    },
    { name: 'for some and for all', given: [selects({ rack: 'a' }), selects({})], want: TWICE },
    {
      name: 'for the same nodes, labels in another order',
      given: [selects({ rack: 'a', row: '1' }), selects({ row: '1', rack: 'a' })],
      want: TWICE,
    },
    {
      name: 'for nodes that differ',
      given: [selects({ rack: 'a' }), selects({ rack: 'b' })],
      want: [],
    },
    {
      name: 'for nodes that may differ',
      given: [selects({ rack: 'a' }), selects({ row: '1' })],
      want: [],
    },
  ])('$name', ({ given: bridges, want }) => expect(told({ bridges })).toEqual(want));

  test('addresses of the host in what whereabouts gives', () => {
    const networks = [whereabouts('pool', '10.20.0.0/24')];
    expect(
      told({ networks, bridges: [{ bridge: 'br-test', addresses: ['10.20.0.9/24'] }] }),
    ).toEqual(['NL_HOST_ADDRESS_IN_POOL addresses[0]']);
  });

  test('a VLAN on the bridge is another network', () => {
    const networks = [given({ link: bridge({ bridge: 'br-test', vlan: 7 }) })];
    expect(
      told({ networks, bridges: [{ bridge: 'br-test', addresses: ['10.10.0.30/24'] }] }),
    ).toEqual([]);
  });
});

describe("the cluster's own networks", () => {
  const rows: WorldRow[] = [
    {
      name: 'services',
      given: { networks: [given()], serviceCidrs: ['10.10.0.0/16'] },
      want: ['NL_CLUSTER_OVERLAP ipam.ranges[0].subnet'],
    },
    {
      name: 'nodes, under a bridge of its own',
      given: { networks: [given()], nodeCidrs: ['10.10.0.0/16'] },
      want: ['NL_CLUSTER_OVERLAP ipam.ranges[0].subnet'],
    },
    {
      name: 'nodes, under a bridge that leads out to them',
      given: {
        networks: [given()],
        bridges: [{ bridge: 'br-test', ports: ['eth1'] }],
        nodeCidrs: ['10.10.0.0/16'],
      },
      want: [],
    },
    {
      name: "nodes, under macvlan on the nodes' interface",
      given: {
        networks: [given({ link: { kind: 'macvlan', settings: { master: 'eth0' } } })],
        nodeCidrs: ['10.10.0.0/16'],
      },
      want: [],
    },
    {
      name: 'pods, under a subnet of Kube-OVN',
      given: {
        networks: [network(KUBE_OVN)],
        subnets: [{ name: 'lan', provider: 'lan.apps', cidrBlock: '10.20.0.0/16' }],
        podCidrs: ['10.20.3.0/24'],
      },
      want: ['NL_CLUSTER_OVERLAP ipam'],
    },
    {
      name: 'what is no CIDR is no matter here',
      given: { networks: [given()], podCidrs: ['x'] },
      want: [],
    },
  ];

  test.each(rows)('$name', ({ given: world, want }) => expect(told(world)).toEqual(want));
});
