import type { Construct } from 'constructs';
import type { LinkConfig, VlanSettings } from '../cni';
import { networkGroups } from '../rules';
import { Network } from './network';
import type { MasterProps, NetworkProps } from './network-props';

export interface VlanNetworkProps extends NetworkProps, Omit<VlanSettings, 'master'>, MasterProps {
  /**
   * Host interface that carries the frames, e.g. `eth1`, 1 to 15 bytes. It must exist on the node.
   *
   * @default - `masterByNodeGroup`
   * @throws NL_IFNAME_TOO_LONG, NL_IFNAME_INVALID, at synthesis
   */
  readonly master?: string;
}

/**
 * A VLAN of a host interface, in the pod. One pod of it on a node; needs an IPAM.
 *
 * @see https://www.cni.dev/plugins/current/main/vlan/
 */
export class VlanNetwork extends Network {
  constructor(scope: Construct, id: string, props: VlanNetworkProps) {
    const link = { kind: 'vlan', settings: props } as LinkConfig;
    const groups = networkGroups('masterByNodeGroup', 'master', props.masterByNodeGroup, link);
    super(scope, id, props, link, { groups });
  }
}
