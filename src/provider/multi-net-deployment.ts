import type { types } from '@pulumi/kubernetes';
import { Deployment } from '@pulumi/kubernetes/apps/v1/deployment';
import * as pulumi from '@pulumi/pulumi';
import { AttachedPods, type AttachedPodsArgs } from './attached-pods';
import { dependenciesOf } from './inputs';
import { NetworkStatus, type PodInterface } from './network-status';

export interface MultiNetDeploymentArgs extends AttachedPodsArgs {
  spec: pulumi.Input<types.input.apps.v1.DeploymentSpec>;
}

/** A Deployment whose pods have more than the cluster network. A changed attachment rolls it. */
export class MultiNetDeployment extends pulumi.ComponentResource {
  readonly deployment: Deployment;
  /** Waits for the interfaces, and tells what is wrong where they don't come. */
  readonly status: NetworkStatus;
  /** What the pods really got, without the cluster network. */
  readonly interfaces: pulumi.Output<PodInterface[]>;

  constructor(name: string, args: MultiNetDeploymentArgs, opts?: pulumi.ComponentResourceOptions) {
    super('netloom:index:MultiNetDeployment', name, {}, opts);
    const pods = new AttachedPods(this, name, 'Deployment', args, args.spec);
    this.deployment = new Deployment(
      name,
      { metadata: pods.metadata, spec: pods.workloadSpec(args.spec) as never },
      { parent: this, dependsOn: [...pods.dependsOn, ...dependenciesOf(opts)] },
    );
    this.status = new NetworkStatus(`${name}-status`, pods.status(this.deployment), {
      parent: this,
    });
    this.interfaces = this.status.interfaces;
    this.registerOutputs({ interfaces: this.interfaces });
  }
}
