import type { ApiObject } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import type { AttachOptions, DefaultNetworkOptions } from './attach-options';
import type { INetwork } from './network';
import { PodNetworks } from './pod-networks';

/** A cdk8s-plus Pod with more than the cluster network. */
export class MultiNetPod extends kplus.Pod {
  /** The Pod as it is written. */
  declare readonly apiObject: ApiObject;
  private readonly podNetworks: PodNetworks;

  constructor(scope: Construct, id: string, props: kplus.PodProps = {}) {
    super(scope, id, props);
    this.podNetworks = PodNetworks.of(this);
  }

  /** Attaches the pod to a network, behind those that are attached already. */
  attach(network: INetwork, options: AttachOptions = {}): this {
    this.podNetworks.attach(network, options);
    return this;
  }

  /** Puts a network in the place of the cluster network: see {@link PodNetworks.replaceDefault}. */
  replaceDefault(network: INetwork, options: DefaultNetworkOptions = {}): this {
    this.podNetworks.replaceDefault(network, options);
    return this;
  }
}
