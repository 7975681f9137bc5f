import type * as pulumi from '@pulumi/pulumi';
import type { OvnK8sSettings } from '../cni';
import type { InputsOf } from './inputs';
import { Network } from './network';
import { linkOf, type NetworkArgs } from './network-args';

/** @see OvnK8sSettings for what each of the plugin's settings does */
export interface OvnKubernetesNetworkArgs
  extends Omit<NetworkArgs, 'ipam'>,
    InputsOf<Omit<OvnK8sSettings, 'netAttachDefName'>> {}

/**
 * A secondary network of OVN-Kubernetes, which gives the addresses of its `subnets` too. Networks of
 * one `configName` are one network in the whole cluster, and have to agree.
 *
 * @see https://ovn-kubernetes.io/features/multiple-networks/multi-homing/
 */
export class OvnKubernetesNetwork extends Network {
  constructor(
    name: string,
    args: OvnKubernetesNetworkArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super('OvnKubernetesNetwork', name, args, { link: linkOf('ovn-k8s-cni-overlay', args) }, opts);
  }
}
