import { readDocuments, type SourceObject } from '../../../src/cli/input/documents';
import type { SourceText } from '../../../src/cli/input/source-text';
import { Locator, type Place } from '../../../src/cli/places/locator';
import type { ObjectPath } from '../../../src/kubernetes';

/** A text as if it came from a file. */
export function fileOf(text: string, name = 'file.yaml'): SourceText {
  return { kind: 'file', name, text };
}

/** The objects of a text that has nothing wrong in it. */
export function objectsOf(text: string, name?: string): SourceObject[] {
  const { objects, unreadable } = readDocuments(fileOf(text, name));
  expect(unreadable).toEqual([]);
  return objects;
}

/** The first object of a text. */
export function objectIn(text: string, name?: string): SourceObject {
  const [object] = objectsOf(text, name);
  if (!object) throw new Error(`no object in ${text}`);
  return object;
}

/** Where a value of the first object of a text stands. */
export function placeIn(text: string, where: ObjectPath, name?: string): Place {
  return new Locator().placeOf(objectIn(text, name), where);
}

/** The part of the text that a place marks. */
export function marked({ source, range }: Place): string {
  return source.text.slice(...range);
}
