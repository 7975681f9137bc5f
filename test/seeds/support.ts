import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type CheckOptions, checkObjects, type ObjectFinding } from 'netloom';
import { parseAllDocuments } from 'yaml';

/** An object as YAML gives it. */
export type Manifest = any;

/** The objects of a file, each changed as a test wants it. */
export function objectsOf(file: string, change: (object: Manifest) => void = () => {}): Manifest[] {
  const text = readFileSync(path.join(__dirname, `${file}.yaml`), 'utf8');
  return parseAllDocuments(text).flatMap((document) => {
    expect(document.errors).toEqual([]);
    const object: Manifest = document.toJS();
    if (object !== null) change(object);
    return object === null ? [] : [object];
  });
}

/** A finding as `INDEX CODE KEY`. */
export const say = ({ index, problem }: ObjectFinding): string =>
  `${index} ${problem.code} ${problem.key}`;

/** What is told of a file, as `INDEX CODE KEY`. */
export function told(
  file: string,
  { facts = {}, change }: { facts?: CheckOptions; change?: (object: Manifest) => void } = {},
): string[] {
  return checkObjects(objectsOf(file, change), facts).map(say).sort();
}

/** Changes the configuration of one network of a file. */
export const inConfig =
  (name: string, change: (config: any) => void) =>
  (object: Manifest): void => {
    if (object.metadata.name !== name || object.spec?.config === undefined) return;
    const config = JSON.parse(object.spec.config);
    change(config);
    object.spec.config = JSON.stringify(config);
  };

/** Changes the annotations of the pods of one object. */
export const onPods =
  (name: string, annotations: Record<string, string>) =>
  (object: Manifest): void => {
    if (object.metadata.name !== name || object.spec?.config !== undefined) return;
    const { metadata } = object.spec?.template ?? object;
    metadata.annotations = { ...metadata.annotations, ...annotations };
  };

/** The annotation of a pod's networks, and its key in messages. */
export const NETWORKS = 'k8s.v1.cni.cncf.io/networks';
export const AT = `metadata.annotations["${NETWORKS}"]`;
