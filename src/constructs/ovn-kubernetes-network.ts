import type { Construct } from 'constructs';
import type { OvnK8sSettings } from '../cni';
import { Network } from './network';
import type { NetworkProps } from './network-props';

export interface OvnKubernetesNetworkProps
  extends Omit<NetworkProps, 'ipam'>,
    Omit<OvnK8sSettings, 'netAttachDefName'> {}

/**
 * A secondary network of OVN-Kubernetes, which gives the addresses of its `subnets` too. Networks of
 * one `configName` are one network in the whole cluster, and have to agree.
 *
 * @see https://ovn-kubernetes.io/features/multiple-networks/multi-homing/
 */
export class OvnKubernetesNetwork extends Network {
  constructor(scope: Construct, id: string, props: OvnKubernetesNetworkProps) {
    super(scope, id, props, { kind: 'ovn-k8s-cni-overlay', settings: props });
  }
}
