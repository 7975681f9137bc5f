import type { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import type { Problem } from '../errors';
import {
  type HostStep,
  ownsNodes,
  type RemovalSettings,
  removalHostSteps,
  removalObjects,
} from '../installs';
import { checkMultusRemoval } from '../rules';
import { addHostParts } from './host-parts';
import { addInstallObjects } from './install-objects';
import { checkPlatformInTime, platformOfInstall } from './install-platform';
import type { Platform } from './platform';
import { validateWith } from './validation';

export interface MultusRemovalProps extends RemovalSettings {
  /** @default - that of the nearest scope that has one, else upstream Kubernetes */
  readonly platform?: Platform;
}

/**
 * Takes what Multus and whereabouts left off the nodes: a DaemonSet, or a Job for each node that is
 * named. It waits while pods of a node still have networks, gives the runtime the cluster network's
 * configuration back, renamed or not, and then removes programs, tokens and state.
 *
 * The first time it only tells what it would do; `dryRun: false` does it. Leave this construct out of
 * the program when all its pods are ready. docs/removal.md has the whole order.
 *
 * @throws NL_PLATFORM_UNSUPPORTED, at synthesis, on OpenShift, whose operator keeps its Multus
 */
export class MultusRemoval extends Construct {
  /** What is put into the cluster, in the order in which it is applied. None on MicroShift. */
  readonly apiObjects: readonly ApiObject[];
  /** What is done on hosts, where no object can do it. */
  readonly hostSteps: readonly HostStep[];

  private readonly platform: Platform;
  private readonly given: Platform | undefined;
  private readonly settings: RemovalSettings;

  constructor(scope: Construct, id: string, props: MultusRemovalProps = {}) {
    super(scope, id);
    const { platform, ...settings } = props;
    this.given = platform;
    this.platform = platformOfInstall(this, platform);
    this.settings = settings;
    const facts = this.platform._facts;
    this.apiObjects = addInstallObjects(
      this,
      ownsNodes(facts) ? removalObjects(facts, settings) : [],
    );
    this.hostSteps = removalHostSteps(facts);
    addHostParts(this, { steps: this.hostSteps });
    validateWith(this, this);
  }

  /** @internal */
  _check(): Problem[] {
    return [
      ...checkPlatformInTime(this, this.platform, this.given),
      ...checkMultusRemoval(this.platform._facts, this.settings),
    ];
  }
}
