import { ApiObject, type ApiObjectMetadata, type ApiObjectProps, Chart, Lazy } from 'cdk8s';
import type { Construct, IConstruct } from 'constructs';
import { claimablePool, type LinkConfig, type NetworkConfig } from '../cni';
import type { Problem } from '../errors';
import {
  claimedName,
  claimedNetwork,
  NETWORK_API_VERSION,
  NETWORK_KIND,
  type NetworkDefinition,
  networkConfig,
  networkSpec,
  type PlatformFacts,
} from '../kubernetes';
import { checkNetwork, checkNetworkOnce } from '../rules';
import type { Ipam } from './ipam';
import { modelOf } from './model';
import { Platform } from './platform';
import { validateWith } from './validation';

/** What every network takes. */
export interface NetworkProps {
  /**
   * Name of the NetworkAttachmentDefinition: 1 to 63 of a-z, 0-9, `-` and `.`.
   *
   * @default - the construct's id
   * @throws NL_NAME_INVALID, at synthesis
   */
  readonly name?: string;
  /** @default - the chart's namespace */
  readonly namespace?: string;
  /** Where the addresses come from. */
  readonly ipam: Ipam;
  /** Version of the CNI specification to write. @default 0.4.0 */
  readonly cniVersion?: string;
  /** Labels and annotations of the object. @default - the chart's */
  readonly metadata?: ApiObjectMetadata;
}

/** A network that pods can be attached to. */
export interface INetwork {
  readonly name: string;
  readonly namespace?: string;
  /** Undefined for a network that something else makes. @internal */
  readonly _definition?: NetworkDefinition | undefined;
}

/** Refers to a network that something else makes. */
export interface NetworkReference {
  readonly name: string;
  /** @default - the pod's namespace */
  readonly namespace?: string;
}

/**
 * A secondary network: a NetworkAttachmentDefinition, and below it its twin for claimed addresses.
 *
 * It is its own ApiObject: `addJsonPatch`, `addDependency` and `metadata` are those of the object.
 */
export abstract class Network extends ApiObject implements INetwork {
  /** By class, and not by the mark that cdk8s puts on every ApiObject. */
  static override [Symbol.hasInstance](value: unknown): value is Network {
    // biome-ignore lint/complexity/noThisInStatic: it is the class on the right of `instanceof`
    return Function.prototype[Symbol.hasInstance].call(this, value);
  }

  /** A network that this program does not make. It is not looked for: nothing talks to a cluster at synthesis. */
  static fromName(_scope: IConstruct, _id: string, reference: NetworkReference): INetwork {
    return { ...reference };
  }

  readonly namespace?: string;
  /** The twin's NetworkAttachmentDefinition; only with a claimable part. */
  readonly claimedApiObject?: ApiObject;
  /** Name of the twin; only with a claimable part. */
  readonly claimedName?: string;
  /** @internal */
  readonly _definition: NetworkDefinition;
  private checked?: { platform: PlatformFacts | undefined; problems: readonly Problem[] };

  constructor(scope: Construct, id: string, props: NetworkProps, link: LinkConfig) {
    const name = props.name ?? id;
    const namespace = props.namespace ?? Chart.of(scope).namespace;
    const ipam = props.ipam._config;
    const definition = { name, namespace, link, ipam, cniVersion: props.cniVersion };
    super(
      scope,
      id,
      objectProps(name, namespace, props, () => networkSpec(definition).config),
    );
    if (namespace !== undefined) this.namespace = namespace;
    this._definition = definition;
    if (ipam.kind === 'host-local' && (ipam.settings.claimable?.length ?? 0) > 0) {
      this.claimedName = claimedName(name);
      const config = (): string =>
        networkSpec(claimedNetwork(definition) as NetworkDefinition).config;
      const twin = objectProps(this.claimedName, namespace, props, config);
      this.claimedApiObject = new ApiObject(this, 'Claimed', twin);
    }
    const { networks, networksByObject } = modelOf(this);
    networks.push(definition);
    const twice = checkNetworkOnce(definition, networksByObject);
    validateWith(this, () => {
      const problems = this.problems(Platform.of(this)?._facts);
      return twice.length === 0 ? problems : [...problems, ...twice];
    });
  }

  /** The NetworkAttachmentDefinition: the network itself. */
  get apiObject(): ApiObject {
    return this;
  }

  /** The CNI configuration as it is written. @throws NetloomError for what synthesis would refuse */
  get config(): NetworkConfig {
    return networkConfig(this._definition);
  }

  /** True when addresses of this network can be claimed. */
  get isClaimable(): boolean {
    return claimablePool(this._definition.ipam) !== undefined;
  }

  /** Remembered: a synthesis validates the whole app, and once more for each of its charts. */
  private problems(platform: PlatformFacts | undefined): readonly Problem[] {
    if (this.checked?.platform !== platform || this.checked === undefined) {
      this.checked = { platform, problems: checkNetwork(this._definition, platform) };
    }
    return this.checked.problems;
  }
}

function objectProps(
  name: string,
  namespace: string | undefined,
  props: NetworkProps,
  produce: () => string,
): ApiObjectProps {
  return {
    apiVersion: NETWORK_API_VERSION,
    kind: NETWORK_KIND,
    metadata: { ...props.metadata, name, ...(namespace === undefined ? {} : { namespace }) },
    // Lazy: what is wrong with a network is told at validation, not by an exception here.
    spec: { config: Lazy.any({ produce }) },
  };
}
