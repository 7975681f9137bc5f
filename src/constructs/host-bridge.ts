import { ApiObject, type ApiObjectMetadata } from 'cdk8s';
import { Construct } from 'constructs';
import type { Problem } from '../errors';
import { type HostBridgeDefinition, hostBridgeSpec, NETLOOM_API_VERSION } from '../kubernetes';
import { checkHostBridge, checkIfname, checkObjectName } from '../rules';
import { clusterScoped } from './metadata';
import { modelOf } from './model';
import { validateWith } from './validation';

export interface HostBridgeProps extends HostBridgeDefinition {
  /** @default - the chart's labels, and the bridge's name */
  readonly metadata?: ApiObjectMetadata;
}

/**
 * A Linux bridge wanted on nodes, as an object of netloom's own API. `netloom-agent apply` carries
 * it out on a node; its kind has to be known to the cluster ({@link NetloomCrds}).
 */
export class HostBridge extends Construct {
  readonly apiObject: ApiObject;
  /** Name of the bridge on the host. */
  readonly bridge: string;

  private readonly definition: HostBridgeDefinition;

  constructor(scope: Construct, id: string, props: HostBridgeProps) {
    super(scope, id);
    // A copy of its own: two bridges may be made of one object.
    this.definition = { ...props };
    this.bridge = props.bridge;
    const name = props.metadata?.name ?? props.bridge;
    const object = new ApiObject(this, 'Resource', {
      apiVersion: NETLOOM_API_VERSION,
      kind: 'HostBridge',
      metadata: { ...props.metadata, name },
      spec: hostBridgeSpec(props),
    });
    this.apiObject = clusterScoped(object);
    modelOf(this).bridges.set(this.definition, this);
    validateWith(this, this);
  }

  /** @internal */
  _check(): Problem[] {
    return [...checkHostBridge(this.definition), ...this.checkName()];
  }

  /** A name for a bridge, such as `br_lan`, may be none for an object. */
  private checkName(): Problem[] {
    if (checkIfname('bridge', this.bridge).length > 0) return [];
    return checkObjectName('metadata.name', this.apiObject.name);
  }
}
