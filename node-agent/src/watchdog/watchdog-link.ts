import { connect, type Socket } from 'node:net';
import type { JournalFolder, Place } from '../checkpoint';
import { onMessages, send, type WatchdogMessage } from './messages';

/** How often a watchdog that is not there is looked for, in ms. */
const RETRY_MS = 250;
/** So often, and then seldom: nodes may have none. */
const QUICK_TRIES = 20;
const SELDOM_MS = 2_000;

/** How long it may take to answer, in ms. */
const ANSWER_MS = 2_000;

/** What the agent is told. */
export interface WatchdogListener {
  /** The host was brought back by the watchdog. */
  undone(id: string): void;
  /** The connection is there or gone: what children hold open has to follow. */
  connected(socket: Socket | undefined): void;
}

/** The agent's side of the connection with its watchdog: kept open as long as the agent lives. */
export class WatchdogLink {
  private socket: Socket | undefined;
  private state: 'absent' | 'ready' | 'unfit' = 'absent';
  private why = 'it does not run';
  private retry: NodeJS.Timeout | undefined;
  private readonly waiting = new Map<string, (isThere: boolean) => void>();
  private guarded: string | undefined;
  /** Tries in a row that found none. */
  private misses = 0;
  private isClosed = false;

  constructor(
    private readonly journals: JournalFolder,
    private readonly place: Place,
    private readonly listener: WatchdogListener,
  ) {}

  /** Looks for the watchdog from now on. Resolves when it has answered, or is not there. */
  async open(): Promise<void> {
    const answered = this.expect('ready');
    this.connect();
    await answered;
  }

  /** Why there is none; undefined when there is. */
  get absence(): string | undefined {
    return this.state === 'ready' ? undefined : this.why;
  }

  /** True when the watchdog answers now. */
  async isAlive(): Promise<boolean> {
    if (this.state !== 'ready' || !this.socket) return false;
    const answered = this.expect('pong');
    send(this.socket, { type: 'ping' });
    return answered;
  }

  /** Has it watch over the change whose journal is there. False when it does not answer. */
  async guard(id: string): Promise<boolean> {
    this.guarded = id;
    if (!this.socket) return false;
    const answered = this.expect(`guarding ${id}`);
    send(this.socket, { type: 'guard', id });
    return answered;
  }

  settled(id: string): void {
    this.guarded = undefined;
    if (this.socket) send(this.socket, { type: 'settled', id });
  }

  close(): void {
    this.isClosed = true;
    clearTimeout(this.retry);
    this.socket?.destroy();
  }

  private connect(): void {
    const socket = connect(this.journals.socket);
    // A watchdog keeps no agent from ending.
    socket.unref();
    socket.once('connect', () => {
      this.socket = socket;
      this.listener.connected(socket);
      send(socket, { type: 'hello', place: this.place });
      if (this.guarded !== undefined) send(socket, { type: 'guard', id: this.guarded });
    });
    socket.on('error', () => {});
    socket.once('close', () => this.lost());
    onMessages<WatchdogMessage>(socket, (message) => this.receive(message));
  }

  private lost(): void {
    if (this.socket) this.listener.connected(undefined);
    this.socket = undefined;
    this.state = 'absent';
    this.why = 'it does not run';
    for (const key of [...this.waiting.keys()]) this.answer(key, false);
    if (this.isClosed) return;
    this.misses += 1;
    const pause = this.misses > QUICK_TRIES ? SELDOM_MS : RETRY_MS;
    this.retry = setTimeout(() => this.connect(), pause);
    this.retry.unref();
  }

  private receive(message: WatchdogMessage): void {
    if (message.type === 'ready') {
      this.state = 'ready';
      this.misses = 0;
      this.answer('ready', true);
    } else if (message.type === 'unfit') {
      this.state = 'unfit';
      this.why = message.why;
      this.answer('ready', false);
    } else if (message.type === 'guarding') this.answer(`guarding ${message.id}`, true);
    else if (message.type === 'pong') this.answer('pong', true);
    else if (message.type === 'undone') this.listener.undone(message.id);
  }

  private expect(key: string): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.answer(key, false), ANSWER_MS);
      const earlier = this.waiting.get(key);
      this.waiting.set(key, (isThere) => {
        clearTimeout(timer);
        earlier?.(isThere);
        resolve(isThere);
      });
    });
  }

  private answer(key: string, isThere: boolean): void {
    const resolve = this.waiting.get(key);
    this.waiting.delete(key);
    resolve?.(isThere);
  }
}
