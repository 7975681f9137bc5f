export const NETWORKS = 'k8s.v1.cni.cncf.io/networks';

/** A network by its configuration. */
export const nad = (config: unknown, more: object = {}): object => ({
  apiVersion: 'k8s.cni.cncf.io/v1',
  kind: 'NetworkAttachmentDefinition',
  metadata: { name: 'lan', namespace: 'apps', ...more },
  spec: { config: typeof config === 'object' ? JSON.stringify(config) : config },
});

/** A pod by its annotation. */
export const pod = (annotation: unknown, more: object = {}): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web', namespace: 'apps', annotations: { [NETWORKS]: annotation }, ...more },
});

/** Nothing is wrong with it. */
export const LAN = {
  cniVersion: '0.4.0',
  type: 'bridge',
  bridge: 'br-test',
  ipam: { type: 'host-local', ranges: [[{ subnet: '10.10.0.0/24' }]] },
};
