import type { InstallParts } from 'netloom';
import { parse } from 'yaml';

/** The objects of some parts as they are written, by kind and name. */
export function manifestsOf(parts: InstallParts): Record<string, any> {
  return Object.fromEntries(
    parts.objects.map(({ manifest }) => [`${manifest.kind} ${manifest.metadata.name}`, manifest]),
  );
}

/** The values that the one object of a chart sets. */
export function valuesOf(parts: InstallParts, name: string): any {
  return parse(manifestsOf(parts)[name]?.spec.valuesContent ?? '{}');
}

/** Every setting of Multus that some platform has a place for, none of them the default. */
export const ALL_MULTUS = {
  image: 'registry.example.org/mirror/multus:v4.3.0-build20260819',
  registry: 'registry.example.org',
  pullSecrets: ['mirror'],
  resources: { requests: { cpu: '100m' }, limits: { memory: '400Mi' } },
  tolerations: [{ operator: 'Exists' }],
  nodeSelector: { 'example.org/multus': 'yes' },
  namespaceIsolation: true,
  globalNamespaces: ['default', 'shared'],
  masterCniFile: '10-calico.conflist',
  readinessIndicatorFile: '/etc/cni/net.d/10-calico.conflist',
  logLevel: 'debug',
  logFile: '/var/log/multus.log',
  cniVersion: '1.0.0',
} as const;

/** Every setting of whereabouts that the chart has a place for. */
export const ALL_WHEREABOUTS = {
  nodeSlices: true,
  logLevel: 'debug',
  registry: 'registry.example.org',
  image: 'registry.example.org/mirror/whereabouts@sha256:0123',
  pullSecrets: ['mirror'],
  resources: { requests: { cpu: '100m' } },
  reconcilerResources: { limits: { memory: '200Mi' } },
  tolerations: [{ operator: 'Exists' }],
  nodeSelector: { 'example.org/multus': 'yes' },
  priorityClassName: 'system-node-critical',
} as const;
