import type { Problem } from '../errors';
import type { DhcpDaemonSettings, MultusSettings, WhereaboutsInstallSettings } from '../installs';
import type { PlatformFacts } from '../kubernetes';
import { checkSettingsKnown } from './platform-settings';
import { checkChartDhcp, checkChartMultus, checkChartWhereabouts } from './rke2-installs';
import { checkSupervisor, checkTanzuMultus } from './tanzu-install';

/** A shim starts what the release has, the controller of node slices as well. */
const SHIM_KEYS = ['reconcilerCron', 'nodeSlices'];

/** What a platform's own way to install Multus has against it. */
export function checkPlatformMultus(facts: PlatformFacts, settings: MultusSettings): Problem[] {
  if (facts.name === 'tanzu') return checkTanzuMultus(facts, settings);
  return isChart(facts) ? checkChartMultus(facts, settings) : [];
}

/** What a platform's own way to install whereabouts has against it. */
export function checkPlatformWhereabouts(
  facts: PlatformFacts,
  settings: WhereaboutsInstallSettings,
): Problem[] {
  if (isChart(facts)) return checkChartWhereabouts(facts, settings);
  if (facts.name !== 'openshift') return checkSupervisor(facts);
  return checkSettingsKnown(facts, settings, SHIM_KEYS, 'the shim of whereabouts');
}

/** What a platform's own way to install the DHCP daemon has against it. */
export function checkPlatformDhcp(facts: PlatformFacts, settings: DhcpDaemonSettings): Problem[] {
  return isChart(facts) ? checkChartDhcp(facts, settings) : checkSupervisor(facts);
}

function isChart({ name }: PlatformFacts): boolean {
  return name === 'rke2' || name === 'k3s';
}
