import type { KeySpec, ObjectSpec, ValueSpec } from './spec';

type Members = Record<string, unknown>;

/** Settings as they stand on the wire: what is set, in the order of the description, then the rest. */
export function print(spec: ObjectSpec, settings: object): Members {
  return printInto({}, spec, settings);
}

/**
 * True for settings that stand on the wire as they are: known keys in the order of the description,
 * under the same name, and nothing below them that has to be printed. Most ranges and routes are such.
 */
function isAsOnTheWire({ keys }: ObjectSpec, settings: Members): boolean {
  if (Object.getPrototypeOf(settings) !== Object.prototype) return false;
  let at = 0;
  for (const name in settings) {
    while (at < keys.length && keys[at]?.prop !== name) at++;
    const key = keys[at++];
    if (key === undefined || key.wire !== name || !isLeaf(key.value)) return false;
    if (settings[name] === undefined) return false;
  }
  return true;
}

/** True for what {@link printValue} leaves as it is. */
function isLeaf(spec: ValueSpec): boolean {
  const { kind } = spec.kind === 'list' ? spec.of : spec;
  return kind !== 'object' && kind !== 'list';
}

/** The same, behind what `wire` has already. */
export function printInto(wire: Members, spec: ObjectSpec, settings: object): Members {
  const given = settings as Members;
  if (!isMembers(given['extra'])) {
    for (const key of spec.keys) {
      const value = given[key.prop];
      if (value === undefined) continue;
      if (key.wire in wire) delete wire[key.wire];
      wire[key.wire] = printValue(key.value, value);
    }
    return wire;
  }
  const extra = Object.entries(given['extra']);
  const overruled = extra.filter(([name]) => isOverruled(spec, given, name));
  for (const [name, value] of overruled) setMember(wire, name, value);
  for (const key of spec.keys) {
    const value = given[key.prop];
    if (value === undefined) continue;
    // What is set counts: it comes last, and in place of another value of that very name.
    delete wire[key.wire];
    wire[key.wire] = printValue(key.value, value);
  }
  for (const [name, value] of extra) {
    if (!isOverruled(spec, given, name)) setMember(wire, name, value);
  }
  return wire;
}

/** True for a known key that is set besides: Go takes the last one, whatever its case. */
function isOverruled(spec: ObjectSpec, given: Members, name: string): boolean {
  const key = keyNamed(spec, name);
  return key !== undefined && given[key.prop] !== undefined;
}

/** Sets a member, whatever its name: an assignment to `__proto__` would be none. */
export function setMember(members: Members, name: string, value: unknown): void {
  if (name !== '__proto__') {
    members[name] = value;
    return;
  }
  Object.defineProperty(members, name, {
    value,
    configurable: true,
    enumerable: true,
    writable: true,
  });
}

/** Wrong types stay as they are: a check tells of them. */
function printValue(spec: ValueSpec, value: unknown): unknown {
  switch (spec.kind) {
    case 'object':
      if (!isMembers(value) || isAsOnTheWire(spec.spec, value)) return value;
      return print(spec.spec, value);
    case 'list':
      if (isLeaf(spec)) return value;
      return Array.isArray(value) ? value.map((one) => printValue(spec.of, one)) : value;
    default:
      return value;
  }
}

/**
 * Settings from the wire, the mirror of {@link print}: keys match as Go matches them, without regard
 * to case, the last one counts, and null is not set. What is unknown, of a type that Go refuses, or
 * made void by a later one goes to `extra`.
 */
export function parse<T extends object>(spec: ObjectSpec, wire: Members): T {
  const settings: Members = {};
  let extra: Members | undefined;
  const inForce = namesInForce(spec, wire);
  for (const [name, value] of Object.entries(wire)) {
    const key = keyNamed(spec, name);
    if (key && value === null) continue;
    if (key && inForce.get(key) === name) settings[key.prop] = parseValue(key.value, value);
    else {
      extra ??= {};
      setMember(extra, name, value);
    }
  }
  if (extra) settings['extra'] = extra;
  return settings as T;
}

/** The last name of each key; undefined where Go refuses the value of one of its names. */
function namesInForce(spec: ObjectSpec, wire: Members): Map<KeySpec, string | undefined> {
  const names = new Map<KeySpec, string | undefined>();
  for (const [name, value] of Object.entries(wire)) {
    const key = keyNamed(spec, name);
    if (!key || value === null) continue;
    const isRefused = names.has(key) && names.get(key) === undefined;
    names.set(key, isRefused || !fits(key.value, value) ? undefined : name);
  }
  return names;
}

function parseValue(spec: ValueSpec, value: unknown): unknown {
  switch (spec.kind) {
    case 'object':
      return parse(spec.spec, value as Members);
    case 'list':
      return (value as unknown[]).map((one) => parseValue(spec.of, one));
    default:
      return value;
  }
}

/** True where Go decodes a value into the key's type. Limits are no matter of types. */
export function fits(spec: ValueSpec, value: unknown): boolean {
  switch (spec.kind) {
    case 'text':
      return typeof value === 'string';
    case 'flag':
      return typeof value === 'boolean';
    case 'switch':
      return (
        typeof value === 'boolean' || (typeof value === 'string' && /^(true|false)$/i.test(value))
      );
    case 'integer':
      return Number.isInteger(value);
    case 'list':
      return Array.isArray(value) && value.every((one) => fits(spec.of, one));
    case 'map':
      return isMembers(value) && Object.values(value).every((one) => fits(spec.of, one));
    case 'object':
      return isMembers(value);
    case 'any':
      return true;
  }
}

/** True for a JSON object. */
export function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A key in netloom's words: its own name, and those below it. */
export type KeyStep = string | number;

/** The path on the wire of a path in netloom's own names; what is not known stays as it is. */
export function wireSteps(spec: ObjectSpec, steps: readonly KeyStep[]): KeyStep[] {
  const [first, ...rest] = steps;
  if (first === undefined) return [];
  if (first === 'extra') return rest;
  const key = typeof first === 'string' ? spec.byProp.get(first) : undefined;
  return key ? [key.wire, ...stepsInside(key.value, rest)] : [...steps];
}

function stepsInside(spec: ValueSpec, steps: readonly KeyStep[]): KeyStep[] {
  if (spec.kind === 'object') return wireSteps(spec.spec, steps);
  const [first, ...rest] = steps;
  if (spec.kind === 'list' && typeof first === 'number') {
    return [first, ...stepsInside(spec.of, rest)];
  }
  return [...steps];
}

/** The steps of a key such as `ranges[0].subnet` or `annotations["a.b/c"]`. */
export function stepsOf(key: string): KeyStep[] {
  const steps: KeyStep[] = [];
  for (const match of key.matchAll(/\["((?:[^"\\]|\\.)*)"\]|\[(\d+)\]|([^.[\]]+)/g)) {
    const [, quoted, index, name] = match;
    if (index !== undefined) steps.push(Number(index));
    else if (name !== undefined) steps.push(name);
    else steps.push(JSON.parse(`"${quoted}"`) as string);
  }
  return steps;
}

/** The mirror of {@link stepsOf}. */
export function keyOfSteps(steps: readonly KeyStep[]): string {
  return steps.reduce<string>((key, step) => {
    if (typeof step === 'number') return `${key}[${step}]`;
    if (!/^[A-Za-z0-9_-]+$/.test(step)) return `${key}[${JSON.stringify(step)}]`;
    return key === '' ? step : `${key}.${step}`;
  }, '');
}

/** The key that a name on the wire stands for. */
export function keyNamed(spec: ObjectSpec, name: string): KeySpec | undefined {
  const key = spec.byWire.get(name.toLowerCase());
  return spec.isExact && key?.wire !== name ? undefined : key;
}
