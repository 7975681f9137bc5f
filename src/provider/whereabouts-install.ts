import type * as pulumi from '@pulumi/pulumi';
import { type WhereaboutsInstallSettings, whereaboutsParts } from '../installs';
import { checkWhereaboutsInstall } from '../rules';
import { Install, type InstallArgs } from './install';
import { addInstall } from './model';

export interface WhereaboutsInstallArgs extends InstallArgs, WhereaboutsInstallSettings {}

/**
 * whereabouts on a cluster, in the way in which it gets there: as objects on upstream Kubernetes, with
 * Kube-OVN and on Tanzu, by a chart elsewhere.
 */
export class WhereaboutsInstall extends Install {
  constructor(
    name: string,
    args: WhereaboutsInstallArgs = {},
    opts?: pulumi.ComponentResourceOptions,
  ) {
    const { platform: _platform, platformChoices: _choices, silence: _silence, ...settings } = args;
    super(
      'WhereaboutsInstall',
      name,
      args,
      (facts) => ({
        parts: whereaboutsParts(facts, settings),
        problems: checkWhereaboutsInstall(facts, settings),
      }),
      opts,
    );
    addInstall({ part: 'whereabouts', reconciles: true });
  }
}
