import type { Problem } from '../errors';
import type { InstallResources } from '../installs';
import { checkScheduling, type InstallScheduling } from './install-scheduling';
import { checkImage, checkQuantity, checkRegistry } from './install-values';
import { checkNamespace, checkObjectName } from './names';

/** What installs of all kinds say of their pods. */
export interface InstallPods extends InstallScheduling {
  readonly image?: string | undefined;
  readonly registry?: string | undefined;
  readonly pullSecrets?: readonly string[] | undefined;
  readonly namespace?: string | undefined;
  readonly priorityClassName?: string | undefined;
  readonly resources?: InstallResources | undefined;
  readonly reconcilerResources?: InstallResources | undefined;
}

/** Checks names, images and amounts of an install. */
export function checkInstallPods(settings: InstallPods): Problem[] {
  const { pullSecrets = [], namespace, priorityClassName } = settings;
  return [
    ...checkImage('image', settings.image),
    ...checkRegistry('registry', settings.registry),
    ...pullSecrets.flatMap((name, index) => checkObjectName(`pullSecrets[${index}]`, name, 253)),
    ...(namespace === undefined ? [] : checkNamespace('namespace', namespace)),
    ...(priorityClassName === undefined
      ? []
      : checkObjectName('priorityClassName', priorityClassName, 253)),
    ...checkScheduling(settings),
    ...checkAmounts('resources', settings.resources),
    ...checkAmounts('reconcilerResources', settings.reconcilerResources),
  ];
}

function checkAmounts(key: string, resources: InstallResources = {}): Problem[] {
  return (['requests', 'limits'] as const).flatMap((bound) =>
    (['cpu', 'memory'] as const).flatMap((what) =>
      checkQuantity(`${key}.${bound}.${what}`, resources[bound]?.[what]),
    ),
  );
}
