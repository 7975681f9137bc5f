import type { PlatformFacts } from '../kubernetes';
import { chartObjects, type Values } from './chart-values';
import type { InstallParts } from './install-object';

/** Folders of k3s that the chart has to be told of, as keys of `config.cni_conf`. */
export function k3sPaths({ cniConfDir, cniBinDir }: PlatformFacts): Values {
  return {
    confDir: cniConfDir,
    binDir: cniBinDir,
    kubeconfig: `${cniConfDir}/multus.d/multus.kubeconfig`,
    multusAutoconfigDir: cniConfDir,
  };
}

/**
 * RKE2's chart of Multus, by the controller for charts that is part of k3s. The release is called
 * `multus`, and so is its DaemonSet.
 *
 * @param version of the chart; the newest when it is undefined
 * @see https://docs.k3s.io/networking/multus-ipams
 */
export function k3sChart(facts: PlatformFacts, values: Values, version?: string): InstallParts {
  const objects = chartObjects(
    'Chart',
    {
      apiVersion: 'helm.cattle.io/v1',
      kind: 'HelmChart',
      metadata: { name: 'multus', namespace: 'kube-system' },
      spec: {
        repo: 'https://rke2-charts.rancher.io',
        chart: 'rke2-multus',
        ...(version === undefined ? {} : { version }),
        targetNamespace: facts.multusNamespace,
      },
    },
    values,
  );
  return { objects, hostFiles: [], hostSteps: [] };
}
