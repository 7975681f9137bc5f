import type { Problem } from '../errors';
import { type MultusSettings, TANZU_MULTUS_PACKAGE, TANZU_MULTUS_VERSIONS } from '../installs';
import type { PlatformFacts } from '../kubernetes';
import { checkImage } from './install-values';
import { checkNamespace } from './names';
import { checkSettingsKnown } from './platform-settings';
import { shortJson } from './short-json';

/** What the package's values, and arguments of its entry point, have a place for. */
const KEYS = [
  ...[
    'mode',
    'version',
    'namespace',
    'createNamespace',
    'namespaceIsolation',
    'globalNamespaces',
    'masterCniFile',
  ],
  ...['readinessIndicatorFile', 'logLevel', 'logFile', 'cniVersion'],
];

/** What is wrong with an install of Multus by the package of Tanzu. */
export function checkTanzuMultus(facts: PlatformFacts, settings: MultusSettings): Problem[] {
  const { packageNamespace, packageRepository } = facts.tanzu ?? {};
  return [
    ...checkSupervisor(facts),
    ...checkVersion(settings),
    ...(packageNamespace === undefined
      ? []
      : checkNamespace('platform.packageNamespace', packageNamespace)),
    ...(typeof packageRepository === 'string'
      ? checkImage('platform.packageRepository', packageRepository)
      : []),
    ...checkSettingsKnown(facts, settings, KEYS, `the package ${TANZU_MULTUS_PACKAGE}`),
  ];
}

/** Clusters that have no Multus, and so no networks besides the cluster's own. */
export function checkSupervisor({ tanzu }: PlatformFacts): Problem[] {
  if (!tanzu?.isSupervisor) return [];
  return [
    {
      code: 'NL_PLATFORM_UNSUPPORTED',
      key: '',
      found: 'Multus is not supported on a workload cluster that a vSphere Supervisor deployed',
      allowed: 'workload clusters of a standalone management cluster',
      fix: 'use such a cluster, and leave isSupervisor out',
    },
  ];
}

function checkVersion({ version }: MultusSettings): Problem[] {
  if (version === undefined || TANZU_MULTUS_VERSIONS.some((one) => one === version)) return [];
  const meant = TANZU_MULTUS_VERSIONS.find((one) => one.startsWith(version.replace(/^v/, '')));
  return [
    {
      code: 'NL_PLATFORM_UNSUPPORTED',
      key: 'version',
      found: `${shortJson(version)} is not a version of the package ${TANZU_MULTUS_PACKAGE} that netloom knows`,
      allowed: `one of ${TANZU_MULTUS_VERSIONS.join(', ')}`,
      fix: `${meant ?? TANZU_MULTUS_VERSIONS.at(-1)}?`,
    },
  ];
}
