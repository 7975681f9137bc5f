import type { Firewall, FirewallScope, Opening } from './firewall-cmd';
import { type OpeningRecord, readOpenings, writeOpenings } from './opening-record';

/** Services that `agent.yaml` wants open. */
export interface WantedOpening {
  /** @default - firewalld's default zone */
  readonly zone?: string | undefined;
  readonly services: readonly string[];
}

const SCOPES: readonly FirewallScope[] = ['runtime', 'permanent'];

/**
 * Opens what is wanted and closed, and closes what the agent had opened and is wanted no more. What was
 * open before stays as it is, now and at a removal. Each change is on disk before it is made.
 *
 * @returns what was done, in words; undefined where firewalld does not run
 * @throws NetloomError NL_HOST_COMMAND, NL_STORE_FAILED
 */
export async function settleOpenings(
  stateDir: string,
  wanted: readonly WantedOpening[],
  firewall: Firewall,
): Promise<string[] | undefined> {
  const recorded = readOpenings(stateDir);
  if (wanted.length === 0 && recorded.length === 0) return [];
  if (!(await firewall.isRunning())) return undefined;
  const openings = await zonesFilledIn(wanted, firewall);
  const done: string[] = [];
  let kept = recorded;
  for (const record of recorded) {
    if (openings.some((opening) => isSame(opening, record))) continue;
    await closeAgain(record, firewall);
    kept = kept.filter((one) => one !== record);
    writeOpenings(stateDir, kept);
    done.push(`closed ${record.service} of zone ${record.zone}`);
  }
  for (const opening of openings) {
    const missing = await closedScopes(opening, firewall);
    if (missing.length === 0) continue;
    const before = kept.find((one) => isSame(one, opening));
    const record = {
      ...opening,
      runtime: missing.includes('runtime') || before?.runtime === true,
      permanent: missing.includes('permanent') || before?.permanent === true,
    };
    kept = [...kept.filter((one) => one !== before), record];
    writeOpenings(stateDir, kept);
    for (const scope of missing) await firewall.open(opening, scope);
    done.push(`opened ${opening.service} in zone ${opening.zone} (${missing.join(', ')})`);
  }
  return done;
}

async function closeAgain(record: OpeningRecord, firewall: Firewall): Promise<void> {
  for (const scope of SCOPES) if (record[scope]) await firewall.close(record, scope);
}

async function closedScopes(opening: Opening, firewall: Firewall): Promise<FirewallScope[]> {
  const closed: FirewallScope[] = [];
  for (const scope of SCOPES) if (!(await firewall.isOpen(opening, scope))) closed.push(scope);
  return closed;
}

async function zonesFilledIn(
  wanted: readonly WantedOpening[],
  firewall: Firewall,
): Promise<Opening[]> {
  const openings: Opening[] = [];
  for (const { zone, services } of wanted) {
    const name = zone ?? (await firewall.defaultZone());
    for (const service of services) {
      const opening = { zone: name, service };
      if (!openings.some((one) => isSame(one, opening))) openings.push(opening);
    }
  }
  return openings;
}

function isSame(one: Opening, other: Opening): boolean {
  return one.zone === other.zone && one.service === other.service;
}
