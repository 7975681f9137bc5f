import { describeObject, nameOf } from '../findings';
import type { Documents, SourceObject } from '../input/documents';
import { isMapping } from '../input/lists';
import { ApiServer, type ListedObject } from './api-server';
import { ClusterSource } from './cluster-source';

/** Objects of one kind. */
interface Kind {
  /** Group and version, as a path; the first that the server knows counts. */
  readonly versions: readonly string[];
  /** Its name in paths. */
  readonly plural: string;
  /** True for objects that are in no namespace. */
  readonly isClusterWide?: true;
}

/** What of a cluster says something about secondary networks. */
const KINDS: readonly Kind[] = [
  { versions: ['/apis/k8s.cni.cncf.io/v1'], plural: 'network-attachment-definitions' },
  { versions: ['/api/v1'], plural: 'pods' },
  { versions: ['/apis/apps/v1'], plural: 'deployments' },
  { versions: ['/apis/apps/v1'], plural: 'statefulsets' },
  { versions: ['/apis/apps/v1'], plural: 'daemonsets' },
  { versions: ['/apis/apps/v1'], plural: 'replicasets' },
  { versions: ['/apis/batch/v1'], plural: 'jobs' },
  { versions: ['/apis/batch/v1'], plural: 'cronjobs' },
  { versions: ['/apis/kubevirt.io/v1'], plural: 'virtualmachines' },
  {
    versions: ['/apis/k8s.cni.cncf.io/v1beta1', '/apis/k8s.cni.cncf.io/v1beta2'],
    plural: 'multi-networkpolicies',
  },
  { versions: ['/apis/kubeovn.io/v1'], plural: 'subnets', isClusterWide: true },
  { versions: ['/apis/whereabouts.cni.cncf.io/v1alpha1'], plural: 'ippools' },
  { versions: ['/apis/netloom.io/v1alpha1'], plural: 'hostbridges', isClusterWide: true },
  { versions: ['/apis/netloom.io/v1alpha1'], plural: 'nodenetworks', isClusterWide: true },
  { versions: ['/apis/operator.openshift.io/v1'], plural: 'networks', isClusterWide: true },
];

/**
 * The objects of a cluster that have to do with secondary networks.
 *
 * @throws UsageError where the cluster can't be read as a whole
 */
export function readCluster(kubeconfig: string, context?: string): Promise<Documents> {
  return withCluster(kubeconfig, context, (server) => readObjects(server, []));
}

/** Opens the cluster of a kubeconfig for as long as `use` takes. */
export async function withCluster<T>(
  kubeconfig: string,
  context: string | undefined,
  use: (server: ApiServer) => Promise<T>,
): Promise<T> {
  const server = await ApiServer.open(kubeconfig, context);
  try {
    await server.confirm();
    return await use(server);
  } finally {
    server.close();
  }
}

/**
 * The objects that have to do with secondary networks. What another one of them made (a Deployment's
 * pods) is left out: it is a copy of the template.
 *
 * @param namespaces those to look at, and nothing outside them; all for none
 * @throws UsageError where one of the lists can't be read
 */
export async function readObjects(
  server: ApiServer,
  namespaces: readonly string[],
): Promise<Documents> {
  const objects: SourceObject[] = [];
  for (const kind of KINDS) {
    for (const paths of listsOf(kind, namespaces)) {
      for (const object of await firstKnown(server, paths)) objects.push(asSource(object));
    }
  }
  return { count: objects.length, objects, unreadable: [] };
}

/** The lists to ask for; of each, a path for every version. */
function listsOf({ versions, plural, isClusterWide }: Kind, namespaces: readonly string[]) {
  if (namespaces.length === 0) return [versions.map((version) => `${version}/${plural}`)];
  if (isClusterWide) return [];
  return namespaces.map((namespace) =>
    versions.map((version) => `${version}/namespaces/${namespace}/${plural}`),
  );
}

async function firstKnown(server: ApiServer, paths: readonly string[]): Promise<ListedObject[]> {
  for (const path of paths) {
    const objects = await server.list(path, isNobodysCopy);
    if (objects) return objects;
  }
  return [];
}

/** Kinds whose pods and replica sets follow their template. */
const MAKERS = new Set([
  'CronJob',
  'DaemonSet',
  'Deployment',
  'Job',
  'ReplicaSet',
  'StatefulSet',
  'VirtualMachine',
  'VirtualMachineInstance',
]);

function isNobodysCopy({ metadata }: ListedObject): boolean {
  const { ownerReferences: owners } = isMapping(metadata) ? metadata : {};
  if (!Array.isArray(owners)) return true;
  return !owners.some((owner) => owner?.controller === true && MAKERS.has(owner.kind));
}

function asSource(listed: ListedObject): SourceObject {
  const object = withoutManagedFields(listed);
  const name = nameOf({ object });
  const source = new ClusterSource(name ? describeObject(name) : 'an object', object);
  const piece = { format: 'yaml', start: 0, end: Number.POSITIVE_INFINITY } as const;
  return { source, index: 0, object, piece, base: [] };
}

/** Who wrote which field: as long as the object itself, and of no use here. */
function withoutManagedFields(object: ListedObject): ListedObject {
  const { metadata } = object;
  if (!isMapping(metadata)) return object;
  const { managedFields: _dropped, ...rest } = metadata;
  return { ...object, metadata: rest };
}
