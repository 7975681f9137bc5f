import type { Construct } from 'constructs';
import { definedOnly } from '../cni';
import type { Problem } from '../errors';
import { type MultusSettings, multusDhcpSettings, multusParts } from '../installs';
import { checkMultusInstall } from '../rules';
import { bringDhcpWhereUsed } from './dhcp-when-used';
import { Install, type InstallProps } from './install';
import { checkInstalledOnce } from './install-platform';
import type { Platform } from './platform';

export interface MultusInstallProps extends MultusSettings, InstallProps {
  /**
   * False where something else brings the daemon that networks with dhcp need on each node.
   *
   * @default - a {@link DhcpDaemon} where a network uses dhcp, and the program has none: in Multus'
   * namespace, on its nodes, and with its image where that does not come from upstream
   */
  readonly dhcpDaemon?: boolean;
}

/**
 * Multus on a cluster, in the way in which it gets there: as objects on upstream Kubernetes and with
 * Kube-OVN, by a chart, a package or the platform itself elsewhere.
 *
 * Its chart has to be applied before networks are: it brings their CustomResourceDefinition.
 *
 * @throws NL_PLATFORM_UNSUPPORTED, at synthesis, for a mode or a setting that the platform has not
 */
export class MultusInstall extends Install<MultusSettings> {
  constructor(scope: Construct, id: string, props: MultusInstallProps = {}) {
    const { dhcpDaemon = true, ...others } = props;
    super(scope, id, others, (platform, settings) =>
      multusParts(platform._facts, filledIn(settings, platform)),
    );
    const { name, parts } = this._platform._facts;
    const origin = parts['dhcp-daemon'];
    // OpenShift's shims come by themselves: see openshift-operator.
    const isOurs = name !== 'openshift' && (origin === 'objects' || origin === 'settings');
    const bringsDhcp = dhcpDaemon && isOurs;
    if (bringsDhcp) {
      const settings = parts.multus === 'objects' ? multusDhcpSettings(this._settings) : {};
      bringDhcpWhereUsed(this, this._platform, settings);
    }
    this._installs(
      ...(isOurs ? [{ part: 'multus' } as const] : []),
      ...(bringsDhcp ? [] : [{ part: 'dhcp-daemon' } as const]),
    );
  }

  /** @internal */
  protected override _checkSettings(): Problem[] {
    const { _facts, _cluster } = this._platform;
    return [
      ...checkInstalledOnce(this, this._platform),
      ...checkMultusInstall(_facts, this._settings, _cluster),
    ];
  }
}

/** The platform's isolation counts where nothing is said here. */
function filledIn(settings: MultusSettings, { _cluster }: Platform): MultusSettings {
  const { isolation } = _cluster;
  const { namespaceIsolation, globalNamespaces } = settings;
  return definedOnly({
    ...settings,
    namespaceIsolation: namespaceIsolation ?? (isolation ? true : undefined),
    globalNamespaces: globalNamespaces ?? isolation?.globalNamespaces,
  });
}
