import type { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import type { Problem } from '../errors';
import type { HostFile, HostStep, InstallParts } from '../installs';
import type { InstalledPart } from '../rules';
import { addHostParts } from './host-parts';
import { addInstallObjects } from './install-objects';
import { checkPlatformInTime, platformOfInstall } from './install-platform';
import { modelOf } from './model';
import { addInstalledPlatform } from './openshift-operator';
import type { Platform } from './platform';
import { validateWith } from './validation';

/** What all installs are given beside their own settings. */
export interface InstallProps {
  /** @default - that of the nearest scope that has one, else upstream Kubernetes */
  readonly platform?: Platform;
}

/** Something that is put onto a cluster, or taken off it, in the way of the cluster's platform. */
export abstract class Install<Settings extends object> extends Construct {
  /** What is put into the cluster, in the order in which it is applied. Patch these for what no prop says. */
  readonly apiObjects: readonly ApiObject[];
  /** What belongs on hosts, where no object can put it. */
  readonly hostFiles: readonly HostFile[];
  /** What is done on hosts, where no object can do it. */
  readonly hostSteps: readonly HostStep[];

  /** @internal */
  readonly _platform: Platform;
  /** @internal */
  readonly _settings: Settings;
  private readonly givenPlatform: Platform | undefined;

  /** @param makeParts what it comes to; called once, with what `_platform` and `_settings` are then */
  constructor(
    scope: Construct,
    id: string,
    { platform, ...settings }: Settings & InstallProps,
    makeParts: (platform: Platform, settings: Settings) => InstallParts,
  ) {
    super(scope, id);
    this.givenPlatform = platform;
    this._platform = platformOfInstall(this, platform);
    this._settings = settings as unknown as Settings;
    const parts = makeParts(this._platform, this._settings);
    this.apiObjects = addInstallObjects(this, parts.objects);
    this.hostFiles = parts.hostFiles;
    this.hostSteps = parts.hostSteps;
    addHostParts(this, { files: parts.hostFiles, steps: parts.hostSteps });
    validateWith(this, this);
  }

  /** @internal */
  _check(): Problem[] {
    return [
      ...checkPlatformInTime(this, this._platform, this.givenPlatform),
      ...this._checkSettings(),
    ];
  }

  /** What is wrong with it on this platform. @internal */
  protected abstract _checkSettings(): Problem[];

  /** Tells the rules what is there with it. @internal */
  protected _installs(...parts: readonly InstalledPart[]): void {
    modelOf(this).installs.set(this, parts);
    addInstalledPlatform(this, this._platform.name);
  }
}
