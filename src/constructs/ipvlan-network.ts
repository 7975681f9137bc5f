import type { Construct } from 'constructs';
import type { IpvlanSettings } from '../cni';
import { Network, type NetworkProps } from './network';

export interface IpvlanNetworkProps extends NetworkProps, IpvlanSettings {}

/**
 * Pods on the network behind a host interface, all with that interface's MAC address.
 *
 * @see https://www.cni.dev/plugins/current/main/ipvlan/
 */
export class IpvlanNetwork extends Network {
  constructor(scope: Construct, id: string, props: IpvlanNetworkProps) {
    super(scope, id, props, { kind: 'ipvlan', settings: props });
  }
}
