import { Construct } from 'constructs';
import { Chain, Ipam, MacvlanNetwork, WhereaboutsPool } from 'netloom/constructs';

/** Storage of a site: the VLAN's interface on its nodes, and its part of 10.80.0.0/16. */
export interface Site {
  readonly name: string;
  /** 1 to 254: the third part of the site's addresses. */
  readonly number: number;
  /** @default bond0.80 */
  readonly storageInterface?: string;
}

/**
 * The company's storage network at a site: jumbo frames, the filer's addresses left out, answers
 * leave by the interface that the question came in on.
 */
export class StorageNetwork extends Construct {
  /** What pods attach to. */
  readonly network: MacvlanNetwork;

  constructor(scope: Construct, id: string, { name, number, storageInterface }: Site) {
    super(scope, id);
    const subnet = `10.80.${number}`;
    const pool = new WhereaboutsPool(this, 'Pool', {
      ranges: [
        {
          range: `${subnet}.0/24`,
          gateway: `${subnet}.1`,
          // The filers have the first 16 of each site.
          exclude: [`${subnet}.0/28`],
        },
      ],
    });
    this.network = new MacvlanNetwork(this, 'Network', {
      name: `storage-${name}`,
      master: storageInterface ?? 'bond0.80',
      mtu: 9000,
      ipam: Ipam.whereabouts(pool, { routes: [{ dst: '10.80.0.0/16' }] }),
      chain: [Chain.sbr()],
    });
  }
}
