import * as pulumi from '@pulumi/pulumi';
import type { Problem } from '../errors';
import { checkPoolName, checkPoolSpec, type PoolSpec, type PoolSubnet } from '../ipam';
import { DynamicResource } from './dynamic-resource';
import { ownerOf } from './owner';
import { reportWhenKnown, whenAdmitted } from './problems';

export interface AddressPoolSubnetArgs {
  /** Network in prefix form, e.g. `10.30.0.0/24`. */
  subnet: pulumi.Input<string>;
  /** Addresses that may be claimed, `FIRST-LAST`, prefix form or single. @default - the whole subnet */
  ranges?: pulumi.Input<pulumi.Input<string>[]>;
  /** Never given. @default - none */
  gateway?: pulumi.Input<string>;
  /** Never given, same notation as `ranges`. @default - none */
  exclude?: pulumi.Input<pulumi.Input<string>[]>;
  /** Given only to claims that ask for them by value. @default - none */
  reserved?: pulumi.Input<pulumi.Input<string>[]>;
}

export interface AddressPoolArgs {
  /** Network in prefix form, e.g. `10.30.0.0/24`. @default - `subnets` */
  subnet?: pulumi.Input<string>;
  /** Addresses of `subnet` that may be claimed. @default - all of it */
  ranges?: pulumi.Input<pulumi.Input<string>[]>;
  /** Gateway of `subnet`, never given. @default - none */
  gateway?: pulumi.Input<string>;
  /** Addresses of `subnet` that are never given. @default - none */
  exclude?: pulumi.Input<pulumi.Input<string>[]>;
  /** Addresses of `subnet` that go only to claims that ask for them by value. @default - none */
  reserved?: pulumi.Input<pulumi.Input<string>[]>;
  /** Several subnets, for dual stack, instead of `subnet`. @default - `subnet` alone */
  subnets?: pulumi.Input<pulumi.Input<AddressPoolSubnetArgs>[]>;
  /** MAC addresses that may be claimed, e.g. `02:00:5e:00:00:00/24`. @default - none */
  macs?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * Interface of the agent's host, e.g. `br-test`, on which is asked whether somebody has an address before
   * it is given (ARP, NDP). @default - nobody is asked
   */
  probe?: pulumi.Input<string>;
  /** Name of the pool on its agent. @default - the resource's name, and the same after a rename of it */
  pool?: pulumi.Input<string>;
  /** The agent that holds the pool. @default - the only one there is */
  agent?: pulumi.Input<string>;
  /** What it is called where nobody says so. @default - the resource's name @internal */
  _defaultName?: pulumi.Input<string>;
}

/**
 * Addresses that claims are served from, held by one agent.
 *
 * @throws NL_SUBNET_INVALID, NL_RANGE_OUTSIDE_SUBNET and what else is wrong with it, at preview
 */
export class AddressPool extends DynamicResource {
  /** Name of the pool on its agent. */
  declare readonly pool: pulumi.Output<string>;
  readonly subnets: pulumi.Output<PoolSubnet[]>;
  /** The agent that holds the pool; unset when there is only one. */
  declare readonly agent: pulumi.Output<string | undefined>;

  constructor(name: string, args: AddressPoolArgs, opts?: pulumi.CustomResourceOptions) {
    const { agent, pool, _defaultName: defaultName = name } = args;
    const plain = pulumi.output(args).apply((known) => ({
      pool: known.pool ?? known._defaultName ?? name,
      spec: specOf(known as PlainPoolArgs),
    }));
    const inputs = {
      owner: whenAdmitted(ownerOf('AddressPool', name, opts)),
      // A renamed resource keeps the name that its pool has: `check` knows it.
      ...(pool === undefined ? { pool, defaultName } : { pool }),
      subnets: plain.spec.subnets,
      ...(args.macs !== undefined && { macs: args.macs }),
      ...(args.probe !== undefined && { probe: args.probe }),
      ...(agent !== undefined && { agent }),
    };
    super('addressPool', 'AddressPool', name, inputs, opts);
    this.subnets = plain.spec.apply((spec) => [...spec.subnets]);
    reportWhenKnown(name, plain, (known) => [
      ...checkPoolName(known.pool, 'pool'),
      ...checkSpec(args, known.spec),
    ]);
  }
}

interface PlainPoolArgs {
  readonly subnet?: string;
  readonly ranges?: string[];
  readonly gateway?: string;
  readonly exclude?: string[];
  readonly reserved?: string[];
  readonly subnets?: PoolSubnet[];
  readonly macs?: string[];
  readonly probe?: string;
}

function specOf({ subnets = [], macs, probe, subnet, ...rest }: PlainPoolArgs): PoolSpec {
  const { ranges, gateway, exclude, reserved } = rest;
  const own = subnet === undefined ? [] : [{ subnet, ranges, gateway, exclude, reserved }];
  const all = [...own, ...subnets].map((entry) => JSON.parse(JSON.stringify(entry)));
  return { subnets: all, ...(macs && { macs }), ...(probe !== undefined && { probe }) };
}

/** Keys as the user wrote them: `ranges[0]` for the short form, `subnets[0].ranges[0]` for the long. */
function checkSpec(args: AddressPoolArgs, spec: PoolSpec): Problem[] {
  const problems = checkPoolSpec(spec);
  if (args.subnet === undefined) return problems;
  return problems.map((problem) => ({
    ...problem,
    key: problem.key.replace(/^subnets\[0\]\./, ''),
  }));
}
