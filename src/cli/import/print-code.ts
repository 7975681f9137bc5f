import { displayWidth } from '../terminal';
import { type ChainCode, type Code, memberKey, type ObjectCode } from './code';

/** Columns of a line. */
export const LINE_WIDTH = 100;

/** Keys shorter than this keep a long string beside them: below them it would not gain room. */
const SHORT_KEY = 5;

/** Where an expression is printed. */
interface Spot {
  /** Blanks in front of the line. */
  readonly indent: number;
  /** Columns of the line that are taken already. */
  readonly column: number;
  /** Columns behind the expression that have to fit as well. */
  readonly after: number;
}

/**
 * A statement, formatted as Biome and Prettier do it: 2 blanks, single quotes, lines of 100 columns,
 * commas behind the last item.
 *
 * @param head what stands in front, e.g. `const lan = `
 */
export function printStatement(head: string, code: Code): string {
  const spot = { indent: 0, column: displayWidth(head), after: 1 };
  return `${head}${print(code, spot)};`;
}

function print(code: Code, spot: Spot): string {
  const text = flat(code);
  if (text !== undefined && spot.column + displayWidth(text) + spot.after <= LINE_WIDTH)
    return text;
  switch (code.kind) {
    case 'text':
      return code.text;
    case 'object':
      return printObject(code, spot);
    case 'array':
      return printArray(code.items, spot);
    case 'call':
      return `${code.callee}${printArguments(code.args, { ...spot, column: spot.column + displayWidth(code.callee) })}`;
    case 'chain':
      return printChain(code, spot);
  }
}

/** On one line; undefined for what is broken however short it is. */
function flat(code: Code): string | undefined {
  switch (code.kind) {
    case 'text':
      return code.text;
    case 'object':
      return flatObject(code);
    case 'array': {
      if (isTable(code.items)) return undefined;
      const items = flatAll(code.items);
      return items && `[${items.join(', ')}]`;
    }
    case 'call': {
      const args = flatAll(code.args);
      return args && `${code.callee}(${args.join(', ')})`;
    }
    case 'chain': {
      const calls = isLineable(code) ? flatAll(code.calls) : undefined;
      return calls && [code.head, ...calls].join('.');
    }
  }
}

function flatAll(codes: readonly Code[]): string[] | undefined {
  const texts = codes.map(flat).filter((text) => text !== undefined);
  return texts.length === codes.length ? texts : undefined;
}

function flatObject({ members, as }: ObjectCode): string | undefined {
  const values = flatAll(members.map(([, value]) => value));
  if (!values) return undefined;
  const texts = members.map(([key], index) => `${memberKey(key)}: ${values[index]}`);
  return (texts.length === 0 ? '{}' : `{ ${texts.join(', ')} }`) + typed(as);
}

function typed(as: string | undefined): string {
  return as === undefined ? '' : ` as ${as}`;
}

/** Two or more objects, or lists, of several members each stand below each other. */
function isTable(items: readonly Code[]): boolean {
  if (items.length < 2) return false;
  const [first] = items;
  return items.every((item) => {
    if (item.kind !== first?.kind) return false;
    if (item.kind === 'object') return item.members.length > 1;
    return item.kind === 'array' && item.items.length > 1;
  });
}

function printObject({ members, as }: ObjectCode, { indent }: Spot): string {
  const lines = members.map(([key, value]) => printMember(memberKey(key), value, indent + 2));
  return `{\n${lines.join('')}${' '.repeat(indent)}}${typed(as)}`;
}

function printMember(key: string, value: Code, indent: number): string {
  const blanks = ' '.repeat(indent);
  const width = displayWidth(key);
  const column = indent + width + ': '.length;
  const isLong =
    value.kind === 'text' &&
    value.of === 'string' &&
    width >= SHORT_KEY &&
    column + displayWidth(value.text) + 1 > LINE_WIDTH;
  if (isLong) return `${blanks}${key}:\n${blanks}  ${value.text},\n`;
  return `${blanks}${key}: ${print(value, { indent, column, after: 1 })},\n`;
}

function printArray(items: readonly Code[], { indent }: Spot): string {
  const end = `${' '.repeat(indent)}]`;
  if (items.every((item) => item.kind === 'text' && item.of === 'number')) {
    return `[\n${fill(items.map(flat) as string[], indent + 2)}${end}`;
  }
  return `[\n${printItems(items, indent + 2)}${end}`;
}

/** Each on a line of its own. */
function printItems(items: readonly Code[], indent: number): string {
  const blanks = ' '.repeat(indent);
  const spot = { indent, column: indent, after: 1 };
  return items.map((item) => `${blanks}${print(item, spot)},\n`).join('');
}

/** As many numbers on a line as fit. */
function fill(texts: readonly string[], indent: number): string {
  const lines: string[] = [];
  for (const text of texts) {
    const last = lines.at(-1);
    const longer = last === undefined ? undefined : `${last} ${text},`;
    if (longer !== undefined && indent + longer.length <= LINE_WIDTH) {
      lines[lines.length - 1] = longer;
    } else lines.push(`${text},`);
  }
  return lines.map((line) => `${' '.repeat(indent)}${line}\n`).join('');
}

/** The last argument is broken where the others fit beside its bracket, else all are. */
function printArguments(args: readonly Code[], spot: Spot): string {
  const { indent, column } = spot;
  const others = flatAll(args.slice(0, -1));
  const last = args.at(-1);
  if (others && last && isHugged(last, args.length)) {
    const head = `(${others.map((text) => `${text}, `).join('')}`;
    const open = column + displayWidth(head);
    if (open + 1 <= LINE_WIDTH) {
      return `${head}${breakUp(last, { indent, column: open, after: 0 })})`;
    }
  }
  return `(\n${printItems(args, indent + 2)}${' '.repeat(indent)})`;
}

function isHugged(last: Code, count: number): boolean {
  if (last.kind === 'object') return last.members.length > 0;
  if (last.kind !== 'array' || last.items.length === 0) return false;
  return count === 1 || !last.items.every((item) => item.kind === 'text' && item.of === 'number');
}

function breakUp(code: Code, spot: Spot): string {
  if (code.kind === 'object') return printObject(code, spot);
  return code.kind === 'array' ? printArray(code.items, spot) : print(code, spot);
}

/**
 * Several methods stand below the head; but where the last argument goes over several lines and
 * nothing else is worth a line of its own, all stand beside it.
 */
function printChain(code: ChainCode, spot: Spot): string {
  const { head, calls } = code;
  const others = flatAll(calls.slice(0, -1));
  const last = calls.at(-1);
  if (!last || !others) return printBelow(code, spot);
  const start = [head, ...others, ''].join('.');
  const beside = start + print(last, { ...spot, column: spot.column + displayWidth(start) });
  if (calls.length === 1) return beside;
  const below = printBelow(code, spot);
  const isBroken = below.split('\n').length > calls.length + 1;
  const [first = ''] = beside.split('\n');
  const fits = /[[{]$/.test(first) && spot.column + displayWidth(first) <= LINE_WIDTH;
  return isBroken && fits && isLineable(code) ? beside : below;
}

function printBelow({ head, calls }: ChainCode, { indent, after }: Spot): string {
  const below = indent + 2;
  const lines = calls.map((one, index) => {
    const isLast = index === calls.length - 1;
    const spot = { indent: below, column: below + 1, after: isLast ? after : 0 };
    return `\n${' '.repeat(below)}.${print(one, spot)}`;
  });
  return head + lines.join('');
}

/** Arguments of several calls on one line must not be nested. */
function isLineable({ calls }: ChainCode): boolean {
  return calls.length === 1 || calls.every(({ args }) => args.every(isSimple));
}

function isSimple(code: Code): boolean {
  if (code.kind !== 'object') return isAtom(code);
  return code.members.every(([, value]) => isAtom(value));
}

function isAtom(code: Code): boolean {
  if (code.kind === 'text') return true;
  if (code.kind === 'object') return code.members.length === 0;
  return code.kind === 'array' && code.items.length === 0;
}
