import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import type { KubernetesObject } from './api-server-client';
import { objectsBelow } from './api-server-crds';
import { ROOT } from './story';

/** What the golden test holds equal to the examples' output. */
const GOLDEN = path.join(ROOT, 'test/golden');

/** The examples with a cdk8s program, by their folders' names. */
export function exampleNames(): string[] {
  const folder = path.join(ROOT, 'examples');
  return readdirSync(folder)
    .filter((name) => existsSync(path.join(folder, name, 'main.ts')))
    .sort();
}

/** The manifests of an example, in the order in which they are applied; none without golden files. */
export function exampleObjects(name: string): KubernetesObject[] {
  const folder = path.join(GOLDEN, name);
  return existsSync(folder) ? objectsBelow(folder) : [];
}
