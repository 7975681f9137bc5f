import { isAlias, isCollection, isMap, isScalar, isSeq, type Node, type Scalar } from 'yaml';
import type { Steps } from '../input/lists';
import type { Range } from '../input/piece';
import type { ParsedYaml } from '../input/yaml-piece';
import type { Located } from './located';
import type { ScalarSource } from './scalar-source';

/** A {@link Located} value of YAML; ranges are offsets in what was parsed. */
export interface LocatedYaml extends Located {
  /** Set for a text, which may hold something to be looked at itself. */
  readonly scalar: ScalarSource | undefined;
}

/** A value on the way. */
interface Stop {
  readonly key: Node | undefined;
  readonly value: Node | undefined;
}

const STYLES: Readonly<Record<string, ScalarSource['style']>> = {
  PLAIN: 'plain',
  QUOTE_SINGLE: 'single',
  QUOTE_DOUBLE: 'double',
  BLOCK_LITERAL: 'block',
  BLOCK_FOLDED: 'block',
};

/** Where `steps` lead from a document's root. What came by an alias or a merge key is shown where it is written. */
export function findInYaml({ document }: ParsedYaml, steps: Steps): LocatedYaml {
  const resolve = (node: unknown): Node | undefined =>
    isAlias(node) ? node.resolve(document) : ((node ?? undefined) as Node | undefined);
  let stop: Stop = { key: undefined, value: resolve(document.contents) };
  for (const step of steps) {
    const next = takeStep(stop.value, step, resolve);
    if (!next) return located(stop, false);
    stop = next;
  }
  return located(stop, true);
}

type Resolve = (node: unknown) => Node | undefined;

function takeStep(
  node: Node | undefined,
  step: string | number,
  resolve: Resolve,
): Stop | undefined {
  if (isSeq(node)) {
    const value = resolve(node.items[Number(step)]);
    return value && { key: undefined, value };
  }
  if (!isMap(node)) return undefined;
  const own = node.items.findLast(({ key }) => nameOf(resolve(key)) === String(step));
  if (own) return { key: own.key as Node, value: resolve(own.value) };
  return node.items
    .filter(({ key }) => isScalar(key) && typeof key.value === 'symbol')
    .flatMap(({ value }) => mergedMaps(resolve(value), resolve))
    .map((map) => takeStep(map, step, resolve))
    .find((stop) => stop !== undefined);
}

/** What `<<` merges in: a mapping, or a sequence of them. */
function mergedMaps(node: Node | undefined, resolve: Resolve): (Node | undefined)[] {
  return isSeq(node) ? node.items.map(resolve) : [node];
}

/** The name that a key gets in a JavaScript object. */
function nameOf(key: Node | undefined): string | undefined {
  if (!isScalar(key) || typeof key.value === 'symbol') return undefined;
  return key.value === null ? '' : String(key.value);
}

function located({ key, value }: Stop, isExact: boolean): LocatedYaml {
  const scalar = isScalar(value) ? sourceOf(value) : undefined;
  return {
    isExact,
    key: key && rangeOf(key),
    value: firstToken(value) ?? (key ? behind(rangeOf(key)) : [0, 0]),
    isWide: isCollection(value) || scalar?.style === 'block',
    scalar,
  };
}

function sourceOf(scalar: Scalar): ScalarSource | undefined {
  const style = STYLES[scalar.type ?? ''];
  if (style === undefined || typeof scalar.value !== 'string') return undefined;
  return { range: rangeOf(scalar), style, value: scalar.value };
}

/** Of a scalar all; of a collection a bracket, a dash or the first key. */
function firstToken(node: Node | undefined): Range | undefined {
  if (!node) return undefined;
  const [first] = isMap(node) && !node.flow ? node.items : [];
  if (first) return rangeOf(first.key as Node);
  const [start, end] = rangeOf(node);
  return isCollection(node) ? [start, start + 1] : [start, end];
}

function rangeOf(node: Node): Range {
  const [start, end] = node.range ?? [0, 0];
  return [start, end];
}

function behind([, end]: Range): Range {
  return [end, end];
}
