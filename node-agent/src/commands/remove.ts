import { NetloomError } from 'netloom';
import { BridgeService } from '../bridges';
import { loadConfig } from '../config';
import { FirewallCmd, settleOpenings } from '../firewalld';
import { Iproute2 } from '../iproute2';
import { NetworkKernel } from '../network-kernel';
import { isLinkClaim, NetworkService } from '../node-network';
import { SqliteStore } from '../store';

/**
 * Takes every bridge and network that netloom made off this host, those first that were made last, and
 * closes what it opened in firewalld. The agent must not be running.
 *
 * @param force also while addresses are claimed
 * @returns the names of the links
 * @throws NetloomError NL_POOL_IN_USE while addresses are claimed; NL_STORE_FAILED while the agent runs
 */
export async function removeEverything(configFile: string, force: boolean): Promise<string[]> {
  const config = loadConfig(configFile);
  const store = SqliteStore.open(config.stateDir);
  try {
    const contents = store.load();
    const claimed = contents.claims.filter(
      (claim) => claim.state === 'claimed' && !isLinkClaim(claim.owner),
    );
    if (claimed.length > 0 && !force) throw new NetloomError(stillClaimed(claimed.length));
    const links = new Iproute2(config.stateDir);
    const parts = { node: config.name, store, counter: contents.counters.bridges };
    const kernel = new NetworkKernel(links);
    const networks = new NetworkService({ ...parts, kernel, records: contents.networks });
    const bridges = new BridgeService({ ...parts, links, records: contents.bridges });
    const removed = [...(await networks.removeAll()), ...(await bridges.removeAll())];
    await settleOpenings(config.stateDir, [], new FirewallCmd());
    return removed;
  } finally {
    await store.close();
  }
}

function stillClaimed(count: number): NetloomError['problems'][number] {
  return {
    code: 'NL_POOL_IN_USE',
    key: 'remove',
    found: `${count} address${count === 1 ? ' is' : 'es are'} still claimed; netloom-agent status lists them`,
    allowed: 'a host whose claims have been released',
    fix: 'release them (pulumi destroy), or use --force: the claims then stay in the store',
  };
}
