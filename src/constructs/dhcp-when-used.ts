import { type Construct, type IConstruct, Node } from 'constructs';
import { ipamType } from '../cni';
import type { DhcpDaemonSettings } from '../installs';
import { isSameCluster } from './cluster-facts';
import { DhcpDaemon } from './dhcp-daemon';
import { type Model, modelOf } from './model';
import type { Platform } from './platform';

/** Id of the daemon below what installs Multus: contract. */
const DAEMON_ID = 'dhcp-daemon';

/**
 * Makes the DHCP daemon below an install of Multus where a network of its cluster uses dhcp, and
 * nothing else in the program brings the daemon. Known only when all networks are, so it is settled
 * in front of all checks of a synthesis: an order of constructs makes no difference.
 *
 * @param settings where the daemon is objects of ours; a chart has values of its own
 */
export function bringDhcpWhereUsed(
  install: Construct,
  platform: Platform,
  settings: DhcpDaemonSettings,
): void {
  const daemonSettings = platform._facts.parts['dhcp-daemon'] === 'objects' ? settings : {};
  const model = modelOf(install);
  let made: DhcpDaemon | undefined;
  const settle = (): string[] => {
    const isWanted = usesDhcp(model, install) && !hasDaemon(model, install, made);
    if (isWanted && !made) {
      made = new DhcpDaemon(install, DAEMON_ID, { ...daemonSettings, platform });
    } else if (!isWanted && made) {
      install.node.tryRemoveChild(DAEMON_ID);
      model.installs.delete(made);
      model.validations.delete(made);
      model.touch();
      made = undefined;
    }
    return [];
  };
  Node.of(install).root.node.addValidation({ validate: settle });
}

function usesDhcp(model: Model, install: IConstruct): boolean {
  return [...model.networks].some(
    ([{ ipam }, network]) => ipamType(ipam) === 'dhcp' && isSameCluster(network, install),
  );
}

function hasDaemon(model: Model, install: IConstruct, made: IConstruct | undefined): boolean {
  return [...model.installs].some(
    ([construct, parts]) =>
      parts.some(({ part }) => part === 'dhcp-daemon') &&
      construct !== made &&
      isSameCluster(construct, install),
  );
}
