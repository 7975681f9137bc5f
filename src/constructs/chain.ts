import type {
  BandwidthSettings,
  ChainConfig,
  FirewallSettings,
  PluginConfig,
  PortmapSettings,
  SbrSettings,
  TuningSettings,
  VrfSettings,
} from '../cni';

/** A plugin that changes what the network's own plugin made. Made by its static functions. */
export class Chain {
  /**
   * Kernel settings, MTU, MAC address and the like of the interface.
   *
   * @see https://www.cni.dev/plugins/current/meta/tuning/
   */
  static tuning(settings: TuningSettings = {}): Chain {
    return new Chain({ kind: 'tuning', settings });
  }

  /**
   * Ports of the node that lead to the pod. Which ones, each attachment says (`portMappings`).
   *
   * @see https://www.cni.dev/plugins/current/meta/portmap/
   */
  static portmap(settings: PortmapSettings = {}): Chain {
    return new Chain({ kind: 'portmap', settings });
  }

  /**
   * Limits of traffic: those given here, or those that an attachment asks for (`bandwidth`).
   *
   * @see https://www.cni.dev/plugins/current/meta/bandwidth/
   */
  static bandwidth(settings: BandwidthSettings = {}): Chain {
    return new Chain({ kind: 'bandwidth', settings });
  }

  /**
   * Lets the pod's traffic through the node's firewall.
   *
   * @see https://www.cni.dev/plugins/current/meta/firewall/
   */
  static firewall(settings: FirewallSettings = {}): Chain {
    return new Chain({ kind: 'firewall', settings });
  }

  /**
   * A routing table of its own for what is sent from the interface's addresses. Comes after plugins
   * that change addresses or routes.
   *
   * @see https://www.cni.dev/plugins/current/meta/sbr/
   */
  static sbr(settings: SbrSettings = {}): Chain {
    return new Chain({ kind: 'sbr', settings });
  }

  /**
   * Puts the interface into a VRF inside the pod.
   *
   * @see https://www.cni.dev/plugins/current/meta/vrf/
   */
  static vrf(settings: VrfSettings): Chain {
    return new Chain({ kind: 'vrf', settings });
  }

  /** Any other plugin, its configuration as upstream writes it. Not checked. */
  static raw(config: PluginConfig): Chain {
    return new Chain({ kind: 'raw', config });
  }

  private constructor(
    /** @internal */
    readonly _config: ChainConfig,
  ) {}
}
