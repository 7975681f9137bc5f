import type { Construct } from 'constructs';
import type { Problem } from '../errors';
import { ownsNodes, type RemovalSettings, removalHostSteps, removalObjects } from '../installs';
import { checkMultusRemoval } from '../rules';
import { Install, type InstallProps } from './install';

export interface MultusRemovalProps extends RemovalSettings, InstallProps {}

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
export class MultusRemoval extends Install<RemovalSettings> {
  constructor(scope: Construct, id: string, props: MultusRemovalProps = {}) {
    super(scope, id, props, ({ _facts }, settings) => ({
      objects: ownsNodes(_facts) ? removalObjects(_facts, settings) : [],
      hostFiles: [],
      hostSteps: removalHostSteps(_facts),
    }));
  }

  /** @internal */
  protected override _checkSettings(): Problem[] {
    return checkMultusRemoval(this._platform._facts, this._settings);
  }
}
