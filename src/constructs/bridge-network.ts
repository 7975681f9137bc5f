import type { Construct } from 'constructs';
import type { BridgeSettings } from '../cni';
import { Network } from './network';
import type { NetworkProps } from './network-props';

export interface BridgeNetworkProps extends NetworkProps, BridgeSettings {}

/**
 * Pods on a Linux bridge of their node.
 *
 * @see https://www.cni.dev/plugins/current/main/bridge/
 */
export class BridgeNetwork extends Network {
  constructor(scope: Construct, id: string, props: BridgeNetworkProps = {}) {
    super(scope, id, props, { kind: 'bridge', settings: props });
  }
}
