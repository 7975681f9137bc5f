import type { PlatformFacts } from '../kubernetes';
import { goYaml } from './chart-values';
import type { MultusSettings } from './multus-settings';

/**
 * The values of the package, as a file without comments: the package does not take any.
 *
 * @see community-edition, addons/packages/multus-cni/3.8.0/package.yaml: the values schema
 */
export function tanzuValues(facts: PlatformFacts, settings: MultusSettings): string {
  const { namespace = facts.multusNamespace } = settings;
  return goYaml({ namespace, daemonset: { args: tanzuArgs(settings) } }, { indentSeq: false });
}

/** Arguments of Multus' entry point: a shell script up to 3.8, a program since, of the same words. */
function tanzuArgs(settings: MultusSettings): string[] {
  const { cniVersion = '0.3.1', namespaceIsolation, globalNamespaces = [] } = settings;
  const { logLevel, logFile, masterCniFile, readinessIndicatorFile } = settings;
  const flags: readonly (readonly [flag: string, value: string | undefined])[] = [
    ['multus-conf-file', 'auto'],
    ['cni-version', cniVersion],
    // Without it the file stays when Multus goes, and no pod starts any more (multus-cni#461).
    ['cleanup-config-on-exit', 'true'],
    ['namespace-isolation', namespaceIsolation ? 'true' : undefined],
    ['global-namespaces', globalNamespaces.length > 0 ? globalNamespaces.join(',') : undefined],
    ['multus-master-cni-file-name', masterCniFile],
    ['readiness-indicator-file', readinessIndicatorFile],
    ['multus-log-level', logLevel],
    ['multus-log-file', logFile],
  ];
  return flags.flatMap(([flag, value]) => (value === undefined ? [] : [`--${flag}=${value}`]));
}
