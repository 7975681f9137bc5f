import type { Construct } from 'constructs';
import type { Problem } from '../errors';
import { type WhereaboutsInstallSettings, whereaboutsParts, whereaboutsRelease } from '../installs';
import { checkWhereaboutsInstall } from '../rules';
import { Install, type InstallProps } from './install';
import { checkInstalledOnce } from './install-platform';

export interface WhereaboutsInstallProps extends WhereaboutsInstallSettings, InstallProps {}

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
export class WhereaboutsInstall extends Install<WhereaboutsInstallSettings> {
  constructor(scope: Construct, id: string, props: WhereaboutsInstallProps = {}) {
    super(scope, id, props, ({ _facts }, settings) => whereaboutsParts(_facts, settings));
    const { _facts: facts } = this._platform;
    // The platform's own release is the platform's business.
    const release =
      facts.parts.whereabouts === 'objects' ? whereaboutsRelease(this._settings) : undefined;
    const namespace = this._settings.namespace ?? facts.whereaboutsNamespace;
    this._installs({ part: 'whereabouts', reconciles: true, release, namespace });
  }

  /** @internal */
  protected override _checkSettings(): Problem[] {
    return [
      ...checkInstalledOnce(this, this._platform),
      ...checkWhereaboutsInstall(this._platform._facts, this._settings),
    ];
  }
}
