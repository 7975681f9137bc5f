import { createHash } from 'node:crypto';
import { definedOnly } from '../cni';
import type { InstallObject } from './install-object';
import { type MultusPlace, multusThinArgs } from './multus-config';
import { multusImageOf, prepareImageOf } from './multus-images';
import { MULTUS_PREPARE } from './multus-prepare';
import { MULTUS_ACCOUNT } from './multus-rbac';
import type { InstallResources, MultusSettings } from './multus-settings';
import { multusInitMounts, multusMounts, multusVolumes } from './multus-volumes';

/** Upstream's binaries are here in every image; the copies in `/` are in the thin one only. */
const BIN = '/usr/src/multus-cni/bin';

/** Upstream's labels: a DaemonSet that is there already is taken over, and its selector can't change. */
const LABELS = { tier: 'node', app: 'multus', name: 'multus' };

/** Annotation that a changed configuration changes, so that the pods are renewed. */
const CONFIG_ANNOTATION = 'netloom.io/config';

/** How long a node waits for the cluster network before the container is started again. */
const MASTER_WAIT_SECONDS = 600;

const RESOURCES: InstallResources = {
  requests: { cpu: '100m', memory: '100Mi' },
  limits: { memory: '500Mi' },
};

/** The DaemonSet of Multus. `config` is the daemon's configuration, undefined when thin. */
export function multusDaemonSet(
  place: MultusPlace,
  settings: MultusSettings,
  config: string | undefined,
): InstallObject {
  const { facts, namespace } = place;
  const { tolerations = [{ operator: 'Exists' }], maxUnavailable = '10%' } = settings;
  const template = {
    metadata: {
      labels: LABELS,
      ...(config === undefined ? {} : { annotations: { [CONFIG_ANNOTATION]: digestOf(config) } }),
    },
    spec: definedOnly({
      serviceAccountName: MULTUS_ACCOUNT,
      priorityClassName: settings.priorityClassName ?? 'system-node-critical',
      nodeSelector: settings.nodeSelector ?? { 'kubernetes.io/os': 'linux' },
      tolerations: tolerations.map((toleration) => definedOnly({ ...toleration })),
      // There is no pod network before Multus runs.
      hostNetwork: true,
      // Runtimes name a pod's network namespace by the process that is in it, too.
      hostPID: settings.mode === 'thin' ? undefined : true,
      terminationGracePeriodSeconds: 30,
      imagePullSecrets: settings.pullSecrets?.map((name) => ({ name })),
      initContainers: initContainers(place, settings),
      containers: [container(place, settings)],
      volumes: multusVolumes(facts, settings),
    }),
  };
  return {
    id: 'DaemonSet',
    manifest: {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name: facts.multusDaemonSet, namespace, labels: LABELS },
      spec: {
        selector: { matchLabels: { name: LABELS.name } },
        updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable } },
        template,
      },
    },
  };
}

function container(place: MultusPlace, settings: MultusSettings): object {
  const program =
    settings.mode === 'thin'
      ? { command: [`${BIN}/thin_entrypoint`], args: multusThinArgs(place, settings) }
      : {
          command: [`${BIN}/multus-daemon`],
          // Without it the daemon would watch the pods of all nodes.
          env: [
            { name: 'MULTUS_NODE_NAME', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } },
          ],
        };
  return {
    name: 'kube-multus',
    image: multusImageOf(settings),
    ...program,
    ...runtime(settings.resources),
    volumeMounts: multusMounts(place.facts, settings),
  };
}

/** Upstream's own program copies: to a temporary file beside the plugin, fsync, rename. */
function initContainers(place: MultusPlace, settings: MultusSettings): object[] {
  const mode = settings.mode ?? 'thick';
  const resources = runtime(settings.initResources ?? settings.resources);
  const { conf, bin } = multusInitMounts(place.facts);
  const install = {
    name: 'install-multus-binary',
    image: multusImageOf(settings),
    command: [`${BIN}/install_multus`],
    args: [`--type=${mode}`, `--dest-dir=/host${place.facts.cniBinDir}`],
    ...resources,
    volumeMounts: [bin],
  };
  const image = prepareImageOf(settings);
  if (image === undefined) return [install];
  const prepare = {
    name: 'prepare-node',
    image,
    command: ['sh', '-c', MULTUS_PREPARE],
    env: Object.entries(prepareVariables(place, settings)).map(([name, value]) => ({
      name,
      value,
    })),
    ...resources,
    volumeMounts: [conf, bin],
  };
  return [prepare, install];
}

function prepareVariables(
  { facts }: MultusPlace,
  { mode = 'thick', masterCniFile }: MultusSettings,
): Readonly<Record<string, string>> {
  return {
    CONF_DIR: `/host${facts.cniConfDir}`,
    BIN_DIR: `/host${facts.cniBinDir}`,
    MODE: mode,
    ...(masterCniFile === undefined ? {} : { MASTER: masterCniFile }),
    WAIT_SECONDS: String(MASTER_WAIT_SECONDS),
  };
}

/** What all its containers have: they write to folders of the host that root owns, under SELinux too. */
function runtime({ requests, limits }: InstallResources = RESOURCES): object {
  return {
    resources: definedOnly({
      requests: requests && definedOnly({ ...requests }),
      limits: limits && definedOnly({ ...limits }),
    }),
    securityContext: { privileged: true },
    terminationMessagePolicy: 'FallbackToLogsOnError',
  };
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
