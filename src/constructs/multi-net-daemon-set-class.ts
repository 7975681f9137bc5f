import type { ApiObject } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import { multiNet } from './multi-net';
import { PodNetworks } from './pod-networks';

/** A cdk8s-plus DaemonSet whose pods have more than the cluster network. */
export class MultiNetDaemonSet extends multiNet(kplus.DaemonSet) {
  /** The DaemonSet as it is written. */
  declare readonly apiObject: ApiObject;

  constructor(scope: Construct, id: string, props: kplus.DaemonSetProps = {}) {
    super(scope, id, props);
    PodNetworks.of(this);
  }
}
