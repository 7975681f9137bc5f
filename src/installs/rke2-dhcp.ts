import type { PlatformFacts } from '../kubernetes';
import { dhcpChartValues } from './dhcp-chart';
import type { DhcpDaemonSettings } from './dhcp-settings';
import type { InstallParts } from './install-object';
import { rke2MultusConfig, rke2Paths } from './rke2-chart';

/** The daemon of the dhcp IPAM on RKE2: a DaemonSet of the chart rke2-multus. */
export function rke2Dhcp(facts: PlatformFacts, settings: DhcpDaemonSettings): InstallParts {
  const { binDir } = rke2Paths(facts);
  return rke2MultusConfig(dhcpChartValues(settings, { binDir }));
}
