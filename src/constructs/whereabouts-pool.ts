import { Construct } from 'constructs';
import type { WhereaboutsPoolRange } from '../cni';

export interface WhereaboutsPoolProps {
  /**
   * One address from each, e.g. `[{ range: '10.20.0.0/24', gateway: '10.20.0.1' }]`. A gateway is
   * never given: it is put into `exclude`, and into each route of its family as `gw`.
   */
  readonly ranges: WhereaboutsPoolRange[];
  /**
   * A pool of its own for the same CIDR, e.g. of a tenant: networks of one `networkName` share their
   * addresses, those of others don't know of them. A part of object names: a-z, 0-9, `-`, `.`.
   *
   * @default - the pool of the CIDR
   */
  readonly networkName?: string;
  /**
   * Addresses that whereabouts never gives, for claims: `10.20.0.100-10.20.0.119`, CIDRs or single
   * ones. They are put into `exclude`, and a network that something claims from gets a twin.
   *
   * @default - none
   */
  readonly claimable?: string[];
}

/**
 * Addresses for several networks, each given once in the whole cluster. Emits no object: IPPools are
 * whereabouts' own, which makes them with the first pod.
 *
 * @see https://github.com/k8snetworkplumbingwg/whereabouts
 */
export class WhereaboutsPool extends Construct {
  readonly ranges: readonly WhereaboutsPoolRange[];
  readonly networkName?: string;
  readonly claimable: readonly string[];

  constructor(scope: Construct, id: string, props: WhereaboutsPoolProps) {
    super(scope, id);
    this.ranges = props.ranges;
    if (props.networkName !== undefined) this.networkName = props.networkName;
    this.claimable = props.claimable ?? [];
  }
}
