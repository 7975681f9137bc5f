import { rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { NetloomError } from 'netloom';
import type { Logger } from 'pino';
import {
  type ImageDriver,
  type Journal,
  type JournalFolder,
  monotonicMs,
  type Place,
  type StepListener,
  undoOpenChange,
} from '../checkpoint';
import { agentVersion } from '../version';
import { type AgentMessage, onMessages, send } from './messages';

/** How long an agent may take to come back to a watchdog that was started anew, in ms. */
const RETURN_MS = 3_000;

/** How long another watchdog may take to answer, in ms. */
const SILENT_MS = 3_000;

/** How long until a host that could not be brought back is tried again, at first and at most. In ms. */
const FIRST_AGAIN_MS = 500;
const LONGEST_AGAIN_MS = 30_000;

/** What the watchdog is made of. */
export interface WatchdogParts {
  readonly journals: JournalFolder;
  readonly driver: ImageDriver;
  readonly place: Place;
  readonly log: Pick<Logger, 'info' | 'warn' | 'error'>;
  readonly step?: StepListener | undefined;
  /** @default 3000 */
  readonly returnMs?: number | undefined;
}

/**
 * Watches over the one change of the host that is not settled yet, in a process of its own: when the
 * agent is gone, or the time for a confirmation is over, it brings the host back to what the journal
 * says. It remembers nothing: killed and started again it goes on from the journal.
 *
 * The agent holds a connection open, and so does each command that it runs. Its end is the news that
 * agent and commands are gone, and comes from the kernel.
 */
export class Watchdog {
  private readonly server: Server;
  private readonly agents = new Set<Socket>();
  private timer: NodeJS.Timeout | undefined;
  private undoing: Promise<void> | undefined;
  private isStopped = false;
  private againMs = FIRST_AGAIN_MS;

  private constructor(private readonly parts: WatchdogParts) {
    this.server = createServer((socket) => this.accept(socket));
  }

  /** @throws NetloomError NL_CONFIG_INVALID while another watchdog serves this folder */
  static async start(parts: WatchdogParts): Promise<Watchdog> {
    const { journals } = parts;
    journals.make();
    if (await answers(journals.socket)) throw new NetloomError(anotherOne(journals.folder));
    rmSync(journals.socket, { force: true });
    const watchdog = new Watchdog(parts);
    await watchdog.listen();
    watchdog.look(parts.returnMs ?? RETURN_MS);
    return watchdog;
  }

  /** Ends watching; what is being brought back is brought back first. */
  async stop(): Promise<void> {
    this.isStopped = true;
    clearTimeout(this.timer);
    for (const socket of this.agents) socket.destroy();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
    await this.undoing;
  }

  private listen(): Promise<void> {
    const { socket } = this.parts.journals;
    return new Promise((resolve, reject) => {
      this.server.once('error', (error) => reject(new NetloomError(cannotListen(socket, error))));
      this.server.listen(socket, () => resolve());
    });
  }

  private accept(socket: Socket): void {
    socket.on('error', () => {});
    socket.once('close', () => {
      if (this.agents.delete(socket)) this.agentLeft();
    });
    onMessages<AgentMessage>(socket, (message) => this.answer(socket, message));
  }

  private answer(socket: Socket, message: AgentMessage): void {
    const { place, journals } = this.parts;
    if (message.type === 'ping') send(socket, { type: 'pong' });
    else if (message.type === 'settled') clearTimeout(this.timer);
    else if (message.type === 'hello') {
      const isSame = JSON.stringify(message.place) === JSON.stringify(place);
      if (isSame) {
        this.agents.add(socket);
        send(socket, { type: 'ready', version: agentVersion() });
      } else send(socket, { type: 'unfit', why: 'it runs in another network namespace' });
    } else if (message.type === 'guard' && journals.read()?.id === message.id) {
      this.look(0);
      send(socket, { type: 'guarding', id: message.id });
    }
  }

  /** An agent that is there has the time until the deadline; one that is not has `graceMs`. */
  private look(graceMs: number): void {
    clearTimeout(this.timer);
    const journal = this.openJournal();
    if (!journal || this.isStopped) return;
    const left = Math.max(journal.deadline - monotonicMs(), 0);
    const isDecided = this.parts.journals.decision(journal.id)?.outcome === 'undone';
    const waitMs = isDecided ? 0 : this.agents.size > 0 ? left : Math.min(left, graceMs);
    this.timer = setTimeout(() => {
      const why = left <= waitMs ? 'no confirmation came in time' : 'the agent is gone';
      this.undo(why);
    }, waitMs);
  }

  private agentLeft(): void {
    if (!this.isStopped && this.agents.size === 0 && this.openJournal()) {
      this.undo('the agent is gone');
    }
  }

  private undo(why: string): void {
    clearTimeout(this.timer);
    this.undoing ??= this.bringBack(why).finally(() => {
      this.undoing = undefined;
    });
  }

  private async bringBack(why: string): Promise<void> {
    const { journals, log } = this.parts;
    const journal = this.openJournal();
    if (!journal) return;
    const { id, subject } = journal;
    const decision = journals.decide(id, { outcome: 'undone', why });
    if (decision.outcome === 'kept') return;
    log.warn({ event: 'change_undone', id, subject, why: decision.why });
    try {
      await undoOpenChange(id, this.parts);
      this.againMs = FIRST_AGAIN_MS;
      log.info({ event: 'host_brought_back', id, subject });
      for (const socket of this.agents) send(socket, { type: 'undone', id });
    } catch (error) {
      log.error({ event: 'undo_failed', id, subject, err: error });
      if (this.isStopped) return;
      this.timer = setTimeout(() => this.undo(why), this.againMs);
      this.againMs = Math.min(this.againMs * 2, LONGEST_AGAIN_MS);
    }
  }

  /** Of a change in this very network that is not undone yet. */
  private openJournal(): Journal | undefined {
    const { journals, place, log } = this.parts;
    try {
      const journal = journals.read();
      // One of an earlier boot is the agent's to settle: nothing of it is in this kernel.
      const isHere = journal?.bootId === place.bootId && journal.network === place.network;
      if (!journal || !isHere || journal.state === 'undone') return undefined;
      return journals.decision(journal.id)?.outcome === 'kept' ? undefined : journal;
    } catch (error) {
      log.error({ event: 'journal_unreadable', err: error });
      return undefined;
    }
  }
}

/**
 * Whether a watchdog is there. The socket of one that was killed may be held open for a moment by a command
 * that it was just about to start: connections to it are taken, and break once that has begun.
 */
function answers(file: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(file);
    const end = (isThere: boolean): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(isThere);
    };
    // One that is stopped says nothing, and goes on later.
    const timer = setTimeout(() => end(true), SILENT_MS);
    socket.once('connect', () => send(socket, { type: 'ping' }));
    onMessages(socket, () => end(true));
    socket.once('error', () => end(false));
    socket.once('close', () => end(false));
  });
}

function anotherOne(folder: string): NetloomError['problems'][number] {
  return {
    code: 'NL_CONFIG_INVALID',
    key: 'stateDir',
    found: `another watchdog serves ${folder}`,
    allowed: 'one watchdog for each state folder',
    fix: 'stop it first: systemctl stop netloom-watchdog',
  };
}

function cannotListen(file: string, error: Error): NetloomError['problems'][number] {
  const why = (error as NodeJS.ErrnoException).code ?? error.message;
  return {
    code: 'NL_CONFIG_INVALID',
    key: 'stateDir',
    found: `the watchdog can't listen on ${file} (${why}), ${Buffer.byteLength(file)} bytes`,
    allowed: 'a path of at most 107 bytes (unix(7)), in a folder that it may write to',
    fix: 'give stateDir a shorter path, or correct its rights',
  };
}
