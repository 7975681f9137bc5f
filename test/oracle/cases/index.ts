import { BANDWIDTH_TABLE } from './bandwidth';
import { BRIDGE_TABLE } from './bridge';
import type { Table } from './case';
import { DHCP_TABLE } from './dhcp';
import { DUMMY_TABLE } from './dummy';
import { ENVELOPE_TABLE } from './envelope';
import { FIREWALL_TABLE } from './firewall';
import { HOST_DEVICE_TABLE } from './host-device';
import { HOST_LOCAL_TABLE } from './host-local';
import { IPVLAN_TABLE } from './ipvlan';
import { LOOPBACK_TABLE } from './loopback';
import { MACVLAN_TABLE } from './macvlan';
import { PORTMAP_TABLE } from './portmap';
import { PTP_TABLE } from './ptp';
import { SBR_TABLE } from './sbr';
import { STATIC_TABLE } from './static';
import { TAP_TABLE } from './tap';
import { TUNING_TABLE } from './tuning';
import { VLAN_TABLE } from './vlan';
import { VRF_TABLE } from './vrf';

export * from './case';
export * from './configs';
export * from './keys';

/** What is the same for every plugin. */
export { ENVELOPE_TABLE };

/** Plugins that make an interface. */
export const LINK_TABLES: readonly Table[] = [
  BRIDGE_TABLE,
  MACVLAN_TABLE,
  IPVLAN_TABLE,
  VLAN_TABLE,
  HOST_DEVICE_TABLE,
  PTP_TABLE,
  TAP_TABLE,
  DUMMY_TABLE,
  LOOPBACK_TABLE,
];

/** Plugins that come after one. */
export const CHAINED_TABLES: readonly Table[] = [
  TUNING_TABLE,
  PORTMAP_TABLE,
  BANDWIDTH_TABLE,
  FIREWALL_TABLE,
  SBR_TABLE,
  VRF_TABLE,
];

/** Plugins that give addresses, but for `dhcp`, which needs a server. */
export const IPAM_TABLES: readonly Table[] = [HOST_LOCAL_TABLE, STATIC_TABLE];

/** Leases from a server. */
export { DHCP_TABLE };

/** Every table. */
export const TABLES: readonly Table[] = [
  ENVELOPE_TABLE,
  ...LINK_TABLES,
  ...CHAINED_TABLES,
  ...IPAM_TABLES,
  DHCP_TABLE,
];
