import { isMembers } from '../cni';
import type { Problem } from '../errors';
import { NETWORK_API_VERSION, NETWORK_KIND, RESOURCE_ANNOTATION, valueAt } from '../kubernetes';
import { placedAt } from './placed';
import { type ConfigPlaces, readConfig } from './read-config';
import { groupOf, type Manifest, NOTHING, namesOf, type ReadObject, textAt } from './read-object';

const [GROUP] = NETWORK_API_VERSION.split('/');

const PLACES: ConfigPlaces = {
  config: ['spec', 'config'],
  metadata: {
    name: ['metadata', 'name'],
    namespace: ['metadata', 'namespace'],
    resourceName: ['metadata', 'annotations', RESOURCE_ANNOTATION],
  },
};

/** Reads a NetworkAttachmentDefinition; undefined for an object of another kind. */
export function readNetwork(object: Manifest): ReadObject | undefined {
  if (object.kind !== NETWORK_KIND || (groupOf(object) ?? GROUP) !== GROUP) return undefined;
  const names = namesOf(object);
  const config = valueAt(object, PLACES.config) ?? '';
  if (typeof config !== 'string') {
    const problem = placedAt({ path: PLACES.config }, noText(config));
    return { parts: [], problems: [problem], unread: names };
  }
  // Without a configuration, Multus takes the file of that name on the node.
  if (config.trim() === '') return { ...NOTHING, unread: names };
  const resourceName = textAt(object, PLACES.metadata.resourceName);
  const read = readConfig(config, { ...names, resourceName }, PLACES);
  return read.parts.length > 0 ? read : { ...read, unread: names };
}

function noText(config: unknown): Problem {
  return {
    code: 'NL_TYPE_WRONG',
    key: '',
    found: `the configuration is ${isMembers(config) ? 'an object' : 'no text'}, and the API server takes a text only`,
    allowed: 'a CNI configuration as JSON text',
    fix: "write it as a text: config: '{ ... }', or behind config: |",
  };
}
