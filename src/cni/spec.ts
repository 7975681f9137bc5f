/**
 * What a value looks like on the wire. One description serves printing, parsing, the checks of types
 * and limits, and the search for misspelt keys.
 */
export type ValueSpec =
  | TextSpec
  | FlagSpec
  | SwitchSpec
  | IntegerSpec
  | ListSpec
  | MapSpec
  | ObjectValueSpec
  | AnySpec;

interface TextSpec {
  readonly kind: 'text';
  /** The only texts there are. @default - any */
  readonly words?: readonly string[];
  /** True where the words count in any case. @default false */
  readonly anyCase?: boolean;
  /** True where any other word stands for the default. @default false */
  readonly orDefault?: boolean;
  /** True where an empty text is a word that there is not, instead of none. @default false */
  readonly isNeverEmpty?: boolean;
}
interface FlagSpec {
  readonly kind: 'flag';
}
/** true, false, or either as a text, as libcni takes them. */
interface SwitchSpec {
  readonly kind: 'switch';
}
interface IntegerSpec {
  readonly kind: 'integer';
  readonly least: number;
  readonly most: number;
  /** What it is called in a message, e.g. `a VLAN`. */
  readonly unit: string;
  /** 0 means not set, whatever the limits. */
  readonly zero?: boolean;
}
interface ListSpec {
  readonly kind: 'list';
  readonly of: ValueSpec;
}
interface MapSpec {
  readonly kind: 'map';
  readonly of: ValueSpec;
}
interface ObjectValueSpec {
  readonly kind: 'object';
  readonly spec: ObjectSpec;
}
interface AnySpec {
  readonly kind: 'any';
}

/** What a component's release number counts: see `releases.ts`. */
export type Component = 'plugins' | 'multus' | 'whereabouts';

/** One key of an object. */
export interface KeySpec {
  /** Its name in netloom, camelCase. */
  readonly prop: string;
  /** Its name on the wire. */
  readonly wire: string;
  readonly value: ValueSpec;
  /** Release that brought it, e.g. `1.3.0`. @default - older than all that count (plugins 0.9.1) */
  readonly since?: string;
  /** First release without it. @default - none */
  readonly until?: string;
  /** Who counts `since` and `until`. @default plugins */
  readonly component?: Component;
  /** True where nothing works without it. @default false */
  readonly required?: boolean;
}

/** The keys of an object, in the order in which they are written. */
export interface ObjectSpec {
  /** What the object is called in messages, e.g. `bridge` or `a range of host-local`. */
  readonly name: string;
  readonly keys: readonly KeySpec[];
  readonly byProp: ReadonlyMap<string, KeySpec>;
  /** By the lower-case name on the wire: Go matches keys without regard to case. */
  readonly byWire: ReadonlyMap<string, KeySpec>;
  /** True where case counts after all. @default false */
  readonly isExact?: boolean;
}

/** An object of settings, with what netloom does not know of. */
export interface WithExtra {
  /**
   * Keys that netloom does not know, written as they are given, behind those it knows.
   *
   * @default - none
   */
  readonly extra?: Readonly<Record<string, unknown>> | undefined;
}

type KeyInput = Omit<KeySpec, 'prop' | 'wire'> & { readonly wire?: string };
type KeysOf<T> = { readonly [P in Exclude<keyof T, 'extra'>]-?: KeyInput };

/** Describes an object; every member of its type has to be there. */
export function objectSpec<T>(name: string, keys: KeysOf<T>): ObjectSpec {
  const list = Object.entries(keys as Record<string, KeyInput>).map(
    ([prop, input]): KeySpec => ({ prop, ...input, wire: input.wire ?? prop }),
  );
  return {
    name,
    keys: list,
    byProp: new Map(list.map((key) => [key.prop, key])),
    byWire: new Map(list.map((key) => [key.wire.toLowerCase(), key])),
  };
}

type KeyOptions = Pick<KeyInput, 'wire' | 'since' | 'until' | 'component' | 'required'>;

/** Any text. */
export function text(options: KeyOptions = {}): KeyInput {
  return { ...options, value: TEXT };
}

/** One of some words. */
export function word(words: readonly string[], options: KeyOptions = {}): KeyInput {
  return { ...options, value: { kind: 'text', words } };
}

/** One of some words; any other one stands for the default. */
export function wordOrDefault(words: readonly string[], options: KeyOptions = {}): KeyInput {
  return { ...options, value: { kind: 'text', words, orDefault: true } };
}

/** One of some words, which count in any case. */
export function wordInAnyCase(words: readonly string[], options: KeyOptions = {}): KeyInput {
  return { ...options, value: { kind: 'text', words, anyCase: true } };
}

/** One of some words; an empty text counts as another one. */
export function wordNeverEmpty(words: readonly string[], options: KeyOptions = {}): KeyInput {
  return { ...options, value: { kind: 'text', words, isNeverEmpty: true } };
}

/** true or false. */
export function flag(options: KeyOptions = {}): KeyInput {
  return { ...options, value: { kind: 'flag' } };
}

/** true or false, as themselves or as a text. */
export function flagOrText(options: KeyOptions = {}): KeyInput {
  return { ...options, value: { kind: 'switch' } };
}

/** A whole number. */
export function integer(
  least: number,
  most: number,
  unit: string,
  options: KeyOptions = {},
): KeyInput {
  return { ...options, value: { kind: 'integer', least, most, unit } };
}

/** Texts in a row. */
export function texts(options: KeyOptions = {}): KeyInput {
  return { ...options, value: { kind: 'list', of: TEXT } };
}

/** Objects in a row. */
export function objects(spec: ObjectSpec, options: KeyOptions = {}): KeyInput {
  return { ...options, value: { kind: 'list', of: { kind: 'object', spec } } };
}

/** One object. */
export function object(spec: ObjectSpec, options: KeyOptions = {}): KeyInput {
  return { ...options, value: { kind: 'object', spec } };
}

/** Values of one kind by names that anybody may choose. */
export function mapOf(of: ValueSpec, options: KeyOptions = {}): KeyInput {
  return { ...options, value: { kind: 'map', of } };
}

/** Anything, in any other shape. */
export function shaped(value: ValueSpec, options: KeyOptions = {}): KeyInput {
  return { ...options, value };
}

export const TEXT: ValueSpec = { kind: 'text' };
export const FLAG: ValueSpec = { kind: 'flag' };
export const ANY: ValueSpec = { kind: 'any' };

/** Bytes; the kernel's limits for Ethernet. */
export const MTU_LIMITS = { least: 68, most: 65535 } as const;

/** An MTU in bytes; 0 leaves it to the kernel. */
export function mtu(options: KeyOptions = {}): KeyInput {
  return {
    ...options,
    value: { kind: 'integer', ...MTU_LIMITS, unit: 'an MTU in bytes', zero: true },
  };
}
