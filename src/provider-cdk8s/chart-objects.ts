import { ApiObject, type App } from 'cdk8s';
import type { IConstruct } from 'constructs';

/** An object of an app, and those that it comes after. */
export interface ChartObject {
  readonly object: ApiObject;
  readonly after: readonly ApiObject[];
}

/**
 * All objects of an app, each behind those that it depends on: by itself or by a construct that it is
 * part of, on an object or on a construct with all its parts.
 *
 * @throws Error for a cycle
 */
export function orderedObjects(app: App): ChartObject[] {
  const ordered = new Map<ApiObject, ChartObject>();
  const path: ApiObject[] = [];
  const visit = (object: ApiObject): void => {
    if (ordered.has(object)) return;
    if (path.includes(object)) {
      const cycle = [...path.slice(path.indexOf(object)), object].map(({ node }) => node.path);
      throw new Error(`its objects depend on each other: ${cycle.join(' -> ')}`);
    }
    path.push(object);
    const after = dependenciesOf(object);
    for (const one of after) visit(one);
    path.pop();
    ordered.set(object, { object, after });
  };
  for (const object of objectsOf(app)) visit(object);
  return [...ordered.values()];
}

function objectsOf(construct: IConstruct): ApiObject[] {
  return construct.node.findAll().filter((one): one is ApiObject => ApiObject.isApiObject(one));
}

function dependenciesOf(object: ApiObject): ApiObject[] {
  const all = object.node.scopes
    .flatMap(({ node }) => node.dependencies)
    .flatMap((one) => objectsOf(one))
    .filter((one) => one !== object);
  return [...new Set(all)];
}
