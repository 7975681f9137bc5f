import type { Construct } from 'constructs';
import type { DummySettings } from '../cni';
import { Network } from './network';
import type { NetworkProps } from './network-props';

export interface DummyNetworkProps extends NetworkProps, DummySettings {}

/**
 * An interface with addresses that leads nowhere. Needs an IPAM.
 *
 * @see https://www.cni.dev/plugins/current/main/dummy/
 */
export class DummyNetwork extends Network {
  constructor(scope: Construct, id: string, props: DummyNetworkProps = {}) {
    super(scope, id, props, { kind: 'dummy', settings: props });
  }
}
