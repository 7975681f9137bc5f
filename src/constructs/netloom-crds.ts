import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { hostBridgeCrdSpec } from '../kubernetes';
import { clusterScoped } from './metadata';

/** The CustomResourceDefinitions of netloom's own objects. Put them into a chart that others depend on. */
export class NetloomCrds extends Construct {
  readonly apiObject: ApiObject;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const object = new ApiObject(this, 'HostBridges', {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'hostbridges.netloom.io' },
      spec: hostBridgeCrdSpec(),
    });
    this.apiObject = clusterScoped(object);
  }
}
