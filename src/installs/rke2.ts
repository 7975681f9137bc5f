import type { PlatformFacts, Rke2Facts } from '../kubernetes';
import { goYaml, setValues } from './chart-values';
import type { HostFile, InstallObject, InstallParts } from './install-object';
import { multusChartValues } from './multus-chart';
import type { MultusSettings } from './multus-settings';
import { rke2ChartConfig, rke2MultusConfig, rke2Paths } from './rke2-chart';
import { rke2Has } from './rke2-releases';

/**
 * Multus on RKE2: the server installs the chart rke2-multus by itself when its configuration names
 * Multus in front of the cluster network. Settings of the chart go into one HelmChartConfig.
 *
 * @see https://docs.rke2.io/networking/multus_sriov
 */
export function rke2Multus(facts: PlatformFacts, settings: MultusSettings): InstallParts {
  const config = rke2MultusConfig(setValues(multusChartValues(settings, rke2Paths(facts))));
  return {
    objects: [...ciliumConfig(facts.rke2), ...config.objects],
    hostFiles: [rke2ConfigFile(facts.rke2)],
    hostSteps: [],
  };
}

/** The server's choice of cluster networks. It goes before a `cni` of config.yaml. */
export function rke2ConfigFile({ cni = 'canal' }: Rke2Facts = {}): HostFile {
  return {
    path: '/etc/rancher/rke2/config.yaml.d/50-netloom.yaml',
    content: goYaml({ cni: ['multus', cni] }, { indentSeq: false }),
    where: 'every server node, before RKE2 starts for the first time',
  };
}

/** Older releases' Cilium takes every other configuration of CNI out of the folder. */
function ciliumConfig({ cni, release }: Rke2Facts = {}): InstallObject[] {
  if (cni !== 'cilium' || rke2Has('sharedCilium', release)) return [];
  return rke2ChartConfig('CiliumConfig', 'rke2-cilium', { cni: { exclusive: false } });
}
