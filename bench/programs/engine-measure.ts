/** What the engines are measured with: the same for all of them. */

const ROUNDS = 5;

/** Time of this process on the processor: a busy machine changes it least. */
function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/**
 * How many pairs of one address freed and one given an engine does in a second; the middle of five rounds.
 *
 * @param pairs of a round
 * @param freeAndGive one of them
 */
export function pairsPerSecond(pairs: number, freeAndGive: (pair: number) => void): number {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const start = cpuSeconds();
    for (let pair = 0; pair < pairs; pair++) freeAndGive(pair);
    times.push(cpuSeconds() - start);
  }
  const [, , middle = 0] = times.sort((one, other) => one - other);
  return pairs / middle;
}

/** Which one is freed next: the same every time, and spread over all. */
export function spread(count: number): () => number {
  let seed = 12345;
  return () => {
    seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
    return Math.floor((seed / 2 ** 32) * count);
  };
}

/** Keys of owners as they are in use. */
export function ownersOf(count: number): string[] {
  return Array.from(
    { length: count },
    (_, index) => `acme/shop/prod::AddressClaim::camera-${index}`,
  );
}
