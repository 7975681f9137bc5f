import type { types } from '@pulumi/kubernetes';
import { StatefulSet } from '@pulumi/kubernetes/apps/v1/statefulSet';
import * as pulumi from '@pulumi/pulumi';
import { AttachedPods, type AttachedPodsArgs } from './attached-pods';
import { dependenciesOf } from './inputs';
import { NetworkStatus, type PodInterface } from './network-status';

export interface MultiNetStatefulSetArgs extends AttachedPodsArgs {
  spec: pulumi.Input<types.input.apps.v1.StatefulSetSpec>;
}

/** A StatefulSet whose pods have more than the cluster network. A changed attachment rolls it. */
export class MultiNetStatefulSet extends pulumi.ComponentResource {
  readonly statefulSet: StatefulSet;
  /** Waits for the interfaces, and tells what is wrong where they don't come. */
  readonly status: NetworkStatus;
  /** What the pods really got, without the cluster network. */
  readonly interfaces: pulumi.Output<PodInterface[]>;

  constructor(name: string, args: MultiNetStatefulSetArgs, opts?: pulumi.ComponentResourceOptions) {
    super('netloom:index:MultiNetStatefulSet', name, {}, opts);
    const pods = new AttachedPods(this, name, 'StatefulSet', args, args.spec);
    this.statefulSet = new StatefulSet(
      name,
      { metadata: pods.metadata, spec: pods.workloadSpec(args.spec) as never },
      { parent: this, dependsOn: [...pods.dependsOn, ...dependenciesOf(opts)] },
    );
    this.status = new NetworkStatus(`${name}-status`, pods.status(this.statefulSet), {
      parent: this,
    });
    this.interfaces = this.status.interfaces;
    this.registerOutputs({ interfaces: this.interfaces });
  }
}
