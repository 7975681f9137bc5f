import type { Values } from './chart-values';
import { imageValues, pullSecretValues } from './multus-chart';
import type { WhereaboutsInstallSettings } from './whereabouts-settings';

/**
 * What the chart rke2-multus has a value for in its part rke2-whereabouts; it is k3s' chart too.
 *
 * @param own what a platform sets besides, e.g. `cniConf`
 * @see https://github.com/rancher/rke2-charts/tree/main-source/packages/rke2-whereabouts
 */
export function whereaboutsChartValues(settings: WhereaboutsInstallSettings, own: Values): Values {
  const { nodeSlices, logLevel, registry, image, pullSecrets } = settings;
  const { resources, reconcilerResources, tolerations, nodeSelector, priorityClassName } = settings;
  return {
    'rke2-whereabouts': {
      enabled: true,
      ...own,
      nodeSliceController: { enabled: nodeSlices || undefined },
      reconciler: { logLevel, resources: reconcilerResources },
      image: imageValues(image, registry),
      imagePullSecrets: pullSecretValues(pullSecrets),
      resources,
      tolerations,
      nodeSelector,
      priorityClassName,
    },
    global: { systemDefaultRegistry: registry },
  };
}
