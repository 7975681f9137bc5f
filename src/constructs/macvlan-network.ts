import type { Construct } from 'constructs';
import type { MacvlanSettings } from '../cni';
import { networkGroups } from '../rules';
import { Network } from './network';
import type { MasterProps, NetworkProps } from './network-props';

export interface MacvlanNetworkProps extends NetworkProps, MacvlanSettings, MasterProps {}

/**
 * Pods with a MAC address of their own on the network behind a host interface. The host itself
 * can't reach them through that interface.
 *
 * @see https://www.cni.dev/plugins/current/main/macvlan/
 */
export class MacvlanNetwork extends Network {
  constructor(scope: Construct, id: string, props: MacvlanNetworkProps = {}) {
    const link = { kind: 'macvlan', settings: props } as const;
    const groups = networkGroups('masterByNodeGroup', 'master', props.masterByNodeGroup, link);
    super(scope, id, props, link, { groups });
  }
}
