/** The package of Multus in the repository tanzu-standard. */
export const TANZU_MULTUS_PACKAGE = 'multus-cni.tanzu.vmware.com';

/**
 * Its versions, oldest first, as `tanzu package available list` shows them.
 *
 * @see VMware Tanzu Kubernetes Grid 2.4, "Implementing Multus on workload clusters"
 */
export const TANZU_MULTUS_VERSIONS = [
  '3.7.1+vmware.2-tkg.2',
  '3.8.0+vmware.1-tkg.1',
  '4.0.1+vmware.1-tkg.1',
] as const;

/** The repository of packages, and the namespace that a whole cluster sees it from. */
export const TANZU_REPOSITORY = {
  name: 'tanzu-standard',
  namespace: 'tkg-system',
  image: 'projects.registry.vmware.com/tkg/packages/standard/repo:v2023.10.16',
} as const;
