import type * as pulumi from '@pulumi/pulumi';
import type { MacvlanSettings } from '../cni';
import type { InputsOf } from './inputs';
import { Network } from './network';
import { linkOf, type MasterArgs, type NetworkArgs } from './network-args';

/** @see MacvlanSettings for what each of the plugin's settings does */
export interface MacvlanNetworkArgs extends NetworkArgs, InputsOf<MacvlanSettings>, MasterArgs {}

/**
 * Pods with a MAC address of their own on the network behind a host interface. The host itself
 * can't reach them through that interface.
 *
 * @see https://www.cni.dev/plugins/current/main/macvlan/
 */
export class MacvlanNetwork extends Network {
  constructor(name: string, args: MacvlanNetworkArgs = {}, opts?: pulumi.ComponentResourceOptions) {
    const { masterByNodeGroup: byGroup } = args;
    const groups = byGroup && { prop: 'masterByNodeGroup', setting: 'master', byGroup };
    super('MacvlanNetwork', name, args, { link: linkOf('macvlan', args), groups }, opts);
  }
}
