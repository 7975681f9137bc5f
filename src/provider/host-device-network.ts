import type * as pulumi from '@pulumi/pulumi';
import type { HostDeviceSettings } from '../cni';
import type { NodeSelection } from '../kubernetes';
import type { InputsOf } from './inputs';
import { Network } from './network';
import { linkOf, type NetworkArgs } from './network-args';

/** Nodes whose device has a name of its own. */
export interface NodeGroupDeviceArgs extends InputsOf<NodeSelection> {
  /** Device on these nodes, e.g. `eth2`, 1 to 15 bytes. */
  device: pulumi.Input<string>;
}

/** @see HostDeviceSettings for what each of the plugin's settings does */
export interface HostDeviceNetworkArgs extends NetworkArgs, InputsOf<HostDeviceSettings> {
  /**
   * Devices by groups of nodes, as `masterByNodeGroup` of other networks. Excludes `device`.
   *
   * @default - `device` on all nodes
   */
  deviceByNodeGroup?: Record<string, NodeGroupDeviceArgs>;
}

/**
 * A device of the node that moves into the pod, and back when the pod ends: one pod at a time.
 *
 * @see https://www.cni.dev/plugins/current/main/host-device/
 */
export class HostDeviceNetwork extends Network {
  constructor(
    name: string,
    args: HostDeviceNetworkArgs = {},
    opts?: pulumi.ComponentResourceOptions,
  ) {
    const { deviceByNodeGroup: byGroup } = args;
    const groups = byGroup && { prop: 'deviceByNodeGroup', setting: 'device', byGroup };
    super('HostDeviceNetwork', name, args, { link: linkOf('host-device', args), groups }, opts);
  }
}
