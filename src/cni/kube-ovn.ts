import { type PluginSettings, pluginSpec } from './plugin-settings';
import { KUBE_OVN_ROUTE, type KubeOvnRoute } from './routes';
import { objects, text } from './spec';

/** Where Kube-OVN's daemon listens on a node. */
export const KUBE_OVN_SOCKET = '/run/openvswitch/kube-ovn-daemon.sock';

/**
 * Settings of the kube-ovn plugin: a second interface on a subnet of Kube-OVN, which also gives the
 * address.
 *
 * @see https://kubeovn.github.io/docs/stable/en/advance/multi-nic/
 */
export interface KubeOvnSettings extends PluginSettings {
  /** Socket of the daemon. @default /run/openvswitch/kube-ovn-daemon.sock */
  readonly serverSocket?: string | undefined;
  /** `<network>.<namespace>.ovn`: how the daemon finds the subnet. @default - computed from the network */
  readonly provider?: string | undefined;
  /** PCI address of a virtual function; Multus writes it when the network has a `resourceName`. @default - none */
  readonly deviceID?: string | undefined;
  /** Driver of the virtual function. @default - none */
  readonly vfDriver?: string | undefined;
  /** Volume for vhost-user sockets (DPDK). @default - none */
  readonly vhostUserSocketVolumeName?: string | undefined;
  /** Name of the vhost-user socket (DPDK). @default - none */
  readonly vhostUserSocketName?: string | undefined;
  /** How the vhost-user socket is consumed (DPDK). Kube-OVN 1.13. @default - none */
  readonly vhostUserSocketConsumption?: string | undefined;
  /** Routes for the pod. @default - those of the subnet */
  readonly routes?: readonly KubeOvnRoute[] | undefined;
}

export const KUBE_OVN = pluginSpec<KubeOvnSettings>('kube-ovn', {
  serverSocket: text({ wire: 'server_socket' }),
  provider: text(),
  deviceID: text(),
  vfDriver: text({ wire: 'vf_driver' }),
  vhostUserSocketVolumeName: text({ wire: 'vhost_user_socket_volume_name' }),
  vhostUserSocketName: text({ wire: 'vhost_user_socket_name' }),
  vhostUserSocketConsumption: text({ wire: 'vhost_user_socket_consumption' }),
  routes: objects(KUBE_OVN_ROUTE),
});
