import type { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import type { Problem } from '../errors';
import {
  type HostFile,
  type HostStep,
  type WhereaboutsInstallSettings,
  whereaboutsParts,
  whereaboutsRelease,
} from '../installs';
import { checkWhereaboutsInstall } from '../rules';
import { addHostParts } from './host-parts';
import { addInstallObjects } from './install-objects';
import { checkInstalledOnce, checkPlatformInTime, platformOfInstall } from './install-platform';
import { modelOf } from './model';
import { addInstalledPlatform } from './openshift-operator';
import type { Platform } from './platform';
import { validateWith } from './validation';

export interface WhereaboutsInstallProps extends WhereaboutsInstallSettings {
  /** @default - that of the nearest scope that has one, else upstream Kubernetes */
  readonly platform?: Platform;
}

/**
 * whereabouts on a cluster, in the way in which it gets there: as objects on upstream Kubernetes, with
 * Kube-OVN and on Tanzu, by a chart or the operator's shim elsewhere.
 *
 * ```ts
 * new WhereaboutsInstall(infra, 'whereabouts', { platform, reconcilerCron: '30 4 * * *' });
 * ```
 *
 * @throws NL_CRON_INVALID, at synthesis, for a schedule that the reconciler does not understand
 * @throws NL_PLATFORM_UNSUPPORTED, at synthesis, where it has no place, such as MicroShift
 */
export class WhereaboutsInstall extends Construct {
  /** What is put into the cluster, in the order in which it is applied. Patch these for what no prop says. */
  readonly apiObjects: readonly ApiObject[];
  /** What belongs on hosts, where no object can put it. */
  readonly hostFiles: readonly HostFile[];
  /** What is done on hosts, where no object can do it. */
  readonly hostSteps: readonly HostStep[];

  private readonly platform: Platform;
  private readonly given: Platform | undefined;
  private readonly settings: WhereaboutsInstallSettings;

  constructor(scope: Construct, id: string, props: WhereaboutsInstallProps = {}) {
    super(scope, id);
    const { platform, ...settings } = props;
    this.given = platform;
    this.platform = platformOfInstall(this, platform);
    this.settings = settings;
    const facts = this.platform._facts;
    const parts = whereaboutsParts(facts, settings);
    this.apiObjects = addInstallObjects(this, parts.objects);
    this.hostFiles = parts.hostFiles;
    this.hostSteps = parts.hostSteps;
    addHostParts(this, { files: parts.hostFiles, steps: parts.hostSteps });
    // The platform's own release is the platform's business.
    const release =
      facts.parts.whereabouts === 'objects' ? whereaboutsRelease(settings) : undefined;
    const namespace = settings.namespace ?? facts.whereaboutsNamespace;
    const part = { part: 'whereabouts', reconciles: true, release, namespace } as const;
    modelOf(this).installs.set(this, [part]);
    addInstalledPlatform(this, this.platform.name);
    validateWith(this, this);
  }

  /** @internal */
  _check(): Problem[] {
    return [
      ...checkPlatformInTime(this, this.platform, this.given),
      ...checkInstalledOnce(this, this.platform),
      ...checkWhereaboutsInstall(this.platform._facts, this.settings),
    ];
  }
}
