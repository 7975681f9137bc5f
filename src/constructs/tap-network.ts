import type { Construct } from 'constructs';
import type { TapSettings } from '../cni';
import { Network } from './network';
import type { NetworkProps } from './network-props';

export interface TapNetworkProps extends NetworkProps, TapSettings {}

/**
 * A tap device in the pod, for a virtual machine.
 *
 * @see https://www.cni.dev/plugins/current/main/tap/
 */
export class TapNetwork extends Network {
  constructor(scope: Construct, id: string, props: TapNetworkProps = {}) {
    super(scope, id, props, { kind: 'tap', settings: props });
  }
}
