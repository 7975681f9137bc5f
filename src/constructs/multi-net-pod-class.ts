import * as kplus from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import type { INetwork } from './network';
import { type AttachOptions, PodNetworks } from './pod-networks';

/** A cdk8s-plus Pod with more than the cluster network. */
export class MultiNetPod extends kplus.Pod {
  private readonly networks: PodNetworks;

  constructor(scope: Construct, id: string, props: kplus.PodProps = {}) {
    super(scope, id, props);
    this.networks = PodNetworks.of(this);
  }

  /** Attaches the pod to a network, behind those that are attached already. */
  attach(network: INetwork, options: AttachOptions = {}): this {
    this.networks.attach(network, options);
    return this;
  }
}
