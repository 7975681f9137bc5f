/**
 * Values that the chart rke2-multus v4.3.0 has, by their defaults or in its templates, with those of
 * its part rke2-whereabouts.
 *
 * @see https://github.com/rancher/rke2-charts commit 262e21a4d3086ce496f3e594767a823182945119,
 * packages/rke2-multus and packages/rke2-whereabouts
 */
export const CHART_KEYS: readonly string[] = [
  'image.repository',
  'image.tag',
  'imagePullSecrets',
  'pod.resources.enabled',
  'pod.resources.multus',
  'labels.nodeSelector',
  'tolerations',
  'config.cni_conf.confDir',
  'config.cni_conf.binDir',
  'config.cni_conf.kubeconfig',
  'config.cni_conf.multusAutoconfigDir',
  'config.cni_conf.namespaceIsolation',
  'config.cni_conf.globalNamespaces',
  'config.cni_conf.readinessIndicatorFile',
  'config.cni_conf.masterCniFilename',
  'config.cni_conf.logFile',
  'config.cni_conf.logLevel',
  'config.cni_conf.cniVersion',
  // Every key of it goes into daemon-config.json as it is.
  'config.daemon_conf',
  'manifests.dhcpDaemonSet',
  'dhcpDaemonSet.image.repository',
  'dhcpDaemonSet.image.tag',
  'global.systemDefaultRegistry',
  'thickPlugin.enabled',
  'thickPlugin.image.repository',
  'thickPlugin.image.tag',
  'rke2-whereabouts.enabled',
  'rke2-whereabouts.fullnameOverride',
  'rke2-whereabouts.cniConf.confDir',
  'rke2-whereabouts.cniConf.binDir',
  'rke2-whereabouts.nodeSliceController.enabled',
  'rke2-whereabouts.reconciler.logLevel',
  'rke2-whereabouts.reconciler.resources',
  'rke2-whereabouts.image.repository',
  'rke2-whereabouts.image.tag',
  'rke2-whereabouts.imagePullSecrets',
  'rke2-whereabouts.resources',
  'rke2-whereabouts.tolerations',
  'rke2-whereabouts.nodeSelector',
  'rke2-whereabouts.priorityClassName',
];

/** Keys of values that the chart does not have. */
export function unknownChartKeys(values: object, path = ''): string[] {
  return Object.entries(values).flatMap(([key, value]) => {
    const at = `${path}${key}`;
    if (CHART_KEYS.includes(at)) return [];
    const isMap = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isMap ? unknownChartKeys(value, `${at}.`) : [at];
  });
}
