import type {
  DhcpSettings,
  HostLocalSettings,
  IpamConfig,
  KubeOvnIpamSettings,
  PluginConfig,
  StaticSettings,
  WhereaboutsOptions,
  WhereaboutsSettings,
} from '../cni';
import type { KubeOvnSubnet } from './kube-ovn-subnet';
import { WhereaboutsPool } from './whereabouts-pool';

/** What an IPAM of Kube-OVN has besides its subnet. */
export type KubeOvnIpamOptions = Omit<KubeOvnIpamSettings, 'provider'>;

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

  /**
   * Addresses from pools in the cluster, each given once over all nodes.
   *
   * @param pool a {@link WhereaboutsPool}, or ranges that stand here only
   * @param options what else the plugin can be told, over what `pool` says
   * @see https://github.com/k8snetworkplumbingwg/whereabouts
   */
  static whereabouts(
    pool: WhereaboutsPool | WhereaboutsSettings,
    options: WhereaboutsOptions = {},
  ): Ipam {
    const settings = pool instanceof WhereaboutsPool ? settingsOf(pool) : pool;
    return new Ipam({ kind: 'whereabouts', settings: { ...settings, ...options } });
  }

  /**
   * Addresses from a subnet of Kube-OVN, for an interface of any other plugin.
   *
   * @param subnet for this network alone; leave it out for a Subnet that something else makes, whose
   * provider then has to be `<network>.<namespace>`
   * @see https://kubeovn.github.io/docs/stable/en/advance/multi-nic/
   */
  static kubeOvn(subnet?: KubeOvnSubnet, options: KubeOvnIpamOptions = {}): Ipam {
    return new Ipam({ kind: 'kube-ovn', settings: options }, subnet);
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
    /** @internal */
    readonly _subnet?: KubeOvnSubnet,
  ) {}
}

function settingsOf({ ranges, networkName, claimable }: WhereaboutsPool): WhereaboutsSettings {
  return { ranges, networkName, ...(claimable.length > 0 && { claimable }) };
}
