import type { Construct } from 'constructs';
import type { IpvlanSettings } from '../cni';
import { networkGroups } from '../rules';
import { Network } from './network';
import type { MasterProps, NetworkProps } from './network-props';

export interface IpvlanNetworkProps extends NetworkProps, IpvlanSettings, MasterProps {}

/**
 * Pods on the network behind a host interface, all with that interface's MAC address.
 *
 * @see https://www.cni.dev/plugins/current/main/ipvlan/
 */
export class IpvlanNetwork extends Network {
  constructor(scope: Construct, id: string, props: IpvlanNetworkProps = {}) {
    const link = { kind: 'ipvlan', settings: props } as const;
    const groups = networkGroups('masterByNodeGroup', 'master', props.masterByNodeGroup, link);
    super(scope, id, props, link, { groups });
  }
}
