/** The systems that netloom knows. */
export type PlatformName = 'kubernetes' | 'microshift';

/** What a platform brings, and what may be put on it. */
export interface PlatformFacts {
  readonly name: PlatformName;
  /** IPAM types that it supports. @default - all */
  readonly ipams?: readonly string[] | undefined;
  /** Interface plugins that it supports. @default - all */
  readonly links?: readonly string[] | undefined;
  /** True where there is never more than one node. @default false */
  readonly isSingleNode?: boolean | undefined;
  /** Namespace of its Multus. */
  readonly multusNamespace: string;
  /** Where the runtime looks for CNI plugins on a node. */
  readonly cniBinDir: string;
}

const PLATFORMS: Readonly<Record<PlatformName, PlatformFacts>> = {
  kubernetes: { name: 'kubernetes', multusNamespace: 'kube-system', cniBinDir: '/opt/cni/bin' },
  // Red Hat build of MicroShift, "Configuring and using multiple networks".
  microshift: {
    name: 'microshift',
    ipams: ['host-local', 'static', 'dhcp'],
    links: ['bridge', 'macvlan', 'ipvlan'],
    isSingleNode: true,
    multusNamespace: 'openshift-multus',
    cniBinDir: '/run/cni/bin',
  },
};

/** The facts of a platform. */
export function platformFacts(name: PlatformName): PlatformFacts {
  return PLATFORMS[name];
}

/** All platforms' names. */
export const PLATFORM_NAMES = Object.keys(PLATFORMS) as PlatformName[];
