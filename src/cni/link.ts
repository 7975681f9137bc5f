import { BRIDGE, type BridgeSettings, DEFAULT_VLAN_SINCE, isTagged } from './bridge';
import { printInto } from './codec';
import { DUMMY, type DummySettings } from './dummy';
import { HOST_DEVICE, type HostDeviceSettings } from './host-device';
import { IPVLAN, type IpvlanSettings } from './ipvlan';
import { KUBE_OVN, type KubeOvnSettings } from './kube-ovn';
import { MACVLAN, type MacvlanSettings } from './macvlan';
import type { PluginConfig } from './network-config';
import { OVN_K8S, type OvnK8sSettings } from './ovn-k8s';
import { PTP, type PtpSettings } from './ptp';
import { compareReleases, type TargetVersions } from './releases';
import type { ObjectSpec } from './spec';
import { SRIOV, type SriovSettings } from './sriov';
import { TAP, type TapSettings } from './tap';
import { VLAN, type VlanSettings } from './vlan';

/** The interface plugins by the `type` that they have on the wire. */
export interface LinkSettings {
  readonly bridge: BridgeSettings;
  readonly macvlan: MacvlanSettings;
  readonly ipvlan: IpvlanSettings;
  readonly 'host-device': HostDeviceSettings;
  readonly vlan: VlanSettings;
  readonly ptp: PtpSettings;
  readonly tap: TapSettings;
  readonly dummy: DummySettings;
  readonly sriov: SriovSettings;
  readonly 'kube-ovn': KubeOvnSettings;
  readonly 'ovn-k8s-cni-overlay': OvnK8sSettings;
}

export type LinkKind = keyof LinkSettings;

/** How a pod is linked to the network: the interface plugin and its settings. */
export type LinkConfig = KnownLink | { readonly kind: 'raw'; readonly config: PluginConfig };

/** A link by a plugin that netloom knows. */
export type KnownLink = {
  [K in LinkKind]: { readonly kind: K; readonly settings: LinkSettings[K] };
}[LinkKind];

export const LINK_SPECS: Readonly<Record<LinkKind, ObjectSpec>> = {
  bridge: BRIDGE,
  macvlan: MACVLAN,
  ipvlan: IPVLAN,
  'host-device': HOST_DEVICE,
  vlan: VLAN,
  ptp: PTP,
  tap: TAP,
  dummy: DUMMY,
  sriov: SRIOV,
  'kube-ovn': KUBE_OVN,
  'ovn-k8s-cni-overlay': OVN_K8S,
};

/** The description of an interface plugin; undefined for one that netloom does not know. */
export function linkSpec(type: string): ObjectSpec | undefined {
  return Object.hasOwn(LINK_SPECS, type) ? LINK_SPECS[type as LinkKind] : undefined;
}

/** The `type` on the wire. */
export function linkType(link: LinkConfig): string {
  return link.kind === 'raw' ? link.config.type : link.kind;
}

/**
 * The interface plugin's own part of the configuration, always a new object.
 *
 * @param verbatim adds nothing that the settings don't say
 * @param targets releases that the nodes have
 * @param head what stands in front of it
 */
export function renderLink(
  link: LinkConfig,
  verbatim = false,
  targets: TargetVersions = {},
  head: object = {},
): PluginConfig {
  if (link.kind === 'raw') return { ...head, ...link.config };
  const settings =
    link.kind === 'bridge' && !verbatim && knowsDefaultVlan(targets)
      ? withDefaultVlan(link.settings)
      : (link.settings as object);
  return printInto({ ...head, type: link.kind }, LINK_SPECS[link.kind], settings) as PluginConfig;
}

function knowsDefaultVlan({ plugins }: TargetVersions): boolean {
  return plugins === undefined || compareReleases(plugins, DEFAULT_VLAN_SINCE) >= 0;
}

/** The default changed from release to release: it is written wherever it matters. */
function withDefaultVlan(settings: BridgeSettings): BridgeSettings {
  if (settings.preserveDefaultVlan !== undefined || !isTagged(settings)) return settings;
  return { ...settings, preserveDefaultVlan: false };
}
