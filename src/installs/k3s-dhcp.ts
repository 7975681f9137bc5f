import type { PlatformFacts } from '../kubernetes';
import { dhcpChartValues } from './dhcp-chart';
import type { DhcpDaemonSettings } from './dhcp-settings';
import type { InstallParts } from './install-object';
import { k3sChart, k3sPaths } from './k3s-chart';

/** The daemon of the dhcp IPAM on k3s: a DaemonSet of the chart of Multus. */
export function k3sDhcp(facts: PlatformFacts, settings: DhcpDaemonSettings): InstallParts {
  return k3sChart(facts, dhcpChartValues(settings, k3sPaths(facts)));
}
