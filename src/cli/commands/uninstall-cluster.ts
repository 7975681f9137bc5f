import {
  helmRelease,
  REMOVAL_ANNOTATION,
  REMOVAL_NAME,
  type RemovalCluster,
  type RemovalObject,
} from '../../installs';
import {
  type PlatformChoices,
  type PlatformFacts,
  type PlatformName,
  platformFacts,
  valueAt,
} from '../../kubernetes';
import type { ApiServer, ListedObject } from '../cluster/api-server';
import { UsageError } from '../usage-error';
import { annotationsOf, labelsOf, objectOf, readPods } from './uninstall-pods';

const NETWORK_GROUP = 'k8s.cni.cncf.io';
const WHEREABOUTS_GROUP = 'whereabouts.cni.cncf.io';
const RBAC = '/apis/rbac.authorization.k8s.io/v1';

const CRDS: Readonly<Record<string, string>> = {
  [`network-attachment-definitions.${NETWORK_GROUP}`]: `/apis/${NETWORK_GROUP}/v1/network-attachment-definitions`,
  [`ippools.${WHEREABOUTS_GROUP}`]: `/apis/${WHEREABOUTS_GROUP}/v1alpha1/ippools`,
  [`overlappingrangeipreservations.${WHEREABOUTS_GROUP}`]: `/apis/${WHEREABOUTS_GROUP}/v1alpha1/overlappingrangeipreservations`,
  [`nodeslicepools.${WHEREABOUTS_GROUP}`]: `/apis/${WHEREABOUTS_GROUP}/v1alpha1/nodeslicepools`,
};

/** Upstream's names, and those that netloom gives. */
const ACCOUNTS = ['multus', 'whereabouts', 'whereabouts-reconciler', 'whereabouts-controller'];
const CONFIG_MAPS = [
  ...['multus-cni-config', 'multus-daemon-config', 'cni-config'],
  ...['whereabouts-config', 'whereabouts-flatfile-config'],
];
/** The bindings first: without one, a policy has no effect. */
const POLICIES = [
  '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings',
  '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies',
];
/** OpenShift's operator runs these as long as somebody asks for them. */
const ON_REQUEST = ['dhcp-daemon', 'whereabouts-reconciler'];

const WORKLOADS = [
  ...['deployments', 'statefulsets', 'daemonsets', 'replicasets'].map(
    (one) => `/apis/apps/v1/${one}`,
  ),
  ...['jobs', 'cronjobs'].map((one) => `/apis/batch/v1/${one}`),
];

/** What the nodes and the API server themselves say of the platform. */
export async function detectPlatform(server: ApiServer): Promise<PlatformFacts> {
  const nodes = await listed(server, '/api/v1/nodes');
  const info = nodes.map((node) => valueAt(node, ['status', 'nodeInfo'])) as Record<
    string,
    string
  >[];
  const some = (key: string, part: string): boolean =>
    info.some((one) => String(one?.[key] ?? '').includes(part));
  const operator = await server.list('/apis/operator.openshift.io/v1/networks', () => true);
  const isKubeOvn = await server.list('/apis/kubeovn.io/v1/subnets', () => true);
  const name: PlatformName = some('kubeletVersion', '+rke2')
    ? 'rke2'
    : some('kubeletVersion', '+k3s')
      ? 'k3s'
      : operator
        ? 'openshift'
        : isKubeOvn
          ? 'kube-ovn'
          : 'kubernetes';
  const isCrio = name === 'kubernetes' && some('containerRuntimeVersion', 'cri-o://');
  const choices: PlatformChoices = isCrio ? { cri: 'cri-o' } : {};
  return platformFacts(name, choices);
}

/**
 * What is left of Multus in a cluster, at this moment.
 *
 * @throws UsageError where anything can't be read: what is not known is not taken for absent
 */
export async function readRemovalCluster(
  server: ApiServer,
  facts: PlatformFacts,
): Promise<RemovalCluster> {
  const pods = await listed(server, '/api/v1/pods');
  const workloads = (await Promise.all(WORKLOADS.map((path) => listed(server, path)))).flat();
  const crds = await listed(
    server,
    '/apis/apiextensions.k8s.io/v1/customresourcedefinitions',
    (one) => objectOf(one).name in CRDS,
  );
  const custom = await readCustom(server, crds);
  const running = workloads.filter(isDaemon);
  const daemons = running.filter(
    (one) => facts.parts.multus !== 'built-in' || ON_REQUEST.includes(objectOf(one).name),
  );
  const access = await readAccess(server, facts, running);
  const pools = custom.filter(({ apiVersion }) => apiVersion.startsWith(WHEREABOUTS_GROUP));
  const remover = workloads.filter((one) => labelsOf(one)['app'] === REMOVAL_NAME);
  return {
    ...readPods(pods, workloads),
    hasMultus: running.some(isMultus),
    networks: [
      ...custom.filter(({ apiVersion }) => apiVersion.startsWith(NETWORK_GROUP)),
      ...(await readPolicies(server)),
    ],
    settings: await readSettings(server),
    daemons: [
      ...daemons.map((one) => managed(one, facts)),
      ...(facts.parts.multus === 'built-in' ? [] : orphansOf(pods, running)),
    ],
    pools: [...pools, ...(await readLeases(server, pools, facts, running))],
    access: access.map((one) => managed(one, facts)),
    crds: crds.map((one) => managed(one, facts)),
    remover: await withAccount(server, remover.map(objectOf), facts, running),
    nodeFiles: phaseOf(remover),
  };
}

/** A list of a kind that every server has, so that a missing answer is an error. */
async function listed(
  server: ApiServer,
  path: string,
  keep: (object: ListedObject) => boolean = () => true,
): Promise<ListedObject[]> {
  const found = await server.list(path, keep);
  if (found) return found;
  throw new UsageError(`the server does not know ${path}: is it one of Kubernetes?`);
}

async function readCustom(
  server: ApiServer,
  crds: readonly ListedObject[],
): Promise<RemovalObject[]> {
  const lists = crds.map(async (crd) => {
    const path = CRDS[objectOf(crd).name] as string;
    const found = await server.list(path, () => true);
    // A definition that is just being deleted has no list any more.
    if (found || valueAt(crd, ['metadata', 'deletionTimestamp']) !== undefined) return found ?? [];
    throw new UsageError(`${path}: there is a definition, and no list of its objects`);
  });
  return (await Promise.all(lists)).flat().map(objectOf);
}

/**
 * What netloom makes for networks with claims: it refuses pods, and would go on with it. Older servers
 * have no such policies.
 */
async function readPolicies(server: ApiServer): Promise<RemovalObject[]> {
  const isOurs = (one: ListedObject): boolean =>
    /^netloom-[a-z0-9-]+\.[a-z0-9.-]+$/.test(objectOf(one).name);
  const lists = POLICIES.map((path) => server.list(path, isOurs));
  return (await Promise.all(lists)).flatMap((found) => found ?? []).map(objectOf);
}

function isMultus(object: ListedObject): boolean {
  if (object['kind'] !== 'DaemonSet') return false;
  const { name } = objectOf(object);
  const labels = labelsOf(object);
  return (
    labels['app'] === 'multus' ||
    /^(kube-multus-ds(-[a-z0-9]+)?|multus|rke2-multus)$/.test(name) ||
    valueAt(object, ['spec', 'template', 'metadata', 'labels', 'name']) === 'multus'
  );
}

function isDaemon(object: ListedObject): boolean {
  const { kind, name } = objectOf(object);
  const { app } = labelsOf(object);
  if (app === REMOVAL_NAME) return false;
  if (kind === 'DaemonSet') {
    return (
      isMultus(object) || ['whereabouts', 'dhcp-daemon', 'whereabouts-reconciler'].includes(name)
    );
  }
  if (kind === 'Deployment') return /^whereabouts-(reconciler|controller)$/.test(name);
  // Releases of whereabouts below 0.7.
  return kind === 'CronJob' && name === 'ip-reconciler';
}

/** Pods that still end after their DaemonSet: until then they may write files. */
function orphansOf(
  pods: readonly ListedObject[],
  running: readonly ListedObject[],
): RemovalObject[] {
  const key = (object: ListedObject): string =>
    `${objectOf(object).namespace}/${objectOf(object).name}`;
  const known = new Set(running.filter(({ kind }) => kind === 'DaemonSet').map(key));
  return pods
    .filter((pod) => {
      const owner = valueAt(pod, ['metadata', 'ownerReferences', 0]);
      if (valueAt(owner, ['kind']) !== 'DaemonSet') return false;
      const name = valueAt(owner, ['name']);
      const metadata = { ...Object(pod['metadata']), name };
      const daemonSet = { kind: 'DaemonSet', metadata };
      return isDaemon(daemonSet) && !known.has(key(daemonSet));
    })
    .map(objectOf);
}

/** What would make an object again when it is deleted. */
function managed(object: ListedObject, { name, parts }: PlatformFacts): RemovalObject {
  const annotations = annotationsOf(object);
  const labels = labelsOf(object);
  const release = annotations['meta.helm.sh/release-name'];
  const [, app] = /^([^:]+):/.exec(annotations['argocd.argoproj.io/tracking-id'] ?? '') ?? [];
  const flux = labels['kustomize.toolkit.fluxcd.io/name'];
  const managedBy =
    parts.multus === 'host'
      ? 'the package microshift-multus'
      : parts.multus === 'built-in'
        ? `the operator of ${name}`
        : release !== undefined
          ? helmRelease(release, annotations['meta.helm.sh/release-namespace'] ?? 'default')
          : labels['kapp.k14s.io/app'] !== undefined
            ? 'a PackageInstall'
            : app !== undefined
              ? `Argo CD application ${app}`
              : flux !== undefined
                ? `Flux Kustomization ${flux}`
                : undefined;
  return { ...objectOf(object), ...(managedBy === undefined ? {} : { managedBy }) };
}

async function readSettings(server: ApiServer): Promise<RemovalObject[]> {
  const isChart = (one: ListedObject): boolean =>
    /(^|\/)(rke2-)?multus$/.test(String(valueAt(one, ['spec', 'chart']) ?? objectOf(one).name)) ||
    ['multus', 'rke2-multus'].includes(objectOf(one).name);
  const isPackage = (one: ListedObject): boolean =>
    String(valueAt(one, ['spec', 'packageRef', 'refName']) ?? '').startsWith('multus-cni.');
  const charts = await server.list('/apis/helm.cattle.io/v1/helmcharts', isChart);
  const packages = await server.list(
    '/apis/packaging.carvel.dev/v1alpha1/packageinstalls',
    isPackage,
  );
  return [...(charts ?? []), ...(packages ?? [])].map(objectOf);
}

/** The namespaces that something of Multus is, or may be, in. */
function namespacesOf(facts: PlatformFacts, running: readonly ListedObject[]): string[] {
  const found = running.flatMap((one) => objectOf(one).namespace ?? []);
  return [...new Set([facts.multusNamespace, facts.whereaboutsNamespace, ...found])];
}

/** Bindings last: they say, when all else is gone, in which namespace it was. */
async function readAccess(
  server: ApiServer,
  facts: PlatformFacts,
  running: readonly ListedObject[],
): Promise<ListedObject[]> {
  const text = (one: ListedObject): string => JSON.stringify(one);
  const isRole = (one: ListedObject): boolean =>
    [...ACCOUNTS, 'whereabouts-cni'].includes(objectOf(one).name) &&
    (text(one).includes(NETWORK_GROUP) || text(one).includes(WHEREABOUTS_GROUP));
  const isBinding = (one: ListedObject): boolean =>
    [...ACCOUNTS, 'whereabouts-cni'].includes(String(valueAt(one, ['roleRef', 'name']) ?? '')) &&
    ACCOUNTS.includes(objectOf(one).name);
  const bindings = await listed(server, `${RBAC}/clusterrolebindings`, isBinding);
  const roles = await listed(server, `${RBAC}/clusterroles`, isRole);
  const bound = bindings.flatMap((one) => {
    const namespace = valueAt(one, ['subjects', 0, 'namespace']);
    return typeof namespace === 'string' ? [namespace] : [];
  });
  const namespaces = new Set([...namespacesOf(facts, running), ...bound]);
  const parts: ListedObject[] = [];
  for (const namespace of namespaces) {
    const inside = (path: string, base = '/api/v1') => `${base}/namespaces/${namespace}/${path}`;
    const named = (names: readonly string[]) => (one: ListedObject) =>
      names.includes(objectOf(one).name);
    parts.push(
      ...(await listed(server, inside('configmaps'), named(CONFIG_MAPS))),
      ...(await listed(server, inside('serviceaccounts'), named(ACCOUNTS))),
      ...(await listed(server, inside('rolebindings', RBAC), isBinding)),
      ...(await listed(server, inside('roles', RBAC), isRole)),
      ...((await server.list(
        inside('helmchartconfigs', '/apis/helm.cattle.io/v1'),
        named(['rke2-multus', 'multus']),
      )) ?? []),
    );
  }
  return [...parts, ...roles, ...bindings];
}

/** One for all pools, or one of the name of each slice. */
async function readLeases(
  server: ApiServer,
  pools: readonly RemovalObject[],
  facts: PlatformFacts,
  running: readonly ListedObject[],
): Promise<RemovalObject[]> {
  const names = new Set(['whereabouts', ...pools.map(({ name }) => name)]);
  const namespaces = new Set([
    ...namespacesOf(facts, running),
    ...pools.flatMap(({ namespace }) => namespace ?? []),
  ]);
  const found: RemovalObject[] = [];
  for (const namespace of namespaces) {
    const path = `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`;
    const leases = await listed(server, path, (one) => names.has(objectOf(one).name));
    found.push(...leases.map(objectOf));
  }
  return found;
}

/**
 * The account of what removes files goes with it, and first: as long as the DaemonSet is there, it says
 * what is done on the nodes.
 */
async function withAccount(
  server: ApiServer,
  remover: readonly RemovalObject[],
  facts: PlatformFacts,
  running: readonly ListedObject[],
): Promise<RemovalObject[]> {
  const places = remover.flatMap(({ namespace }) => namespace ?? []);
  const accounts: RemovalObject[] = [];
  for (const namespace of new Set([...places, ...namespacesOf(facts, running)])) {
    const path = `/api/v1/namespaces/${namespace}/serviceaccounts`;
    const found = await listed(server, path, (one) => objectOf(one).name === REMOVAL_NAME);
    accounts.push(...found.map(objectOf));
  }
  return [...accounts, ...remover];
}

/** What a DaemonSet that is ready on every node has done. */
function phaseOf(remover: readonly ListedObject[]): RemovalCluster['nodeFiles'] {
  const daemonSet = remover.find(({ kind }) => kind === 'DaemonSet');
  if (!daemonSet || !isReady(daemonSet)) return 'untouched';
  const phase = annotationsOf(daemonSet)[REMOVAL_ANNOTATION];
  return phase === 'config' || phase === 'all' ? phase : 'untouched';
}

function isReady(daemonSet: ListedObject): boolean {
  const number = (...steps: string[]): number => Number(valueAt(daemonSet, steps) ?? 0);
  const wanted = number('status', 'desiredNumberScheduled');
  return (
    number('status', 'observedGeneration') >= number('metadata', 'generation') &&
    number('status', 'observedGeneration') > 0 &&
    number('status', 'updatedNumberScheduled') === wanted &&
    number('status', 'numberReady') === wanted
  );
}
