import { KUBE_OVN_ROUTE, type KubeOvnRoute } from './routes';
import { objectSpec, objects, text, type WithExtra } from './spec';

/**
 * Addresses from a subnet of Kube-OVN, for an interface of any other plugin.
 *
 * @see https://kubeovn.github.io/docs/stable/en/advance/multi-nic/
 */
export interface KubeOvnIpamSettings extends WithExtra {
  /** Socket of the daemon. @default /run/openvswitch/kube-ovn-daemon.sock */
  readonly serverSocket?: string | undefined;
  /** `<network>.<namespace>`: how the daemon finds the subnet. @default - computed from the network */
  readonly provider?: string | undefined;
  /** Routes for the pod. @default - none */
  readonly routes?: readonly KubeOvnRoute[] | undefined;
}

export const KUBE_OVN_IPAM = objectSpec<KubeOvnIpamSettings>('kube-ovn IPAM', {
  serverSocket: text({ wire: 'server_socket' }),
  provider: text(),
  routes: objects(KUBE_OVN_ROUTE),
});
