import type { PlatformFacts } from '../kubernetes';
import type { InstallParts } from './install-object';
import { rke2MultusConfig, rke2Paths } from './rke2-chart';
import { whereaboutsChartValues } from './whereabouts-chart';
import type { WhereaboutsInstallSettings } from './whereabouts-settings';

/** whereabouts on RKE2: a part of the chart rke2-multus. */
export function rke2Whereabouts(
  facts: PlatformFacts,
  settings: WhereaboutsInstallSettings,
): InstallParts {
  const { confDir, binDir } = rke2Paths(facts);
  return rke2MultusConfig(whereaboutsChartValues(settings, { cniConf: { confDir, binDir } }));
}
