import type { Construct } from 'constructs';
import type { AttachOptions, DefaultNetworkOptions } from './attach-options';
import type { INetwork } from './network';
import { PodNetworks } from './pod-networks';

/** A workload that can be attached to networks. */
export interface MultiNet {
  /** Attaches the pods to a network, behind those that are attached already. */
  attach(network: INetwork, options?: AttachOptions): this;

  /** Puts a network in the place of the cluster network: see {@link PodNetworks.replaceDefault}. */
  replaceDefault(network: INetwork, options?: DefaultNetworkOptions): this;
}

// biome-ignore lint/suspicious/noExplicitAny: TypeScript wants it of the base of a mixin (TS2545)
type Workload<T extends Construct> = new (...args: any[]) => T;

/** A class of cdk8s-plus, and how its pods attach to networks. */
export function multiNet<B extends Workload<Construct>>(
  base: B,
): B & Workload<InstanceType<B> & MultiNet> {
  class Attached extends base implements MultiNet {
    attach(network: INetwork, options: AttachOptions = {}): this {
      PodNetworks.of(this).attach(network, options);
      return this;
    }

    replaceDefault(network: INetwork, options: DefaultNetworkOptions = {}): this {
      PodNetworks.of(this).replaceDefault(network, options);
      return this;
    }
  }
  return Attached as unknown as B & Workload<InstanceType<B> & MultiNet>;
}
