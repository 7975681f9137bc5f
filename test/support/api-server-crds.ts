import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { KubernetesObject } from './api-server-client';

const CRDS = path.join(__dirname, 'crds');

/** Objects of YAML files, in the order of the files' names. */
export function objectsBelow(folder: string): KubernetesObject[] {
  return readdirSync(folder, { recursive: true })
    .map(String)
    .filter((name) => name.endsWith('.yaml'))
    .sort()
    .flatMap((name) => parseAllDocuments(readFileSync(path.join(folder, name), 'utf8')))
    .map((document) => document.toJS() as KubernetesObject | null)
    .filter((object) => object !== null);
}

/** CustomResourceDefinitions among objects. */
export function crdsOf(objects: readonly KubernetesObject[]): KubernetesObject[] {
  return objects.filter(({ kind }) => kind === 'CustomResourceDefinition');
}

/**
 * CustomResourceDefinitions that some objects need and do not bring: a platform has them. Ours hold
 * just the documented fields, so that strict decoding finds every other.
 */
export function platformCrds(objects: readonly KubernetesObject[]): KubernetesObject[] {
  const own = new Set(crdsOf(objects).map(kindOf));
  const wanted = new Set(objects.map(({ apiVersion, kind }) => `${apiVersion} ${kind}`));
  return objectsBelow(CRDS).filter((crd) => wanted.has(kindOf(crd)) && !own.has(kindOf(crd)));
}

function kindOf({ spec }: KubernetesObject): string {
  return `${spec.group}/${spec.versions[0].name} ${spec.names.kind}`;
}
