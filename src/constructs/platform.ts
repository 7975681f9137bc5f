import { type IConstruct, Node } from 'constructs';
import type { TargetVersions } from '../cni';
import {
  type ContainerRuntime,
  type PlatformChoices,
  type PlatformFacts,
  type PlatformName,
  platformFacts,
  type Rke2Cni,
} from '../kubernetes';
import type { ClusterFacts } from '../rules';
import { setCluster } from './cluster-facts';
import { lookAfterFirewall } from './microshift-firewall';
import { modelOf } from './model';
import { lookAfterShims } from './openshift-operator';

/** What is known of the cluster; rules that need it say nothing without. */
export interface PlatformOptions {
  /**
   * Name of the cluster, where one program is for several of which the same is known: objects of one
   * cluster are looked at together.
   *
   * @default - clusters of which the same is known are one
   */
  readonly cluster?: string;
  /**
   * Releases that the nodes have: what they don't know is refused.
   *
   * @default - new enough for everything
   * @throws NL_RELEASE_TOO_OLD, at synthesis
   */
  readonly targetVersions?: TargetVersions;
  /** How many nodes run pods with secondary networks. @default - unknown; 1 on MicroShift */
  readonly nodes?: number;
  /** CIDRs of the pods' cluster network, e.g. `10.244.0.0/16`. @default - unknown */
  readonly podCidrs?: string[];
  /** CIDRs of services, e.g. `10.96.0.0/12`. @default - unknown */
  readonly serviceCidrs?: string[];
  /** CIDRs that the nodes' own addresses are of. @default - unknown */
  readonly nodeCidrs?: string[];
  /**
   * Multus' `namespaceIsolation`: pods reach networks of their own namespace only.
   *
   * @default - off; on OpenShift as its operator sets it
   */
  readonly isolation?: NamespaceIsolation;
  /** Where the runtime looks for CNI plugins. @default - the platform's folder, e.g. `/opt/cni/bin` */
  readonly cniBinDir?: string;
  /** Where the runtime reads its CNI configuration. @default - the platform's, e.g. `/etc/cni/net.d` */
  readonly cniConfDir?: string;
  /** Socket of the container runtime. @default - the platform's */
  readonly criSocket?: string;
}

/** Of upstream Kubernetes, where the container runtime is the user's choice. */
export interface KubernetesPlatformOptions extends PlatformOptions {
  /** `containerd` or `cri-o`: their folders differ. @default containerd */
  readonly cri?: ContainerRuntime;
}

/** Of RKE2. */
export interface Rke2PlatformOptions extends PlatformOptions {
  /**
   * The cluster network behind Multus: `canal`, `calico`, `cilium`, or `none` for one of your own.
   *
   * @default canal
   * @throws NL_PLATFORM_UNSUPPORTED, at synthesis
   */
  readonly cni?: Rke2Cni;
  /**
   * Release of RKE2, e.g. `v1.34.2+rke2r1`: what it does not have is refused, and what newer ones
   * need no more is left out.
   *
   * @default - any
   * @throws NL_RELEASE_TOO_OLD, at synthesis
   */
  readonly release?: string;
}

/** Of Tanzu Kubernetes Grid. */
export interface TanzuPlatformOptions extends PlatformOptions {
  /**
   * True for a workload cluster that a vSphere Supervisor deployed. Multus is not supported there.
   *
   * @default false
   * @throws NL_PLATFORM_UNSUPPORTED, at synthesis
   */
  readonly isSupervisor?: boolean;
  /** Namespace that the package multus-cni is installed in. @default tanzu-packages */
  readonly packageNamespace?: string;
  /**
   * Image of the package repository `tanzu-standard`, in namespace `tkg-system`; `false` where the
   * cluster has one already.
   *
   * @default projects.registry.vmware.com/tkg/packages/standard/repo:v2023.10.16
   */
  readonly packageRepository?: string | false;
}

/** Multus' setting that keeps pods from networks of other namespaces. */
export interface NamespaceIsolation {
  /** Namespaces whose networks every pod may use, e.g. `['default']`. */
  readonly globalNamespaces: string[];
}

const platforms = new WeakMap<IConstruct, Platform>();

/**
 * The system that manifests are meant for: what it supports, and where its things are.
 *
 * `Platform.microshift().applyTo(app)` makes every network below refuse what the platform does not
 * support.
 */
export class Platform {
  /** Upstream Kubernetes (kubeadm and the like), with Multus' own manifests. */
  static kubernetes(options: KubernetesPlatformOptions = {}): Platform {
    return new Platform('kubernetes', options);
  }

  /** Red Hat build of MicroShift with the package microshift-multus: one node, unless told otherwise. */
  static microshift(options: PlatformOptions = {}): Platform {
    return new Platform('microshift', { nodes: 1, ...options });
  }

  /** k3s: Multus comes as a chart by its own helm-controller. */
  static k3s(options: PlatformOptions = {}): Platform {
    return new Platform('k3s', options);
  }

  /** RKE2: Multus is a chart that the server installs, with settings in a HelmChartConfig. */
  static rke2(options: Rke2PlatformOptions = {}): Platform {
    const { cni, release, ...others } = options;
    return new Platform('rke2', { ...others, rke2: { cni, release } });
  }

  /** OpenShift: the Cluster Network Operator brings Multus. */
  static openshift(options: PlatformOptions = {}): Platform {
    return new Platform('openshift', options);
  }

  /** Kubernetes with Kube-OVN as cluster network. */
  static kubeOvn(options: PlatformOptions = {}): Platform {
    return new Platform('kube-ovn', options);
  }

  /** Tanzu Kubernetes Grid, with the package multus-cni. */
  static tanzu(options: TanzuPlatformOptions = {}): Platform {
    const { isSupervisor, packageNamespace, packageRepository, ...others } = options;
    const tanzu = { isSupervisor, packageNamespace, packageRepository };
    return new Platform('tanzu', { ...others, tanzu });
  }

  /** The platform that a construct or the nearest scope above it was given; undefined when none was. */
  static of(construct: IConstruct): Platform | undefined {
    for (let scope: IConstruct | undefined = construct; scope; scope = Node.of(scope).scope) {
      const platform = platforms.get(scope);
      if (platform) return platform;
    }
    return undefined;
  }

  /** @internal */
  readonly _facts: PlatformFacts;
  /** @internal */
  readonly _cluster: ClusterFacts;
  /** @internal */
  readonly _clusterName: string | undefined;

  private constructor(
    /** E.g. `kubernetes` or `microshift`. */
    readonly name: PlatformName,
    options: PlatformOptions & PlatformChoices,
  ) {
    const { cri, cniBinDir, cniConfDir, criSocket, rke2, tanzu, ...cluster } = options;
    this._facts = platformFacts(name, { cri, cniBinDir, cniConfDir, criSocket, rke2, tanzu });
    this._cluster = { ...cluster, platform: this._facts };
    this._clusterName = options.cluster;
  }

  /** Holds for this scope and all below it, where nothing nearer says otherwise. */
  applyTo(scope: IConstruct): this {
    platforms.set(scope, this);
    setCluster(scope, this._cluster);
    modelOf(scope).touch();
    if (this.name === 'openshift') lookAfterShims(scope);
    if (this.name === 'microshift') lookAfterFirewall(scope);
    return this;
  }
}
