import type * as pulumi from '@pulumi/pulumi';
import type { VlanSettings } from '../cni';
import type { InputsOf } from './inputs';
import { Network } from './network';
import { linkOf, type MasterArgs, type NetworkArgs } from './network-args';

/** @see VlanSettings for what each of the plugin's settings does */
export interface VlanNetworkArgs
  extends NetworkArgs,
    InputsOf<Omit<VlanSettings, 'master'>>,
    MasterArgs {
  /** Host interface that carries the frames, 1 to 15 bytes. @default - `masterByNodeGroup` */
  master?: pulumi.Input<string>;
}

/**
 * A VLAN of a host interface, in the pod. One pod of it on a node; needs an IPAM.
 *
 * @see https://www.cni.dev/plugins/current/main/vlan/
 */
export class VlanNetwork extends Network {
  constructor(name: string, args: VlanNetworkArgs, opts?: pulumi.ComponentResourceOptions) {
    const { masterByNodeGroup: byGroup } = args;
    const groups = byGroup && { prop: 'masterByNodeGroup', setting: 'master', byGroup };
    super('VlanNetwork', name, args, { link: linkOf('vlan', args), groups }, opts);
  }
}
