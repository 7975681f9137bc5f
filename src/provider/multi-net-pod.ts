import type { types } from '@pulumi/kubernetes';
import { Pod } from '@pulumi/kubernetes/core/v1/pod';
import * as pulumi from '@pulumi/pulumi';
import { NETWORKS_ANNOTATION } from '../kubernetes';
import { AttachedPods, type AttachedPodsArgs } from './attached-pods';
import { dependenciesOf } from './inputs';
import { NetworkStatus, type PodInterface } from './network-status';

export interface MultiNetPodArgs extends AttachedPodsArgs {
  spec: pulumi.Input<types.input.core.v1.PodSpec>;
}

/**
 * A Pod with more than the cluster network. A changed attachment replaces it: Multus reads it at the
 * start only.
 */
export class MultiNetPod extends pulumi.ComponentResource {
  readonly pod: Pod;
  /** Waits for the interfaces, and tells what is wrong where they don't come. */
  readonly status: NetworkStatus;
  /** What the pods really got, without the cluster network. */
  readonly interfaces: pulumi.Output<PodInterface[]>;

  constructor(name: string, args: MultiNetPodArgs, opts?: pulumi.ComponentResourceOptions) {
    super('netloom:index:MultiNetPod', name, {}, opts);
    const pods = new AttachedPods(this, name, 'Pod', args, args.spec);
    this.pod = new Pod(
      name,
      { metadata: pods.metadata, spec: pods.podSpec(args.spec) as never },
      {
        parent: this,
        dependsOn: [...pods.dependsOn, ...dependenciesOf(opts)],
        replaceOnChanges: [`metadata.annotations["${NETWORKS_ANNOTATION}"]`],
        // The new pod has the same name, and the same address where that is claimed.
        deleteBeforeReplace: true,
      },
    );
    this.status = new NetworkStatus(`${name}-status`, pods.status(this.pod), { parent: this });
    this.interfaces = this.status.interfaces;
    this.registerOutputs({ interfaces: this.interfaces });
  }
}
