import type * as pulumi from '@pulumi/pulumi';
import type { IpvlanSettings } from '../cni';
import type { InputsOf } from './inputs';
import { Network } from './network';
import { linkOf, type MasterArgs, type NetworkArgs } from './network-args';

/** @see IpvlanSettings for what each of the plugin's settings does */
export interface IpvlanNetworkArgs extends NetworkArgs, InputsOf<IpvlanSettings>, MasterArgs {}

/**
 * Pods on the network behind a host interface, all with that interface's MAC address.
 *
 * @see https://www.cni.dev/plugins/current/main/ipvlan/
 */
export class IpvlanNetwork extends Network {
  constructor(name: string, args: IpvlanNetworkArgs = {}, opts?: pulumi.ComponentResourceOptions) {
    const { masterByNodeGroup: byGroup } = args;
    const groups = byGroup && { prop: 'masterByNodeGroup', setting: 'master', byGroup };
    super('IpvlanNetwork', name, args, { link: linkOf('ipvlan', args), groups }, opts);
  }
}
