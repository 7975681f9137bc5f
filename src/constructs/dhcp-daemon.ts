import type { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import type { Problem } from '../errors';
import { type DhcpDaemonSettings, dhcpParts, type HostFile, type HostStep } from '../installs';
import { checkDhcpInstall } from '../rules';
import { addHostParts } from './host-parts';
import { addInstallObjects } from './install-objects';
import { checkInstalledOnce, checkPlatformInTime, platformOfInstall } from './install-platform';
import { modelOf } from './model';
import { addInstalledPlatform } from './openshift-operator';
import type { Platform } from './platform';
import { validateWith } from './validation';

export interface DhcpDaemonProps extends DhcpDaemonSettings {
  /** @default - that of the nearest scope that has one, else upstream Kubernetes */
  readonly platform?: Platform;
}

/**
 * The daemon that networks with `Ipam.dhcp` need on each node: it gets leases, and renews them.
 * {@link MultusInstall} makes one by itself where a network uses dhcp and there is none.
 *
 * @throws NL_PLATFORM_UNSUPPORTED, at synthesis, for settings where the platform has its own
 * @see https://www.cni.dev/plugins/current/ipam/dhcp/
 */
export class DhcpDaemon extends Construct {
  /** What is put into the cluster. Patch these for what no prop says. */
  readonly apiObjects: readonly ApiObject[];
  /** What belongs on hosts, where no object can put it. */
  readonly hostFiles: readonly HostFile[];
  /** What is done on hosts, where no object can do it. */
  readonly hostSteps: readonly HostStep[];

  private readonly platform: Platform;
  private readonly given: Platform | undefined;
  private readonly settings: DhcpDaemonSettings;

  constructor(scope: Construct, id: string, props: DhcpDaemonProps = {}) {
    super(scope, id);
    const { platform, ...settings } = props;
    this.given = platform;
    this.platform = platformOfInstall(this, platform);
    this.settings = settings;
    const parts = dhcpParts(this.platform._facts, settings);
    this.apiObjects = addInstallObjects(this, parts.objects);
    this.hostFiles = parts.hostFiles;
    this.hostSteps = parts.hostSteps;
    addHostParts(this, { files: parts.hostFiles, steps: parts.hostSteps });
    modelOf(this).installs.set(this, [{ part: 'dhcp-daemon' }]);
    addInstalledPlatform(this, this.platform.name);
    validateWith(this, this);
  }

  /** @internal */
  _check(): Problem[] {
    return [
      ...checkPlatformInTime(this, this.platform, this.given),
      ...checkInstalledOnce(this, this.platform),
      ...checkDhcpInstall(this.platform._facts, this.settings),
    ];
  }
}
