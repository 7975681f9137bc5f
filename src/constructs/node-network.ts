import { ApiObject, type ApiObjectMetadata } from 'cdk8s';
import { Construct } from 'constructs';
import type { Problem } from '../errors';
import { NETLOOM_API_VERSION, type NodeNetworkObject, nodeNetworkSpec } from '../kubernetes';
import { checkNodeNetwork, checkObjectName } from '../rules';
import { clusterScoped } from './metadata';
import { validateWith } from './validation';

export interface NodeNetworkProps extends NodeNetworkObject {
  /** @default - the chart's labels, and the construct's id as name */
  readonly metadata?: ApiObjectMetadata;
}

/**
 * The wanted host network of nodes, whole: bridges, VLANs, bonds, veth pairs, macvlan links and settings
 * of links that are there. `netloom-agent apply` carries it out on a node; its kind has to be known to
 * the cluster ({@link NetloomCrds}).
 */
export class NodeNetwork extends Construct {
  readonly apiObject: ApiObject;

  private readonly definition: NodeNetworkObject;

  constructor(scope: Construct, id: string, props: NodeNetworkProps = {}) {
    super(scope, id);
    // A copy of its own: two networks may be made of one object.
    this.definition = { ...props };
    const object = new ApiObject(this, 'Resource', {
      apiVersion: NETLOOM_API_VERSION,
      kind: 'NodeNetwork',
      metadata: { ...props.metadata, name: props.metadata?.name ?? id },
      spec: nodeNetworkSpec(props),
    });
    this.apiObject = clusterScoped(object);
    validateWith(this, this);
  }

  /** @internal */
  _check(): Problem[] {
    return [
      ...checkNodeNetwork(this.definition),
      ...checkObjectName('metadata.name', this.apiObject.name),
    ];
  }
}
