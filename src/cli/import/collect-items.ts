import { isMembers } from '../../cni';
import { valueAt } from '../../kubernetes';
import { type IpPoolItem, ipPoolItem, isIpPool } from './ip-pool-item';
import { isLeftOut, type LeftOut, leftOut, type NamedObject } from './item';
import { isSubnet, type SubnetItem, subnetItem } from './kube-ovn-item';
import { type Members, wantedManifest } from './manifest';
import { isNetwork, type NetworkItem, networkItem, type PlainItem } from './network-item';
import { type WorkloadItem, workloadItem } from './workload-item';

/** What a part of the program stands for. */
export type ProgramItem = NetworkItem | SubnetItem | WorkloadItem | PlainItem;

/** What of the input the program is made of, in the input's order. */
export interface CollectedItems {
  readonly items: readonly ProgramItem[];
  readonly ipPools: readonly IpPoolItem[];
  readonly leftOut: readonly LeftOut[];
  /** Objects that another object of the cluster makes, and would make again. */
  readonly made: readonly LeftOut[];
  /** How many objects have nothing to do with networks. */
  readonly skipped: number;
}

/**
 * Sorts out what to import.
 *
 * @param namespace of objects that name none
 */
export function collectItems(
  objects: readonly Members[],
  namespace: string | undefined,
): CollectedItems {
  const items: ProgramItem[] = [];
  const ipPools: IpPoolItem[] = [];
  const left: LeftOut[] = [];
  const made: LeftOut[] = [];
  let skipped = 0;
  for (const [index, object] of objects.entries()) {
    const named = namedObject(object, index, namespace);
    const item = named && itemOf(named);
    const owner = item && !isLeftOut(item) && item.of !== 'ipPool' && controllerOf(object);
    if (!item) skipped++;
    else if (owner) made.push(leftOut(named, `${owner} makes it`));
    else if (isLeftOut(item)) left.push(item);
    else if (item.of === 'ipPool') ipPools.push(item);
    else items.push(item);
  }
  return { items, ipPools, leftOut: left, made, skipped };
}

function namedObject(
  object: Members,
  index: number,
  standard: string | undefined,
): NamedObject | undefined {
  const { apiVersion, kind } = object;
  if (typeof apiVersion !== 'string' || typeof kind !== 'string') return undefined;
  const own = textAt(object, 'namespace');
  return {
    index,
    kind,
    group: apiVersion.includes('/') ? (apiVersion.split('/')[0] as string) : '',
    name: textAt(object, 'name') ?? (textAt(object, 'generateName') ?? '').replace(/-$/, ''),
    namespace: own === '' || own === undefined ? standard : own,
    manifest: wantedManifest(object),
  };
}

/** Undefined for an object that has nothing to do with networks. */
function itemOf(named: NamedObject): ProgramItem | IpPoolItem | LeftOut | undefined {
  const item = kindOf(named);
  if (!item || isLeftOut(item)) return item;
  if (named.name === '') return leftOut(named, 'it has no name');
  const { apiVersion } = named.manifest;
  // cdk8s refuses what is neither `v1` nor `group/v1`.
  if (/^([^/]+\/)?[^/]+$/.test(String(apiVersion))) return item;
  return leftOut(named, `"${apiVersion}" is no apiVersion`);
}

function kindOf(object: NamedObject): ProgramItem | IpPoolItem | LeftOut | undefined {
  if (isNetwork(object)) return networkItem(object);
  if (isSubnet(object)) return subnetItem(object);
  if (isIpPool(object)) return ipPoolItem(object);
  return workloadItem(object);
}

function textAt(object: Members, key: string): string | undefined {
  const value = valueAt(object, ['metadata', key]);
  return typeof value === 'string' ? value : undefined;
}

/** What keeps the object as it is; a program that writes it too would fight with it. */
function controllerOf(object: Members): string | undefined {
  const owners = valueAt(object, ['metadata', 'ownerReferences']);
  if (!Array.isArray(owners)) return undefined;
  const owner: unknown = owners.find((one) => isMembers(one) && one['controller'] === true);
  return isMembers(owner) ? `${owner['kind']} ${owner['name']}` : undefined;
}
