import {
  type Attachment,
  describeAttachment,
  describeNetwork,
  type NetworkDefinition,
  parseNetwork,
} from 'netloom';

const network = (config: object, resourceName?: string): NetworkDefinition =>
  parseNetwork(config, { name: 'lan', namespace: 'apps', resourceName }) as NetworkDefinition;

const withIpam = (ipam: object): object => ({ type: 'macvlan', master: 'eth1', ipam });

const hostLocal = (ipam: object): object => withIpam({ type: 'host-local', ...ipam });

const whereabouts = (ipam: object): object => withIpam({ type: 'whereabouts', ...ipam });

describe('a network in words', () => {
  const cases: { name: string; given: object; want: string[] }[] = [
    {
      name: 'a bridge and its addresses, one of each family',
      given: {
        type: 'bridge',
        bridge: 'br-test',
        mode: 'bridge',
        ipam: {
          type: 'host-local',
          ranges: [
            [
              {
                subnet: '10.10.0.0/24',
                rangeStart: '10.10.0.20',
                rangeEnd: '10.10.0.50',
                gateway: '10.10.0.254',
              },
            ],
            [{ subnet: 'fd00:10::/64', rangeStart: 'fd00:10::1', rangeEnd: 'fd00:10::9' }],
          ],
          dataDir: '/var/lib/cni/br-test/',
        },
      },
      want: [
        'bridge br-test',
        // The gateway that nobody named is the first address, which is never given.
        'host-local: one of 31 IPv4 addresses 10.10.0.20 to 10.10.0.50 of 10.10.0.0/24 (gateway 10.10.0.254), one of 8 IPv6 addresses fd00:10::2 to fd00:10::9 of fd00:10::/64 (gateway fd00:10::1)',
        'files in /var/lib/cni/br-test/lan, on each node its own',
        'not read by bridge: mode',
      ],
    },
    {
      name: 'all that a bridge does',
      given: {
        type: 'bridge',
        isDefaultGateway: true,
        ipMasq: true,
        vlan: 5,
        vlanTrunk: [{ id: 7 }, { minID: 10, maxID: 20 }],
        portIsolation: true,
        macspoofchk: true,
        promiscMode: true,
        hairpinMode: true,
        mtu: 9000,
      },
      want: [
        "bridge cni0, the pods' default gateway, masquerading what leaves it, VLAN 5, tagged VLANs 7, 10 to 20, pods kept from each other, foreign MACs dropped, hairpin, promiscuous, MTU 9000 bytes",
        'no addresses',
      ],
    },
    {
      name: 'several ranges in one pool, and a gateway between them',
      given: hostLocal({
        ranges: [[{ subnet: '10.1.0.0/29' }, { subnet: '10.2.0.0/29', gateway: '10.2.0.3' }]],
        resolvConf: '/etc/resolv.conf',
        routes: [{ dst: '0.0.0.0/0' }, { dst: '10.9.0.0/16', gw: '10.1.0.2', priority: 5 }],
      }),
      want: [
        'macvlan on eth1, mode bridge',
        'host-local: one of 10 IPv4 addresses 10.1.0.2 to 10.1.0.6, 10.2.0.1 to 10.2.0.2 and 10.2.0.4 to 10.2.0.6 of 10.1.0.0/29 and 10.2.0.0/29 (gateways 10.1.0.1, 10.2.0.3)',
        'files in /var/lib/cni/networks/lan, on each node its own',
        "name servers from the node's /etc/resolv.conf",
        "default route (0.0.0.0/0) via the address's gateway",
        'route to 10.9.0.0/16 via 10.1.0.2, metric 5',
      ],
    },
    {
      name: 'the old form, one address, a name of its own for the files',
      given: {
        ...hostLocal({ subnet: '10.1.0.0/24', rangeStart: '10.1.0.9', rangeEnd: '10.1.0.9' }),
        name: 'shared',
      },
      want: [
        'macvlan on eth1, mode bridge',
        'host-local: the IPv4 address 10.1.0.9 of 10.1.0.0/24 (gateway 10.1.0.1)',
        'files in /var/lib/cni/networks/shared, on each node its own',
      ],
    },
    {
      name: 'a range that the plugin would refuse, as it is written',
      given: hostLocal({
        ranges: [[{ subnet: '10.1.0.0/33', rangeStart: '10.1.0.9' }], [{ subnet: 'lan' }]],
      }),
      want: [
        'macvlan on eth1, mode bridge',
        'host-local: one of 10.1.0.9 of 10.1.0.0/33, one of lan',
        'files in /var/lib/cni/networks/lan, on each node its own',
      ],
    },
    {
      name: 'no ranges',
      given: hostLocal({}),
      want: [
        'macvlan on eth1, mode bridge',
        'host-local: no ranges, so no addresses',
        'files in /var/lib/cni/networks/lan, on each node its own',
      ],
    },
    {
      name: 'whereabouts gives its gateway, too, and neither the first nor the last address',
      given: whereabouts({ range: '192.168.1.100/24', gateway: '192.168.1.1' }),
      want: [
        'macvlan on eth1, mode bridge',
        'whereabouts: one of 254 IPv4 addresses 192.168.1.1 to 192.168.1.254 of 192.168.1.0/24, once in the cluster',
        'gateway 192.168.1.1 on every address',
      ],
    },
    {
      name: 'whereabouts with ends in the range, and a name',
      given: whereabouts({ range: '192.168.2.225-192.168.2.230/28', network_name: 'tenant-a' }),
      want: [
        'macvlan on eth1, mode bridge',
        'whereabouts: one of 6 IPv4 addresses 192.168.2.225 to 192.168.2.230 of 192.168.2.224/28, once in the cluster in the pools of "tenant-a"',
      ],
    },
    {
      name: 'whereabouts ignores ends that lie outside, or in the wrong order',
      given: whereabouts({
        ipRanges: [
          { range: '192.168.2.0/24', range_start: '192.168.3.5' },
          { range: '192.168.4.0/24', range_start: '192.168.4.10', range_end: '192.168.4.5' },
        ],
      }),
      want: [
        'macvlan on eth1, mode bridge',
        'whereabouts: one of 254 IPv4 addresses 192.168.2.1 to 192.168.2.254 of 192.168.2.0/24, one of 245 IPv4 addresses 192.168.4.10 to 192.168.4.254 of 192.168.4.0/24, once in the cluster',
      ],
    },
    {
      name: 'whereabouts leaves out what is excluded, host bits or not; many spans are counted',
      given: whereabouts({
        range: '192.168.2.0/24',
        range_start: '192.168.2.10',
        exclude: [
          '192.168.2.10',
          '192.168.2.13/30',
          '192.168.2.30',
          '192.168.2.40',
          '192.168.2.50',
        ],
        addresses: [{ address: '10.0.0.1/24' }],
      }),
      want: [
        'macvlan on eth1, mode bridge',
        'whereabouts: one of 237 IPv4 addresses 192.168.2.11, 192.168.2.16 to 192.168.2.29, 192.168.2.31 to 192.168.2.39, 192.168.2.41 to 192.168.2.49 and 1 more of 192.168.2.0/24, once in the cluster',
        'and 10.0.0.1/24 on every pod, kept free by nobody',
      ],
    },
    {
      name: 'as many addresses as nobody counts',
      given: whereabouts({
        range: 'fd00::/64',
        ipRanges: [{ range: 'fd01::/64', exclude: ['fd01::/65'] }],
      }),
      want: [
        'macvlan on eth1, mode bridge',
        'whereabouts: one of about 2^64 IPv6 addresses fd00::1 to fd00::ffff:ffff:ffff:fffe of fd00::/64, one of about 2^63 IPv6 addresses fd01::8000:0:0:0 to fd01::ffff:ffff:ffff:fffe of fd01::/64, once in the cluster',
      ],
    },
    {
      name: 'a range that is none',
      given: whereabouts({ range: '192.168.2.0/31', ipRanges: [{ range: 'x' }] }),
      want: [
        'macvlan on eth1, mode bridge',
        'whereabouts: one of 192.168.2.0/31, one of x, once in the cluster',
      ],
    },
    {
      name: 'static, with addresses and without',
      given: {
        type: 'ipvlan',
        mode: 'l3',
        ipam: {
          type: 'static',
          addresses: [{ address: '10.1.0.5/24', gateway: '10.1.0.1' }, { address: 'fd00::5/64' }],
        },
      },
      want: [
        "ipvlan on the interface of the node's default route, mode l3",
        'static: 10.1.0.5/24 (gateway 10.1.0.1) and fd00::5/64 for every pod, or what a pod asks for (ips)',
      ],
    },
    {
      name: 'static that leaves it to the pods',
      given: { type: 'dummy', ipam: { type: 'static' } },
      want: [
        'dummy interface, which leads nowhere',
        'static: the addresses that each pod asks for (ips)',
      ],
    },
    {
      name: 'a VLAN with leases',
      given: { type: 'vlan', master: 'eth0', vlanId: 7, mtu: 1400, ipam: { type: 'dhcp' } },
      want: [
        'VLAN 7 on eth0, MTU 1400 bytes',
        "dhcp: an IPv4 address that the node's DHCP daemon leases, with the server's routes",
      ],
    },
    {
      name: 'Kube-OVN for addresses, and for the interface as well',
      given: withIpam({ type: 'kube-ovn', provider: 'lan.apps' }),
      want: ['macvlan on eth1, mode bridge', 'kube-ovn: an address of the subnet of lan.apps'],
    },
    {
      name: 'an interface of Kube-OVN',
      given: { type: 'kube-ovn', provider: 'lan.apps.ovn' },
      want: ['Kube-OVN interface with an address of its subnet, provider lan.apps.ovn'],
    },
    {
      name: 'OVN-Kubernetes',
      given: {
        type: 'ovn-k8s-cni-overlay',
        topology: 'localnet',
        subnets: '10.1.0.0/16',
        excludeSubnets: '10.1.0.0/24',
        physicalNetworkName: 'phys',
        vlanID: 5,
      },
      want: [
        'OVN-Kubernetes localnet network, an address of 10.1.0.0/16, none of 10.1.0.0/24, physical network phys, VLAN 5',
      ],
    },
    {
      name: 'a chain',
      given: {
        plugins: [
          { type: 'ptp', ipMasq: true },
          { type: 'tuning', sysctl: { 'net.ipv4.conf.IFNAME.arp_notify': '1' }, promisc: true },
          { type: 'portmap' },
          { type: 'bandwidth', ingressRate: 5_000_000, ingressBurst: 1, egressRate: 1500 },
          { type: 'bandwidth' },
          { type: 'firewall', ingressPolicy: 'same-bridge' },
          { type: 'sbr' },
          { type: 'vrf', vrfname: 'blue' },
          { type: 'coordinator' },
        ],
      },
      want: [
        'veth pair to the node, masquerading what leaves it',
        'no addresses',
        'then tuning, net.ipv4.conf.IFNAME.arp_notify = 1, promiscuous',
        'then portmap: ports of the node that a pod asks for (portMappings)',
        'then bandwidth, at most 5 Mbit/s to the pod and at most 1500 bit/s from the pod',
        'then bandwidth, rates that a pod asks for (bandwidth)',
        'then firewall, who may come in: same-bridge',
        'then sbr: a routing table for what the pod sends from these addresses',
        'then vrf: virtual router blue',
        'then coordinator, a plugin that netloom does not know',
      ],
    },
    {
      name: 'what netloom does not know',
      given: { type: 'ovs', ipam: { type: 'nv-ipam' } },
      want: [
        'ovs, a plugin that netloom does not know',
        'nv-ipam: an IPAM that netloom does not know',
      ],
    },
    {
      name: 'a tap device',
      given: { type: 'tap', bridge: 'br0', mac: '02:00:00:00:00:01', multiQueue: true },
      want: [
        'tap device, on bridge br0 inside the pod, MAC 02:00:00:00:00:01, one queue for each processor',
        'no addresses',
      ],
    },
  ];

  test.each(cases)('$name', ({ given, want }) => {
    expect(describeNetwork(network(given))).toEqual(want);
  });

  test('a device for each pod', () => {
    const sriov = { type: 'sriov', vlan: 5, trust: 'on', link_state: 'auto', max_tx_rate: 100 };
    expect(describeNetwork(network(sriov, 'intel.com/sriov'))).toEqual([
      'SR-IOV virtual function, VLAN 5, trust on, link auto, sends at most 100 Mbit/s',
      'no addresses',
      'a device of intel.com/sriov for each pod',
    ]);
    expect(describeNetwork(network({ type: 'host-device' }, 'a.b/c'))[0]).toBe(
      'host device that a device plugin chooses',
    );
    expect(describeNetwork(network({ type: 'host-device', device: 'eth2' }))[0]).toBe(
      'host device eth2',
    );
  });
});

describe('an attachment in words', () => {
  const cases: { name: string; given: Attachment; want: string }[] = [
    { name: 'a name', given: { name: 'lan' }, want: 'net1 on lan' },
    {
      name: 'everything',
      given: {
        name: 'lan',
        namespace: 'apps',
        ips: ['10.0.0.5/24', 'fd00::5/64'],
        mac: '02:00:00:00:00:01',
        defaultRoute: ['10.0.0.1'],
        portMappings: [{ hostPort: 80, containerPort: 8080 }],
        bandwidth: { egressRate: 2_000_000_000 },
        infinibandGuid: '00:00:00:00:00:00:00:01',
        deviceID: '0000:00:1f.6',
        ipamClaimReference: 'vm',
        cniArgs: { a: 1, b: 2 },
      },
      want: "net1 on apps/lan; asks for 10.0.0.5/24 and fd00::5/64; MAC 02:00:00:00:00:01; the pod's default route, via 10.0.0.1; port 80/tcp of the node leads to 8080; at most 2 Gbit/s from the pod; GUID 00:00:00:00:00:00:00:01; device 0000:00:1f.6; the addresses of IPAMClaim vm; arguments a, b for the plugins",
    },
    {
      name: 'an empty list of next hops is another thing than none',
      given: { name: 'lan', defaultRoute: [] },
      want: "net1 on lan; the pod's default route, by the network's own gateway",
    },
  ];

  test.each(cases)('$name', ({ given, want }) => {
    expect(describeAttachment(given, 'net1')).toBe(want);
  });
});
