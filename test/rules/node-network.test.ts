import { checkNodeNetwork, describeProblem, type NodeNetworkDefinition } from 'netloom';
import { codesAndKeys } from './samples';

describe("a node's network by itself", () => {
  const cases: { name: string; given: NodeNetworkDefinition; want: string[] }[] = [
    { name: 'nothing', given: {}, want: [] },
    {
      name: 'all kinds of links, each as it may be',
      given: {
        bonds: [
          {
            name: 'bnd0',
            mode: 'active-backup',
            ports: ['eth1', 'pci:0000:3b:00.0'],
            primary: 'eth1',
            miimon: 50,
            updelay: 200,
          },
        ],
        vlans: [{ name: 'bnd0.10', link: 'bnd0', id: 10, mtu: 1400 }],
        bridges: [
          {
            name: 'br-a',
            ports: [
              { link: 'bnd0.10' },
              { link: 'va', pvid: 5, vlanTrunk: [{ minID: 6, maxID: 9 }] },
            ],
            vlanFiltering: true,
            addresses: ['10.10.0.10/24', 'fd00:10::10/64'],
            routes: [
              { dst: '10.20.0.0/16', gw: '10.10.0.254' },
              { dst: '10.20.0.0/16', gw: '10.10.0.253', metric: 10 },
              { dst: '::/0', gw: 'fe80::1' },
            ],
            sysctls: { 'net.ipv4.conf.IFNAME.rp_filter': '2' },
          },
        ],
        veths: [{ name: 'va', peer: 'vb' }],
        macvlans: [
          { name: 'shim0', master: 'mac:02:00:00:00:00:09', routes: [{ dst: '10.2.0.0/24' }] },
        ],
        dummies: [
          {
            name: 'dum0',
            addressesFrom: ['infra/nodes'],
            routes: [{ dst: '10.9.0.0/24', gw: '10.8.0.1' }],
          },
        ],
        interfaces: [{ link: 'route:default', mtu: 9000 }],
      },
      want: [],
    },
    {
      name: 'names that are none, that are an index to iproute2, that are there twice',
      given: {
        bridges: [{ name: 'br test' }, { name: 'if5' }],
        dummies: [{ name: 'a' }],
        veths: [{ name: 'b', peer: 'a' }],
      },
      want: [
        'NL_IFNAME_INVALID bridges[0].name',
        'NL_IFNAME_INVALID bridges[1].name',
        'NL_NAME_TWICE dummies[0].name',
      ],
    },
    {
      name: 'references that tell no link',
      given: {
        interfaces: [
          { link: 'pci:3b:00.0' },
          { link: 'mac:eth1' },
          { link: 'route:lan' },
          { link: 'mac:01:00:5e:00:00:01' },
        ],
      },
      want: [
        'NL_IFNAME_INVALID interfaces[0].link',
        'NL_IFNAME_INVALID interfaces[1].link',
        'NL_IFNAME_INVALID interfaces[2].link',
        'NL_MAC_INVALID interfaces[3].link',
      ],
    },
    {
      name: 'a link as a port of two, of itself, with addresses, and below a macvlan link',
      given: {
        bridges: [
          { name: 'br-a', ports: [{ link: 'eth1' }, { link: 'br-a' }] },
          { name: 'br-b', ports: [{ link: 'eth1' }] },
        ],
        macvlans: [{ name: 'shim0', master: 'eth1' }],
        interfaces: [{ link: 'eth1', addresses: ['10.0.0.1/24'] }],
      },
      want: [
        'NL_BRIDGE_PORT bridges[0].ports[1].link',
        'NL_BRIDGE_PORT bridges[1].ports[0].link',
        'NL_VALUES_CONFLICT macvlans[0].master',
        'NL_VALUES_CONFLICT interfaces[0].addresses',
      ],
    },
    {
      name: 'a circle of three',
      given: {
        bonds: [{ name: 'c', mode: 'balance-rr', ports: ['b'] }],
        vlans: [{ name: 'b', link: 'a', id: 1 }],
        bridges: [{ name: 'a', ports: [{ link: 'c' }] }],
      },
      want: ['NL_LINK_CYCLE bonds[0].ports[0]'],
    },
    {
      name: 'VLANs on a bridge that filters none, outside the numbers, and no span',
      given: {
        vlans: [
          { name: 'v1', link: 'eth1', id: 5 },
          { name: 'v2', link: 'eth1', id: 5 },
        ],
        bridges: [
          { name: 'br-a', pvid: 3 },
          {
            name: 'br-b',
            vlanFiltering: true,
            ports: [{ link: 'eth2', pvid: 4095, vlanTrunk: [{ id: 1, minID: 2 }, {}] }],
          },
        ],
      },
      want: [
        'NL_VALUES_CONFLICT bridges[0].pvid',
        'NL_VALUE_OUT_OF_RANGE bridges[1].ports[0].pvid',
        'NL_VALUES_CONFLICT bridges[1].ports[0].vlanTrunk[0]',
        'NL_VALUES_CONFLICT bridges[1].ports[0].vlanTrunk[1]',
        'NL_VALUES_CONFLICT vlans[1].id',
      ],
    },
    {
      name: 'options of bonds where they do not count',
      given: {
        bonds: [
          { name: 'bnd0', mode: 'balance-rr', lacpRate: 'fast', updelay: 150, ports: ['eth1'] },
          { name: 'bnd1', mode: 'active-backup', primary: 'eth9', ports: ['eth2'] },
        ],
      },
      want: [
        'NL_VALUES_CONFLICT bonds[0].updelay',
        'NL_VALUES_CONFLICT bonds[0].lacpRate',
        'NL_VALUES_CONFLICT bonds[1].primary',
      ],
    },
    {
      name: 'MTUs: more than below, too small for IPv6, no number',
      given: {
        vlans: [{ name: 'v1', link: 'eth1', id: 5, mtu: 9000 }],
        interfaces: [{ link: 'eth1', mtu: 1500 }],
        dummies: [
          { name: 'd1', mtu: 1000, addresses: ['fd00::1/64'] },
          { name: 'd2', mtu: 1.5 },
        ],
      },
      want: [
        'NL_VALUES_CONFLICT dummies[0].mtu',
        'NL_VALUE_OUT_OF_RANGE dummies[1].mtu',
        'NL_VALUES_CONFLICT vlans[0].mtu',
      ],
    },
    {
      name: 'an address on two links',
      given: {
        dummies: [{ name: 'd1', addresses: ['10.0.0.1/32'] }],
        bridges: [{ name: 'br-a', addresses: ['10.0.0.1/24'] }],
      },
      want: ['NL_ADDRESS_TWICE bridges[0].addresses[0]'],
    },
    {
      name: 'routes that the kernel refuses',
      given: {
        dummies: [
          {
            name: 'd1',
            addresses: ['10.0.0.1/24'],
            routes: [
              { dst: '10.20.0.1/16', gw: '10.0.0.254' },
              { dst: '10.30.0.0/16', gw: '10.1.0.254' },
              { dst: '10.40.0.0/16', gw: 'fd00::1', src: 'nothing' },
              { dst: '10.50.0.0/16', table: 255 },
              { dst: '10.60.0.0/16' },
              { dst: '10.60.0.0/16', metric: 0 },
            ],
          },
        ],
      },
      want: [
        'NL_HOST_BITS dummies[0].routes[0].dst',
        'NL_ROUTE_INVALID dummies[0].routes[1].gw',
        'NL_ROUTE_INVALID dummies[0].routes[2].gw',
        'NL_ROUTE_INVALID dummies[0].routes[2].src',
        'NL_ROUTE_INVALID dummies[0].routes[2].gw',
        'NL_ROUTE_INVALID dummies[0].routes[3].table',
        'NL_ROUTE_INVALID dummies[0].routes[5]',
      ],
    },
    {
      name: 'kernel settings of others, and values that are none',
      given: {
        dummies: [
          {
            name: 'd1',
            sysctls: {
              'net.ipv4.ip_forward': '1',
              'net.ipv4.conf.eth1.rp_filter': '1',
              'net.ipv4.conf.IFNAME.../../../kernel/x': '1',
              'net.ipv4.conf.IFNAME.rp_filter': '1\n2',
            },
          },
        ],
      },
      want: [
        'NL_SYSCTL_INVALID dummies[0].sysctls["net.ipv4.ip_forward"]',
        'NL_SYSCTL_INVALID dummies[0].sysctls["net.ipv4.conf.eth1.rp_filter"]',
        'NL_SYSCTL_INVALID dummies[0].sysctls["net.ipv4.conf.IFNAME.../../../kernel/x"]',
        'NL_SYSCTL_INVALID dummies[0].sysctls["net.ipv4.conf.IFNAME.rp_filter"]',
      ],
    },
  ];

  test.each(cases)('$name', ({ given, want }) => {
    expect(codesAndKeys(checkNodeNetwork(given))).toEqual(want);
  });

  test('a message names the circle', () => {
    const given: NodeNetworkDefinition = {
      bridges: [{ name: 'br-a', ports: [{ link: 'br-a.10' }] }],
      vlans: [{ name: 'br-a.10', link: 'br-a', id: 10 }],
    };
    expect(checkNodeNetwork(given).map(describeProblem)).toEqual([
      'bridges[0].ports[0].link: a circle: br-a.10 stands on br-a stands on br-a.10. Allowed: links of which none stands on itself. Fix: take one of them out of the circle. (NL_LINK_CYCLE)',
    ]);
  });
});
