import { ApiObject, type App } from 'cdk8s';
import type { IConstruct } from 'constructs';
import type { Manifest } from './manifest';

/** Looks at an object when it is written, and may change it. */
export type Finish = (object: ApiObject, manifest: Manifest) => Manifest;

/**
 * Lets all objects of an app be changed when they are written, behind all that others did to them:
 * also those that are made after this call.
 */
export function finishAll(app: App, prepare: () => Finish): void {
  const known = new WeakSet<IConstruct>();
  let finish: Finish = (_object, manifest) => manifest;
  const hook = (): void => {
    finish = prepare();
    for (const object of app.node.findAll()) {
      if (!ApiObject.isApiObject(object) || known.has(object)) continue;
      known.add(object);
      const toJson = object.toJson.bind(object);
      // The method of this one object: a JSON patch could not look at what is there already.
      object.toJson = () => {
        const manifest = toJson() as Manifest | undefined;
        return manifest && finish(object, manifest);
      };
    }
  };
  // Asked at each synthesis, of the app or of a chart.
  app.node.addValidation({
    validate: () => {
      hook();
      return [];
    },
  });
  // Some objects are made by other validations.
  const { charts } = Object.getOwnPropertyDescriptors(prototypeWithCharts(app));
  Object.defineProperty(app, 'charts', {
    configurable: true,
    get: () => {
      hook();
      return charts?.get?.call(app);
    },
  });
}

/** What the app's charts are read from: itself when it was changed already, else its class. */
function prototypeWithCharts(app: App): object {
  let at: object = app;
  while (!Object.hasOwn(at, 'charts')) at = Object.getPrototypeOf(at) as object;
  return at;
}
