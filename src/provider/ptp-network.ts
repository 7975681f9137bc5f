import type * as pulumi from '@pulumi/pulumi';
import type { PtpSettings } from '../cni';
import type { InputsOf } from './inputs';
import { Network } from './network';
import { linkOf, type NetworkArgs } from './network-args';

/** @see PtpSettings for what each of the plugin's settings does */
export interface PtpNetworkArgs extends NetworkArgs, InputsOf<PtpSettings> {}

/**
 * A veth pair between the pod and its node, routed. Needs an IPAM.
 *
 * @see https://www.cni.dev/plugins/current/main/ptp/
 */
export class PtpNetwork extends Network {
  constructor(name: string, args: PtpNetworkArgs = {}, opts?: pulumi.ComponentResourceOptions) {
    super('PtpNetwork', name, args, { link: linkOf('ptp', args) }, opts);
  }
}
