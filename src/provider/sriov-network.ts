import type * as pulumi from '@pulumi/pulumi';
import type { SriovSettings } from '../cni';
import type { InputsOf } from './inputs';
import { Network } from './network';
import { linkOf, type NetworkArgs } from './network-args';

/** @see SriovSettings for what each of the plugin's settings does */
export interface SriovNetworkArgs extends NetworkArgs, InputsOf<SriovSettings> {
  /** Resource of the SR-IOV device plugin, e.g. `intel.com/sriov`: pods get a virtual function of it. */
  resourceName: pulumi.Input<string>;
}

/**
 * A virtual function of a network card for each pod.
 *
 * @see https://github.com/k8snetworkplumbingwg/sriov-cni
 */
export class SriovNetwork extends Network {
  constructor(name: string, args: SriovNetworkArgs, opts?: pulumi.ComponentResourceOptions) {
    super('SriovNetwork', name, args, { link: linkOf('sriov', args) }, opts);
  }
}
