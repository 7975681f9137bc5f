import type * as pulumi from '@pulumi/pulumi';
import type { KubeOvnSettings } from '../cni';
import type { InputsOf } from './inputs';
import type { KubeOvnSubnet } from './kube-ovn-subnet';
import { Network } from './network';
import { linkOf, type NetworkArgs } from './network-args';

/** @see KubeOvnSettings for what each of the plugin's settings does */
export interface KubeOvnNetworkArgs
  extends Omit<NetworkArgs, 'ipam'>,
    InputsOf<Omit<KubeOvnSettings, 'provider'>> {
  /**
   * The addresses, for this network alone.
   *
   * @default - a Subnet that something else makes, whose provider has to be `<network>.<namespace>.ovn`
   */
  subnet?: KubeOvnSubnet;
}

/**
 * A second interface on a subnet of Kube-OVN, which also gives the addresses.
 *
 * @see https://kubeovn.github.io/docs/stable/en/advance/multi-nic/
 */
export class KubeOvnNetwork extends Network {
  constructor(name: string, args: KubeOvnNetworkArgs = {}, opts?: pulumi.ComponentResourceOptions) {
    const { subnet } = args;
    super('KubeOvnNetwork', name, args, { link: linkOf('kube-ovn', args), subnet }, opts);
  }
}
