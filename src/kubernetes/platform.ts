/** The systems that netloom knows. */
export type PlatformName =
  | 'kubernetes'
  | 'k3s'
  | 'rke2'
  | 'microshift'
  | 'openshift'
  | 'kube-ovn'
  | 'tanzu';

/**
 * How a part gets onto a platform: by objects that netloom writes, by settings of the platform (a
 * chart's values, a package, an operator's object), by steps on the host, or it is there anyway.
 */
export type PartOrigin = 'objects' | 'settings' | 'host' | 'built-in';

/** What has to be on a platform for networks to work. */
export type PlatformPart = 'multus' | 'whereabouts' | 'dhcp-daemon' | 'kube-ovn';

/** Container runtimes whose paths differ. */
export type ContainerRuntime = 'containerd' | 'cri-o';

/** The cluster networks that RKE2 brings; `none` where another one is put on it. */
export const RKE2_CNIS = ['canal', 'calico', 'cilium', 'none'] as const;

/** One of {@link RKE2_CNIS}. */
export type Rke2Cni = (typeof RKE2_CNIS)[number];

/** What is known of an RKE2 cluster. */
export interface Rke2Facts {
  /** The cluster network behind Multus. @default canal */
  readonly cni?: Rke2Cni | undefined;
  /** Of RKE2, e.g. `v1.34.2+rke2r1`. @default - any */
  readonly release?: string | undefined;
}

/** What is known of a cluster of Tanzu Kubernetes Grid. */
export interface TanzuFacts {
  /** True for a cluster that a vSphere Supervisor deployed: Multus is not supported there. @default false */
  readonly isSupervisor?: boolean | undefined;
  /** Namespace of the package's install. @default tanzu-packages */
  readonly packageNamespace?: string | undefined;
  /** Image of the package repository; `false` where the cluster has it. @default - tanzu-standard of v2023.10.16 */
  readonly packageRepository?: string | false | undefined;
}

/** Where things are on a node. */
export interface PlatformPaths {
  /** Where the runtime looks for CNI plugins. */
  readonly cniBinDir: string;
  /** Where the runtime reads its CNI configuration. */
  readonly cniConfDir: string;
  /** Socket of the container runtime. */
  readonly criSocket: string;
}

/** What a platform brings, and what may be put on it. */
export interface PlatformFacts extends PlatformPaths {
  readonly name: PlatformName;
  /** IPAM types that it supports. @default - all */
  readonly ipams?: readonly string[] | undefined;
  /** Interface plugins that it supports. @default - all */
  readonly links?: readonly string[] | undefined;
  /** Plugins of any role that it puts on the nodes. @default - unknown */
  readonly plugins?: readonly string[] | undefined;
  /** Sysctls that tuning lets through by itself, with IFNAME for the interface. @default - all */
  readonly sysctls?: readonly string[] | undefined;
  /** How its own Multus keeps pods from networks of other namespaces. @default - the cluster's choice */
  readonly isolation?: { readonly globalNamespaces: readonly string[] } | undefined;
  /** The cluster network's file in `cniConfDir`, which Multus puts itself in front of. @default - the first one */
  readonly masterCniFile?: string | undefined;
  /** True where there is never more than one node. @default false */
  readonly isSingleNode?: boolean | undefined;
  /** Namespace of its Multus. */
  readonly multusNamespace: string;
  /** Name of Multus' DaemonSet. */
  readonly multusDaemonSet: string;
  /** Namespace of its whereabouts: also that of the IPPools. */
  readonly whereaboutsNamespace: string;
  /** Key of the ConfigMap `whereabouts-config` that the reconciler's schedule is read from. */
  readonly reconcilerKey: 'cron-expression' | 'reconciler_cron_expression';
  /** How each part gets there; undefined for what has no place on it. */
  readonly parts: Readonly<Partial<Record<PlatformPart, PartOrigin>>>;
  /** What lets a DaemonSet be privileged: labels of the namespace, or SecurityContextConstraints. */
  readonly privileges: 'pod-security' | 'scc';
  /** RKE2 only. @default - nothing known */
  readonly rke2?: Rke2Facts | undefined;
  /** Tanzu only. @default - nothing known */
  readonly tanzu?: TanzuFacts | undefined;
}

const UPSTREAM = {
  cniBinDir: '/opt/cni/bin',
  cniConfDir: '/etc/cni/net.d',
  criSocket: '/run/containerd/containerd.sock',
  multusNamespace: 'kube-system',
  multusDaemonSet: 'kube-multus-ds',
  whereaboutsNamespace: 'kube-system',
  reconcilerKey: 'cron-expression',
  privileges: 'pod-security',
  parts: { multus: 'objects', whereabouts: 'objects', 'dhcp-daemon': 'objects' },
} as const;

const OPENSHIFT = {
  multusNamespace: 'openshift-multus',
  multusDaemonSet: 'multus',
  whereaboutsNamespace: 'openshift-multus',
  reconcilerKey: 'reconciler_cron_expression',
  criSocket: '/run/crio/crio.sock',
  privileges: 'scc',
} as const;

/** Releases of containernetworking/plugins, as images and nodes have them as a whole. */
const CNI_PLUGINS: readonly string[] = [
  ...['bandwidth', 'bridge', 'dhcp', 'dummy', 'firewall', 'host-device', 'host-local', 'ipvlan'],
  ...['loopback', 'macvlan', 'portmap', 'ptp', 'sbr', 'static', 'tap', 'tuning', 'vlan', 'vrf'],
];

/** The image hardened-cni-plugins of the chart rke2-multus copies them, and its part whereabouts. */
const RKE2_PLUGINS: readonly string[] = [...CNI_PLUGINS, 'whereabouts'];

/**
 * What the DaemonSet multus-additional-cni-plugins copies (cluster-network-operator,
 * bindata/network/multus/multus.yaml), the cluster network's own plugin, and those of the operators
 * for SR-IOV and virtualization.
 */
const OPENSHIFT_PLUGINS: readonly string[] = [
  ...CNI_PLUGINS,
  ...['bond', 'egress-router', 'route-override', 'whereabouts', 'ovn-k8s-cni-overlay'],
  ...['sriov', 'ib-sriov', 'rdma', 'ovs', 'cnv-bridge', 'cnv-tuning'],
];

/** ConfigMap default-cni-sysctl-allowlist of cluster-network-operator. */
const OPENSHIFT_SYSCTLS: readonly string[] = [
  ...['accept_redirects', 'accept_source_route', 'arp_accept', 'arp_notify', 'disable_policy'].map(
    (name) => `net.ipv4.conf.IFNAME.${name}`,
  ),
  'net.ipv4.conf.IFNAME.secure_redirects',
  'net.ipv4.conf.IFNAME.send_redirects',
  ...['accept_ra', 'accept_redirects', 'accept_source_route', 'arp_accept', 'arp_notify'].map(
    (name) => `net.ipv6.conf.IFNAME.${name}`,
  ),
  'net.ipv6.neigh.IFNAME.base_reachable_time_ms',
  'net.ipv6.neigh.IFNAME.retrans_time_ms',
];

/** What Multus of OpenShift is started with (cluster-network-operator, multus-daemon-config). */
const OPENSHIFT_ISOLATION = {
  globalNamespaces: [
    'default',
    'openshift-multus',
    'openshift-sriov-network-operator',
    'openshift-cnv',
  ],
};

const PLATFORMS: Readonly<Record<PlatformName, PlatformFacts>> = {
  kubernetes: { name: 'kubernetes', ...UPSTREAM },
  // k3s documentation, "Multus and IPAM plugins": the chart rke2-multus by k3s' own helm-controller.
  // The folder for plugins is that of releases since October 2024.
  k3s: {
    name: 'k3s',
    ...UPSTREAM,
    plugins: RKE2_PLUGINS,
    cniBinDir: '/var/lib/rancher/k3s/data/cni',
    cniConfDir: '/var/lib/rancher/k3s/agent/etc/cni/net.d',
    criSocket: '/run/k3s/containerd/containerd.sock',
    multusDaemonSet: 'multus',
    parts: { multus: 'settings', whereabouts: 'settings', 'dhcp-daemon': 'settings' },
  },
  // rke2-docs, "Multus and SR-IOV": a chart that the server installs, and its HelmChartConfig.
  rke2: {
    name: 'rke2',
    ...UPSTREAM,
    plugins: RKE2_PLUGINS,
    criSocket: '/run/k3s/containerd/containerd.sock',
    multusDaemonSet: 'rke2-multus',
    parts: { multus: 'settings', whereabouts: 'settings', 'dhcp-daemon': 'settings' },
  },
  // Red Hat build of MicroShift, "Configuring and using multiple networks".
  microshift: {
    name: 'microshift',
    ...OPENSHIFT,
    ipams: ['host-local', 'static', 'dhcp'],
    links: ['bridge', 'macvlan', 'ipvlan'],
    plugins: ['bridge', 'ipvlan', 'macvlan', 'static', 'dhcp', 'host-local'],
    isSingleNode: true,
    cniBinDir: '/run/cni/bin',
    cniConfDir: '/etc/cni/net.d',
    parts: { multus: 'host', 'dhcp-daemon': 'built-in' },
  },
  // cluster-network-operator, bindata/network/multus.
  openshift: {
    name: 'openshift',
    ...OPENSHIFT,
    plugins: OPENSHIFT_PLUGINS,
    sysctls: OPENSHIFT_SYSCTLS,
    isolation: OPENSHIFT_ISOLATION,
    cniBinDir: '/var/lib/cni/bin',
    cniConfDir: '/etc/kubernetes/cni/net.d',
    parts: { multus: 'built-in', whereabouts: 'settings', 'dhcp-daemon': 'settings' },
  },
  'kube-ovn': {
    name: 'kube-ovn',
    ...UPSTREAM,
    // kube-ovn, install.sh: CNI_CONFIG_PRIORITY=01.
    masterCniFile: '01-kube-ovn.conflist',
    parts: { ...UPSTREAM.parts, 'kube-ovn': 'built-in' },
  },
  // Tanzu Kubernetes Grid with the package multus-cni (TKG 2.4, "Implementing Multus on workload
  // clusters"): upstream's objects of Multus 3.7 to 4.0, always thin. The node template has the
  // plugins of containernetworking; whereabouts and the DHCP daemon come as upstream's objects.
  tanzu: {
    name: 'tanzu',
    ...UPSTREAM,
    parts: { ...UPSTREAM.parts, multus: 'settings' },
  },
};

/** Paths that CRI-O has by itself, upstream. */
const CRI_O: Partial<PlatformPaths> = {
  cniBinDir: '/usr/libexec/cni',
  criSocket: '/run/crio/crio.sock',
};

/** What of a platform differs from cluster to cluster. */
export interface PlatformChoices {
  readonly cniBinDir?: string | undefined;
  readonly cniConfDir?: string | undefined;
  readonly criSocket?: string | undefined;
  /** Upstream only: the others have theirs. @default containerd */
  readonly cri?: ContainerRuntime | undefined;
  /** RKE2 only. @default - nothing known */
  readonly rke2?: Rke2Facts | undefined;
  /** Tanzu only. @default - nothing known */
  readonly tanzu?: TanzuFacts | undefined;
}

/** The facts of a platform. */
export function platformFacts(name: PlatformName, choices: PlatformChoices = {}): PlatformFacts {
  const { cri, ...others } = choices;
  const given = Object.entries(others).filter(([, choice]) => choice !== undefined);
  if (cri !== 'cri-o' && given.length === 0) return PLATFORMS[name];
  return { ...PLATFORMS[name], ...(cri === 'cri-o' ? CRI_O : {}), ...Object.fromEntries(given) };
}

/** Folders in which whereabouts looks for its file by itself (pkg/config/config.go). */
const WHEREABOUTS_FOLDERS: readonly string[] = ['/etc/kubernetes/cni/net.d', '/etc/cni/net.d'];

/**
 * Where whereabouts' own file is on a platform; undefined where it finds it by itself. Elsewhere, as
 * on k3s, each network has to say so (`configuration_path`): no pod with it starts otherwise.
 *
 * @see https://github.com/k3s-io/docs/issues/341
 */
export function whereaboutsFile({ cniConfDir }: PlatformFacts): string | undefined {
  return WHEREABOUTS_FOLDERS.includes(cniConfDir)
    ? undefined
    : `${cniConfDir}/whereabouts.d/whereabouts.conf`;
}

/** All platforms' names. */
export const PLATFORM_NAMES = Object.keys(PLATFORMS) as PlatformName[];
