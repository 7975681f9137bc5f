import type { PlatformFacts } from '../kubernetes';
import type { InstallParts } from './install-object';
import { k3sChart, k3sPaths } from './k3s-chart';
import { multusChartValues } from './multus-chart';
import type { MultusSettings } from './multus-settings';

/** Multus on k3s: a HelmChart, told where k3s keeps its files. Always the thin plugin. */
export function k3sMultus(facts: PlatformFacts, settings: MultusSettings): InstallParts {
  const values = multusChartValues({ ...settings, mode: 'thin' }, k3sPaths(facts));
  return k3sChart(facts, values, settings.version);
}
