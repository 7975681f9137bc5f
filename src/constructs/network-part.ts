import {
  ApiObject,
  type ApiObjectMetadata,
  type ApiObjectProps,
  type JsonPatch,
  Lazy,
} from 'cdk8s';
import type { Construct } from 'constructs';
import type { NetworkConfig } from '../cni';
import type { Problem } from '../errors';
import {
  claimedName,
  claimedNetwork,
  NETWORK_API_VERSION,
  NETWORK_KIND,
  type NetworkDefinition,
  type NodeSetting,
  networkAnnotations,
  networkConfig,
} from '../kubernetes';
import { checkPatches, patchedConfig } from './cni-patches';
import type { Manifest } from './manifest';
import { plainManifest } from './plain-manifest';
import { withSilences } from './silence-annotation';

/** A NetworkAttachmentDefinition of a network: its only one, that of a group of nodes, or a twin. */
export class NetworkPart {
  private text?: string;

  constructor(
    /** The network; of a twin the one that it is the twin of. */
    readonly network: NetworkDefinition,
    /** Patches of the CNI configuration, all that come until synthesis. */
    private readonly patches: readonly JsonPatch[],
    /** Asked when it is written. */
    private readonly nodes: () => NodeSetting,
    /** Group of nodes, as the user calls it. */
    readonly group?: string,
    private readonly isTwin = false,
  ) {}

  /** Name of the object. */
  get name(): string {
    return this.isTwin ? claimedName(this.network.name) : this.network.name;
  }

  /** As it is written. @throws NetloomError for what synthesis would refuse */
  config(): NetworkConfig {
    const config = this.unpatched();
    return this.patches.length === 0 ? config : patchedConfig(config, this.patches);
  }

  private unpatched(): NetworkConfig {
    return networkConfig(
      this.isTwin ? (claimedNetwork(this.network) as NetworkDefinition) : this.network,
      this.nodes(),
    );
  }

  /** For cdk8s, which asks late: what is wrong with a network is told before, at validation. */
  produce(): string {
    const text = this.patches.length === 0 ? this.text : undefined;
    return text ?? JSON.stringify(this.config(), undefined, 2);
  }

  /**
   * Prints a network that is in order, for later: at validation what its addresses are parsed to is
   * still at hand.
   */
  prepare(): void {
    try {
      this.text = JSON.stringify(this.unpatched(), undefined, 2);
    } catch {
      // What can't be printed is told when it is written, with its path.
    }
  }

  /** What is wrong with the patches. */
  checkPatches(): Problem[] {
    let config: NetworkConfig;
    try {
      config = this.unpatched();
    } catch {
      return []; // the network's own check tells what is wrong with it
    }
    return checkPatches(this.isTwin ? 'patchClaimedCni' : 'patchCni', config, this.patches);
  }

  objectProps(metadata: ApiObjectMetadata | undefined): ApiObjectProps {
    const { name } = this;
    const { namespace } = this.network;
    const annotations = networkAnnotations(this.network);
    return {
      apiVersion: NETWORK_API_VERSION,
      kind: NETWORK_KIND,
      metadata: {
        ...metadata,
        name,
        ...(namespace === undefined ? {} : { namespace }),
        ...(annotations && { annotations: { ...metadata?.annotations, ...annotations } }),
      },
      spec: { config: Lazy.any(this) },
    };
  }
}

/** An object of a network beside the network itself. */
export class NetworkObject extends ApiObject {
  constructor(
    private readonly network: Construct,
    id: string,
    private readonly part: NetworkPart,
    metadata: ApiObjectMetadata | undefined,
  ) {
    super(network, id, part.objectProps(metadata));
  }

  override toJson(): unknown {
    const manifest = plainManifest(this, this.part) ?? super.toJson();
    return withSilences(this.network, manifest as Manifest);
  }
}
