import { writeFileSync } from 'node:fs';
import { NetloomError, type Problem } from 'netloom';
import { PROC_SYS } from '../proc-sys';
import { type HostImage, type ImageDriver, only, reachOf } from './host-image';
import type { Journal, JournalFolder, StepListener } from './journal';
import type { Place } from './place';
import { planRestore } from './restore';
import { takeUndoLock } from './undo-lock';

/** Looks and restorations after which what still differs counts as not to be brought back. */
const ROUNDS = 24;

/** How often the lock is asked for while another process brings the host back, in ms. */
const LOCK_WAIT_MS = 25;

/** An interface with addresses: `net/ipv4/conf/br-test/rp_filter=1`. */
const SYSCTL = /^(net\/[A-Za-z0-9_./-]+)=([0-9 \t-]*)$/;

/** What bringing a host back needs. */
export interface UndoParts {
  readonly journals: JournalFolder;
  readonly driver: ImageDriver;
  /** Boot and network namespace of this process. */
  readonly place: Place;
  readonly step?: StepListener | undefined;
  /** Looks again at what is marked as undone already. */
  readonly again?: boolean | undefined;
}

/**
 * Brings the host back to what the journal of a change says, and marks it undone. Does nothing when that
 * is not open any more. May be interrupted at any point and be done again.
 *
 * @returns the journal, for whoever has to bring a record back as well
 * @throws NetloomError NL_HOST_COMMAND when something can't be brought back; the journal then stays open
 */
export async function undoOpenChange(id: string, parts: UndoParts): Promise<Journal | undefined> {
  const unlock = await lock(parts.journals.folder);
  try {
    const journal = parts.journals.read();
    // Another process may have settled it while this one waited, and have begun another.
    if (journal?.id !== id) return undefined;
    if (journal.state === 'undone' && !parts.again) return journal;
    if (parts.journals.decision(journal.id)?.outcome === 'kept') return journal;
    if (isOfHere(journal, parts.place)) await bringBack(journal, parts);
    if (journal.state === 'open') parts.journals.markUndone(journal);
    return { ...journal, state: 'undone' };
  } finally {
    unlock();
  }
}

/** False for an image of an earlier boot: those links are no more, and it would go onto strangers. */
export function isOfHere(journal: Pick<Journal, 'bootId' | 'network'>, place: Place): boolean {
  return journal.bootId === place.bootId && journal.network === place.network;
}

async function bringBack(journal: Journal, { driver, step = () => {} }: UndoParts): Promise<void> {
  const { before, touched } = journal;
  const known = new Set([...touched, ...before.links.map((link) => link.ifname)]);
  let said = '';
  for (let round = 0; round < ROUNDS; round++) {
    const now = await look(driver, known);
    const restoration = planRestore(before, now, touched, round);
    if (restoration === undefined) {
      restoreSysctls(journal.sysctls);
      return;
    }
    const { program, lines } = restoration;
    step(`restore: ${lines.join('; ')}`);
    said = await driver.force(program, lines);
    step('restored');
  }
  const left = planRestore(before, await look(driver, known), touched)?.lines ?? [];
  if (left.length > 0) throw new NetloomError(notBack(left, said));
}

async function look(driver: ImageDriver, names: ReadonlySet<string>): Promise<HostImage> {
  return only(await driver.image(() => names), names);
}

/** An image of all that a change of these links may alter. */
export async function imageBefore(
  driver: ImageDriver,
  touched: readonly string[],
): Promise<HostImage> {
  const image = await driver.image((links) => reachOf(touched, links));
  return only(image, reachOf(touched, image.links));
}

function restoreSysctls(entries: readonly string[]): void {
  for (const entry of entries) {
    const [, name, value] = SYSCTL.exec(entry) ?? [];
    if (name === undefined || value === undefined || name.includes('..')) continue;
    try {
      writeFileSync(`${PROC_SYS}/${name}`, `${value}\n`);
    } catch {
      // Of an interface that is gone again, or a file system that may not be written to.
    }
  }
}

async function lock(folder: string): Promise<() => void> {
  for (;;) {
    const unlock = takeUndoLock(folder);
    if (unlock) return unlock;
    await new Promise((resolve) => setTimeout(resolve, LOCK_WAIT_MS));
  }
}

function notBack(lines: readonly string[], said: string): Problem {
  return {
    code: 'NL_HOST_COMMAND',
    key: 'ip',
    found: `the host could not be brought back all the way; still to do: ${lines.slice(0, 5).join('; ')}${said === '' ? '' : ` (${said.split('\n')[0]})`}`,
    allowed: 'a host on which nothing else changes these interfaces at the same time',
    fix: 'run these commands by hand; netloom-agent watchdog goes on trying',
  };
}
