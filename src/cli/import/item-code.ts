import type { LinkKind } from '../../cni';
import { RESOURCE_ANNOTATION } from '../../kubernetes';
import { type Code, call, literal, name, type ObjectCode, object } from './code';
import type { Item } from './item';
import type { SubnetItem } from './kube-ovn-item';
import { isPlainMetadata, type Members, withAnnotations } from './manifest';
import {
  type AddressVariables,
  NETWORK_CLASSES,
  networkProps,
  type Props,
  rawProps,
} from './network-code';
import type { NetworkItem } from './network-item';
import type { Pool } from './pools';

/** Where a construct stands: the variable of its scope, and its id. */
export interface ConstructPlace {
  readonly scope: string;
  readonly id: string;
}

/** A network: typed where its props can say all of it. */
export function networkCode(
  item: NetworkItem,
  place: ConstructPlace,
  variables: AddressVariables,
): Code {
  const { typed, config, definition } = item;
  const named = { name: place.id === item.name ? undefined : literal(item.name) };
  const metadata = { metadata: metadataCode(item, ['name', 'namespace'], [RESOURCE_ANNOTATION]) };
  if (!typed) {
    return construct('CniNetwork', place, {
      ...named,
      ...rawProps(config, definition),
      ...metadata,
    });
  }
  const props = networkProps(typed.definition, variables);
  const { kind } = typed.definition.link;
  return construct(NETWORK_CLASSES[kind as LinkKind], place, { ...named, ...props, ...metadata });
}

/** An object as it is. The chart gives it its namespace. */
export function objectCode(item: Item, place: ConstructPlace): Code {
  const { apiVersion, kind, metadata: _metadata, ...rest } = item.manifest;
  return construct('ApiObject', place, {
    apiVersion: literal(apiVersion),
    kind: literal(kind),
    metadata: metadataCode(item, ['namespace'], []),
    ...Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, literal(value)])),
  });
}

/** @param isWired its provider comes from the network that uses it */
export function subnetCode(item: SubnetItem, place: ConstructPlace, isWired: boolean): Code {
  const { name: own, provider, ...settings } = item.definition;
  return construct('KubeOvnSubnet', place, {
    // Without one, a name would be made of the path.
    name: literal(own),
    provider: isWired || provider === undefined ? undefined : literal(provider),
    ...Object.fromEntries(Object.entries(settings).map(([key, value]) => [key, literal(value)])),
    metadata: metadataCode(item, ['name', 'namespace'], []),
  });
}

export function poolCode({ ranges, networkName }: Pool, place: ConstructPlace): Code {
  return construct('WhereaboutsPool', place, {
    ranges: literal(ranges),
    networkName: networkName === undefined ? undefined : literal(networkName),
  });
}

function construct(className: string, { scope, id }: ConstructPlace, props: Props): Code {
  const code = object(props);
  const args = code.members.length === 0 ? [] : [code];
  return call(`new ${className}`, name(scope), literal(id), ...args);
}

/** The metadata without what is said elsewhere; undefined where nothing is left. */
function metadataCode(
  { manifest }: Item,
  said: readonly string[],
  annotations: readonly string[],
): ObjectCode | undefined {
  const metadata = withAnnotations(manifest['metadata'] as Members, annotations);
  const kept = Object.entries(metadata).filter(([key]) => !said.includes(key));
  if (kept.length === 0) return undefined;
  const code = literal(Object.fromEntries(kept)) as ObjectCode;
  // Kubernetes would refuse it, too; but that is not for the compiler to say.
  return isPlainMetadata(metadata) ? code : { ...code, as: 'never' };
}

/** What an object is, in the name of a variable: `pod`, `deployment`. */
export function roleOf({ manifest }: Item): string {
  const kind = String(manifest['kind']);
  return kind.slice(0, 1).toLowerCase() + kind.slice(1);
}
