import { stringify } from 'yaml';
import type { SourceText } from '../input/source-text';

/** JSON inside is neither torn by folded lines nor full of escapes. */
const FOR_PEOPLE = { lineWidth: 0, singleQuote: true, aliasDuplicateObjects: false } as const;

/** An object of a cluster as a text; made when somebody wants to see a place in it. */
export class ClusterSource implements SourceText {
  readonly kind = 'cluster';
  private written: string | undefined;

  constructor(
    readonly name: string,
    private readonly object: unknown,
  ) {}

  get text(): string {
    this.written ??= stringify(this.object, FOR_PEOPLE);
    return this.written;
  }
}
