import { loadConfig } from '../config';
import { backUp, type Restored, restoreStore } from '../store';

/** What `backup` prints: the file, and what is in it. */
export function backupLines(configFile: string, to: string): string[] {
  const { contents, testimony } = backUp(loadConfig(configFile).stateDir, to);
  const { pools, claims, bridges } = contents;
  return [
    `${to}: ${pools.length} pools, ${claims.length} claims, ${bridges.length} bridges`,
    `store ${testimony.storeId}, epoch ${testimony.epoch}, commit ${testimony.commits}`,
  ];
}

/**
 * Restores a backup for the agent of a configuration.
 *
 * @param withoutAudit the operator's reason to serve claims at once
 * @returns what to print
 */
export function restoreLines(
  configFile: string,
  from: string,
  now: number,
  withoutAudit: string | undefined,
): string[] {
  const folder = loadConfig(configFile).stateDir;
  const restored = restoreStore({ folder, from, now, withoutAudit });
  const { restoration, pools, claims, bridges, replaced } = restored;
  return [
    `restored ${from}: ${pools} pools, ${claims} claims, ${bridges} bridges; epoch ${restoration.epoch}`,
    ...(replaced === undefined ? [] : [`the store that was there is now ${replaced}`]),
    nextLine(restored),
  ];
}

function nextLine({ restoration: { released } }: Restored): string {
  return released === undefined
    ? 'the agent gives nothing until an audit has set aside what is in use; it runs by itself at the start'
    : `claims are served without an audit, by order of the operator: ${released.why}`;
}
