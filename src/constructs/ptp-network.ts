import type { Construct } from 'constructs';
import type { PtpSettings } from '../cni';
import { Network } from './network';
import type { NetworkProps } from './network-props';

export interface PtpNetworkProps extends NetworkProps, PtpSettings {}

/**
 * A veth pair between the pod and its node, routed. Needs an IPAM.
 *
 * @see https://www.cni.dev/plugins/current/main/ptp/
 */
export class PtpNetwork extends Network {
  constructor(scope: Construct, id: string, props: PtpNetworkProps = {}) {
    super(scope, id, props, { kind: 'ptp', settings: props });
  }
}
