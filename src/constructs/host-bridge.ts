import { ApiObject, type ApiObjectMetadata } from 'cdk8s';
import { Construct } from 'constructs';
import { type HostBridgeDefinition, hostBridgeSpec, NETLOOM_API_VERSION } from '../kubernetes';
import { checkBridgeNetworks, checkHostBridge } from '../rules';
import { modelOf } from './model';
import { validateWith } from './validation';

export interface HostBridgeProps extends HostBridgeDefinition {
  /** @default - the chart's labels, and the name that cdk8s gives */
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

  constructor(scope: Construct, id: string, props: HostBridgeProps) {
    super(scope, id);
    this.bridge = props.bridge;
    this.apiObject = new ApiObject(this, 'Resource', {
      apiVersion: NETLOOM_API_VERSION,
      kind: 'HostBridge',
      metadata: { name: props.bridge, ...props.metadata },
      spec: hostBridgeSpec(props),
    });
    const model = modelOf(this);
    model.bridges.push(props);
    validateWith(this, () => [
      ...checkHostBridge(props),
      ...checkBridgeNetworks(props, model.networks),
    ]);
  }
}
