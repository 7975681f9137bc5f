import { type IConstruct, Node } from 'constructs';
import type { TargetVersions } from '../cni';
import {
  type ContainerRuntime,
  type PlatformChoices,
  type PlatformFacts,
  type PlatformName,
  platformFacts,
} from '../kubernetes';
import type { ClusterFacts } from '../rules';
import { setCluster } from './cluster-facts';
import { modelOf } from './model';

/** What is known of the cluster; rules that need it say nothing without. */
export interface PlatformOptions {
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
  /** Multus' `namespaceIsolation`: pods reach networks of their own namespace only. @default - off */
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
  static rke2(options: PlatformOptions = {}): Platform {
    return new Platform('rke2', options);
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
  static tanzu(options: PlatformOptions = {}): Platform {
    return new Platform('tanzu', options);
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

  private constructor(
    /** E.g. `kubernetes` or `microshift`. */
    readonly name: PlatformName,
    options: PlatformOptions & PlatformChoices,
  ) {
    const { cri, cniBinDir, cniConfDir, criSocket, ...cluster } = options;
    this._facts = platformFacts(name, { cri, cniBinDir, cniConfDir, criSocket });
    this._cluster = { ...cluster, platform: this._facts };
  }

  /** Holds for this scope and all below it, where nothing nearer says otherwise. */
  applyTo(scope: IConstruct): this {
    platforms.set(scope, this);
    setCluster(scope, this._cluster);
    modelOf(scope).touch();
    return this;
  }
}
