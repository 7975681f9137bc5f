import type { Construct } from 'constructs';
import type { HostDeviceSettings } from '../cni';
import type { NodeSelection } from '../kubernetes';
import { networkGroups } from '../rules';
import { Network } from './network';
import type { NetworkProps } from './network-props';

/** Nodes whose device has a name of its own. */
export interface NodeGroupDevice extends NodeSelection {
  /** Device on these nodes, e.g. `eth2`, 1 to 15 bytes. */
  readonly device: string;
}

export interface HostDeviceNetworkProps extends NetworkProps, HostDeviceSettings {
  /**
   * Devices by groups of nodes. Each group gets a NetworkAttachmentDefinition of its own,
   * `<name>-<group>` in lower case; `attach(network, { nodeGroup })` chooses one of them, and keeps
   * the pod on the group's nodes. Excludes `device`.
   *
   * @default - `device` on all nodes
   * @throws NL_NODE_GROUP, at synthesis
   */
  readonly deviceByNodeGroup?: Readonly<Record<string, NodeGroupDevice>>;
}

/**
 * A device of the node that moves into the pod, and back when the pod ends: one pod at a time.
 *
 * @see https://www.cni.dev/plugins/current/main/host-device/
 */
export class HostDeviceNetwork extends Network {
  constructor(scope: Construct, id: string, props: HostDeviceNetworkProps) {
    const link = { kind: 'host-device', settings: props } as const;
    const groups = networkGroups('deviceByNodeGroup', 'device', props.deviceByNodeGroup, link);
    super(scope, id, props, link, { groups });
  }
}
