import { isMembers } from '../../cni';
import {
  NETWORK_KIND,
  type NetworkDefinition,
  parseNetwork,
  RESOURCE_ANNOTATION,
  readJson,
  valueAt,
} from '../../kubernetes';
import { isCompleted } from './computed-settings';
import { type Item, type LeftOut, leftOut, type NamedObject } from './item';
import { type TypedNetwork, typedNetwork } from './typed-network';

/** A NetworkAttachmentDefinition with a CNI configuration. */
export interface NetworkItem extends Item {
  readonly of: 'network';
  readonly definition: NetworkDefinition;
  readonly config: Readonly<Record<string, unknown>>;
  /** Undefined where only the raw configuration says it all. */
  readonly typed: TypedNetwork | undefined;
}

/** An object that no construct stands for: it is kept as it is. */
export interface PlainItem extends Item {
  readonly of: 'plain';
  /** What to say of it. */
  readonly note: string;
}

export function isNetwork({ kind, group }: NamedObject): boolean {
  return kind === NETWORK_KIND && group === 'k8s.cni.cncf.io';
}

/** What a NetworkAttachmentDefinition becomes. */
export function networkItem(object: NamedObject): NetworkItem | PlainItem | LeftOut {
  const { name, namespace, manifest } = object;
  const text = valueAt(manifest, ['spec', 'config']);
  if (typeof text !== 'string' || text.trim() === '') {
    const note = 'It has no configuration: Multus takes the file of this name on the node.';
    return { ...object, of: 'plain', note };
  }
  const read = readJson(text);
  if ('error' in read) return leftOut(object, 'its configuration is not JSON');
  const config = read.value;
  const resourceName = valueAt(manifest, ['metadata', 'annotations', RESOURCE_ANNOTATION]);
  const definition = parseNetwork(config, {
    name,
    namespace,
    resourceName: typeof resourceName === 'string' ? resourceName : undefined,
  });
  if (!definition || !isMembers(config)) {
    const note = 'Its configuration has no plugin with a type, and no pod can be attached to it.';
    return { ...object, of: 'plain', note };
  }
  const typed = typedNetwork(definition, config);
  if (!typed && isCompleted(definition)) {
    const note =
      'Kept as it is: CniNetwork would add what a plugin is usually told of the network.';
    return { ...object, of: 'plain', note };
  }
  return { ...object, of: 'network', definition, config, typed };
}
