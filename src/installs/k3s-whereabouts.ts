import type { PlatformFacts } from '../kubernetes';
import type { InstallParts } from './install-object';
import { k3sChart, k3sPaths } from './k3s-chart';
import { whereaboutsChartValues } from './whereabouts-chart';
import type { WhereaboutsInstallSettings } from './whereabouts-settings';

/** whereabouts on k3s: a part of the chart of Multus. Its networks have to say where its file is. */
export function k3sWhereabouts(
  facts: PlatformFacts,
  settings: WhereaboutsInstallSettings,
): InstallParts {
  const paths = k3sPaths(facts);
  const { confDir, binDir } = paths;
  const own = { fullnameOverride: 'whereabouts', cniConf: { confDir, binDir } };
  const values = whereaboutsChartValues(settings, own);
  return k3sChart(facts, { ...values, config: { cni_conf: paths } });
}
