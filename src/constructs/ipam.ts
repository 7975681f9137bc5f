import type {
  DhcpSettings,
  HostLocalSettings,
  IpamConfig,
  PluginConfig,
  StaticSettings,
} from '../cni';

/** Where the addresses of a network come from. Made by its static functions. */
export class Ipam {
  /**
   * Addresses from ranges, kept in files on each node. With `claimable` a part of them is left to
   * netloom's claims.
   *
   * @see https://www.cni.dev/plugins/current/ipam/host-local/
   */
  static hostLocal(settings: HostLocalSettings): Ipam {
    return new Ipam({ kind: 'host-local', settings });
  }

  /**
   * Addresses written down: here, or by each pod that attaches.
   *
   * @see https://www.cni.dev/plugins/current/ipam/static/
   */
  static static(settings: StaticSettings = {}): Ipam {
    return new Ipam({ kind: 'static', settings });
  }

  /**
   * Addresses from a DHCP server on the network; the node's DHCP daemon keeps the leases.
   *
   * @see https://www.cni.dev/plugins/current/ipam/dhcp/
   */
  static dhcp(settings: DhcpSettings = {}): Ipam {
    return new Ipam({ kind: 'dhcp', settings });
  }

  /** No addresses: a link and nothing more. */
  static none(): Ipam {
    return new Ipam({ kind: 'none' });
  }

  /** Any other plugin, its configuration as upstream writes it. Not checked. */
  static raw(config: PluginConfig): Ipam {
    return new Ipam({ kind: 'raw', config });
  }

  private constructor(
    /** @internal */
    readonly _config: IpamConfig,
  ) {}
}
