import { attachmentsOf } from './any-workload';
import type { Manifest } from './imported';

const NETWORKS = 'k8s.v1.cni.cncf.io/networks';

/** Maps whose keys somebody chose; elsewhere Go takes keys without regard to case. */
const MAPS = ['capabilities', 'sysctl'];

/**
 * What a CNI configuration means, by the words of the CNI specification and of Go's JSON decoding: a
 * second opinion beside the importer's own.
 */
export function meaningOf(text: string, nad: string): unknown {
  const config = fold(JSON.parse(text));
  if (!config.name) config.name = nad;
  // CNI: "if missing, 0.1.0".
  if (!config.cniversion) config.cniversion = '0.1.0';
  for (const flag of ['disablecheck', 'disablegc']) {
    if (config[flag] !== undefined) config[flag] = String(config[flag]).toLowerCase() === 'true';
    if (config[flag] === false) delete config[flag];
  }
  return config;
}

function fold(value: Manifest, key = ''): Manifest {
  if (Array.isArray(value)) return value.map((one) => fold(one));
  if (typeof value !== 'object' || value === null) return value;
  const folded: Manifest = {};
  for (const [name, one] of Object.entries(value)) {
    if (one === null) continue;
    folded[MAPS.includes(key) ? name : name.toLowerCase()] = fold(one, name.toLowerCase());
  }
  for (const name of ['capabilities', 'ipam']) {
    if (folded[name] && Object.keys(folded[name]).length === 0) delete folded[name];
  }
  return folded;
}

/** What has to come back of objects: configurations and attachments by their meaning, all else as it is. */
export function meanings(objects: readonly Manifest[]): Map<string, unknown> {
  const entries = objects.map((one) => [keyOf(one), essence(one)] as const);
  return new Map(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

const keyOf = ({ kind, metadata }: Manifest): string =>
  `${kind} ${metadata.namespace ?? ''}/${metadata.name}`;

function essence(object: Manifest): unknown {
  const { metadata, spec } = object;
  if (spec?.config !== undefined) {
    return { ...object, spec: { ...spec, config: meaningOf(spec.config, metadata.name) } };
  }
  return JSON.parse(JSON.stringify(object), (key, value) =>
    key === NETWORKS ? attachmentsOf(value, metadata.namespace) : value,
  );
}
