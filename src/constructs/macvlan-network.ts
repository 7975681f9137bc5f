import type { Construct } from 'constructs';
import type { MacvlanSettings } from '../cni';
import { Network, type NetworkProps } from './network';

export interface MacvlanNetworkProps extends NetworkProps, MacvlanSettings {}

/**
 * Pods with a MAC address of their own on the network behind a host interface. The host itself
 * can't reach them through that interface.
 *
 * @see https://www.cni.dev/plugins/current/main/macvlan/
 */
export class MacvlanNetwork extends Network {
  constructor(scope: Construct, id: string, props: MacvlanNetworkProps) {
    super(scope, id, props, { kind: 'macvlan', settings: props });
  }
}
