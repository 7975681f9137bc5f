import type { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import type { Problem } from '../errors';
import { type HostFile, type HostStep, type NodeAgentSettings, nodeAgentParts } from '../installs';
import { checkNodeAgentInstall } from '../rules';
import { addInstallObjects } from './install-objects';
import { checkInstalledOnce, checkPlatformInTime, platformOfInstall } from './install-platform';
import { modelOf } from './model';
import { addInstalledPlatform } from './openshift-operator';
import type { Platform } from './platform';
import { validateWith } from './validation';

export interface NodeAgentInstallProps extends NodeAgentSettings {
  /** @default - that of the nearest scope that has one, else upstream Kubernetes */
  readonly platform?: Platform;
}

/**
 * The node agent on every node, with the watchdog that brings the network back when the agent can't:
 * UID 0 without any capability but NET_ADMIN, a read-only root, and of the host's files the folder of
 * the store alone.
 *
 * ```ts
 * new NodeAgentInstall(infra, 'agent', {
 *   image: 'registry.example.com/netloom-agent:0.1.0',
 *   callers: [{ namespace: 'ci', serviceAccount: 'pulumi', verbs: ['read', 'offer', 'claim', 'bridge'] }],
 * });
 * ```
 *
 * @throws NL_KEY_MISSING, at synthesis, where nobody could call the agents
 */
export class NodeAgentInstall extends Construct {
  /** What is put into the cluster, in the order in which it is applied. Patch these for what no prop says. */
  readonly apiObjects: readonly ApiObject[];
  /** What belongs on hosts, where no object can put it: nothing so far. */
  readonly hostFiles: readonly HostFile[];
  /** What is done on hosts, where no object can do it: nothing so far. */
  readonly hostSteps: readonly HostStep[];

  private readonly platform: Platform;
  private readonly given: Platform | undefined;
  private readonly settings: NodeAgentSettings;

  constructor(scope: Construct, id: string, props: NodeAgentInstallProps) {
    super(scope, id);
    const { platform, ...settings } = props;
    this.given = platform;
    this.platform = platformOfInstall(this, platform);
    this.settings = settings;
    const parts = nodeAgentParts(this.platform._facts, settings);
    this.apiObjects = addInstallObjects(this, parts.objects);
    this.hostFiles = parts.hostFiles;
    this.hostSteps = parts.hostSteps;
    modelOf(this).installs.set(this, []);
    addInstalledPlatform(this, this.platform.name);
    validateWith(this, this);
  }

  /** @internal */
  _check(): Problem[] {
    return [
      ...checkPlatformInTime(this, this.platform, this.given),
      ...checkInstalledOnce(this, this.platform, true),
      ...checkNodeAgentInstall(this.settings),
    ];
  }
}
