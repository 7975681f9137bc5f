import type * as pulumi from '@pulumi/pulumi';
import { type MultusSettings, multusParts } from '../installs';
import { checkMultusInstall } from '../rules';
import { Install, type InstallArgs } from './install';

export interface MultusInstallArgs extends InstallArgs, MultusSettings {}

/**
 * Multus on a cluster, in the way in which it gets there: as objects on upstream Kubernetes and with
 * Kube-OVN, by a chart, a package or the platform itself elsewhere. Networks come after it:
 * `{ dependsOn: multus }`.
 */
export class MultusInstall extends Install {
  constructor(name: string, args: MultusInstallArgs = {}, opts?: pulumi.ComponentResourceOptions) {
    const { platform: _platform, platformChoices: _choices, silence: _silence, ...settings } = args;
    super(
      'MultusInstall',
      name,
      args,
      (facts) => ({
        parts: multusParts(facts, settings),
        problems: checkMultusInstall(facts, settings),
      }),
      opts,
    );
  }
}
