import type { KeyStep } from '../cni';

/** Why a text is not JSON. */
export interface JsonError {
  /** E.g. `a comma or "}" is missing before "ipam"`. No full stop. */
  readonly found: string;
  readonly span: readonly [start: number, end: number];
}

/** What {@link readJson} makes of a text. */
export type ReadJson = { readonly value: unknown } | { readonly error: JsonError };

/** Reads JSON, and says where it breaks: the engine's own words differ from release to release. */
export function readJson(text: string): ReadJson {
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    return { error: new Scanner(text).scan() ?? atEnd(text, (error as Error).message) };
  }
}

function atEnd(text: string, found: string): JsonError {
  return { found, span: [Math.max(0, text.length - 1), text.length] };
}

/** A key that an object has twice. */
export interface TwiceKey {
  /** The steps to the object. */
  readonly steps: readonly KeyStep[];
  readonly name: string;
  /** Of the second one, quotes included. */
  readonly span: readonly [start: number, end: number];
}

/** The keys that stand twice in one object of a valid JSON text: the parser keeps the last. */
export function twiceKeys(text: string): readonly TwiceKey[] {
  const scanner = new Scanner(text);
  scanner.scan();
  return scanner.twice;
}

/** More than any plugin's configuration, and less than the stack. */
const DEEPEST = 500;

/** Goes through a text once, by the grammar of RFC 8259. */
class Scanner {
  readonly twice: TwiceKey[] = [];
  private readonly steps: KeyStep[] = [];
  private at = 0;

  constructor(private readonly text: string) {}

  /** The first error, if there is one. */
  scan(): JsonError | undefined {
    try {
      this.value();
      this.blanks();
      if (this.at < this.text.length) this.fail('something stands behind the end of the JSON');
      return undefined;
    } catch (error) {
      if (error instanceof Refusal) return error.error;
      throw error;
    }
  }

  private value(): void {
    this.blanks();
    const char = this.text[this.at];
    if (char === '{') this.object();
    else if (char === '[') this.list();
    else if (char === '"') this.string();
    else this.word();
  }

  private object(): void {
    this.deeper();
    const names = new Set<string>();
    this.at++;
    this.blanks();
    if (this.eat('}')) return;
    for (;;) {
      this.blanks();
      if (this.text[this.at] === '}') this.fail('a comma stands before the closing "}"');
      if (this.text[this.at] !== '"') this.fail('a key in double quotes is missing');
      const start = this.at;
      const name = this.string();
      this.once(names, name, start);
      this.blanks();
      if (!this.eat(':')) this.fail(`the colon behind ${JSON.stringify(name)} is missing`);
      this.within(name);
      this.blanks();
      if (this.eat('}')) return;
      if (!this.eat(',')) this.fail(this.missing('"}"'));
    }
  }

  private list(): void {
    this.deeper();
    this.at++;
    this.blanks();
    if (this.eat(']')) return;
    for (let index = 0; ; index++) {
      this.blanks();
      if (this.text[this.at] === ']') this.fail('a comma stands before the closing "]"');
      this.within(index);
      this.blanks();
      if (this.eat(']')) return;
      if (!this.eat(',')) this.fail(this.missing('"]"'));
    }
  }

  private within(step: KeyStep): void {
    this.steps.push(step);
    this.value();
    this.steps.pop();
  }

  private once(names: Set<string>, name: string, start: number): void {
    if (names.has(name)) {
      this.twice.push({ steps: [...this.steps], name, span: [start, this.at] });
    }
    names.add(name);
  }

  private string(): string {
    const start = this.at;
    for (this.at++; this.at < this.text.length; this.at++) {
      const char = this.text[this.at] as string;
      if (char === '"') {
        this.at++;
        return this.decoded(start);
      }
      if (char < ' ')
        this.fail('a line or tab ends inside a text: its closing quote is missing', start);
      if (char === '\\') this.at++;
    }
    this.at = this.text.length;
    return this.fail('the closing quote of a text is missing', start);
  }

  private decoded(start: number): string {
    const plain = this.text.slice(start + 1, this.at - 1);
    if (!plain.includes('\\')) return plain;
    try {
      return JSON.parse(this.text.slice(start, this.at)) as string;
    } catch {
      return this.fail('a text has a backslash that means nothing', start);
    }
  }

  private word(): void {
    const start = this.at;
    const [word = ''] = /^[^\s,:[\]{}"]*/.exec(this.text.slice(start, start + 100)) ?? [];
    this.at += word.length;
    if (/^(true|false|null|-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?)$/.test(word)) return;
    if (word === '') {
      const next = this.text[start];
      this.fail(
        next === undefined
          ? 'the text ends too early'
          : `a value is missing before ${JSON.stringify(next)}`,
      );
    }
    this.fail(`${word} is no value: texts stand in double quotes`, start);
  }

  private deeper(): void {
    if (this.steps.length > DEEPEST) this.fail(`it is nested deeper than ${DEEPEST} levels`);
  }

  private missing(closing: string): string {
    const [next] = /^("(?:[^"\\]|\\.){0,40}"?|[^\s]{1,20})/.exec(this.text.slice(this.at)) ?? [];
    return next === undefined
      ? `${closing} is missing at the end`
      : `a comma or ${closing} is missing before ${next}`;
  }

  private blanks(): void {
    while (' \n\r\t'.includes(this.text[this.at] ?? '.')) this.at++;
  }

  private eat(char: string): boolean {
    if (this.text[this.at] !== char) return false;
    this.at++;
    return true;
  }

  /** Marks one character, or from `start` on. */
  private fail(found: string, start = this.at): never {
    const first = Math.min(start, Math.max(0, this.text.length - 1));
    const end = start === this.at ? first + 1 : this.at;
    throw new Refusal({ found, span: [first, Math.min(end, this.text.length)] });
  }
}

class Refusal {
  constructor(readonly error: JsonError) {}
}
