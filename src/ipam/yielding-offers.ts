import type { Holding } from './holding';
import type { HeldPlace } from './number-space';
import { type Timer, Timers } from './timers';

interface Entry {
  readonly queue: Timers<Holding>;
  readonly timer: Timer<Holding>;
}

/**
 * The offers of a pool that yield when it is full, those that were asked for longest ago first: by
 * what they are of (kind and size), and by credential.
 */
export class YieldingOffers {
  private readonly queues = new Map<string, Map<string, Timers<Holding>>>();
  private readonly entries = new Map<Holding, Entry[]>();

  add(offer: Holding, askedAt: number): void {
    const entries = offer.places.map((place): Entry => {
      const queue = this.queue(place, offer.identity);
      return { queue, timer: queue.add(askedAt, offer.serial, offer) };
    });
    this.entries.set(offer, entries);
  }

  remove(offer: Holding): void {
    for (const { queue, timer } of this.entries.get(offer) ?? []) queue.remove(timer);
    this.entries.delete(offer);
  }

  /** The oldest offer of a place like this one, of any credential. */
  oldest(like: Pick<HeldPlace, 'kind' | 'order'>): Holding | undefined {
    let oldest: Timer<Holding> | undefined;
    for (const queue of this.queues.get(keyOf(like))?.values() ?? []) {
      const { first } = queue;
      if (
        first &&
        (!oldest || first.at < oldest.at || (first.at === oldest.at && first.rank < oldest.rank))
      )
        oldest = first;
    }
    return oldest?.subject;
  }

  /** The oldest of one credential, when nobody has asked for it since. */
  stale(
    like: Pick<HeldPlace, 'kind' | 'order'>,
    identity: string,
    since: number,
  ): Holding | undefined {
    const first = this.queues.get(keyOf(like))?.get(identity)?.first;
    return first !== undefined && first.at <= since ? first.subject : undefined;
  }

  private queue(place: HeldPlace, identity: string): Timers<Holding> {
    const key = keyOf(place);
    const byIdentity = this.queues.get(key) ?? new Map<string, Timers<Holding>>();
    this.queues.set(key, byIdentity);
    const queue = byIdentity.get(identity) ?? new Timers<Holding>();
    byIdentity.set(identity, queue);
    return queue;
  }
}

function keyOf({ kind, order }: Pick<HeldPlace, 'kind' | 'order'>): string {
  return `${kind}/${order}`;
}
