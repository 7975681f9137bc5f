import { definedOnly, isMembers } from '../cni';
import { fits, keyNamed, parse } from '../cni/codec';
import { ATTACHMENT, type Attachment, SHORT_NAME } from './attachment';
import { readJson } from './json-text';

/** The name that `interface` had before Multus 3.2; still read. */
const OLD_INTERFACE = 'interfacerequest';

/** An element of a `networks` annotation. */
export interface AttachmentElement {
  /** Its `namespace` is left out where the annotation does not name one. */
  readonly attachment: Attachment;
  /** Offsets in the short form. */
  readonly span?: readonly [start: number, end: number];
}

/** A `networks` annotation as it was read. */
export interface ReadAttachments {
  readonly form: 'short' | 'json';
  readonly elements: readonly AttachmentElement[];
  /** What Multus refuses the whole annotation for. */
  readonly errors: readonly AnnotationError[];
}

/** Why Multus can't read an annotation. */
export interface AnnotationError {
  /** What is wrong, e.g. `"a@b@c" is not [NAMESPACE/]NAME[@INTERFACE]`. */
  readonly found: string;
  /** The likely repair. */
  readonly fix: string;
  /** Element that is wrong; undefined for the whole value. */
  readonly index?: number;
  readonly span?: readonly [start: number, end: number];
}

/**
 * Reads the annotation's value as Multus does: JSON as soon as it has one of `[`, `{` and `"`.
 * Unknown keys stay in `extra`.
 */
export function readNetworksAnnotation(value: string): ReadAttachments {
  if (value === '') return { form: 'short', elements: [], errors: [] };
  return /[[{"]/.test(value) ? readList(value) : readShort(value);
}

function readList(value: string): ReadAttachments {
  const read = readJson(value);
  if ('error' in read) {
    const { found, span } = read.error;
    const error = {
      found: `the annotation is not JSON (one of [, { and " makes it JSON): ${found}`,
      fix: 'correct the JSON at that place',
      span,
    };
    return { form: 'json', elements: [], errors: [error] };
  }
  if (!Array.isArray(read.value)) return { form: 'json', elements: [], errors: [noList(read)] };
  const errors: AnnotationError[] = [];
  const elements = read.value.map((element: unknown, index): AttachmentElement => {
    if (!isMembers(element)) {
      errors.push(noAttachment(element, index));
      return { attachment: { name: '' } };
    }
    const attachment = fromJson(element);
    // A name of the wrong type is told of as such.
    const isTold = mistyped(attachment).some(([name]) => name.toLowerCase() === 'name');
    if (attachment.name === '' && !isTold) errors.push(noName(index));
    return { attachment };
  });
  return { form: 'json', elements, errors };
}

function noList({ value }: { readonly value: unknown }): AnnotationError {
  return {
    found: `the annotation's JSON is ${isMembers(value) ? 'one object' : 'no list'}, and Multus takes a list of objects only`,
    fix: isMembers(value)
      ? 'put [ and ] around it'
      : 'write a list of objects, or names with commas between',
  };
}

function noAttachment(element: unknown, index: number): AnnotationError {
  const isName = typeof element === 'string' && element !== '';
  return {
    found: `${JSON.stringify(element)} stands for no attachment`,
    fix: isName ? `{ "name": ${JSON.stringify(element)} }?` : 'leave it out',
    index,
  };
}

function noName(index: number): AnnotationError {
  return { found: 'an attachment has no name', fix: 'give it the "name" of a network', index };
}

/** Go takes an empty text for left out. */
function fromJson(element: Record<string, unknown>): Attachment {
  const { namespace, interface: ifname, ...read } = parse<Attachment>(ATTACHMENT, element);
  const old = Object.keys(read.extra ?? {}).find((key) => key.toLowerCase() === OLD_INTERFACE);
  const { [old ?? '']: requested, ...extra } = read.extra ?? {};
  const chosen = ifname || (typeof requested === 'string' ? requested : '');
  return definedOnly({
    ...read,
    name: read.name ?? '',
    namespace: namespace || undefined,
    interface: chosen || undefined,
    extra: Object.keys(extra).length > 0 ? extra : undefined,
  });
}

function readShort(value: string): ReadAttachments {
  const errors: AnnotationError[] = [];
  let start = 0;
  const elements = value.split(',').map((item, index): AttachmentElement => {
    const span = spanOf(item, start);
    start += item.length + 1;
    const attachment = fromShort(item.trim());
    if (attachment) return { attachment, span };
    errors.push({ ...shortError(item.trim()), index, span });
    return { attachment: { name: '' }, span };
  });
  return { form: 'short', elements, errors };
}

/** Without the blanks around it, which Multus trims. */
function spanOf(item: string, start: number): [number, number] {
  const first = start + (item.length - item.trimStart().length);
  return [first, Math.max(first, start + item.trimEnd().length)];
}

interface ShortItem {
  readonly namespace: string | undefined;
  readonly name: string;
  readonly interface: string | undefined;
}

function splitShort(item: string): ShortItem | undefined {
  const match = /^(?:([^/@]*)\/)?([^/@]+)(?:@([^/@]*))?$/.exec(item);
  const [namespace, name, ifname] = (match ?? []).slice(1).map((part) => part?.trim() || undefined);
  return name === undefined ? undefined : { namespace, name, interface: ifname };
}

/** Multus holds names in the short form to labels: a dot is refused. */
function fromShort(item: string): Attachment | undefined {
  const parts = splitShort(item);
  if (!parts || !SHORT_NAME.test(parts.name)) return undefined;
  if (parts.namespace !== undefined && !SHORT_NAME.test(parts.namespace)) return undefined;
  return definedOnly(parts);
}

function shortError(item: string): Pick<AnnotationError, 'found' | 'fix'> {
  if (item === '') {
    return { found: 'there is a network without a name', fix: 'leave the comma out' };
  }
  const parts = splitShort(item);
  if (
    parts &&
    /^[a-z0-9.-]+$/.test(`${parts.namespace ?? ''}${parts.name}`) &&
    parts.name.includes('.')
  ) {
    return {
      found: `"${item}" has a dot in its name, which Multus refuses in the short form`,
      fix: `${JSON.stringify([definedOnly(parts)])}?`,
    };
  }
  return { found: `"${item}" is not [NAMESPACE/]NAME[@INTERFACE]`, fix: likelyItem(item) };
}

/** What was probably meant by an item that Multus refuses. */
function likelyItem(item: string): string {
  const words = item.split(/\s+/);
  if (words.length > 1 && words.every(fromShort)) {
    return `put commas between names: ${words.join(',')}?`;
  }
  const plain = item.toLowerCase().replace(/[^a-z0-9/@-]+/g, '-');
  return fromShort(plain)
    ? `${plain}?`
    : 'correct the name: a-z, 0-9 and "-", one "/" and one "@" at most';
}

/** Members with a known name that are left in `extra`: Go refuses their type. */
function mistyped({ extra = {} }: Attachment): [name: string, value: unknown][] {
  return Object.entries(extra).filter(([name, value]) => {
    const key = keyNamed(ATTACHMENT, name);
    return key !== undefined && !fits(key.value, value);
  });
}

/**
 * The attachments of an annotation.
 *
 * @throws SyntaxError for a value that Multus can't read
 */
export function parseNetworksAnnotation(value: string, podNamespace: string): Attachment[] {
  const { elements, errors } = readNetworksAnnotation(value);
  const [error] = errors;
  if (error) throw new SyntaxError(error.found);
  for (const { attachment } of elements) {
    const [wrong] = mistyped(attachment);
    if (wrong) throw new SyntaxError(`${wrong[0]} can't be ${JSON.stringify(wrong[1])}`);
  }
  return elements.map(({ attachment: { name, namespace, ...others } }) => ({
    name,
    namespace: namespace ?? podNamespace,
    ...others,
  }));
}
