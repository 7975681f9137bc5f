import type { PodSpecManifest, WorkloadManifest } from '../rules';
import type { Manifest } from './manifest';

type Spec = NonNullable<WorkloadManifest['spec']>;

/** A workload that is written when somebody looks at its `spec`, and not for its kind alone. */
export class LateWorkload implements WorkloadManifest {
  private rendered?: Spec;

  constructor(
    readonly kind: string,
    private readonly render: () => Manifest,
  ) {}

  get spec(): Spec {
    this.rendered ??= (this.render()['spec'] ?? {}) as Spec;
    return this.rendered;
  }
}

/**
 * The `spec` of a Pod. Rules ask each of them whether it is on the host's network, and hardly more.
 *
 * @param hostNetwork undefined where only writing tells
 */
export function latePodSpec(
  render: () => Manifest,
  hostNetwork: boolean | undefined,
): PodSpecManifest {
  return new LatePodSpec(render, hostNetwork) as PodSpecManifest;
}

class LatePodSpec {
  private rendered?: PodSpecManifest;

  constructor(
    private readonly render: () => Manifest,
    private readonly isOnHost: boolean | undefined,
  ) {}

  private get spec(): PodSpecManifest {
    this.rendered ??= (this.render()['spec'] ?? {}) as PodSpecManifest;
    return this.rendered;
  }

  get hostNetwork(): unknown {
    return this.isOnHost ?? this.spec.hostNetwork;
  }

  get terminationGracePeriodSeconds(): unknown {
    return this.spec.terminationGracePeriodSeconds;
  }

  get nodeName(): unknown {
    return this.spec.nodeName;
  }

  get nodeSelector(): unknown {
    return this.spec.nodeSelector;
  }

  get affinity(): unknown {
    return this.spec.affinity;
  }

  get topologySpreadConstraints(): unknown {
    return this.spec.topologySpreadConstraints;
  }
}
