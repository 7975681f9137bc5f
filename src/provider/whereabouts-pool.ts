import * as pulumi from '@pulumi/pulumi';
import { claimablePool, definedOnly, type IpamConfig, type WhereaboutsPoolRange } from '../cni';
import { AddressPool } from './address-pool';
import type { InputsOf } from './inputs';
import { whenAdmitted } from './problems';

export interface WhereaboutsPoolArgs {
  /**
   * One address from each, e.g. `[{ range: '10.20.0.0/24', gateway: '10.20.0.1' }]`. A gateway is
   * never given: it is put into `exclude`, and into each route of its family as `gw`.
   */
  ranges: pulumi.Input<pulumi.Input<InputsOf<WhereaboutsPoolRange>>[]>;
  /** A pool of its own for the same CIDR, e.g. of a tenant. @default - the pool of the CIDR */
  networkName?: pulumi.Input<string>;
  /** Addresses that whereabouts never gives, for claims. @default - none */
  claimable?: pulumi.Input<pulumi.Input<string>[]>;
  /** Name of the claimable part on its agent. @default - the resource's name behind `whereabouts/` */
  pool?: pulumi.Input<string>;
  /** The agent that holds the claimable part. @default - the only one there is */
  agent?: pulumi.Input<string>;
}

/**
 * Addresses for several networks, each given once in the whole cluster. Makes no object in the
 * cluster: IPPools are whereabouts' own, which makes them with the first pod.
 *
 * @see https://github.com/k8snetworkplumbingwg/whereabouts
 */
export class WhereaboutsPool extends pulumi.ComponentResource {
  readonly ranges: pulumi.Output<WhereaboutsPoolRange[]>;
  readonly networkName: pulumi.Output<string | undefined>;
  /** The claimable part, one for all networks of the pool; only with one. */
  readonly pool?: AddressPool;
  /** What the pool says of an IPAM. @internal */
  readonly _settings: pulumi.Output<Record<string, unknown>>;

  constructor(name: string, args: WhereaboutsPoolArgs, opts?: pulumi.ComponentResourceOptions) {
    super('netloom:index:WhereaboutsPool', name, {}, opts);
    const { ranges, networkName, claimable, agent } = args;
    this._settings = pulumi
      .output({ ranges, networkName, claimable })
      .apply((known) => definedOnly(known)) as unknown as pulumi.Output<Record<string, unknown>>;
    this.ranges = pulumi.output(ranges) as pulumi.Output<WhereaboutsPoolRange[]>;
    this.networkName = pulumi.output(networkName);
    if (claimable !== undefined) {
      this.pool = new AddressPool(
        `${name}-pool`,
        {
          pool: args.pool ?? `whereabouts/${name}`,
          subnets: whenAdmitted(this._settings).apply((settings) => subnetsOf(settings)),
          ...(agent !== undefined && { agent }),
        },
        { parent: this },
      );
    }
    this.registerOutputs({ ranges: this.ranges, networkName: this.networkName });
  }
}

function subnetsOf(settings: object) {
  return poolSubnets({ kind: 'whereabouts', settings });
}

/** The claimable part of an IPAM, as an {@link AddressPool} takes it. */
export function poolSubnets(ipam: IpamConfig) {
  return (claimablePool(ipam)?.subnets ?? []).map(({ subnet, ranges, gateway, exclude }) => ({
    subnet,
    ...(ranges && { ranges: [...ranges] }),
    ...(gateway !== undefined && { gateway }),
    ...(exclude && { exclude: [...exclude] }),
  }));
}
