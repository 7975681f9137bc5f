import * as pulumi from '@pulumi/pulumi';
import { checkReach, type ReachDefinition } from '../rules';
import { DynamicResource } from './dynamic-resource';
import { checked } from './problems';

/** A running pod, and which of its containers asks. */
export interface ProbePodArgs {
  /** @default default */
  namespace?: pulumi.Input<string>;
  name: pulumi.Input<string>;
  /** @default - the first */
  container?: pulumi.Input<string>;
}

export interface ConnectivityProbeArgs {
  /** Name in `netloom:agents` of the node that asks. @default - `pod` asks */
  agent?: pulumi.Input<string>;
  /** The pod that asks, by `ping`, `nc`, `curl` or `wget` of its image. @default - `agent` asks */
  pod?: pulumi.Input<ProbePodArgs>;
  /** `ping`, `tcp` or `http`. */
  kind: pulumi.Input<string>;
  /** An address, or a name that is looked up where it is asked from. */
  target: pulumi.Input<string>;
  /** Needed for tcp. @default - 80 for http */
  port?: pulumi.Input<number>;
  /** Of http. @default / */
  path?: pulumi.Input<string>;
  /** The status that http has to answer. @default - any from 200 to 399 */
  status?: pulumi.Input<number>;
  /** Seconds until the target has to answer. @default 60 */
  timeoutSeconds?: pulumi.Input<number>;
  /** Asked anew when one of them changes. @default - none */
  triggers?: pulumi.Input<pulumi.Input<unknown>[]>;
}

/**
 * A target that has to answer a node or a pod, before what depends on this goes on. Waits until it does, and
 * tells at which hop it ends where it does not. A refresh asks once; where the target does not answer any
 * more, the next update waits for it again.
 *
 * @throws NL_TARGET_UNREACHED, and NL_HOST_POLICY where the node does not ask such targets
 */
export class ConnectivityProbe extends DynamicResource {
  /** False when the last refresh got no answer. */
  declare readonly reached: pulumi.Output<boolean>;
  /** The address that was asked; undefined where a pod asks. */
  declare readonly address: pulumi.Output<string | undefined>;

  constructor(name: string, args: ConnectivityProbeArgs, opts?: pulumi.CustomResourceOptions) {
    const { agent, pod, timeoutSeconds, triggers, kind, target, port, path, status } = args;
    const given = Object.entries({ kind, target, port, path, status });
    const definition = Object.fromEntries(given.filter(([, value]) => value !== undefined));
    const check = pulumi.output(definition) as unknown as pulumi.Output<ReachDefinition>;
    super(
      'connectivityProbe',
      'ConnectivityProbe',
      name,
      {
        ...(agent !== undefined && { agent }),
        ...(pod !== undefined && {
          pod: pulumi.output(pod).apply((place) => ({ namespace: 'default', ...place })),
        }),
        check: checked(name, check, checkReach),
        ...(timeoutSeconds !== undefined && { timeoutSeconds }),
        ...(triggers !== undefined && { triggers }),
        reached: undefined,
        address: undefined,
      },
      opts,
    );
  }
}
