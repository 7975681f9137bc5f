import type { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { definedOnly } from '../cni';
import type { Problem } from '../errors';
import {
  type HostFile,
  type HostStep,
  type MultusSettings,
  multusDhcpSettings,
  multusParts,
} from '../installs';
import { checkMultusInstall } from '../rules';
import { bringDhcpWhereUsed } from './dhcp-when-used';
import { addHostParts } from './host-parts';
import { addInstallObjects } from './install-objects';
import { checkInstalledOnce, checkPlatformInTime, platformOfInstall } from './install-platform';
import { modelOf } from './model';
import { addInstalledPlatform } from './openshift-operator';
import type { Platform } from './platform';
import { validateWith } from './validation';

export interface MultusInstallProps extends MultusSettings {
  /** @default - that of the nearest scope that has one, else upstream Kubernetes */
  readonly platform?: Platform;
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
export class MultusInstall extends Construct {
  /** What is put into the cluster, in the order in which it is applied. Patch these for what no prop says. */
  readonly apiObjects: readonly ApiObject[];
  /** What belongs on hosts, where no object can put it. */
  readonly hostFiles: readonly HostFile[];
  /** What is done on hosts, where no object can do it. */
  readonly hostSteps: readonly HostStep[];

  private readonly platform: Platform;
  private readonly given: Platform | undefined;
  private readonly settings: MultusSettings;

  constructor(scope: Construct, id: string, props: MultusInstallProps = {}) {
    super(scope, id);
    const { platform, dhcpDaemon = true, ...settings } = props;
    this.given = platform;
    this.platform = platformOfInstall(this, platform);
    this.settings = settings;
    const parts = multusParts(this.platform._facts, this.filledIn());
    this.apiObjects = addInstallObjects(this, parts.objects);
    this.hostFiles = parts.hostFiles;
    this.hostSteps = parts.hostSteps;
    addHostParts(this, { files: parts.hostFiles, steps: parts.hostSteps });
    this.addToModel(dhcpDaemon);
    addInstalledPlatform(this, this.platform.name);
    validateWith(this, this);
  }

  /** @internal */
  _check(): Problem[] {
    return [
      ...checkPlatformInTime(this, this.platform, this.given),
      ...checkInstalledOnce(this, this.platform),
      ...checkMultusInstall(this.platform._facts, this.settings, this.platform._cluster),
    ];
  }

  /** What is there with this Multus, and what is not. */
  private addToModel(bringsDhcp: boolean): void {
    const { name, parts } = this.platform._facts;
    const origin = parts['dhcp-daemon'];
    // OpenShift's shims come by themselves: see openshift-operator.
    const isOurs = name !== 'openshift' && (origin === 'objects' || origin === 'settings');
    if (bringsDhcp && isOurs) {
      const settings = parts.multus === 'objects' ? multusDhcpSettings(this.settings) : {};
      bringDhcpWhereUsed(this, this.platform, settings);
    }
    modelOf(this).installs.set(this, [
      ...(isOurs ? [{ part: 'multus' } as const] : []),
      ...(bringsDhcp && isOurs ? [] : [{ part: 'dhcp-daemon' } as const]),
    ]);
  }

  /** The platform's isolation counts where nothing is said here. */
  private filledIn(): MultusSettings {
    const { isolation } = this.platform._cluster;
    const { namespaceIsolation, globalNamespaces } = this.settings;
    return definedOnly({
      ...this.settings,
      namespaceIsolation: namespaceIsolation ?? (isolation ? true : undefined),
      globalNamespaces: globalNamespaces ?? isolation?.globalNamespaces,
    });
  }
}
