import type { Chain, PluginCase, Table } from './case';
import { belowBridge, DUAL_STACK, gives, refused, single } from './configs';

const hostLocal = (keys: object, more: object = {}): Chain =>
  belowBridge({ type: 'host-local', ...keys }, more);
const range = (keys: object): Chain => hostLocal({ ranges: [[keys]] });
const SUBNET = { subnet: '10.1.0.0/24' };
const DUAL = { ranges: DUAL_STACK.ranges };

const cases: PluginCase[] = [
  {
    name: 'a subnet: the first address is the gateway, the second is given',
    chain: range(SUBNET),
    want: 'accepted',
    gives: { ips: [{ address: '10.1.0.2/24', gateway: '10.1.0.1' }] },
  },
  { name: 'an IPv6 subnet', chain: range({ subnet: 'fd00:1::/64' }), ...gives('fd00:1::2/64') },
  {
    name: 'a set for each family: an address of each',
    chain: hostLocal(DUAL),
    ...gives('10.1.0.2/24', 'fd00:1::2/64'),
  },
  {
    name: 'the old form at top level',
    chain: hostLocal({
      subnet: '10.1.0.0/24',
      rangeStart: '10.1.0.20',
      rangeEnd: '10.1.0.29',
      gateway: '10.1.0.254',
    }),
    want: 'accepted',
    gives: { ips: [{ address: '10.1.0.20/24', gateway: '10.1.0.254' }] },
  },
  {
    name: 'both forms give two addresses, the old one first',
    chain: hostLocal({ subnet: '10.2.0.0/24', ranges: [[SUBNET]] }),
    ...gives('10.2.0.2/24', '10.1.0.2/24'),
  },
  {
    name: 'rangeStart, rangeEnd and gateway',
    chain: range({
      ...SUBNET,
      rangeStart: '10.1.0.20',
      rangeEnd: '10.1.0.20',
      gateway: '10.1.0.9',
    }),
    want: 'accepted',
    gives: { ips: [{ address: '10.1.0.20/24', gateway: '10.1.0.9' }] },
  },
  {
    name: 'a gateway inside the range is never given',
    chain: range({ ...SUBNET, rangeStart: '10.1.0.20', gateway: '10.1.0.20' }),
    ...gives('10.1.0.21/24'),
  },
  {
    name: 'a gateway outside the subnet',
    chain: range({ ...SUBNET, gateway: '192.168.1.1' }),
    want: 'accepted',
    gives: { ips: [{ address: '10.1.0.1/24', gateway: '192.168.1.1' }] },
  },
  {
    name: 'the last address before the broadcast address',
    chain: range({ ...SUBNET, rangeStart: '10.1.0.254' }),
    ...gives('10.1.0.254/24'),
  },
  {
    name: 'the broadcast address, when it is asked for as the end',
    chain: range({ ...SUBNET, rangeStart: '10.1.0.255', rangeEnd: '10.1.0.255' }),
    ...gives('10.1.0.255/24'),
  },
  {
    name: 'the address of the network, when it is asked for as the start',
    chain: range({ ...SUBNET, rangeStart: '10.1.0.0' }),
    ...gives('10.1.0.0/24'),
  },
  {
    name: 'a range whose only address is the gateway',
    chain: range({ ...SUBNET, rangeStart: '10.1.0.1', rangeEnd: '10.1.0.1' }),
    want: refused(/no IP addresses available in range set: 10\.1\.0\.1-10\.1\.0\.1/),
  },
  {
    name: 'a range without an address left',
    chain: range({ ...SUBNET, rangeStart: '10.1.0.20', rangeEnd: '10.1.0.20' }),
    earlier: [{ chain: range({ ...SUBNET, rangeStart: '10.1.0.20', rangeEnd: '10.1.0.20' }) }],
    want: refused(/no IP addresses available in range set: 10\.1\.0\.20-10\.1\.0\.20/),
  },
  {
    name: 'a second pod gets the next address',
    chain: range(SUBNET),
    earlier: [{ chain: range(SUBNET) }],
    ...gives('10.1.0.3/24'),
  },
  {
    name: 'ranges of one set are a pool',
    chain: hostLocal({
      ranges: [
        [{ ...SUBNET, rangeStart: '10.1.0.20', rangeEnd: '10.1.0.20' }, { subnet: '10.2.0.0/24' }],
      ],
    }),
    earlier: [
      {
        chain: hostLocal({
          ranges: [
            [
              { ...SUBNET, rangeStart: '10.1.0.20', rangeEnd: '10.1.0.20' },
              { subnet: '10.2.0.0/24' },
            ],
          ],
        }),
      },
    ],
    ...gives('10.2.0.2/24'),
  },
  {
    name: 'host bits',
    chain: range({ subnet: '10.1.0.1/24' }),
    want: refused(
      /invalid range set 0: Network has host bits set\. For a subnet mask of length 24 the network address is 10\.1\.0\.0/,
    ),
  },
  {
    name: 'IPv6 host bits',
    chain: range({ subnet: 'fd00:1::1/64' }),
    want: refused(/Network has host bits set\. .* length 64 the network address is fd00:1::/),
  },
  ...['10.1.0.0/31', '10.1.0.1/32', 'fd00:1::/127', 'fd00:1::1/128'].map((subnet) => ({
    name: `${subnet}`,
    chain: range({ subnet }),
    want: refused(/Network .* too small to allocate from/),
  })),
  { name: 'a /30', chain: range({ subnet: '10.1.0.0/30' }), ...gives('10.1.0.2/30') },
  { name: 'a /126', chain: range({ subnet: 'fd00:1::/126' }), ...gives('fd00:1::2/126') },
  {
    name: 'rangeStart outside the subnet',
    chain: range({ ...SUBNET, rangeStart: '10.2.0.20' }),
    want: refused(/RangeStart 10\.2\.0\.20 not in network 10\.1\.0\.0\/24/),
  },
  {
    name: 'rangeEnd outside the subnet',
    chain: range({ ...SUBNET, rangeEnd: '10.2.0.20' }),
    want: refused(/RangeEnd 10\.2\.0\.20 not in network 10\.1\.0\.0\/24/),
  },
  {
    name: 'rangeEnd before rangeStart',
    chain: range({ ...SUBNET, rangeStart: '10.1.0.30', rangeEnd: '10.1.0.20' }),
    want: refused(/RangeStart 10\.1\.0\.30 not in network 10\.1\.0\.0\/24/),
  },
  {
    name: 'rangeStart of the other family',
    chain: range({ ...SUBNET, rangeStart: 'fd00:1::20' }),
    want: refused(/RangeStart fd00:1::20 not in network 10\.1\.0\.0\/24/),
  },
  {
    name: 'a range without a subnet',
    chain: range({ rangeStart: '10.1.0.20' }),
    want: refused(/invalid range set 0: IP <nil> not v4 nor v6/),
  },
  {
    name: 'a subnet without a prefix',
    chain: range({ subnet: '10.1.0.0' }),
    want: refused(/invalid CIDR address: 10\.1\.0\.0/),
  },
  {
    name: 'an address that is none',
    chain: range({ ...SUBNET, rangeStart: '10.1.0.300' }),
    want: refused(/invalid IP address: 10\.1\.0\.300/),
  },
  {
    name: 'an address with zeros in front',
    chain: range({ ...SUBNET, rangeStart: '10.1.0.020' }),
    want: refused(/invalid IP address: 10\.1\.0\.020/),
  },
  {
    name: 'no range',
    chain: hostLocal({}),
    want: refused(/no IP ranges specified/),
  },
  {
    name: 'no set',
    chain: hostLocal({ ranges: [] }),
    want: refused(/no IP ranges specified/),
  },
  {
    name: 'an empty set',
    chain: hostLocal({ ranges: [[]] }),
    want: refused(/invalid range set 0: empty range set/),
  },
  {
    name: 'ranges that are no sets',
    chain: hostLocal({ ranges: [SUBNET] }),
    want: refused(/cannot unmarshal object into Go struct field IPAMConfig\.ipam\.ranges of type/),
  },
  {
    name: 'two families in a set',
    chain: hostLocal({ ranges: [[SUBNET, { subnet: 'fd00:1::/64' }]] }),
    want: refused(/mixed address families/),
  },
  {
    name: 'overlapping ranges in a set',
    chain: hostLocal({
      ranges: [
        [
          { ...SUBNET, rangeStart: '10.1.0.20', rangeEnd: '10.1.0.30' },
          { ...SUBNET, rangeStart: '10.1.0.30', rangeEnd: '10.1.0.40' },
        ],
      ],
    }),
    want: refused(/subnets 10\.1\.0\.20-10\.1\.0\.30 and 10\.1\.0\.30-10\.1\.0\.40 overlap/),
  },
  {
    name: 'overlapping sets',
    chain: hostLocal({ ranges: [[SUBNET], [{ subnet: '10.1.0.0/16' }]] }),
    want: refused(/range set 0 overlaps with 1/),
  },
  {
    name: 'one subnet in two sets that share no address',
    chain: hostLocal({
      ranges: [[{ ...SUBNET, rangeEnd: '10.1.0.30' }], [{ ...SUBNET, rangeStart: '10.1.0.31' }]],
    }),
    ...gives('10.1.0.2/24', '10.1.0.31/24'),
  },
  {
    name: 'two sets of one family with cniVersion 0.2.0',
    chain: {
      ...hostLocal({ ranges: [[SUBNET], [{ subnet: '10.2.0.0/24' }]] }),
      cniVersion: '0.2.0',
    },
    want: refused(/CNI version 0\.2\.0 does not support more than 1 address per family/),
  },
  {
    name: 'routes',
    chain: hostLocal({ ranges: [[SUBNET]], routes: [{ dst: '192.168.5.0/24', gw: '10.1.0.7' }] }),
    want: 'accepted',
    shows: [{ in: 'pod', run: 'ip route', want: /192\.168\.5\.0\/24 via 10\.1\.0\.7 dev net1/ }],
  },
  {
    name: 'a route without a gateway takes that of the address',
    chain: hostLocal({ ranges: [[SUBNET]], routes: [{ dst: '192.168.5.0/24' }] }),
    want: 'accepted',
    shows: [{ in: 'pod', run: 'ip route', want: /192\.168\.5\.0\/24 via 10\.1\.0\.1 dev net1/ }],
  },
  {
    name: 'a route with priority, table and scope, which older plugins drop',
    chain: hostLocal({
      ranges: [[SUBNET]],
      routes: [
        { dst: '192.168.5.0/24', priority: 77 },
        { dst: '192.168.6.0/24', table: 555 },
        { dst: '10.1.0.99/32', gw: '0.0.0.0', scope: 253 },
      ],
    }),
    want: 'accepted',
    shows: [
      { in: 'pod', run: 'ip route', want: /192\.168\.5\.0\/24 via 10\.1\.0\.1 dev net1 *\n/ },
      { in: 'pod', run: 'ip route', want: /192\.168\.6\.0\/24 via/ },
    ],
    later: [
      {
        from: '1.6.0',
        want: 'accepted',
        shows: [
          { in: 'pod', run: 'ip route', want: /192\.168\.5\.0\/24 .*metric 77/ },
          { in: 'pod', run: 'ip route show table 555', want: /192\.168\.6\.0\/24/ },
          { in: 'pod', run: 'ip route', want: /10\.1\.0\.99 .*scope link/ },
        ],
      },
    ],
  },
  {
    name: 'a route with mtu and advmss, which no plugin sets',
    chain: hostLocal({
      ranges: [[SUBNET]],
      routes: [{ dst: '192.168.5.0/24', mtu: 1300, advmss: 1260 }],
    }),
    want: 'accepted',
    shows: [
      { in: 'pod', run: 'ip route', want: /192\.168\.5\.0\/24 via 10\.1\.0\.1 dev net1 *\n/ },
    ],
  },
  {
    name: 'a route whose gateway is not on the link',
    chain: hostLocal({ ranges: [[SUBNET]], routes: [{ dst: '192.168.5.0/24', gw: '10.7.0.1' }] }),
    want: refused(/failed to add route .*network is unreachable/),
  },
  {
    name: 'a route through 0.0.0.0 has no next hop',
    chain: hostLocal({ ...DUAL, routes: [{ dst: '192.168.5.0/24', gw: '0.0.0.0' }] }),
    want: 'accepted',
    shows: [{ in: 'pod', run: 'ip route', want: /192\.168\.5\.0\/24 dev net1/ }],
  },
  {
    name: 'a route through ::',
    chain: hostLocal({ ...DUAL, routes: [{ dst: 'fd00:5::/64', gw: '::' }] }),
    want: refused(/failed to add route .*via :: .*invalid argument/),
  },
  {
    name: 'a route without a prefix',
    chain: hostLocal({ ranges: [[SUBNET]], routes: [{ dst: '192.168.5.0' }] }),
    want: refused(/invalid CIDR address: 192\.168\.5\.0/),
  },
  {
    name: 'the same route twice',
    chain: hostLocal({
      ranges: [[SUBNET]],
      routes: [{ dst: '192.168.5.0/24' }, { dst: '192.168.5.0/24', gw: '10.1.0.1' }],
    }),
    want: refused(/failed to add route .*file exists/),
  },
  {
    name: 'two routes to one network through different gateways',
    chain: hostLocal({
      ranges: [[SUBNET]],
      routes: [{ dst: '192.168.5.0/24' }, { dst: '192.168.5.0/24', gw: '10.1.0.7' }],
    }),
    want: 'accepted',
    shows: [
      { in: 'pod', run: 'ip route', want: /192\.168\.5\.0\/24 via 10\.1\.0\.1 / },
      { in: 'pod', run: 'ip route', want: /192\.168\.5\.0\/24 via 10\.1\.0\.7 / },
    ],
  },
  {
    name: 'dataDir',
    chain: hostLocal({ ranges: [[SUBNET]], dataDir: '/run/{host}' }),
    network: 'lan',
    want: 'accepted',
    shows: [
      {
        in: 'host',
        run: 'ls /run/{host}/lan',
        want: /^10\.1\.0\.2\nlast_reserved_ip\.0\nlock\n$/,
      },
    ],
    leaves: [{ in: 'host', run: 'ls /run/{host}/lan', want: /^last_reserved_ip\.0\nlock\n$/ }],
  },
  {
    name: 'dataDir beside ipam is ignored',
    chain: hostLocal({ ranges: [[SUBNET]] }, { dataDir: '/run/{host}/nowhere' }),
    want: 'accepted',
    shows: [{ in: 'host', run: 'ls /run/{host}/nowhere', want: /No such file/ }],
  },
  {
    name: 'resolvConf, which bridge does not pass on',
    chain: hostLocal({ ranges: [[SUBNET]], resolvConf: '/run/{host}/resolv.conf' }),
    files: { '/run/{host}/resolv.conf': 'nameserver 10.0.0.53\nsearch a.example.org\n' },
    want: 'accepted',
    gives: { dns: {} },
  },
  {
    name: 'resolvConf, which ptp passes on',
    chain: single({
      type: 'ptp',
      ipam: { type: 'host-local', ranges: [[SUBNET]], resolvConf: '/run/{host}/resolv.conf' },
    }),
    files: { '/run/{host}/resolv.conf': 'nameserver 10.0.0.53\nsearch a.example.org\n' },
    want: 'accepted',
    gives: { dns: { nameservers: ['10.0.0.53'], search: ['a.example.org'] } },
  },
  {
    name: 'a resolvConf that is not there',
    chain: hostLocal({ ranges: [[SUBNET]], resolvConf: '/run/{host}/nothing' }),
    want: refused(/open \/run\/.*\/nothing: no such file or directory/),
  },
  {
    name: 'an address that the pod asks for',
    chain: hostLocal(DUAL),
    args: { ips: ['10.1.0.77'] },
    ...gives('10.1.0.77/24', 'fd00:1::2/64'),
  },
  {
    name: 'an address that the pod asks for with a prefix',
    chain: hostLocal(DUAL),
    args: { ips: ['10.1.0.77/16'] },
    ...gives('10.1.0.77/24', 'fd00:1::2/64'),
  },
  {
    name: 'two addresses that the pod asks for',
    chain: hostLocal(DUAL),
    args: { ips: ['10.1.0.77', 'fd00:1::77'] },
    want: refused(/ARGS: error parsing value of pair "IP=10\.1\.0\.77,fd00:1::77"/),
  },
  {
    name: 'two addresses that the pod asks for, with the capability',
    chain: hostLocal(DUAL, { capabilities: { ips: true } }),
    args: { ips: ['10.1.0.77', 'fd00:1::77'] },
    want: refused(/ARGS: error parsing value of pair "IP=10\.1\.0\.77,fd00:1::77"/),
  },
  {
    name: 'two addresses in args.cni',
    chain: hostLocal(DUAL),
    args: { 'cni-args': { ips: ['10.1.0.77', 'fd00:1::77'] } },
    ...gives('10.1.0.77/24', 'fd00:1::77/64'),
  },
  {
    name: 'an address outside the ranges',
    chain: hostLocal(DUAL),
    args: { ips: ['10.2.0.77'] },
    want: refused(/failed to allocate all requested IPs: 10\.2\.0\.77/),
  },
  {
    name: 'the gateway',
    chain: hostLocal(DUAL),
    args: { ips: ['10.1.0.1'] },
    want: refused(/requested ip 10\.1\.0\.1 is subnet's gateway/),
  },
  {
    name: 'an address that another pod has',
    chain: hostLocal(DUAL),
    args: { ips: ['10.1.0.77'] },
    earlier: [{ chain: hostLocal(DUAL), args: { ips: ['10.1.0.77'] } }],
    want: refused(/requested IP address 10\.1\.0\.77 is not available in range set/),
  },
  {
    name: 'the capability ipRanges comes before the ranges',
    chain: hostLocal({ ranges: [[SUBNET]] }, { capabilities: { ipRanges: true } }),
    args: { ipRanges: [[{ subnet: '10.2.0.0/24' }]] },
    ...gives('10.2.0.2/24', '10.1.0.2/24'),
  },
];

export const HOST_LOCAL_TABLE: Table = { plugin: 'host-local', cases };
