import { type ApiObject, JsonPatch } from 'cdk8s';

/** Takes off the chart's namespace, which cdk8s writes into every object: this one has none. */
export function clusterScoped(object: ApiObject): ApiObject {
  if (object.metadata.namespace !== undefined) {
    object.addJsonPatch(JsonPatch.remove('/metadata/namespace'));
  }
  return object;
}
