import type { Construct } from 'constructs';
import type { KubeOvnSettings } from '../cni';
import type { KubeOvnSubnet } from './kube-ovn-subnet';
import { Network } from './network';
import type { NetworkProps } from './network-props';

export interface KubeOvnNetworkProps
  extends Omit<NetworkProps, 'ipam'>,
    Omit<KubeOvnSettings, 'provider'> {
  /**
   * The addresses, for this network alone.
   *
   * @default - a Subnet that something else makes, whose provider has to be `<network>.<namespace>.ovn`
   * @throws NL_PROVIDER_UNBOUND, at synthesis, for a subnet of several networks
   */
  readonly subnet?: KubeOvnSubnet;
}

/**
 * A second interface on a subnet of Kube-OVN, which also gives the addresses.
 *
 * @see https://kubeovn.github.io/docs/stable/en/advance/multi-nic/
 */
export class KubeOvnNetwork extends Network {
  constructor(scope: Construct, id: string, props: KubeOvnNetworkProps = {}) {
    const { subnet } = props;
    super(scope, id, props, { kind: 'kube-ovn', settings: props }, { subnet });
  }
}
