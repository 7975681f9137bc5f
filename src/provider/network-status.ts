import * as pulumi from '@pulumi/pulumi';
import { type FoundInterfaces, type InterfaceStatus, unpackInterfaces } from '../kubernetes';
import { packWanted } from '../rules';
import { DynamicResource } from './dynamic-resource';
import { whenAdmitted } from './problems';

/** An attachment that is looked for in a pod's status. */
export interface WantedInterfaceArgs {
  /** `<namespace>/<network>`. */
  network: pulumi.Input<string>;
  /** Name in the pod. */
  interface: pulumi.Input<string>;
  /** Addresses that it has to have, with or without prefix length. @default - any */
  ips?: pulumi.Input<pulumi.Input<string>[]>;
  /** Instead of `ips`: those that the pod's own annotation asks for. @default false */
  claimed?: pulumi.Input<boolean>;
  /** @default - any */
  mac?: pulumi.Input<string>;
}

export interface NetworkStatusArgs {
  /** `Pod`, `Deployment`, `StatefulSet` or `DaemonSet`. */
  kind: pulumi.Input<string>;
  /** @default default */
  namespace?: pulumi.Input<string>;
  name: pulumi.Input<string>;
  /** What the pods have to have. */
  attachments: pulumi.Input<pulumi.Input<WantedInterfaceArgs>[]>;
  /** Looked at anew when it changes: the `uid` of a pod, of a workload with its `generation`. @default - none */
  revision?: pulumi.Input<string>;
  /** Seconds that the pods may take until they are ready. @default 600 */
  timeoutSeconds?: pulumi.Input<number>;
}

/** One interface of one pod, as it really is. */
export interface PodInterface extends InterfaceStatus {
  /** Name of the pod. */
  readonly pod: string;
}

/**
 * The real interfaces of a pod, or of the pods of a workload. Waits until they are there and the pods
 * are ready, compares them with what was attached, and tells what is wrong where they don't come.
 *
 * Reaches the cluster by `netloom:kubeconfig`, else `kubernetes:kubeconfig`, KUBECONFIG, or the
 * usual places.
 */
export class NetworkStatus extends DynamicResource {
  /** Of the first pod by name, in the order of Multus; the cluster network's is left out. */
  readonly interfaces: pulumi.Output<PodInterface[]>;
  /** How many pods there are. */
  declare readonly pods: pulumi.Output<number>;
  /** @internal */
  declare readonly found: pulumi.Output<FoundInterfaces | undefined>;

  constructor(name: string, args: NetworkStatusArgs, opts?: pulumi.CustomResourceOptions) {
    const { kind, namespace = 'default', attachments, revision, timeoutSeconds } = args;
    super(
      'networkStatus',
      'NetworkStatus',
      name,
      {
        of: pulumi.interpolate`${namespace}/${whenAdmitted(pulumi.output(kind))}/${args.name}`,
        wanted: pulumi.output(attachments).apply(packWanted),
        ...(revision !== undefined && { revision }),
        ...(timeoutSeconds !== undefined && { timeoutSeconds }),
        pods: undefined,
        found: undefined,
      },
      opts,
    );
    this.interfaces = this.found.apply((found) => unpackInterfaces(found ?? {}));
  }
}

/** False when `netloom:status` is off: then the Kubernetes provider does the waiting. */
export function waitsForPods(): boolean {
  return new pulumi.Config('netloom').get('status') !== 'off';
}
