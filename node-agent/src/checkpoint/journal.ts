import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { NetloomError } from 'netloom';
import { z } from 'zod';
import { syncFolder } from '../store/folder';
import type { HostImage } from './host-image';

/** Raised when an older release could not read it. */
const VERSION = 1;

/** A change that is not settled yet: what it may alter, as it was before. */
export interface Journal {
  readonly version: typeof VERSION;
  readonly id: string;
  /** Which record of the agent's it belongs to, e.g. `bridge br-test`. */
  readonly subject: string;
  /** Boot that the image is of: after another one nothing of it is put back. */
  readonly bootId: string;
  /** Network namespace, as the kernel names it: `net:[4026531840]`. */
  readonly network: string;
  /** When it ends without a confirmation, in ms of {@link monotonicMs}. */
  readonly deadline: number;
  /** Links that the change names. */
  readonly touched: readonly string[];
  readonly before: HostImage;
  /** Files below /proc/sys as they were, each as `net/ipv4/ip_forward=0`. */
  readonly sysctls: readonly string[];
  /** `undone`: the host is as it was before; the agent's own record may not be. */
  readonly state: 'open' | 'undone';
}

/** What becomes of a change. The first word counts, whoever says it. */
export interface Decision {
  readonly outcome: 'kept' | 'undone';
  /** Why, for people. */
  readonly why: string;
}

const decisionSchema = z.object({ outcome: z.enum(['kept', 'undone']), why: z.string() });

const journalSchema = z.object({
  version: z.literal(VERSION),
  id: z.string().regex(/^[0-9a-f]{16}$/),
  subject: z.string(),
  bootId: z.string(),
  network: z.string(),
  deadline: z.number(),
  touched: z.array(z.string()),
  before: z.object({
    links: z.array(z.custom<HostImage['links'][number]>((one) => typeof one === 'object')),
    routes: z.array(z.custom<HostImage['routes'][number]>((one) => typeof one === 'object')),
    vlans: z.array(z.custom<HostImage['vlans'][number]>((one) => typeof one === 'object')),
  }),
  sysctls: z.array(z.string()),
  state: z.enum(['open', 'undone']),
});

/** Called before each thing that lasts: tests stop here. */
export type StepListener = (step: string) => void;

/**
 * The folder with the journal of the one change that is not settled yet. Files are whole or not there:
 * written beside their place, synced, and moved in.
 */
export class JournalFolder {
  readonly folder: string;

  constructor(
    stateDir: string,
    private readonly step: StepListener = () => {},
  ) {
    this.folder = path.join(stateDir, 'checkpoint');
  }

  /** Where the watchdog listens. */
  get socket(): string {
    return path.join(this.folder, 'watchdog.sock');
  }

  /** Makes the folder, and clears away what a crash left half written. */
  make(): void {
    mkdirSync(this.folder, { recursive: true, mode: 0o700 });
    this.remove((name) => name.endsWith('.new'));
  }

  write(journal: Omit<Journal, 'version'>): void {
    this.step(`write the journal (${journal.state})`);
    const unfinished = this.writeBeside(JSON.stringify({ version: VERSION, ...journal }));
    this.step('move the journal in');
    renameSync(unfinished, this.journalFile);
    syncFolder(this.folder);
    this.step('the journal is there');
  }

  /**
   * Undefined when nothing is open.
   *
   * @throws NetloomError NL_STORE_FAILED for a file that is not to be understood
   */
  read(): Journal | undefined {
    const text = readIfThere(this.journalFile);
    if (text === undefined) return undefined;
    const parsed = journalSchema.safeParse(parseJson(text));
    if (parsed.success) return parsed.data;
    throw new NetloomError({
      code: 'NL_STORE_FAILED',
      key: 'stateDir',
      found: `${this.journalFile} can't be read: it is damaged, or of another release`,
      allowed: 'a journal of this release; it holds how the host was before an unfinished change',
      fix: 'see with `ip addr` that the host is as it should be, then move the file away and start again',
    });
  }

  /**
   * Says what becomes of a change, unless somebody has said so already: a hard link is made or it is not.
   * That it is kept is on disk then. That it is taken back is not waited for, and need not be: without a
   * word a change is taken back as well, and a busy disk would keep the node cut off meanwhile.
   *
   * @returns what counts
   */
  decide(id: string, decision: Decision): Decision {
    this.step(`decide: ${decision.outcome}`);
    const lasts = decision.outcome === 'kept';
    const unfinished = this.writeBeside(JSON.stringify(decision), lasts);
    try {
      linkSync(unfinished, this.decisionFile(id));
      if (lasts) syncFolder(this.folder);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    } finally {
      rmSync(unfinished, { force: true });
    }
    this.step('it is decided');
    return this.decision(id) ?? decision;
  }

  decision(id: string): Decision | undefined {
    const text = readIfThere(this.decisionFile(id));
    const parsed = text === undefined ? undefined : decisionSchema.safeParse(parseJson(text));
    return parsed?.data;
  }

  /** Says that the host is as it was before. */
  markUndone(journal: Journal): void {
    this.write({ ...journal, state: 'undone' });
  }

  /** Forgets a change that is settled on all sides. */
  clear(): void {
    this.step('clear the journal');
    rmSync(this.journalFile, { force: true });
    this.step('the journal is gone');
    syncFolder(this.folder);
    this.remove((name) => name.startsWith('decision-'));
  }

  private remove(isMeant: (name: string) => boolean): void {
    for (const name of readdirSync(this.folder).filter(isMeant)) {
      rmSync(path.join(this.folder, name), { force: true });
    }
  }

  private get journalFile(): string {
    return path.join(this.folder, 'journal.json');
  }

  private decisionFile(id: string): string {
    return path.join(this.folder, `decision-${id}.json`);
  }

  private writeBeside(text: string, lasts = true): string {
    // Agent and watchdog may have the same process number, each in its own container.
    const file = path.join(this.folder, `${randomBytes(8).toString('hex')}.new`);
    const handle = openSync(file, 'w', 0o600);
    try {
      writeFileSync(handle, text);
      if (lasts) fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    return file;
  }
}

/** Milliseconds of a clock that all processes of this boot share, and that nobody sets. */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint() / 1_000_000n);
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
