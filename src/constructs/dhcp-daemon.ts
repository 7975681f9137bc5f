import type { Construct } from 'constructs';
import type { Problem } from '../errors';
import { type DhcpDaemonSettings, dhcpParts } from '../installs';
import { checkDhcpInstall } from '../rules';
import { Install, type InstallProps } from './install';
import { checkInstalledOnce } from './install-platform';

export interface DhcpDaemonProps extends DhcpDaemonSettings, InstallProps {}

/**
 * The daemon that networks with `Ipam.dhcp` need on each node: it gets leases, and renews them.
 * {@link MultusInstall} makes one by itself where a network uses dhcp and there is none.
 *
 * @throws NL_PLATFORM_UNSUPPORTED, at synthesis, for settings where the platform has its own
 * @see https://www.cni.dev/plugins/current/ipam/dhcp/
 */
export class DhcpDaemon extends Install<DhcpDaemonSettings> {
  constructor(scope: Construct, id: string, props: DhcpDaemonProps = {}) {
    super(scope, id, props, ({ _facts }, settings) => dhcpParts(_facts, settings));
    this._installs({ part: 'dhcp-daemon' });
  }

  /** @internal */
  protected override _checkSettings(): Problem[] {
    return [
      ...checkInstalledOnce(this, this._platform),
      ...checkDhcpInstall(this._platform._facts, this._settings),
    ];
  }
}
