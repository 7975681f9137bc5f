import { type IConstruct, Node } from 'constructs';
import { type PlatformFacts, platformFacts } from '../kubernetes';

const platforms = new WeakMap<IConstruct, Platform>();

/**
 * The system that manifests are meant for: what it supports, and where its things are.
 *
 * `Platform.microshift().applyTo(app)` makes every network below refuse what the platform does not
 * support.
 */
export class Platform {
  /** Upstream Kubernetes (kubeadm and the like), with Multus' own manifests. */
  static kubernetes(): Platform {
    return new Platform(platformFacts('kubernetes'));
  }

  /** Red Hat build of MicroShift with the package microshift-multus. */
  static microshift(): Platform {
    return new Platform(platformFacts('microshift'));
  }

  /** The platform that a construct or the nearest scope above it was given; undefined when none was. */
  static of(construct: IConstruct): Platform | undefined {
    for (let scope: IConstruct | undefined = construct; scope; scope = Node.of(scope).scope) {
      const platform = platforms.get(scope);
      if (platform) return platform;
    }
    return undefined;
  }

  private constructor(
    /** @internal */
    readonly _facts: PlatformFacts,
  ) {}

  /** `kubernetes` or `microshift`. */
  get name(): string {
    return this._facts.name;
  }

  /** Holds for this scope and all below it, where nothing nearer says otherwise. */
  applyTo(scope: IConstruct): this {
    platforms.set(scope, this);
    return this;
  }
}
