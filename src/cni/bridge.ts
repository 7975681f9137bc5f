import { type PluginSettings, pluginSpec } from './plugin-settings';
import {
  flag,
  integer,
  mtu,
  objectSpec,
  objects,
  text,
  type WithExtra,
  wordNeverEmpty,
} from './spec';

/** One VLAN, or a span of them, on a bridge port. */
export interface VlanTrunk extends WithExtra {
  /** 1 to 4094; excludes `minID` and `maxID`. */
  readonly id?: number | undefined;
  /** 1 to 4094, not above `maxID`. */
  readonly minID?: number | undefined;
  /** 1 to 4094. */
  readonly maxID?: number | undefined;
}

/**
 * Settings of the bridge plugin.
 *
 * @see https://www.cni.dev/plugins/current/main/bridge/
 */
export interface BridgeSettings extends PluginSettings {
  /**
   * Name of the Linux bridge on the host, 1 to 15 bytes. The plugin makes it when it is absent and
   * never deletes it; a `HostBridge` gives it ports, addresses and an owner.
   *
   * @default cni0
   * @throws NL_IFNAME_TOO_LONG, NL_IFNAME_INVALID, at synthesis
   */
  readonly bridge?: string | undefined;
  /** Puts the gateway address of each family on the bridge and forwards for the pods. @default false */
  readonly isGateway?: boolean | undefined;
  /** Also gives pods a default route through it; implies `isGateway`. @default false */
  readonly isDefaultGateway?: boolean | undefined;
  /** Replaces another address of the family on the bridge instead of failing. @default false */
  readonly forceAddress?: boolean | undefined;
  /** Masquerades what leaves the network. Needs an IPAM. @default false */
  readonly ipMasq?: boolean | undefined;
  /** What masquerading is written in. Since plugins 1.6.0. @default - iptables, else nftables */
  readonly ipMasqBackend?: 'iptables' | 'nftables' | undefined;
  /** MTU in bytes of the bridge, when the plugin makes it, and of the pod's link. @default - the kernel's, 1500 */
  readonly mtu?: number | undefined;
  /** Lets a pod reach itself through the bridge; excludes `promiscMode`. @default false */
  readonly hairpinMode?: boolean | undefined;
  /** Promiscuous bridge; excludes `hairpinMode`. @default false */
  readonly promiscMode?: boolean | undefined;
  /** VLAN of the pod's port, untagged, 0 to 4094; 0 is none. @default 0 */
  readonly vlan?: number | undefined;
  /** Tagged VLANs of the pod's port. Since plugins 1.3.0. @default - none */
  readonly vlanTrunk?: readonly VlanTrunk[] | undefined;
  /**
   * Keeps VLAN 1 on the port when `vlan` or `vlanTrunk` is set. Since plugins 1.3.0.
   *
   * @default - false is written when `vlan` or `vlanTrunk` is set: plugins 1.3 to 1.7 take true
   * when it is left out, later ones false. Not with `targetVersions` below 1.3, which keep VLAN 1
   * whatever is written
   */
  readonly preserveDefaultVlan?: boolean | undefined;
  /** Drops frames from other MACs than the pod's; needs nft on the host. Since plugins 1.1.0. @default false */
  readonly macspoofchk?: boolean | undefined;
  /** IPv6 duplicate address detection in the pod. Since plugins 1.1.0. @default false */
  readonly enabledad?: boolean | undefined;
  /** Leaves the pod's interface down; only without IPAM. Since plugins 1.4.1. @default false */
  readonly disableContainerInterface?: boolean | undefined;
  /** Keeps ports from talking to each other. Since plugins 1.7.0. @default false */
  readonly portIsolation?: boolean | undefined;
}

const VLAN_TRUNK = objectSpec<VlanTrunk>('vlanTrunk', {
  id: integer(1, 4094, 'a VLAN'),
  minID: integer(1, 4094, 'a VLAN'),
  maxID: integer(1, 4094, 'a VLAN'),
});

/** The release that brought `preserveDefaultVlan`. */
export const DEFAULT_VLAN_SINCE = '1.3.0';

export const BRIDGE = pluginSpec<BridgeSettings>('bridge', {
  bridge: text(),
  isGateway: flag(),
  isDefaultGateway: flag(),
  forceAddress: flag(),
  ipMasq: flag(),
  ipMasqBackend: wordNeverEmpty(['iptables', 'nftables'], { since: '1.6.0' }),
  mtu: mtu(),
  hairpinMode: flag(),
  promiscMode: flag(),
  vlan: integer(0, 4094, 'a VLAN'),
  vlanTrunk: objects(VLAN_TRUNK, { since: '1.3.0' }),
  preserveDefaultVlan: flag({ since: DEFAULT_VLAN_SINCE }),
  macspoofchk: flag({ since: '1.1.0' }),
  enabledad: flag({ since: '1.1.0' }),
  disableContainerInterface: flag({ since: '1.4.1' }),
  portIsolation: flag({ since: '1.7.0' }),
});

/** True when the plugin tags frames of the pod's port, so that VLAN 1 matters. */
export function isTagged(settings: BridgeSettings): boolean {
  return (settings.vlan ?? 0) > 0 || (settings.vlanTrunk?.length ?? 0) > 0;
}

/** True when the plugin itself puts a gateway address on the bridge. */
export function isGatewayBridge(settings: BridgeSettings): boolean {
  return settings.isGateway === true || settings.isDefaultGateway === true;
}
