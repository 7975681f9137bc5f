import type { PluginCase, Table } from './case';
import { afterBridge, BRIDGE, chain, DUAL_STACK, refused, single } from './configs';

const tuning = (keys: object) => afterBridge({ type: 'tuning', ...keys });

const cases: PluginCase[] = [
  { name: 'no key at all', chain: tuning({}), want: 'accepted' },
  {
    name: 'alone',
    chain: single({ type: 'tuning' }),
    want: refused(/Required prevResult missing/),
  },
  {
    name: 'sysctl',
    chain: tuning({ sysctl: { 'net.ipv4.conf.net1.arp_filter': '1' } }),
    want: 'accepted',
    shows: [{ in: 'pod', run: 'cat /proc/sys/net/ipv4/conf/net1/arp_filter', want: /^1/ }],
  },
  {
    name: 'IFNAME in a sysctl stands for the interface',
    chain: tuning({ sysctl: { 'net.ipv4.conf.IFNAME.arp_filter': '1' } }),
    want: 'accepted',
    shows: [{ in: 'pod', run: 'cat /proc/sys/net/ipv4/conf/net1/arp_filter', want: /^1/ }],
  },
  {
    name: 'a sysctl with slashes',
    chain: tuning({ sysctl: { 'net/ipv4/conf/net1/arp_filter': '1' } }),
    want: 'accepted',
    shows: [{ in: 'pod', run: 'cat /proc/sys/net/ipv4/conf/net1/arp_filter', want: /^1/ }],
  },
  {
    name: 'a sysctl outside net.',
    chain: tuning({ sysctl: { 'kernel.domainname': 'x' } }),
    want: refused(/invalid net sysctl key: "kernel[./]domainname"/),
  },
  {
    name: 'a sysctl that leads out of net.',
    chain: tuning({ sysctl: { 'net/../kernel/domainname': 'x' } }),
    want: refused(/open \/proc\/sys\/net\/kernel\/domainname: no such file or directory/),
  },
  {
    name: 'a sysctl that is not there',
    chain: tuning({ sysctl: { 'net.ipv4.conf.eth7.arp_filter': '1' } }),
    want: refused(/no such file or directory/),
  },
  {
    name: 'a sysctl with a value that is none of its values',
    chain: tuning({ sysctl: { 'net.ipv4.conf.net1.arp_filter': 'maybe' } }),
    want: refused(/invalid argument/),
  },
  {
    name: 'a sysctl with a number for a string',
    chain: tuning({ sysctl: { 'net.ipv4.conf.net1.arp_filter': 1 } }),
    want: refused(/cannot unmarshal number into Go struct field \w+\.sysctl of type string/),
  },
  {
    name: 'mac',
    chain: tuning({ mac: '02:00:00:00:00:10' }),
    want: 'accepted',
    gives: { interfaces: [{}, {}, { name: 'net1', mac: '02:00:00:00:00:10' }] },
    shows: [{ in: 'pod', run: 'ip link show net1', want: /02:00:00:00:00:10/ }],
  },
  {
    name: 'a mac that is none',
    chain: tuning({ mac: 'none' }),
    want: refused(/address none: invalid MAC address/),
  },
  {
    name: 'mac: args.cni comes before the capability and CNI_ARGS',
    chain: tuning({ mac: '02:00:00:00:00:10', capabilities: { mac: true } }),
    args: { mac: '02:00:00:00:00:11', 'cni-args': { mac: '02:00:00:00:00:12' } },
    want: 'accepted',
    shows: [{ in: 'pod', run: 'ip link show net1', want: /02:00:00:00:00:12/ }],
  },
  {
    name: 'mac: the capability comes before the configuration',
    chain: tuning({ mac: '02:00:00:00:00:10', capabilities: { mac: true } }),
    args: { mac: '02:00:00:00:00:11' },
    want: 'accepted',
    shows: [{ in: 'pod', run: 'ip link show net1', want: /02:00:00:00:00:11/ }],
  },
  {
    name: 'promisc',
    chain: tuning({ promisc: true }),
    want: 'accepted',
    shows: [{ in: 'pod', run: 'ip link show net1', want: /PROMISC/ }],
  },
  {
    name: 'mtu',
    chain: tuning({ mtu: 1400 }),
    want: 'accepted',
    shows: [{ in: 'pod', run: 'ip link show net1', want: /mtu 1400/ }],
  },
  {
    name: 'mtu 1279 takes the IPv6 address away',
    chain: chain({ ...BRIDGE, ipam: DUAL_STACK }, { type: 'tuning', mtu: 1279 }),
    want: 'accepted',
    gives: { ips: [{ address: '10.1.0.2/24' }, { address: 'fd00:1::2/64' }] },
    shows: [{ in: 'pod', run: 'ip -6 addr show net1', want: /^$/ }],
  },
  {
    name: 'mtu below 68',
    chain: tuning({ mtu: 67 }),
    want: refused(/^invalid argument$/),
  },
  {
    name: 'allmulti',
    chain: tuning({ allmulti: true }),
    since: '1.0.0',
    want: 'accepted',
    shows: [{ in: 'pod', run: 'ip link show net1', want: /ALLMULTI/ }],
  },
  {
    name: 'args.cni come before the configuration',
    chain: tuning({ mtu: 1400, promisc: false, sysctl: { 'net.ipv4.conf.net1.arp_filter': '0' } }),
    args: {
      'cni-args': {
        mtu: 1300,
        promisc: true,
        allmulti: true,
        sysctl: { 'net.ipv4.conf.net1.arp_filter': '1' },
      },
    },
    since: '1.0.0',
    want: 'accepted',
    shows: [
      {
        in: 'pod',
        run: 'ip link show net1',
        want: /ALLMULTI,PROMISC.*mtu 1300|PROMISC.*ALLMULTI.*mtu 1300/,
      },
      { in: 'pod', run: 'cat /proc/sys/net/ipv4/conf/net1/arp_filter', want: /^1/ },
    ],
  },
  {
    name: 'a sysctl in args.cni and none in the configuration',
    chain: tuning({}),
    args: { 'cni-args': { sysctl: { 'net.ipv4.conf.net1.arp_filter': '1' } } },
    want: refused(/assignment to entry in nil map/),
  },
  {
    name: 'txQLen',
    chain: tuning({ txQLen: 777 }),
    since: '1.4.0',
    want: 'accepted',
    shows: [{ in: 'pod', run: 'ip link show net1', want: /qlen 777/ }],
  },
  {
    name: 'dataDir',
    chain: tuning({ mtu: 1400, dataDir: '/run/{host}/tuning' }),
    want: 'accepted',
    shows: [{ in: 'host', run: 'ls /run/{host}/tuning', want: /_net1\.json/ }],
  },
  {
    name: 'a sysctl that the list on the node does not allow',
    chain: tuning({ sysctl: { 'net.ipv4.conf.net1.arp_filter': '1' } }),
    files: { '/etc/cni/tuning/allowlist.conf': '^net\\.ipv6\\..*\n' },
    needs: ['vm'],
    since: '1.2.0',
    want: refused(/Sysctl net\.ipv4\.conf\.net1\.arp_filter is not allowed/),
  },
];

export const TUNING_TABLE: Table = { plugin: 'tuning', cases };
