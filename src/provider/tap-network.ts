import type * as pulumi from '@pulumi/pulumi';
import type { TapSettings } from '../cni';
import type { InputsOf } from './inputs';
import { Network } from './network';
import { linkOf, type NetworkArgs } from './network-args';

/** @see TapSettings for what each of the plugin's settings does */
export interface TapNetworkArgs extends NetworkArgs, InputsOf<TapSettings> {}

/**
 * A tap device in the pod, for a virtual machine. Since plugins 1.3.0.
 *
 * @see https://www.cni.dev/plugins/current/main/tap/
 */
export class TapNetwork extends Network {
  constructor(name: string, args: TapNetworkArgs = {}, opts?: pulumi.ComponentResourceOptions) {
    super('TapNetwork', name, args, { link: linkOf('tap', args) }, opts);
  }
}
