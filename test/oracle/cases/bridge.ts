import type { PluginCase, Table } from './case';
import { BRIDGE, HOST_LOCAL, refused, single } from './configs';

/** A bridge of the host that is there before the plugin comes. */
const MADE = ['link add br-oracle type bridge', 'link set br-oracle up'];

const bridge = (keys: object = {}) => single({ ...BRIDGE, ...keys });
const layer2 = (keys: object = {}) => single({ type: 'bridge', bridge: 'br-oracle', ...keys });

const cases: PluginCase[] = [
  {
    name: 'nothing but the type: cni0 without addresses',
    chain: single({ type: 'bridge' }),
    want: 'accepted',
    gives: { interfaces: [{ name: 'cni0' }, {}, { name: 'net1' }] },
    shows: [{ in: 'pod', run: 'ip link show net1', want: /state UP/ }],
  },
  {
    name: 'a bridge that is not there is made, and stays',
    chain: bridge(),
    want: 'accepted',
    gives: { interfaces: [{ name: 'br-oracle' }, {}, {}], ips: [{ address: '10.1.0.2/24' }] },
    leaves: [{ in: 'host', run: 'ip link show br-oracle', want: /state/ }],
  },
  {
    name: 'a name of 15 bytes',
    chain: layer2({ bridge: 'br-name-of-15-b' }),
    want: 'accepted',
    gives: { interfaces: [{ name: 'br-name-of-15-b' }, {}, {}] },
  },
  {
    name: 'a name of 16 bytes',
    chain: layer2({ bridge: 'br-name-of-16-by' }),
    want: refused(/failed to create bridge "br-name-of-16-by".*numerical result out of range/),
  },
  {
    name: 'a name with a slash',
    chain: layer2({ bridge: 'br/1' }),
    want: refused(/failed to create bridge "br\/1": could not add "br\/1": invalid argument/),
  },
  {
    name: 'the name of a link that is no bridge',
    chain: layer2({ bridge: 'eth1' }),
    want: refused(/"eth1" already exists but is not a bridge/),
  },
  {
    name: 'isGateway puts the first address of the network on the bridge and switches forwarding on',
    chain: bridge({ isGateway: true }),
    want: 'accepted',
    gives: { ips: [{ gateway: '10.1.0.1' }] },
    shows: [
      { in: 'host', run: 'ip addr show br-oracle', want: /inet 10\.1\.0\.1\/24/ },
      { in: 'host', run: 'cat /proc/sys/net/ipv4/ip_forward', want: /^1/ },
      { in: 'pod', run: 'ip route', want: /^10\.1\.0\.0\/24 dev net1.*\n$/ },
    ],
  },
  {
    name: 'isGateway with a gateway from the IPAM',
    chain: bridge({
      isGateway: true,
      ipam: { type: 'host-local', ranges: [[{ subnet: '10.1.0.0/24', gateway: '10.1.0.254' }]] },
    }),
    want: 'accepted',
    shows: [{ in: 'host', run: 'ip addr show br-oracle', want: /inet 10\.1\.0\.254\/24/ }],
  },
  {
    name: 'isGateway with an address that has no gateway: the first of its network',
    chain: bridge({
      isGateway: true,
      ipam: {
        type: 'static',
        addresses: [{ address: '10.1.0.20/24' }, { address: 'fd00:1::20/64' }],
      },
    }),
    want: 'accepted',
    gives: { ips: [{ gateway: '10.1.0.1' }, { gateway: 'fd00:1::1' }] },
    shows: [
      { in: 'host', run: 'ip addr show br-oracle', want: /inet6 fd00:1::1\/64/ },
      { in: 'host', run: 'cat /proc/sys/net/ipv6/conf/all/forwarding', want: /^1/ },
    ],
  },
  {
    name: 'isGateway without an IPAM does nothing',
    chain: layer2({ isGateway: true }),
    want: 'accepted',
    shows: [{ in: 'host', run: 'ip -4 addr show br-oracle', want: /^$/ }],
  },
  {
    name: 'isDefaultGateway gives a default route and implies isGateway',
    chain: bridge({ isDefaultGateway: true }),
    want: 'accepted',
    shows: [
      { in: 'pod', run: 'ip route', want: /^default via 10\.1\.0\.1 dev net1/ },
      { in: 'host', run: 'ip addr show br-oracle', want: /inet 10\.1\.0\.1\/24/ },
    ],
  },
  {
    name: 'isDefaultGateway beside a default route of the IPAM that names its gateway',
    chain: bridge({
      isDefaultGateway: true,
      ipam: { ...HOST_LOCAL, routes: [{ dst: '0.0.0.0/0', gw: '10.1.0.7' }] },
    }),
    want: 'accepted',
    shows: [{ in: 'pod', run: 'ip route', want: /^default via 10\.1\.0\.7 dev net1/ }],
  },
  {
    name: 'isDefaultGateway beside a default route of the IPAM without a gateway',
    chain: bridge({
      isDefaultGateway: true,
      ipam: { ...HOST_LOCAL, routes: [{ dst: '0.0.0.0/0' }] },
    }),
    want: refused(/failed to add route.*file exists/),
  },
  {
    name: 'isGateway on a bridge with another address',
    chain: bridge({ isGateway: true }),
    host: [...MADE, 'addr add 10.1.0.9/24 dev br-oracle'],
    want: refused(/"br-oracle" already has an IP address different from 10\.1\.0\.1\/24/),
  },
  {
    name: 'isGateway on a bridge with an address of another IPv4 network',
    chain: bridge({ isGateway: true }),
    host: [...MADE, 'addr add 192.168.9.9/24 dev br-oracle'],
    want: refused(/"br-oracle" already has an IP address different from 10\.1\.0\.1\/24/),
  },
  {
    name: 'isGateway on a bridge with an address of another IPv6 network',
    chain: bridge({
      isGateway: true,
      ipam: { type: 'host-local', ranges: [[{ subnet: 'fd00:1::/64' }]] },
    }),
    host: [...MADE, 'addr add fd00:9::9/64 dev br-oracle nodad'],
    want: 'accepted',
    shows: [
      { in: 'host', run: 'ip addr show br-oracle', want: /inet6 fd00:1::1\/64/ },
      { in: 'host', run: 'ip addr show br-oracle', want: /inet6 fd00:9::9\/64/ },
    ],
  },
  {
    name: 'isGateway on a bridge with another address of the same IPv6 network',
    chain: bridge({
      isGateway: true,
      ipam: { type: 'host-local', ranges: [[{ subnet: 'fd00:1::/64' }]] },
    }),
    host: [...MADE, 'addr add fd00:1::9/64 dev br-oracle nodad'],
    want: refused(/"br-oracle" already has an IP address different from fd00:1::1\/64/),
  },
  {
    name: 'forceAddress takes the other address away',
    chain: bridge({ isGateway: true, forceAddress: true }),
    host: [...MADE, 'addr add 10.1.0.9/24 dev br-oracle'],
    want: 'accepted',
    shows: [{ in: 'host', run: 'ip -4 -o addr show br-oracle', want: /^.*10\.1\.0\.1\/24.*\n$/ }],
  },
  {
    name: 'ipMasq',
    chain: bridge({ isGateway: true, ipMasq: true }),
    needs: ['iptables'],
    want: 'accepted',
    shows: [{ in: 'host', run: 'iptables -t nat -S', want: /-j MASQUERADE/ }],
    leaves: [{ in: 'host', run: 'iptables -t nat -S', want: /^(?!.*MASQUERADE)/s }],
  },
  {
    name: 'ipMasq without an IPAM does nothing',
    chain: layer2({ ipMasq: true }),
    needs: ['iptables'],
    want: 'accepted',
    shows: [{ in: 'host', run: 'iptables -t nat -S', want: /^(?!.*MASQUERADE)/s }],
  },
  {
    name: 'ipMasqBackend nftables',
    chain: bridge({ isGateway: true, ipMasq: true, ipMasqBackend: 'nftables' }),
    since: '1.6.0',
    needs: ['nft'],
    want: 'accepted',
    shows: [{ in: 'host', run: 'nft list ruleset', want: /table inet cni_plugins_masquerade/ }],
  },
  {
    name: 'ipMasqBackend of another name',
    chain: bridge({ isGateway: true, ipMasq: true, ipMasqBackend: 'ipfw' }),
    since: '1.6.0',
    want: refused(/unknown ipmasq backend "ipfw"/),
  },
  {
    name: 'mtu, for the bridge and both ends',
    chain: bridge({ mtu: 1400 }),
    want: 'accepted',
    shows: [
      { in: 'pod', run: 'ip link show net1', want: /mtu 1400/ },
      { in: 'host', run: 'ip link show br-oracle', want: /mtu 1400/ },
    ],
  },
  {
    name: 'mtu 9000 on a bridge of 1500 that is there',
    chain: bridge({ mtu: 9000 }),
    host: MADE,
    want: 'accepted',
    shows: [{ in: 'pod', run: 'ip link show net1', want: /mtu 9000/ }],
  },
  ...[68, 65535].map((mtu) => ({
    name: `mtu ${mtu}`,
    chain: layer2({ mtu }),
    want: 'accepted' as const,
    shows: [{ in: 'pod' as const, run: 'ip link show net1', want: new RegExp(`mtu ${mtu} `) }],
  })),
  {
    name: 'mtu 1279 with an IPv6 address',
    chain: bridge({
      mtu: 1279,
      ipam: { type: 'host-local', ranges: [[{ subnet: 'fd00:1::/64' }]] },
    }),
    want: refused(/failed to add IP addr .* to "net1": invalid argument/),
    later: [
      { from: '1.7.0', want: refused(/failed to enable keep_addr_on_down for interface "net1"/) },
    ],
  },
  {
    name: 'mtu below 68',
    chain: layer2({ mtu: 67 }),
    want: refused(/could not add "br-oracle": invalid argument/),
  },
  {
    name: 'mtu above 65535',
    chain: layer2({ mtu: 65536 }),
    want: refused(/could not add "br-oracle": invalid argument/),
  },
  {
    name: 'mtu as a string',
    chain: layer2({ mtu: '1400' }),
    want: refused(/cannot unmarshal string into Go struct field NetConf\.mtu of type int/),
  },
  {
    name: 'hairpinMode',
    chain: bridge({ hairpinMode: true }),
    want: 'accepted',
    shows: [{ in: 'host', run: 'bridge -d link', want: /hairpin on/ }],
  },
  {
    name: 'promiscMode, on the bridge',
    chain: bridge({ promiscMode: true }),
    want: 'accepted',
    shows: [{ in: 'host', run: 'ip link show br-oracle', want: /PROMISC/ }],
  },
  {
    name: 'hairpinMode with promiscMode',
    chain: bridge({ hairpinMode: true, promiscMode: true }),
    want: refused(/cannot set hairpin mode and promiscuous mode at the same time/),
  },
  { name: 'vlan 0', chain: bridge({ vlan: 0 }), want: 'accepted' },
  {
    name: 'vlan 100, untagged on the port',
    chain: bridge({ vlan: 100 }),
    needs: ['vm'],
    want: 'accepted',
    shows: [
      { in: 'host', run: 'bridge vlan show', want: /100 PVID Egress Untagged/ },
      { in: 'host', run: 'ip -d link show br-oracle', want: /vlan_filtering 1/ },
      // Before 1.3.0 the port keeps VLAN 1, untagged too.
      { in: 'host', run: 'bridge vlan show', want: /veth\S+\s+1 Egress Untagged/ },
    ],
    later: [
      {
        from: '1.8.0',
        want: 'accepted',
        shows: [
          { in: 'host', run: 'bridge vlan show', want: /veth\S+\s+100 PVID Egress Untagged\n/ },
          { in: 'host', run: 'bridge vlan show', want: /^(?!.*veth\S+\s+1 )/s },
        ],
      },
    ],
  },
  {
    name: 'vlan 4094',
    chain: bridge({ vlan: 4094 }),
    needs: ['vm'],
    want: 'accepted',
    shows: [{ in: 'host', run: 'bridge vlan show', want: /4094 PVID/ }],
  },
  {
    name: 'vlan 4095',
    chain: bridge({ vlan: 4095 }),
    want: refused(/invalid VLAN ID 4095 \(must be between 0 and 4094\)/),
  },
  {
    name: 'vlan 5000',
    chain: bridge({ vlan: 5000 }),
    want: refused(/invalid VLAN ID 5000 \(must be between 0 and 4094\)/),
  },
  {
    name: 'vlan below 0',
    chain: bridge({ vlan: -1 }),
    want: refused(/invalid VLAN ID -1 \(must be between 0 and 4094\)/),
  },
  {
    name: 'vlan with isGateway: the gateway is on a veth beside the bridge',
    chain: bridge({ vlan: 100, isGateway: true }),
    needs: ['vm'],
    want: 'accepted',
    shows: [{ in: 'host', run: 'ip addr show br-oracle.100', want: /inet 10\.1\.0\.1\/24/ }],
  },
  {
    name: 'vlan with isGateway on a bridge whose name leaves no room for the number',
    chain: bridge({ bridge: 'br-name-of-12', vlan: 100, isGateway: true }),
    needs: ['vm'],
    want: refused(/failed to create vlan interface: .*"br-name-of-12\.100"/),
  },
  {
    name: 'vlan on a bridge that is there without filtering',
    chain: bridge({ vlan: 100 }),
    host: MADE,
    needs: ['vm'],
    want: 'accepted',
    shows: [{ in: 'host', run: 'ip -d link show br-oracle', want: /vlan_filtering 0/ }],
  },
  {
    name: 'vlanTrunk with a number and a span',
    chain: bridge({ vlanTrunk: [{ id: 42 }, { minID: 100, maxID: 102 }] }),
    since: '1.3.0',
    needs: ['vm'],
    want: 'accepted',
    shows: [
      { in: 'host', run: 'bridge vlan show', want: /42\n/ },
      { in: 'host', run: 'bridge vlan show', want: /102\n/ },
    ],
  },
  ...[
    { keys: { id: 0 }, text: /incorrect trunk id parameter/ },
    { keys: { id: 4095 }, text: /incorrect trunk id parameter/ },
    { keys: { minID: 0, maxID: 2 }, text: /incorrect trunk minID parameter/ },
    { keys: { minID: 1, maxID: 4095 }, text: /incorrect trunk maxID parameter/ },
    { keys: { minID: 3, maxID: 2 }, text: /minID is greater than maxID in trunk parameter/ },
    { keys: { minID: 3 }, text: /minID and maxID should be configured simultaneously, maxID is/ },
    { keys: { maxID: 3 }, text: /minID and maxID should be configured simultaneously, minID is/ },
  ].map(({ keys, text }) => ({
    name: `vlanTrunk with ${JSON.stringify(keys)}`,
    chain: bridge({ vlanTrunk: [keys] }),
    since: '1.3.0',
    want: refused(text),
  })),
  {
    name: 'preserveDefaultVlan keeps VLAN 1 on the port',
    chain: bridge({ vlan: 100, preserveDefaultVlan: true }),
    since: '1.3.0',
    needs: ['vm'],
    want: 'accepted',
    shows: [{ in: 'host', run: 'bridge vlan show', want: /veth\S+\s+1 Egress Untagged/ }],
  },
  {
    name: 'macspoofchk',
    chain: bridge({ macspoofchk: true }),
    since: '1.1.0',
    needs: ['nft'],
    want: 'accepted',
    shows: [{ in: 'host', run: 'nft list ruleset', want: /ether saddr != .* drop|ether saddr/ }],
    leaves: [{ in: 'host', run: 'nft list ruleset', want: /^(?!.*ether saddr)/s }],
  },
  {
    name: 'enabledad',
    chain: bridge({
      enabledad: true,
      ipam: { type: 'host-local', ranges: [[{ subnet: 'fd00:1::/64' }]] },
    }),
    since: '1.1.0',
    want: 'accepted',
    shows: [{ in: 'pod', run: 'cat /proc/sys/net/ipv6/conf/net1/accept_dad', want: /^1/ }],
  },
  {
    name: 'disableContainerInterface leaves the interface down',
    chain: layer2({ disableContainerInterface: true }),
    since: '1.4.1',
    want: 'accepted',
    shows: [{ in: 'pod', run: 'ip link show net1', want: /state DOWN/ }],
  },
  {
    name: 'disableContainerInterface with an IPAM',
    chain: bridge({ disableContainerInterface: true }),
    since: '1.4.1',
    want: refused(/cannot use IPAM when DisableContainerInterface flag is set/),
  },
  {
    name: 'portIsolation',
    chain: bridge({ portIsolation: true }),
    since: '1.7.0',
    want: 'accepted',
    shows: [{ in: 'host', run: 'bridge -d link', want: /isolated on/ }],
  },
  {
    name: 'dns is passed on',
    chain: bridge({
      dns: {
        nameservers: ['10.0.0.53'],
        domain: 'example.org',
        search: ['a.example.org'],
        options: ['ndots:2'],
      },
    }),
    want: 'accepted',
    gives: {
      dns: {
        nameservers: ['10.0.0.53'],
        domain: 'example.org',
        search: ['a.example.org'],
        options: ['ndots:2'],
      },
    },
  },
  {
    name: 'a mac that the pod asks for',
    chain: bridge(),
    args: { mac: '02:00:00:00:00:11' },
    since: '1.0.0',
    want: 'accepted',
    shows: [{ in: 'pod', run: 'ip link show net1', want: /02:00:00:00:00:11/ }],
  },
  {
    name: 'a mac in args.cni comes before that of CNI_ARGS',
    chain: bridge(),
    args: { mac: '02:00:00:00:00:11', 'cni-args': { mac: '02:00:00:00:00:12' } },
    since: '1.0.0',
    want: 'accepted',
    shows: [{ in: 'pod', run: 'ip link show net1', want: /02:00:00:00:00:12/ }],
  },
  {
    name: 'the mac capability comes before args.cni',
    chain: bridge({ capabilities: { mac: true } }),
    args: { mac: '02:00:00:00:00:11', 'cni-args': { mac: '02:00:00:00:00:12' } },
    since: '1.0.0',
    want: 'accepted',
    shows: [{ in: 'pod', run: 'ip link show net1', want: /02:00:00:00:00:11/ }],
  },
  {
    name: 'a mac that is none',
    chain: bridge(),
    args: { mac: 'none' },
    since: '1.0.0',
    want: refused(/failed to make veth pair: address none: invalid MAC address/),
  },
  {
    name: 'a mac of a group',
    chain: bridge(),
    args: { mac: '01:00:5e:00:00:01' },
    since: '1.0.0',
    want: refused(/cannot assign requested address/),
  },
  {
    name: 'an IPAM that gives no address',
    chain: bridge({ ipam: { type: 'static' } }),
    want: refused(/IPAM plugin returned missing IP config/),
  },
  {
    name: 'an IPAM without a type is none',
    chain: bridge({ ipam: { ranges: [[{ subnet: '10.1.0.0/24' }]] } }),
    want: 'accepted',
    shows: [{ in: 'pod', run: 'ip -4 addr show net1', want: /^$/ }],
  },
  {
    name: 'an IPAM that is not installed',
    chain: bridge({ ipam: { type: 'no-such-ipam' } }),
    want: refused(/failed to find plugin "no-such-ipam" in path/),
  },
  {
    name: 'a misspelt key is ignored',
    chain: bridge({ isgatway: true }),
    want: 'accepted',
    shows: [{ in: 'host', run: 'ip -4 addr show br-oracle', want: /^$/ }],
  },
  {
    name: 'a key in another case is the key',
    chain: bridge({ ISGATEWAY: true }),
    want: 'accepted',
    shows: [{ in: 'host', run: 'ip addr show br-oracle', want: /inet 10\.1\.0\.1\/24/ }],
  },
  {
    name: 'keys of other plugins are ignored',
    chain: bridge({ mode: 'nonsense', master: 'nowhere', dataDir: '/nowhere' }),
    want: 'accepted',
  },
  {
    name: 'a switch as a string',
    chain: bridge({ isGateway: 'true' }),
    want: refused(/cannot unmarshal string into Go struct field NetConf\.isGateway of type bool/),
  },
];

export const BRIDGE_TABLE: Table = { plugin: 'bridge', cases };
