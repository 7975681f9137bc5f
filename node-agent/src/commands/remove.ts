import { NetloomError } from 'netloom';
import { BridgeService } from '../bridges';
import { loadConfig } from '../config';
import { Iproute2 } from '../iproute2';
import { SqliteStore } from '../store';

/**
 * Takes every bridge that netloom made off this host. The agent must not be running.
 *
 * @param force also while addresses are claimed
 * @returns the bridges' names
 * @throws NetloomError NL_POOL_IN_USE while addresses are claimed; NL_STORE_FAILED while the agent runs
 */
export async function removeEverything(configFile: string, force: boolean): Promise<string[]> {
  const config = loadConfig(configFile);
  const store = SqliteStore.open(config.stateDir);
  try {
    const contents = store.load();
    const claimed = contents.claims.filter((claim) => claim.state === 'claimed');
    if (claimed.length > 0 && !force) throw new NetloomError(stillClaimed(claimed.length));
    const bridges = new BridgeService({
      node: config.name,
      store,
      links: new Iproute2(config.stateDir),
      records: contents.bridges,
      counter: contents.counters.bridges,
    });
    return await bridges.removeAll();
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
