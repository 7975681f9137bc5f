import { CustomResource } from '@pulumi/kubernetes/apiextensions/customResource';
import * as pulumi from '@pulumi/pulumi';
import type { IpamConfig, LinkConfig } from '../cni';
import { claimablePool } from '../cni';
import { NetloomError, type Problem } from '../errors';
import {
  claimedName,
  claimedNetwork,
  NETWORK_API_VERSION,
  NETWORK_KIND,
  type NetworkDefinition,
  networkSpec,
  PLATFORM_NAMES,
  type PlatformName,
  platformFacts,
} from '../kubernetes';
import { AddressPool } from './address-pool';
import { checkIpamArgs, type IpamArgs, ipamConfig, type PlainIpam } from './ipam';
import { admitNetwork, bridgesOf } from './model';
import { checked } from './problems';

export interface NetworkArgs {
  /** Name of the NetworkAttachmentDefinition. @default - the resource's name */
  name?: pulumi.Input<string>;
  /** @default default */
  namespace?: pulumi.Input<string>;
  /** Where the addresses come from. */
  ipam: IpamArgs;
  /** Version of the CNI specification to write. @default 0.4.0 */
  cniVersion?: pulumi.Input<string>;
  /** The agent that holds the claimable part. @default - the only one there is */
  agent?: pulumi.Input<string>;
}

/** A secondary network: one NetworkAttachmentDefinition, its twin for claimed addresses, and their pool. */
export abstract class Network extends pulumi.ComponentResource {
  /** Name of the NetworkAttachmentDefinition. */
  readonly name: pulumi.Output<string>;
  readonly namespace: pulumi.Output<string>;
  /** Name of the twin that pods with claimed addresses attach to. */
  readonly claimedName: pulumi.Output<string>;
  readonly resource: CustomResource;
  /** The twin; only with a claimable part. */
  readonly claimedResource?: CustomResource;
  /** The claimable part; only with one. */
  readonly pool?: AddressPool;
  /** The network as far as it is known, right or wrong. @internal */
  readonly _known: pulumi.Output<{ definition: NetworkDefinition; ipam: PlainIpam }>;
  /** The network once nothing is wrong with it, nor with anything else. @internal */
  readonly _definition: pulumi.Output<NetworkDefinition>;

  constructor(
    type: string,
    name: string,
    args: NetworkArgs,
    link: pulumi.Output<LinkConfig>,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super(`netloom:index:${type}`, name, {}, opts);
    const { name: objectName, namespace, cniVersion } = args;
    const known = pulumi.output({ objectName, namespace, cniVersion, link, ipam: args.ipam });
    this._known = known.apply((plain) => ({
      definition: {
        name: plain.objectName ?? name,
        namespace: plain.namespace ?? 'default',
        link: plain.link as LinkConfig,
        ipam: ipamConfig(plain.ipam as PlainIpam),
        cniVersion: plain.cniVersion,
      },
      ipam: plain.ipam as PlainIpam,
    })) as typeof this._known;
    this._definition = checked(this, this._known, ({ definition, ipam }) => [
      ...checkIpamArgs(ipam),
      ...admitNetwork(definition, configuredPlatform()),
    ]).apply(({ definition }) => definition) as pulumi.Output<NetworkDefinition>;

    this.name = this._definition.apply((one) => one.name);
    this.namespace = this._definition.apply((one) => one.namespace as string);
    this.claimedName = this.name.apply(claimedName);
    this.resource = this.render(name, this._definition);
    if (args.ipam.claimable !== undefined) {
      const twin = this._definition.apply((one) => claimedNetwork(one) as NetworkDefinition);
      this.claimedResource = this.render(
        `${name}-claimed`,
        twin as pulumi.Output<NetworkDefinition>,
      );
      this.pool = new AddressPool(
        `${name}-pool`,
        {
          pool: pulumi.interpolate`${this.namespace}/${this.name}`,
          subnets: this._definition.apply((one) => poolSubnets(one.ipam)),
          ...(args.agent !== undefined && { agent: args.agent }),
        },
        { parent: this },
      );
    }
    this.registerOutputs({ name: this.name, namespace: this.namespace });
  }

  private render(name: string, definition: pulumi.Output<NetworkDefinition>): CustomResource {
    return new CustomResource(
      name,
      {
        apiVersion: NETWORK_API_VERSION,
        kind: NETWORK_KIND,
        metadata: {
          name: definition.apply((one) => one.name),
          namespace: definition.apply((one) => one.namespace as string),
        },
        spec: definition.apply(networkSpec),
      },
      // Once nothing is wrong, every bridge whose arguments are known has been seen.
      { parent: this, dependsOn: definition.apply(bridgesOf) },
    );
  }
}

function poolSubnets(ipam: IpamConfig) {
  return (claimablePool(ipam)?.subnets ?? []).map(({ subnet, ranges, gateway }) => ({
    subnet,
    ...(ranges && { ranges: [...ranges] }),
    ...(gateway !== undefined && { gateway }),
  }));
}

/** `netloom:platform` of the stack's configuration. */
function configuredPlatform() {
  const name = new pulumi.Config('netloom').get('platform');
  if (name === undefined) return undefined;
  if ((PLATFORM_NAMES as string[]).includes(name)) return platformFacts(name as PlatformName);
  const problem: Problem = {
    code: 'NL_PLATFORM_UNSUPPORTED',
    key: 'netloom:platform',
    found: `${JSON.stringify(name)} is not known`,
    allowed: `one of ${PLATFORM_NAMES.join(', ')}`,
    fix: `pulumi config set netloom:platform ${PLATFORM_NAMES[0]}`,
  };
  throw new NetloomError(problem);
}
