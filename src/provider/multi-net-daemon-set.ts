import type { types } from '@pulumi/kubernetes';
import { DaemonSet } from '@pulumi/kubernetes/apps/v1/daemonSet';
import * as pulumi from '@pulumi/pulumi';
import { AttachedPods, type AttachedPodsArgs } from './attached-pods';
import { dependenciesOf } from './inputs';
import { NetworkStatus, type PodInterface } from './network-status';

export interface MultiNetDaemonSetArgs extends AttachedPodsArgs {
  spec: pulumi.Input<types.input.apps.v1.DaemonSetSpec>;
}

/** A DaemonSet whose pods have more than the cluster network. A changed attachment rolls it. */
export class MultiNetDaemonSet extends pulumi.ComponentResource {
  readonly daemonSet: DaemonSet;
  /** Waits for the interfaces, and tells what is wrong where they don't come. */
  readonly status: NetworkStatus;
  /** What the pods really got, without the cluster network. */
  readonly interfaces: pulumi.Output<PodInterface[]>;

  constructor(name: string, args: MultiNetDaemonSetArgs, opts?: pulumi.ComponentResourceOptions) {
    super('netloom:index:MultiNetDaemonSet', name, {}, opts);
    const pods = new AttachedPods(this, name, 'DaemonSet', args, args.spec);
    this.daemonSet = new DaemonSet(
      name,
      { metadata: pods.metadata, spec: pods.workloadSpec(args.spec) as never },
      { parent: this, dependsOn: [...pods.dependsOn, ...dependenciesOf(opts)] },
    );
    this.status = new NetworkStatus(`${name}-status`, pods.status(this.daemonSet), {
      parent: this,
    });
    this.interfaces = this.status.interfaces;
    this.registerOutputs({ interfaces: this.interfaces });
  }
}
