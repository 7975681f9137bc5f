import { type Problem, type Severity, severityOf } from '../errors';
import { type CheckOptions, checkObjects } from '../rules';
import type { Documents, SourceObject } from './input/documents';
import type { SourceText } from './input/source-text';
import { Locator, type Place } from './places/locator';

/** How an object is called. */
export interface ObjectName {
  readonly kind: string;
  readonly namespace: string | undefined;
  readonly name: string | undefined;
}

/** A problem with its place. */
export interface Finding {
  readonly place: Place;
  /** Undefined where the text could not be read. */
  readonly object: ObjectName | undefined;
  readonly severity: Severity;
  readonly problem: Problem;
}

/** What a check gave. */
export interface Report {
  /** How many texts were read. */
  readonly files: number;
  /** How many Kubernetes objects are in them. */
  readonly objects: number;
  /** In the order of the texts, and by place in each. */
  readonly findings: readonly Finding[];
}

/** Checks the objects of all texts together, and finds the place of each problem. */
export function findProblems(documents: readonly Documents[], options: CheckOptions): Finding[] {
  const locator = new Locator();
  const objects = documents.flatMap((one) => one.objects);
  const unreadable = documents
    .flatMap((one) => one.unreadable)
    .map(({ source, range, problem }) => at(locator.placeAt(source, range), undefined, problem));
  const checked = checkObjects(
    objects.map(({ object }) => object),
    options,
  );
  const wrong = checked
    // By object, so that each piece of text is parsed for places once.
    .toSorted((a, b) => a.index - b.index)
    .map(({ index, where, problem }) => {
      const object = objects[index] as SourceObject;
      return at(locator.placeOf(object, where), nameOf(object), problem);
    });
  return byPlace([...unreadable, ...wrong], documents);
}

function at(place: Place, object: ObjectName | undefined, problem: Problem): Finding {
  return { place, object, severity: severityOf(problem.code), problem };
}

function byPlace(findings: Finding[], documents: readonly Documents[]): Finding[] {
  const parts = documents.flatMap(({ unreadable, objects }) => [...unreadable, ...objects]);
  const sources = new Map<SourceText, number>();
  for (const { source } of parts) if (!sources.has(source)) sources.set(source, sources.size);
  const rank = ({ place }: Finding): number => sources.get(place.source) ?? 0;
  const start = ({ place }: Finding): number => place.range[0];
  return findings.sort((a, b) => rank(a) - rank(b) || start(a) - start(b));
}

/** How an object is called; undefined for a mapping without a kind. */
export function nameOf({ object }: Pick<SourceObject, 'object'>): ObjectName | undefined {
  if (typeof object['kind'] !== 'string') return undefined;
  const metadata = Object(object['metadata']) as Record<string, unknown>;
  const text = (key: string): string | undefined =>
    typeof metadata[key] === 'string' ? metadata[key] : undefined;
  return { kind: object['kind'], namespace: text('namespace'), name: text('name') };
}

/** `Pod apps/web`, or `Pod web` where no namespace is set. */
export function describeObject({ kind, namespace, name = '(no name)' }: ObjectName): string {
  return `${kind} ${namespace === undefined ? name : `${namespace}/${name}`}`;
}
