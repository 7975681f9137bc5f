/** An expression of TypeScript, as far as imported programs need them. */
export type Code = TextCode | ObjectCode | ArrayCode | CallCode | ChainCode;

/** A name, a number or a string: what is never broken into lines. */
interface TextCode {
  readonly kind: 'text';
  readonly text: string;
  readonly of: 'name' | 'number' | 'string';
}

/** An object literal, its members in order. */
export interface ObjectCode {
  readonly kind: 'object';
  readonly members: readonly (readonly [key: string, value: Code])[];
  /** Type behind the literal: `as never`. @default - none */
  readonly as?: string;
}

interface ArrayCode {
  readonly kind: 'array';
  readonly items: readonly Code[];
}

/** `callee(args)`, where the callee may begin with `new `. */
interface CallCode {
  readonly kind: 'call';
  readonly callee: string;
  readonly args: readonly Code[];
}

/** `head.name(args).name(args)`. */
export interface ChainCode {
  readonly kind: 'chain';
  readonly head: string;
  readonly calls: readonly CallCode[];
}

/** A variable, a class or a word of the language. */
export function name(text: string): Code {
  return { kind: 'text', text, of: 'name' };
}

/** A call of a function or, with `new ` in front, of a class. */
export function call(callee: string, ...args: readonly Code[]): CallCode {
  return { kind: 'call', callee, args };
}

/** Methods called one after another. */
export function chain(head: string, calls: readonly CallCode[]): Code {
  return { kind: 'chain', head, calls };
}

export function array(items: readonly Code[]): Code {
  return { kind: 'array', items };
}

/** An object literal; members that are undefined are left out. */
export function object(members: Readonly<Record<string, Code | undefined>>): ObjectCode {
  const set = Object.entries(members).filter((member): member is [string, Code] => !!member[1]);
  return { kind: 'object', members: set };
}

/** A value of JSON as a literal. */
export function literal(value: unknown): Code {
  if (typeof value === 'string') return { kind: 'text', text: quote(value), of: 'string' };
  if (typeof value === 'number') return { kind: 'text', text: numberText(value), of: 'number' };
  if (Array.isArray(value)) return array(value.map(literal));
  if (typeof value !== 'object' || value === null) return name(String(value));
  return {
    kind: 'object',
    members: Object.entries(value).flatMap(([key, one]) =>
      one === undefined ? [] : [[key, literal(one)] as const],
    ),
  };
}

function numberText(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value).replace('e+', 'e');
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\b': '\\b',
  '\f': '\\f',
};

/** Control characters, halves of characters, line ends of the language, and what hides text. */
const UNSAFE = /[\\\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu;

/** A string in the quotes that need fewer escapes, single ones where both need as many. */
export function quote(text: string): string {
  const singles = text.split("'").length;
  const doubles = text.split('"').length;
  const mark = singles > doubles ? '"' : "'";
  const safe = text.replace(UNSAFE, escaped);
  return mark + safe.replaceAll(mark, `\\${mark}`) + mark;
}

function escaped(character: string): string {
  const units = character.split('').map((unit) => unit.charCodeAt(0).toString(16));
  return ESCAPES[character] ?? units.map((unit) => `\\u${unit.padStart(4, '0')}`).join('');
}

const IDENTIFIER = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u;

/** The key of a member, in quotes only where it needs them. */
export function memberKey(key: string): string {
  // As a plain member it would be the object's prototype.
  if (key === '__proto__') return `['${key}']`;
  return IDENTIFIER.test(key) ? key : quote(key);
}
