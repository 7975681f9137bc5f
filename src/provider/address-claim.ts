import * as pulumi from '@pulumi/pulumi';
import { claimableOf } from '../cni';
import { type ClaimFamily, familiesOf, type IpFamily } from '../ipam';
import type { NetworkDefinition } from '../kubernetes';
import type { ClaimIntent } from '../rules';
import type { AddressPool } from './address-pool';
import { DynamicResource } from './dynamic-resource';
import { admitClaim } from './model';
import type { Network } from './network';
import { ownerOf } from './owner';
import { reportProblems, reportWhenKnown, whenAdmitted } from './problems';

export interface AddressClaimArgs {
  /** The network whose claimable part the address shall be of. @default - `pool` */
  network?: Network;
  /** The pool, where it is not a network's. @default - the network's */
  pool?: AddressPool;
  /** The address that it shall be. @default - one that the agent chooses, and keeps */
  address?: pulumi.Input<string>;
  /** One address of each family that it shall be, for dual stack. @default - `address` */
  addresses?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * `ipv4`, `ipv6`, `dual` for one of each, or `none` for a MAC address alone.
   *
   * @default - ipv4 where the pool has it, else ipv6
   */
  family?: pulumi.Input<string>;
  /** Prefix length of a whole block, e.g. 28; the block is then the claim's `cidr`. @default - a single address */
  prefixLength?: pulumi.Input<number>;
  /** A MAC address of the pool, too: this one, or with `true` one that the agent chooses. @default - none */
  mac?: pulumi.Input<string | boolean>;
  /** What to find the claim by on its agent, at most 32. @default - none */
  labels?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /** What it is for, in words. @default - none */
  reason?: pulumi.Input<string>;
}

/**
 * An address, or a block of them, held for as long as this resource is there. The agent's choice is known at preview,
 * and stays: nothing but a change of pool, family, prefix length or wanted address moves it.
 *
 * @throws NL_CLAIM_OUTSIDE_CLAIMABLE, NL_ADDRESS_NOT_FREE, NL_POOL_FULL, NL_FAMILY_MISSING, at preview
 */
export class AddressClaim extends DynamicResource {
  /** The address without prefix length; the IPv4 one of two. */
  readonly address: pulumi.Output<string>;
  /** The address with its subnet's prefix length. */
  readonly cidr: pulumi.Output<string>;
  /** All addresses, IPv4 before IPv6. */
  readonly addresses: pulumi.Output<string[]>;
  /** The same with prefix lengths. */
  declare readonly cidrs: pulumi.Output<string[]>;
  /** The MAC address, where one was asked for. */
  declare readonly mac: pulumi.Output<string | undefined>;
  /** Name of the pool on its agent. */
  declare readonly pool: pulumi.Output<string>;
  /** @internal */
  readonly _intent: pulumi.Output<() => ClaimIntent> | undefined;
  /** @internal */
  readonly _network: Network | undefined;

  constructor(name: string, args: AddressClaimArgs, opts?: pulumi.CustomResourceOptions) {
    const pool = args.pool ?? args.network?.pool;
    const wanted = wantedAddresses(args);
    super(
      'addressClaim',
      'AddressClaim',
      name,
      {
        owner: whenAdmitted(ownerOf('AddressClaim', name, opts)),
        pool: pool?.pool ?? '',
        agent: pool?.agent,
        family: args.family,
        addresses: wanted,
        prefixLength: args.prefixLength,
        wantedMac: args.mac,
        labels: args.labels,
        reason: args.reason,
        // What `check` finds.
        cidrs: undefined,
        mac: undefined,
      },
      opts,
    );
    const addresses = this.cidrs.apply((cidrs) => cidrs?.map(withoutPrefix));
    this.addresses = addresses;
    this.address = addresses.apply((list) => list?.[0] as string);
    this.cidr = this.cidrs.apply((list) => list?.[0] as string);
    const { network } = args;
    if (!network && !pool) reportProblems(name, [nothingToClaimFrom()]);
    this._network = network;
    if (network) {
      network._claim();
      reportWhenKnown(name, pulumi.all([network._known, wanted]), ([of, list]) =>
        admitClaim(name, { name, network: of().definition as NetworkDefinition, addresses: list }),
      );
      this._intent = pulumi
        .all([network._known, wanted, args.family])
        .apply(([of, list, family]) => {
          const definition = of().definition as NetworkDefinition;
          const families = claimFamilies(definition, list, family);
          return (): ClaimIntent => ({ name, network: definition, families });
        });
    }
  }
}

function wantedAddresses(args: AddressClaimArgs): pulumi.Output<string[] | undefined> {
  const { address, addresses } = args;
  if (address === undefined && addresses === undefined) return pulumi.output(undefined);
  return pulumi
    .all([address, addresses])
    .apply(([one, several]) => [...(one === undefined ? [] : [one]), ...(several ?? [])]);
}

/** The families that the claim will have, as the agent chooses them; undefined for a network that is wrong. */
function claimFamilies(
  network: NetworkDefinition,
  wanted: readonly string[] | undefined,
  family: string | undefined,
): IpFamily[] | undefined {
  if (wanted) return wanted.map((address) => (address.includes(':') ? 6 : 4));
  if (family === 'none') return [];
  if (family !== undefined) return familiesOf(family as ClaimFamily);
  const claimable = claimableOf(network.ipam);
  if (claimable.length === 0) return undefined;
  return [claimable.some((part) => !part.includes(':')) ? 4 : 6];
}

function withoutPrefix(cidr: string): string {
  return cidr.split('/')[0] as string;
}

function nothingToClaimFrom() {
  return {
    code: 'NL_POOL_UNKNOWN' as const,
    key: '',
    found: 'the claim names neither a network nor a pool',
    allowed: 'network (with a claimable part) or pool',
    fix: 'new AddressClaim(name, { network: lan })',
  };
}
