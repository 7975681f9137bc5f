import type { LinkImage, LinkOptions } from './host-image';

/** How `ip` takes an option that it prints. */
interface OptionWord {
  readonly word: string;
  /** Printed in other units, or as a bit instead of on and off. */
  readonly as?: ((value: string | number | boolean) => string) | undefined;
}

const onOff = (value: unknown): string => (value === true || value === 1 ? 'on' : 'off');
const bit = (value: unknown): string => (value === true || value === 1 ? '1' : '0');

/** Options of a bridge by the names in JSON, where `ip link set type bridge` takes them. */
const BRIDGE: Readonly<Record<string, OptionWord>> = {
  vlan_protocol: { word: 'vlan_protocol' },
  vlan_default_pvid: { word: 'vlan_default_pvid' },
  vlan_filtering: { word: 'vlan_filtering' },
  vlan_stats_enabled: { word: 'vlan_stats_enabled' },
  forward_delay: { word: 'forward_delay' },
  hello_time: { word: 'hello_time' },
  max_age: { word: 'max_age' },
  ageing_time: { word: 'ageing_time' },
  stp_state: { word: 'stp_state', as: bit },
  priority: { word: 'priority' },
  group_fwd_mask: { word: 'group_fwd_mask' },
  mcast_snooping: { word: 'mcast_snooping', as: bit },
  mcast_router: { word: 'mcast_router' },
  mcast_querier: { word: 'mcast_querier', as: bit },
  mcast_query_use_ifaddr: { word: 'mcast_query_use_ifaddr', as: bit },
  mcast_hash_max: { word: 'mcast_hash_max' },
  mcast_igmp_version: { word: 'mcast_igmp_version' },
  mcast_mld_version: { word: 'mcast_mld_version' },
  mcast_last_member_cnt: { word: 'mcast_last_member_count' },
  mcast_startup_query_cnt: { word: 'mcast_startup_query_count' },
  mcast_last_member_intvl: { word: 'mcast_last_member_interval' },
  mcast_membership_intvl: { word: 'mcast_membership_interval' },
  mcast_querier_intvl: { word: 'mcast_querier_interval' },
  mcast_query_intvl: { word: 'mcast_query_interval' },
  mcast_query_response_intvl: { word: 'mcast_query_response_interval' },
  mcast_startup_query_intvl: { word: 'mcast_startup_query_interval' },
  mcast_stats_enabled: { word: 'mcast_stats_enabled', as: bit },
  nf_call_iptables: { word: 'nf_call_iptables', as: bit },
  nf_call_ip6tables: { word: 'nf_call_ip6tables', as: bit },
  nf_call_arptables: { word: 'nf_call_arptables', as: bit },
};

/** Options of a bridge's port, where `ip link set type bridge_slave` takes them. */
const BRIDGE_PORT: Readonly<Record<string, OptionWord>> = {
  priority: { word: 'priority' },
  cost: { word: 'cost' },
  hairpin: { word: 'hairpin', as: onOff },
  guard: { word: 'guard', as: onOff },
  root_block: { word: 'root_block', as: onOff },
  fastleave: { word: 'fastleave', as: onOff },
  learning: { word: 'learning', as: onOff },
  flood: { word: 'flood', as: onOff },
  proxy_arp: { word: 'proxy_arp', as: onOff },
  proxy_arp_wifi: { word: 'proxy_arp_wifi', as: onOff },
  multicast_router: { word: 'mcast_router' },
  mcast_flood: { word: 'mcast_flood', as: onOff },
  bcast_flood: { word: 'bcast_flood', as: onOff },
  mcast_to_unicast: { word: 'mcast_to_unicast', as: onOff },
  neigh_suppress: { word: 'neigh_suppress', as: onOff },
  group_fwd_mask: { word: 'group_fwd_mask' },
  vlan_tunnel: { word: 'vlan_tunnel', as: onOff },
  isolated: { word: 'isolated', as: onOff },
  locked: { word: 'locked', as: onOff },
};

/** Options of a bond that may be changed while it has ports. */
const BOND: Readonly<Record<string, OptionWord>> = {
  miimon: { word: 'miimon' },
  updelay: { word: 'updelay' },
  downdelay: { word: 'downdelay' },
  primary: { word: 'primary' },
  primary_reselect: { word: 'primary_reselect' },
  active_slave: { word: 'active_slave' },
  xmit_hash_policy: { word: 'xmit_hash_policy' },
  ad_lacp_rate: { word: 'lacp_rate' },
  min_links: { word: 'min_links' },
  resend_igmp: { word: 'resend_igmp' },
  num_peer_notif: { word: 'num_grat_arp' },
};

const MACVLAN: Readonly<Record<string, OptionWord>> = { mode: { word: 'mode' } };

const KINDS: Readonly<Record<string, Readonly<Record<string, OptionWord>>>> = {
  bridge: BRIDGE,
  bond: BOND,
  macvlan: MACVLAN,
};

/** Each option of a link's kind that differs, as it was, e.g. `stp_state 0`. */
export function optionWords(before: LinkImage, now: LinkImage): string[] {
  const kind = before.linkinfo?.info_kind ?? '';
  return wordsOf(KINDS[kind] ?? {}, before.linkinfo?.info_data, now.linkinfo?.info_data);
}

/** The same for the options that a link has as a port of a bridge. */
export function portWords(before: LinkImage, now: LinkImage): string[] {
  if (before.linkinfo?.info_slave_kind !== 'bridge') return [];
  return wordsOf(BRIDGE_PORT, before.linkinfo.info_slave_data, now.linkinfo?.info_slave_data);
}

function wordsOf(
  known: Readonly<Record<string, OptionWord>>,
  before: LinkOptions = {},
  now: LinkOptions = {},
): string[] {
  return Object.entries(known).flatMap(([key, { word, as = String }]) => {
    const value = before[key];
    if (value === undefined || value === null || typeof value === 'object') return [];
    return JSON.stringify(value) === JSON.stringify(now[key]) ? [] : [`${word} ${as(value)}`];
  });
}
