import type { ParsedPoolSubnet } from './pool';
import { compareWords, type NumberKind, type Words, wordsOf } from './words';

interface Extent {
  readonly kind: NumberKind;
  readonly first: Words;
  readonly last: Words;
  readonly subnet: ParsedPoolSubnet;
}

/** The subnets of a pool, to be found by an address: each answer asks for the one of its own. */
export class SubnetFinder {
  private readonly extents: readonly Extent[];

  constructor(subnets: readonly ParsedPoolSubnet[]) {
    this.extents = subnets.map((subnet) => {
      const { family, network, last } = subnet.subnet;
      const kind = family === 4 ? 'ipv4' : 'ipv6';
      return { kind, first: wordsOf(network.value), last: wordsOf(last.value), subnet };
    });
  }

  find(kind: NumberKind, words: Words): ParsedPoolSubnet | undefined {
    for (const { kind: its, first, last, subnet } of this.extents) {
      if (its === kind && compareWords(first, words) <= 0 && compareWords(words, last) <= 0)
        return subnet;
    }
    return undefined;
  }
}
