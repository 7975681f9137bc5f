import type { ProgramItem } from './collect-items';
import type { Statement } from './statement';

/** The chart of one namespace, or of what has none. */
export class ChartPart {
  /** What is in it, in the input's order. */
  readonly items: ProgramItem[] = [];
  readonly statements: Statement[] = [];
  /** Variables of networks that something else makes, by `namespace/name`. */
  readonly references = new Map<string, string>();
  private readonly ids = new Set<string>();

  constructor(
    readonly namespace: string | undefined,
    readonly id: string,
    readonly variable: string,
  ) {}

  /** An id that is free: a name, with its role behind where two have it, or a number. */
  takeId(name: string, role: string): string {
    // A slash would lead to another scope.
    const plain = name.replaceAll('/', '-');
    let id = plain;
    for (let count = 1; this.ids.has(id); count++) {
      id = count === 1 ? `${plain}-${role}` : `${plain}-${role}-${count}`;
    }
    this.ids.add(id);
    return id;
  }
}
