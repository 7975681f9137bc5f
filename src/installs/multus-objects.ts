import { compareReleases } from '../cni';
import type { PlatformFacts } from '../kubernetes';
import type { InstallObject } from './install-object';
import { type MultusPlace, multusDaemonConfig } from './multus-config';
import { multusDaemonSet } from './multus-daemon-set';
import { multusCalls, multusRbac } from './multus-rbac';
import { MULTUS_RELEASES } from './multus-releases';
import type { MultusSettings } from './multus-settings';
import { DAEMON_CONFIG } from './multus-volumes';
import { networkCrd } from './network-crd';
import { namespaceOf } from './pod-security';

/**
 * The objects of a Multus that netloom installs itself, in the order in which they are applied:
 * CustomResourceDefinition, namespace, account and its rights, configuration, DaemonSet.
 */
export function multusObjects(facts: PlatformFacts, settings: MultusSettings): InstallObject[] {
  const { mode = 'thick', namespace = facts.multusNamespace, version } = settings;
  const place: MultusPlace = { facts, namespace };
  const config = mode === 'thick' ? multusDaemonConfig(place, settings) : undefined;
  return [
    networkCrd(),
    ...namespaceOf(namespace, settings),
    ...multusRbac(namespace, multusCalls(mode, readsDevices(version))),
    ...(config === undefined ? [] : [configMap(namespace, config)]),
    multusDaemonSet(place, settings, config),
  ];
}

function readsDevices(version: string | undefined): boolean {
  const newest = MULTUS_RELEASES.at(-1) as string;
  return version !== undefined && compareReleases(version, newest) > 0;
}

function configMap(namespace: string, config: string): InstallObject {
  const { name, key } = DAEMON_CONFIG;
  return {
    id: 'ConfigMap',
    manifest: {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name, namespace, labels: { tier: 'node', app: 'multus' } },
      data: { [key]: config },
    },
  };
}
