import type { PlatformFacts } from '../kubernetes';
import { chartObjects, type Values } from './chart-values';
import type { InstallObject, InstallParts } from './install-object';

/** Where the server looks for objects at its start, and whenever one changes. */
const MANIFESTS = '/var/lib/rancher/rke2/server/manifests';

/** A chart's own folders, of `values.yaml`: what is the same needs no setting. */
const CHART_PATHS = { cniConfDir: '/etc/cni/net.d', cniBinDir: '/opt/cni/bin' };

/**
 * Settings of a chart that RKE2 brings: a HelmChartConfig, and the same object as a file, best there
 * before the server's first start.
 *
 * @see https://docs.rke2.io/add-ons/helm#customizing-packaged-components-with-helmchartconfig
 */
export function rke2ChartConfig(id: string, chart: string, values: Values): InstallObject[] {
  return chartObjects(
    id,
    {
      apiVersion: 'helm.cattle.io/v1',
      kind: 'HelmChartConfig',
      metadata: { name: chart, namespace: 'kube-system' },
    },
    values,
    {
      path: `${MANIFESTS}/${chart}-config.yaml`,
      where: 'every server node, before RKE2 starts for the first time',
    },
  );
}

/** Settings of the chart rke2-multus, of which whereabouts and the DHCP daemon are parts. */
export function rke2MultusConfig(values: Values): InstallParts {
  return {
    objects: rke2ChartConfig('ChartConfig', 'rke2-multus', values),
    hostFiles: [],
    hostSteps: [],
  };
}

/** Folders of the node that are not the chart's own. */
export function rke2Paths({ cniConfDir, cniBinDir }: PlatformFacts): Values {
  const isMoved = cniConfDir !== CHART_PATHS.cniConfDir;
  return {
    confDir: isMoved ? cniConfDir : undefined,
    multusAutoconfigDir: isMoved ? cniConfDir : undefined,
    kubeconfig: isMoved ? `${cniConfDir}/multus.d/multus.kubeconfig` : undefined,
    binDir: cniBinDir === CHART_PATHS.cniBinDir ? undefined : cniBinDir,
  };
}
