import type { Values } from './chart-values';
import type { DhcpDaemonSettings } from './dhcp-settings';
import { imageValues, pullSecretValues } from './multus-chart';

/** What the chart rke2-multus has a value for in its DHCP daemon; it is k3s' chart too. */
export function dhcpChartValues(settings: DhcpDaemonSettings, paths: Values): Values {
  return {
    config: { cni_conf: paths },
    manifests: { dhcpDaemonSet: true },
    dhcpDaemonSet: { image: imageValues(settings.image, settings.registry) },
    imagePullSecrets: pullSecretValues(settings.pullSecrets),
    global: { systemDefaultRegistry: settings.registry },
  };
}
