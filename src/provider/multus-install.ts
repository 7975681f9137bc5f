import * as pulumi from '@pulumi/pulumi';
import { type MultusSettings, multusDhcpSettings, multusParts } from '../installs';
import { checkMultusInstall } from '../rules';
import { DhcpDaemon, type DhcpDaemonArgs } from './dhcp-daemon';
import { Install, type InstallArgs } from './install';
import { addInstall, bringDhcpDaemon, lacksDhcpDaemon } from './model';

export interface MultusInstallArgs extends InstallArgs, MultusSettings {
  /**
   * False where something else brings the daemon that networks with dhcp need on each node.
   *
   * @default - a {@link DhcpDaemon} where a network uses dhcp, and the program has none: in Multus'
   * namespace, on its nodes, and with its image where that does not come from upstream
   */
  dhcpDaemon?: boolean;
}

/**
 * Multus on a cluster, in the way in which it gets there: as objects on upstream Kubernetes and with
 * Kube-OVN, by a chart, a package or the platform itself elsewhere. Networks come after it:
 * `{ dependsOn: multus }`.
 */
export class MultusInstall extends Install {
  constructor(name: string, args: MultusInstallArgs = {}, opts?: pulumi.ComponentResourceOptions) {
    const { platform, platformChoices, silence: _silence, dhcpDaemon = true, ...settings } = args;
    super(
      'MultusInstall',
      name,
      args,
      (facts) => ({
        parts: multusParts(facts, settings),
        problems: checkMultusInstall(facts, settings),
      }),
      opts,
      (facts, below) => {
        const { parts } = facts;
        const origin = parts['dhcp-daemon'];
        // OpenShift's shims come by themselves.
        const isBrought = origin === 'objects' || origin === 'settings';
        const isOurs = isBrought && facts.name !== 'openshift';
        if (isOurs) addInstall({ part: 'multus' });
        if (!isOurs || !dhcpDaemon) {
          addInstall({ part: 'dhcp-daemon' });
          return undefined;
        }
        const hasObjects = parts.multus === 'objects' && origin === 'objects';
        const daemonArgs = {
          ...(hasObjects && multusDhcpSettings(settings)),
          ...(platform !== undefined && { platform }),
          ...(platformChoices && { platformChoices }),
        };
        return bringDhcpWhereUsed(`${name}-dhcp-daemon`, daemonArgs, below);
      },
    );
  }
}

/** Known only when all networks are: when the program has run. */
function bringDhcpWhereUsed(
  name: string,
  args: DhcpDaemonArgs,
  opts: pulumi.ComponentResourceOptions,
): pulumi.Output<boolean> {
  bringDhcpDaemon();
  const ran = new Promise<boolean>((resolve) => setImmediate(resolve, true));
  return pulumi
    .output(ran)
    .apply(
      () => !lacksDhcpDaemon() || new DhcpDaemon(name, args, opts).ready,
    ) as pulumi.Output<boolean>;
}
