import type { WatchQuery } from 'netloom/agent-api';
import type { AddressService } from '../address-service';
import { Feed } from './feed';
import type { Watches } from './rate-limits';
import type { Call } from './route';

/** How often a watch without changes says where it stands, in ms. */
export const MARK_MS = 10_000;

/**
 * The lines of a watch. What can't be resumed is refused before the first line.
 *
 * @throws NetloomError NL_WATCH_GONE, NL_RATE_LIMITED
 */
export function watchFeed(
  { caller, query, isStillAllowed }: Call<unknown, WatchQuery, unknown>,
  addresses: AddressService,
  watches: Watches,
): Feed {
  const leave = watches.enter(caller.identity);
  const mayActFor = (owner: string): boolean => caller.mayActFor(owner);
  // Lines come up before the answer has begun: they wait.
  const early: unknown[] = [];
  let send = (line: unknown): void => {
    early.push(line);
  };
  let watch: ReturnType<AddressService['watch']>;
  try {
    watch = addresses.watch(query, mayActFor, (event) => send(event));
  } catch (error) {
    leave();
    throw error;
  }
  return new Feed((sink) => {
    send = (line) => void sink.send(line);
    send({ type: 'mark', version: watch.version() });
    for (const line of early.splice(0)) send(line);
    const timer = setInterval(async () => {
      if (await isStillAllowed()) {
        send({ type: 'mark', version: watch.version() });
        return;
      }
      send({ type: 'ended', version: watch.version() });
      sink.end();
    }, MARK_MS);
    return () => {
      clearInterval(timer);
      watch.stop();
      leave();
    };
  });
}
