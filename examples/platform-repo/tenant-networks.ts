import { Construct } from 'constructs';
import { type INetwork, Ipam, VlanNetwork, WhereaboutsPool } from 'netloom/constructs';

export interface TenantNetworksProps {
  /** Name of the tenant, and of its namespace. */
  readonly tenant: string;
  /** VLAN of each network by the network's name, e.g. `{ front: 301 }`. */
  readonly vlans: Readonly<Record<string, number>>;
}

/**
 * The networks of a tenant. All tenants have the same addresses, each in VLANs and in a pool of its
 * own: whereabouts keeps pools of different names apart.
 */
export class TenantNetworks extends Construct {
  private readonly networks: ReadonlyMap<string, INetwork>;

  constructor(scope: Construct, id: string, { tenant, vlans }: TenantNetworksProps) {
    super(scope, id);
    this.networks = new Map(
      Object.entries(vlans).map(([name, vlanId], index) => {
        const subnet = `192.168.${index + 1}`;
        const pool = new WhereaboutsPool(this, `${name}-pool`, {
          ranges: [{ range: `${subnet}.0/24`, gateway: `${subnet}.1` }],
          networkName: `${tenant}${name}`,
        });
        const network = new VlanNetwork(this, name, {
          name: `${tenant}-${name}`,
          namespace: tenant,
          master: 'bond0',
          vlanId,
          // No other pool overlaps it, and the reconciler takes reservations of named pools for leftovers.
          ipam: Ipam.whereabouts(pool, { enableOverlappingRanges: false }),
        });
        return [name, network];
      }),
    );
  }

  /** The network of that name. */
  network(name: string): INetwork {
    const network = this.networks.get(name);
    if (network) return network;
    throw new Error(`no network "${name}": there is ${[...this.networks.keys()].join(', ')}`);
  }
}
