/** Where host-local keeps a folder for each network, unless a network has a `dataDir`. */
export const HOST_LOCAL_DIRS = ['/var/lib/cni/networks'] as const;

/**
 * Where the container runtimes keep a folder for each sandbox that runs: containerd, the one of k3s
 * and RKE2, CRI-O. All of them lie below /run, which is empty after a boot.
 */
export const SANDBOX_DIRS = [
  '/run/containerd/io.containerd.runtime.v2.task/k8s.io',
  '/run/k3s/containerd/io.containerd.runtime.v2.task/k8s.io',
  '/run/containers/storage/overlay-containers',
] as const;
