import { createScanner, SyntaxKind } from 'jsonc-parser';
import { skipValue } from '../input/json-pieces';
import type { Steps } from '../input/lists';
import type { Range } from '../input/piece';
import type { Located } from './located';

/** A member of an object or an element of an array. */
interface Child {
  readonly name: string | number;
  readonly key: Range | undefined;
  /** Both ends are those of the whole value. */
  readonly value: Range;
}

const CLOSING: readonly SyntaxKind[] = [
  SyntaxKind.CloseBraceToken,
  SyntaxKind.CloseBracketToken,
  SyntaxKind.CommaToken,
];

/**
 * Finds places in a JSON text. It looks only at the values that lie on the way, and remembers
 * them: in a list of thousands of objects each search is short. What is no JSON is passed over.
 */
export class JsonPlaces {
  private readonly scanner;
  private readonly known = new Map<number, readonly Child[]>();

  constructor(private readonly text: string) {
    this.scanner = createScanner(text, true);
  }

  /** Where `steps` lead from the value that begins at `start`. */
  find(start: number, steps: Steps): Located {
    let at: Omit<Child, 'name'> = { key: undefined, value: this.firstToken(start) };
    for (const step of steps) {
      const next = this.childrenOf(at.value[0]).findLast((child) => child.name === step);
      if (!next) return this.located(at, false);
      at = next;
    }
    return this.located(at, true);
  }

  private located({ key, value }: Omit<Child, 'name'>, isExact: boolean): Located {
    const [start] = value;
    const isWide = this.text[start] === '{' || this.text[start] === '[';
    return { isExact, key, value: isWide ? [start, start + 1] : value, isWide };
  }

  private firstToken(start: number): Range {
    this.scanner.setPosition(start);
    this.scanner.scan();
    const offset = this.scanner.getTokenOffset();
    return [offset, offset + this.scanner.getTokenLength()];
  }

  private childrenOf(start: number): readonly Child[] {
    const known = this.known.get(start);
    if (known) return known;
    const children = this.text[start] === '{' ? this.members(start) : this.elements(start);
    this.known.set(start, children);
    return children;
  }

  private members(start: number): Child[] {
    const { scanner } = this;
    const members: Child[] = [];
    scanner.setPosition(start + 1);
    for (let token = scanner.scan(); !isEnd(token, SyntaxKind.CloseBraceToken); ) {
      if (token !== SyntaxKind.StringLiteral) {
        token = scanner.scan();
        continue;
      }
      const name = scanner.getTokenValue();
      const key = this.token();
      token = scanner.scan();
      let value: Range = [key[1], key[1]];
      if (token === SyntaxKind.ColonToken) {
        value = this.value(scanner.scan());
        token = value[0] < value[1] ? scanner.scan() : scanner.getToken();
      }
      members.push({ name, key, value });
    }
    return members;
  }

  private elements(start: number): Child[] {
    if (this.text[start] !== '[') return [];
    const { scanner } = this;
    const elements: Child[] = [];
    scanner.setPosition(start + 1);
    for (let token = scanner.scan(); !isEnd(token, SyntaxKind.CloseBracketToken); ) {
      const value = token === SyntaxKind.CommaToken ? undefined : this.value(token);
      if (value) elements.push({ name: elements.length, key: undefined, value });
      token = scanner.scan();
    }
    return elements;
  }

  private token(): Range {
    const offset = this.scanner.getTokenOffset();
    return [offset, offset + this.scanner.getTokenLength()];
  }

  /** The value that the scanner stands at; an empty range where there is none. */
  private value(token: SyntaxKind): Range {
    const [start] = this.token();
    return CLOSING.includes(token) ? [start, start] : [start, skipValue(this.scanner)];
  }
}

function isEnd(token: SyntaxKind, closing: SyntaxKind): boolean {
  return token === closing || token === SyntaxKind.EOF;
}
