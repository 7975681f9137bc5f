import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { hostBridgeCrdSpec, nodeNetworkCrdSpec } from '../kubernetes';
import { clusterScoped } from './metadata';

/** The CustomResourceDefinitions of netloom's own objects. Put them into a chart that others depend on. */
export class NetloomCrds extends Construct {
  /** That of HostBridge. */
  readonly apiObject: ApiObject;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.apiObject = this.add('HostBridges', 'hostbridges', hostBridgeCrdSpec());
    this.add('NodeNetworks', 'nodenetworks', nodeNetworkCrdSpec());
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
