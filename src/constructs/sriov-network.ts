import type { Construct } from 'constructs';
import type { SriovSettings } from '../cni';
import { Network } from './network';
import type { NetworkProps } from './network-props';

export interface SriovNetworkProps extends NetworkProps, SriovSettings {
  /**
   * Resource of the SR-IOV device plugin, e.g. `intel.com/sriov`: pods get a virtual function of it.
   * The pod asks for the resource itself, too (`resources.limits`), unless a webhook does it.
   */
  readonly resourceName: string;
}

/**
 * A virtual function of a network card for each pod.
 *
 * @see https://github.com/k8snetworkplumbingwg/sriov-cni
 */
export class SriovNetwork extends Network {
  constructor(scope: Construct, id: string, props: SriovNetworkProps) {
    super(scope, id, props, { kind: 'sriov', settings: props });
  }
}
