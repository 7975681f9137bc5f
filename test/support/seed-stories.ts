import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { KubernetesObject } from './api-server-client';
import { ROOT } from './story';

/** What a seed's document applies by hand. */
export function seedObjects(name: string): KubernetesObject[] {
  const text = readFileSync(path.join(ROOT, 'test/seeds', `${name}.yaml`), 'utf8');
  return parseAllDocuments(text).map((document) => document.toJS());
}

/** The one object of a kind and name. */
export function objectNamed(
  objects: readonly KubernetesObject[],
  kind: string,
  name: string,
): KubernetesObject {
  const found = objects.find((one) => one.kind === kind && one.metadata.name === name);
  if (!found) throw new Error(`no ${kind} ${name}`);
  return found;
}

/** The CNI configuration of a network. */
export function configOf(network: KubernetesObject): any {
  return JSON.parse(network['spec'].config);
}

/** The annotation that a pod is attached by. */
export function networksOf(pod: KubernetesObject): string {
  return pod.metadata['annotations']?.['k8s.v1.cni.cncf.io/networks'];
}
