import type { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import type { Place } from '../checkpoint';

/** What the agent tells its watchdog, each a line of JSON. */
export type AgentMessage =
  /** First of all: where the agent acts. */
  | { readonly type: 'hello'; readonly place: Place }
  /** The journal of this change is there: watch over it. */
  | { readonly type: 'guard'; readonly id: string }
  /** The change is settled. */
  | { readonly type: 'settled'; readonly id: string }
  | { readonly type: 'ping' };

/** What the watchdog tells the agent. */
export type WatchdogMessage =
  | { readonly type: 'ready'; readonly version: string }
  /** It can't watch over this agent. */
  | { readonly type: 'unfit'; readonly why: string }
  | { readonly type: 'guarding'; readonly id: string }
  | { readonly type: 'pong' }
  /** The host is as it was before that change. */
  | { readonly type: 'undone'; readonly id: string };

/** Sends one line; a connection that is gone tells so by itself. */
export function send(socket: Socket, message: AgentMessage | WatchdogMessage): void {
  if (!socket.destroyed) socket.write(`${JSON.stringify(message)}\n`);
}

/** Calls `receive` for each line; what is no message is left out. */
export function onMessages<Message>(socket: Socket, receive: (message: Message) => void): void {
  createInterface({ input: socket, crlfDelay: Number.POSITIVE_INFINITY })
    .on('line', (line) => {
      let message: unknown;
      try {
        message = JSON.parse(line);
      } catch {
        return;
      }
      if (typeof message === 'object' && message !== null) receive(message as Message);
    })
    .on('error', () => {});
}
