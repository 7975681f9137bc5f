import type * as pulumi from '@pulumi/pulumi';
import { type DhcpDaemonSettings, dhcpParts } from '../installs';
import { checkDhcpInstall } from '../rules';
import { Install, type InstallArgs } from './install';
import { addInstall } from './model';

export interface DhcpDaemonArgs extends InstallArgs, DhcpDaemonSettings {}

/**
 * The daemon that networks with dhcp need on each node: it gets leases, and renews them.
 */
export class DhcpDaemon extends Install {
  constructor(name: string, args: DhcpDaemonArgs = {}, opts?: pulumi.ComponentResourceOptions) {
    const { platform: _platform, platformChoices: _choices, silence: _silence, ...settings } = args;
    super(
      'DhcpDaemon',
      name,
      args,
      (facts) => ({
        parts: dhcpParts(facts, settings),
        problems: checkDhcpInstall(facts, settings),
      }),
      opts,
    );
    addInstall({ part: 'dhcp-daemon' });
  }
}
