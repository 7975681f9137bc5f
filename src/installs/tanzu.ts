import type { PlatformFacts } from '../kubernetes';
import type { InstallObject, InstallParts } from './install-object';
import type { MultusSettings } from './multus-settings';
import { namespaceOf } from './pod-security';
import { tanzuRbac } from './tanzu-rbac';
import { type TanzuChoices, tanzuStep, tanzuValuesFile } from './tanzu-steps';
import { tanzuValues } from './tanzu-values';
import { TANZU_MULTUS_PACKAGE, TANZU_MULTUS_VERSIONS, TANZU_REPOSITORY } from './tanzu-versions';

/** Namespaces that a cluster has by itself. */
const GIVEN_NAMESPACES = ['default', 'kube-system', TANZU_REPOSITORY.namespace];

/**
 * Multus on Tanzu Kubernetes Grid: the package multus-cni, as the tanzu CLI would install it, in the
 * order in which each object needs those before it. kapp-controller does the rest.
 */
export function tanzuMultus(facts: PlatformFacts, settings: MultusSettings): InstallParts {
  const choices = choicesOf(facts, settings);
  const { namespace, repository, makesNamespace } = choices;
  const name = `multus-cni-${namespace}`;
  const target = settings.namespace ?? facts.multusNamespace;
  // The package does not make it, and its pods are privileged.
  const own = namespaceOf(target, settings).map((one) => ({ ...one, id: 'TargetNamespace' }));
  const isShared = target === namespace && own.length > 0;
  return {
    objects: [
      ...(repository === undefined ? [] : [packageRepository(repository)]),
      ...(makesNamespace && !isShared ? [namespaceObject(namespace)] : []),
      ...own,
      ...tanzuRbac({ namespace, target, name }),
      valuesSecret(`${name}-values`, choices),
      packageInstall(name, choices),
    ],
    hostFiles: [tanzuValuesFile(choices)],
    hostSteps: [tanzuStep(choices)],
  };
}

function choicesOf(facts: PlatformFacts, settings: MultusSettings): TanzuChoices {
  const { packageNamespace = 'tanzu-packages', packageRepository = TANZU_REPOSITORY.image } =
    facts.tanzu ?? {};
  return {
    version: settings.version ?? (TANZU_MULTUS_VERSIONS.at(-1) as string),
    namespace: packageNamespace,
    repository: packageRepository === false ? undefined : packageRepository,
    values: tanzuValues(facts, settings),
    makesNamespace: !GIVEN_NAMESPACES.includes(packageNamespace),
  };
}

function packageRepository(image: string): InstallObject {
  const { name, namespace } = TANZU_REPOSITORY;
  return {
    id: 'PackageRepository',
    manifest: {
      apiVersion: 'packaging.carvel.dev/v1alpha1',
      kind: 'PackageRepository',
      metadata: { name, namespace },
      spec: { fetch: { imgpkgBundle: { image } } },
    },
  };
}

/** With its spec, which the server fills in: applied without one, it would change the second time. */
function namespaceObject(name: string): InstallObject {
  return {
    id: 'Namespace',
    manifest: { apiVersion: 'v1', kind: 'Namespace', metadata: { name }, spec: {} },
  };
}

function valuesSecret(name: string, { namespace, values }: TanzuChoices): InstallObject {
  return {
    id: 'Values',
    manifest: {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name, namespace },
      stringData: { 'multus-data-values.yaml': values },
    },
  };
}

function packageInstall(name: string, { namespace, version }: TanzuChoices): InstallObject {
  return {
    id: 'PackageInstall',
    manifest: {
      apiVersion: 'packaging.carvel.dev/v1alpha1',
      kind: 'PackageInstall',
      metadata: { name: 'multus-cni', namespace },
      spec: {
        serviceAccountName: `${name}-sa`,
        packageRef: {
          refName: TANZU_MULTUS_PACKAGE,
          versionSelection: { constraints: version, prereleases: {} },
        },
        values: [{ secretRef: { name: `${name}-values` } }],
      },
    },
  };
}
