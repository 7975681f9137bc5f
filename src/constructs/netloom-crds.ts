import { ApiObject, type ApiObjectProps } from 'cdk8s';
import { Construct } from 'constructs';
import { storeCrds } from '../installs';
import { hostBridgeCrdSpec, nodeNetworkCrdSpec } from '../kubernetes';
import { clusterScoped } from './metadata';

/** Which kinds are made. */
export interface NetloomCrdsProps {
  /**
   * Also those in which agents with `store: kubernetes` keep pools and claims. Whoever deletes them
   * deletes all claims.
   *
   * @default false
   */
  readonly agentStore?: boolean;
}

/** The CustomResourceDefinitions of netloom's own objects. Put them into a chart that others depend on. */
export class NetloomCrds extends Construct {
  /** That of HostBridge. */
  readonly apiObject: ApiObject;

  constructor(scope: Construct, id: string, { agentStore = false }: NetloomCrdsProps = {}) {
    super(scope, id);
    this.apiObject = this.add('HostBridges', 'hostbridges', hostBridgeCrdSpec());
    this.add('NodeNetworks', 'nodenetworks', nodeNetworkCrdSpec());
    if (!agentStore) return;
    for (const { id: part, manifest } of storeCrds()) {
      clusterScoped(new ApiObject(this, part, manifest as unknown as ApiObjectProps));
    }
  }

  private add(id: string, plural: string, spec: object): ApiObject {
    const object = new ApiObject(this, id, {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: `${plural}.netloom.io` },
      spec,
    });
    return clusterScoped(object);
  }
}
