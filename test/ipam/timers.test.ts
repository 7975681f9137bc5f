import fc from 'fast-check';
import { type Timer, Timers } from '../../src/ipam/timers';

test('timers come in the order of their times, whichever were taken out', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ at: fc.nat(40), out: fc.option(fc.nat(20)), goes: fc.boolean() }), {
        maxLength: 200,
        size: 'max',
      }),
      fc.boolean(),
      (steps, inOrder) => {
        const timers = new Timers<number>();
        const there: Timer<number>[] = [];
        const remove = (timer: Timer<number>): void => {
          timers.remove(timer);
          there.splice(there.indexOf(timer), 1);
        };
        steps.forEach(({ at, out, goes }, rank) => {
          // Nearly all in order, as they come in a pool, or all mixed.
          there.push(timers.add(inOrder && at > 2 ? rank : at, rank, rank));
          const some = out === null ? undefined : there[out % there.length];
          if (some) remove(some);
          const want = there.toSorted(
            (one, other) => one.at - other.at || one.rank - other.rank,
          )[0];
          expect(timers.first).toBe(want);
          expect(timers.size).toBe(there.length);
          if (goes && want) remove(want);
        });
      },
    ),
    { numRuns: 500 },
  );
});
