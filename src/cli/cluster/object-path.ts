import type { RemovalObject } from '../../installs';
import { UsageError } from '../usage-error';

/** What the kinds that netloom reads and deletes are called in paths. */
const PLURALS: Readonly<Record<string, string>> = {
  NetworkAttachmentDefinition: 'network-attachment-definitions',
  IPPool: 'ippools',
  ValidatingAdmissionPolicy: 'validatingadmissionpolicies',
};

/**
 * The path of an object in the API: `/apis/apps/v1/namespaces/NS/daemonsets/NAME`.
 *
 * @throws UsageError for a name that can't be one
 */
export function objectPath({ apiVersion, kind, namespace, name }: RemovalObject): string {
  const parts = [namespace ?? '', name, ...apiVersion.split('/')];
  // It comes from the server, but a path made of it must not lead elsewhere.
  if (parts.some((part) => /[/?#%]|^\.+$/.test(part))) {
    throw new UsageError(`${kind} "${name}" is no name of an object`);
  }
  const base = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const place = namespace === undefined ? '' : `/namespaces/${namespace}`;
  return `${base}${place}/${pluralOf(kind)}/${name}`;
}

function pluralOf(kind: string): string {
  return PLURALS[kind] ?? `${kind.toLowerCase()}s`;
}
