import { type ParseError, parse, printParseErrorCode } from 'jsonc-parser';
import { isMap, visit, type YAMLError } from 'yaml';
import type { Problem } from '../../errors';
import { duplicateKeys } from './json-pieces';
import type { Range } from './piece';
import type { ParsedYaml } from './yaml-piece';

/** What is wrong with a text itself, before anybody looks at the objects in it. */
export interface SyntaxProblem {
  /** Offsets in the piece. */
  readonly range: Range;
  readonly problem: Problem;
}

function syntaxProblem(range: Range, found: string, allowed: string, fix: string): SyntaxProblem {
  return { range, problem: { code: 'NL_YAML_INVALID', key: '', found, allowed, fix } };
}

function keyTwice(range: Range, key: string): SyntaxProblem {
  const found = `key "${key}" stands twice in one mapping`;
  return syntaxProblem(range, found, 'each key once', 'leave one of them out');
}

const YAML_FIXES: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: 'indent with blanks',
  BAD_INDENT: 'indent it like the lines beside it',
  BAD_ALIAS: 'name an anchor that stands further up in the same document',
};

const YAML_ALLOWED = 'YAML as kubectl reads it';

/** An expression of a Go template, as Helm charts have them, at the start of a line or a value. */
const TEMPLATE = /(?<=(?:^|\n)[ \t]*(?:- +)?(?:[\w./-]+:[ \t]+)?)\{\{/;

/** A document as a page shows it: moved to the right as a whole, its marker with it. */
const INDENTED = /^(?:[ \t]*(?:#.*)?\r?\n)*[ \t]+---(?=[ \t]*\r?\n)/;

/** Every key that stands twice, and the first of the other errors: those behind it follow from it. */
export function yamlProblems(parsed: ParsedYaml): SyntaxProblem[] {
  const { errors } = parsed.document;
  const twice = errors.filter(isKeyTwice).map(({ pos }) => yamlKeyTwice(parsed, pos[0]));
  const [first] = errors.filter((error) => !isKeyTwice(error));
  if (first) return [...twice, notYaml(parsed, first.pos, first.code, first.message)];
  return hasTemplate(parsed) ? [...twice, notYaml(parsed, [0, 1], '', '')] : twice;
}

/** True where the document holds all that it says, even if some of it twice. */
export function isWhole(parsed: ParsedYaml): boolean {
  return parsed.document.errors.every(isKeyTwice) && !hasTemplate(parsed);
}

/** `{{ .Values.x }}` is a mapping with a mapping as its key to YAML, which Kubernetes never has. */
function hasTemplate({ document, text }: ParsedYaml): boolean {
  if (!TEMPLATE.test(text)) return false;
  let found = false;
  visit(document, {
    Pair(_key, { key }) {
      if (!isMap(key)) return undefined;
      found = true;
      return visit.BREAK;
    },
  });
  return found;
}

/** The error tells the first character only. */
function yamlKeyTwice({ document, toPiece }: ParsedYaml, start: number): SyntaxProblem {
  let [end, key] = [start + 1, ''];
  visit(document, {
    Scalar(_key, { range, value }) {
      if (range?.[0] !== start) return undefined;
      [end, key] = [range[1], String(value)];
      return visit.BREAK;
    },
  });
  return keyTwice([toPiece(start), toPiece(end)], key);
}

function isKeyTwice(error: YAMLError): boolean {
  return error.code === 'DUPLICATE_KEY';
}

/** What `toJS` refuses: aliases without an anchor, and too many of them. */
export function aliasProblem(parsed: ParsedYaml, error: unknown): SyntaxProblem {
  let range: Range = [0, 1];
  visit(parsed.document, {
    Alias(_key, alias) {
      if (alias.resolve(parsed.document) || !alias.range) return undefined;
      range = [alias.range[0], alias.range[1]];
      return visit.BREAK;
    },
  });
  return notYaml(parsed, range, 'BAD_ALIAS', (error as Error).message);
}

function notYaml(
  { text, toPiece }: ParsedYaml,
  [start, end]: Range,
  code: string,
  message: string,
): SyntaxProblem {
  const template = TEMPLATE.exec(text);
  if (template) {
    const fix = 'render it first, e.g. `helm template CHART | netloom check -`';
    const at = toPiece(template.index);
    return syntaxProblem([at, at + 2], 'this is a template, no YAML yet', YAML_ALLOWED, fix);
  }
  const indented = INDENTED.exec(text);
  if (indented) {
    const at = toPiece(indented[0].length);
    const fix = 'take as many blanks away in front of it and of every line below';
    return syntaxProblem([at - 3, at], 'this marker is indented', YAML_ALLOWED, fix);
  }
  const fix = YAML_FIXES[code] ?? 'correct the text at this place';
  const range = [toPiece(start), toPiece(end)] as const;
  return syntaxProblem(range, `no YAML: ${message}`, YAML_ALLOWED, fix);
}

/** A text in which brackets are opened thousands of times: no object that Kubernetes would take. */
export function tooDeep(): SyntaxProblem {
  const found = 'values are nested too deeply';
  return syntaxProblem([0, 1], found, YAML_ALLOWED, 'write the object by itself');
}

const JSON_WORDS: Readonly<Record<string, string>> = {
  PropertyNameExpected: 'here should be a key in double quotes',
  ValueExpected: 'here should be a value',
  ColonExpected: 'a colon is missing',
  CommaExpected: 'a comma is missing',
  CloseBraceExpected: 'a closing brace is missing',
  CloseBracketExpected: 'a closing bracket is missing',
  InvalidCommentToken: 'JSON has no comments',
  UnexpectedEndOfString: 'the closing quote is missing',
  InvalidEscapeCharacter: 'JSON has no such escape',
  InvalidCharacter: 'a control character stands in a string',
};

/** Why `JSON.parse` refused a text. */
export function notJson(text: string, error: unknown): SyntaxProblem {
  const errors: ParseError[] = [];
  parse(text, errors, { disallowComments: true });
  const [first] = errors;
  const { offset, length } = first ?? { offset: 0, length: 1 };
  const words = first && JSON_WORDS[printParseErrorCode(first.error)];
  const found = `no JSON: ${words ?? (error as Error).message}`;
  return syntaxProblem([offset, offset + length], found, 'JSON', 'correct the text at this place');
}

/** Keys that stand twice. */
export function jsonProblems(text: string): SyntaxProblem[] {
  return duplicateKeys(text).map(({ key, range }) => keyTwice(range, key));
}

/** Bytes that are no text. The rest of the file is looked at all the same. */
export function notText(text: string): SyntaxProblem {
  const at = Math.max(0, text.indexOf('\uFFFD'));
  const found = 'bytes that are no UTF-8';
  return syntaxProblem([at, at + 1], found, 'UTF-8 or UTF-16 text', 'save the file as UTF-8');
}
