import type { ApiObject } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import { multiNet } from './multi-net';
import { PodNetworks } from './pod-networks';

/** A cdk8s-plus Pod with more than the cluster network. */
export class MultiNetPod extends multiNet(kplus.Pod) {
  /** The Pod as it is written. */
  declare readonly apiObject: ApiObject;

  constructor(scope: Construct, id: string, props: kplus.PodProps = {}) {
    super(scope, id, props);
    PodNetworks.of(this);
  }
}
