import {
  type ChainConfig,
  checkNetwork,
  type NetworkDefinition,
  parseNetwork,
  type VlanSettings,
  type WhereaboutsSettings,
} from 'netloom';
import type { RuleCase } from './cases';
import { bridge, hostLocal, NONE, network, STATIC, V4 } from './samples';

const POOL = '10.20.0.0/24';

const whereabouts = (settings: WhereaboutsSettings): Partial<NetworkDefinition> => ({
  ipam: { kind: 'whereabouts', settings },
});
const chained = (one: ChainConfig): Partial<NetworkDefinition> => ({ chain: [one] });

/** What somebody else wrote, as it stands in `spec.config`. */
const read = (config: object): NetworkDefinition =>
  parseNetwork(
    { cniVersion: '0.4.0', name: 'lan', ...config },
    { name: 'lan', namespace: 'apps' },
  ) as NetworkDefinition;

/** One case for each code that only rules about one network give. */
export const NETWORK_CASES: RuleCase[] = [
  {
    code: 'NL_BANDWIDTH_LINK',
    name: 'bandwidth on macvlan',
    given: checkNetwork(
      network({
        link: { kind: 'macvlan', settings: { master: 'eth1' } },
        ipam: STATIC,
        ...chained({ kind: 'bandwidth', settings: {} }),
      }),
    ),
    want: 'chain[0]',
  },
  {
    code: 'NL_BROADCAST_GIVEN',
    name: 'a range up to the broadcast address',
    given: checkNetwork(
      network({ ipam: hostLocal({ ranges: [{ ...V4, rangeEnd: '10.10.0.255' }] }) }),
    ),
    want: 'ipam.ranges[0].rangeEnd',
  },
  {
    code: 'NL_CAPABILITY_MISSING',
    name: 'portmap without its capability',
    given: checkNetwork(network(chained({ kind: 'portmap', settings: { capabilities: {} } }))),
    want: 'chain[0].capabilities',
  },
  {
    code: 'NL_CHAIN_ORDER',
    name: 'a plugin first that changes what an earlier one made',
    given: checkNetwork(read({ type: 'tuning', mtu: 1400 })),
    want: 'type',
  },
  {
    code: 'NL_CRON_INVALID',
    name: 'six fields',
    given: checkNetwork(
      network(whereabouts({ range: POOL, reconcilerCronExpression: '0 30 4 * * *' })),
    ),
    want: 'ipam.reconcilerCronExpression',
  },
  {
    code: 'NL_DEFAULT_DIFFERS',
    name: 'a VLAN without a word of VLAN 1',
    given: checkNetwork(read({ type: 'bridge', bridge: 'br-test', vlan: 100 })),
    want: 'vlan',
  },
  {
    code: 'NL_DEFAULT_ROUTE_TAKEN',
    name: 'a default route',
    given: checkNetwork(
      network({ ipam: hostLocal({ ranges: [V4], routes: [{ dst: '0.0.0.0/0' }] }) }),
    ),
    want: 'ipam.routes[0]',
  },
  {
    code: 'NL_DHCP_SERVER',
    name: 'leases on a bridge',
    given: checkNetwork(network({ ipam: { kind: 'dhcp', settings: {} } })),
    want: 'ipam',
  },
  {
    code: 'NL_FAMILY_TWICE',
    name: 'two ranges of one family, which are two sets',
    given: checkNetwork(network({ ipam: hostLocal({ ranges: [V4, { subnet: '10.11.0.0/24' }] }) })),
    want: 'ipam.ranges[1]',
  },
  {
    code: 'NL_GATEWAY_GIVEN',
    name: 'a gateway that whereabouts gives',
    given: checkNetwork(network(whereabouts({ range: POOL, gateway: '10.20.0.1' }))),
    want: 'ipam.gateway',
  },
  {
    code: 'NL_HOST_LOCAL_NODES',
    name: 'host-local on macvlan',
    given: checkNetwork(network({ link: { kind: 'macvlan', settings: { master: 'eth1' } } })),
    want: 'ipam',
  },
  {
    code: 'NL_KEY_FOREIGN',
    name: 'a mode for a bridge',
    given: checkNetwork(read({ type: 'bridge', mode: 'bridge' })),
    want: 'extra.mode',
  },
  {
    code: 'NL_KEY_IGNORED',
    name: 'masquerading without an IPAM',
    given: checkNetwork(network({ link: bridge({ ipMasq: true }), ipam: NONE })),
    want: 'ipMasq',
  },
  {
    code: 'NL_KEY_MISSING',
    name: 'a VLAN of nothing',
    given: checkNetwork(
      network({
        link: { kind: 'vlan', settings: { vlanId: 100 } as unknown as VlanSettings },
        ipam: STATIC,
      }),
    ),
    want: 'master',
  },
  {
    code: 'NL_KEY_MISSPELT',
    name: 'a key with an underscore too many',
    given: checkNetwork(
      read({
        type: 'bridge',
        ipam: {
          type: 'host-local',
          ranges: [[{ subnet: '10.10.0.0/24', range_start: '10.10.0.20' }]],
        },
      }),
    ),
    want: 'ipam.rangeSets[0][0].extra.range_start',
  },
  {
    code: 'NL_KEY_RESERVED',
    name: 'what the runtime writes itself',
    given: checkNetwork(read({ type: 'bridge', runtimeConfig: { mac: '02:00:00:00:00:01' } })),
    want: 'extra.runtimeConfig',
  },
  {
    code: 'NL_KEY_TWICE',
    name: 'one key in two cases',
    given: checkNetwork(read({ type: 'bridge', mtu: 1400, MTU: 9000 })),
    want: 'extra.mtu',
  },
  {
    code: 'NL_KEY_UNKNOWN',
    name: 'a key that nobody knows',
    given: checkNetwork(read({ type: 'bridge', flavour: 'blue' })),
    want: 'extra.flavour',
  },
  {
    code: 'NL_MTU_SMALL',
    name: 'an interface that becomes too small for IPv6',
    given: checkNetwork(network(chained({ kind: 'tuning', settings: { mtu: 1279 } }))),
    want: 'chain[0].mtu',
  },
  {
    code: 'NL_PLUGIN_UNKNOWN',
    name: 'a plugin with two letters swapped',
    given: checkNetwork(read({ type: 'macvaln', master: 'eth1' })),
    want: 'type',
  },
  {
    code: 'NL_PROVIDER_NAME',
    name: 'the provider of another network',
    given: checkNetwork(
      network({ ipam: { kind: 'kube-ovn', settings: { provider: 'other.apps' } } }),
    ),
    want: 'ipam.provider',
  },
  {
    code: 'NL_RANGE_IGNORED',
    name: 'a range that does not begin where it seems to',
    given: checkNetwork(network(whereabouts({ range: '10.20.0.100/24' }))),
    want: 'ipam.range',
  },
  {
    code: 'NL_RANGE_WIDE',
    name: 'more addresses than whereabouts can count',
    given: checkNetwork(network(whereabouts({ range: 'fd00:20::/64' }))),
    want: 'ipam.range',
  },
  {
    code: 'NL_RELEASE_TOO_OLD',
    name: 'a key that the nodes do not know',
    given: checkNetwork(network({ link: bridge({ portIsolation: true }) }), undefined, {
      targetVersions: { plugins: '1.1.1' },
    }),
    want: 'portIsolation',
  },
  {
    code: 'NL_SYSCTL_INVALID',
    name: 'a setting of the whole node',
    given: checkNetwork(
      network(chained({ kind: 'tuning', settings: { sysctl: { 'kernel.hostname': 'x' } } })),
    ),
    want: 'chain[0].sysctl["kernel.hostname"]',
  },
  {
    code: 'NL_TYPE_WRONG',
    name: 'a number in quotes',
    given: checkNetwork(read({ type: 'bridge', mtu: '1500' })),
    want: 'extra.mtu',
  },
];
