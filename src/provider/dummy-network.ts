import type * as pulumi from '@pulumi/pulumi';
import type { DummySettings } from '../cni';
import type { InputsOf } from './inputs';
import { Network } from './network';
import { linkOf, type NetworkArgs } from './network-args';

/** @see DummySettings for what each of the plugin's settings does */
export interface DummyNetworkArgs extends NetworkArgs, InputsOf<DummySettings> {}

/**
 * An interface with addresses that leads nowhere. Needs an IPAM. Since plugins 1.2.0.
 *
 * @see https://www.cni.dev/plugins/current/main/dummy/
 */
export class DummyNetwork extends Network {
  constructor(name: string, args: DummyNetworkArgs = {}, opts?: pulumi.ComponentResourceOptions) {
    super('DummyNetwork', name, args, { link: linkOf('dummy', args) }, opts);
  }
}
