import type * as pulumi from '@pulumi/pulumi';
import type { BridgeSettings } from '../cni';
import type { InputsOf } from './inputs';
import { Network } from './network';
import { linkOf, type NetworkArgs } from './network-args';

/** @see BridgeSettings for what each of the plugin's settings does */
export interface BridgeNetworkArgs extends NetworkArgs, InputsOf<BridgeSettings> {}

/**
 * Pods on a Linux bridge of their node.
 *
 * @see https://www.cni.dev/plugins/current/main/bridge/
 */
export class BridgeNetwork extends Network {
  constructor(name: string, args: BridgeNetworkArgs = {}, opts?: pulumi.ComponentResourceOptions) {
    super('BridgeNetwork', name, args, { link: linkOf('bridge', args) }, opts);
  }
}
