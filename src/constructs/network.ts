import { ApiObject, type ApiObjectMetadata, Chart, Lazy } from 'cdk8s';
import { Construct, type IConstruct } from 'constructs';
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

/** A secondary network: one NetworkAttachmentDefinition, and its twin for claimed addresses. */
export abstract class Network extends Construct implements INetwork {
  /** A network that this program does not make. It is not looked for: nothing talks to a cluster at synthesis. */
  static fromName(_scope: IConstruct, _id: string, reference: NetworkReference): INetwork {
    return { ...reference };
  }

  readonly name: string;
  readonly namespace?: string;
  /** The NetworkAttachmentDefinition. */
  readonly apiObject: ApiObject;
  /** The twin's NetworkAttachmentDefinition; only with a claimable part. */
  readonly claimedApiObject?: ApiObject;
  /** Name of the twin; only with a claimable part. */
  readonly claimedName?: string;
  /** @internal */
  readonly _definition: NetworkDefinition;
  private checked?: { platform: PlatformFacts | undefined; problems: readonly Problem[] };

  constructor(scope: Construct, id: string, props: NetworkProps, link: LinkConfig) {
    super(scope, id);
    this.name = props.name ?? id;
    const namespace = props.namespace ?? Chart.of(this).namespace;
    if (namespace !== undefined) this.namespace = namespace;
    const ipam = props.ipam._config;
    this._definition = { name: this.name, namespace, link, ipam, cniVersion: props.cniVersion };
    const definition = this._definition;
    this.apiObject = this.render(
      'Resource',
      this.name,
      props,
      () => networkSpec(definition).config,
    );
    if (ipam.kind === 'host-local' && (ipam.settings.claimable?.length ?? 0) > 0) {
      this.claimedName = claimedName(this.name);
      this.claimedApiObject = this.render('Claimed', this.claimedName, props, () => {
        return networkSpec(claimedNetwork(definition) as NetworkDefinition).config;
      });
    }
    const { networks, networksByObject } = modelOf(this);
    networks.push(definition);
    const twice = checkNetworkOnce(definition, networksByObject);
    validateWith(this, () => [...this.problems(Platform.of(this)?._facts), ...twice]);
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

  private render(id: string, name: string, props: NetworkProps, produce: () => string): ApiObject {
    const metadata = {
      ...props.metadata,
      name,
      ...(this.namespace ? { namespace: this.namespace } : {}),
    };
    return new ApiObject(this, id, {
      apiVersion: NETWORK_API_VERSION,
      kind: NETWORK_KIND,
      metadata,
      spec: { config: Lazy.any({ produce }) },
    });
  }
}
