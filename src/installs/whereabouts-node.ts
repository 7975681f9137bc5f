import type { PlatformFacts } from '../kubernetes';
import type { InstallObject } from './install-object';
import { rootOnHost } from './install-pods';
import { hasOwnReconciler, whereaboutsImage, whereaboutsRelease } from './whereabouts-release';
import {
  INSTALL_SCRIPT,
  REFRESH_SCRIPT,
  WHEREABOUTS_MOUNTS,
  whereaboutsFolder,
} from './whereabouts-script';
import type { WhereaboutsInstallSettings } from './whereabouts-settings';

/** ConfigMap with the reconciler's schedule. */
export const SCHEDULE_MAP = 'whereabouts-config';
/** ConfigMap with the file that every program of whereabouts asks for. */
export const FLAT_FILE_MAP = 'whereabouts-flatfile-config';
const FLAT_FILE = 'whereabouts.conf';
/** Where whereabouts looks for it, on a node and in a container. */
const FLAT_FILE_FOLDER = '/etc/cni/net.d/whereabouts.d';

/** Neither root nor anything that it may do: what talks to the API server only. */
export const UNPRIVILEGED = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  readOnlyRootFilesystem: true,
  runAsGroup: 65534,
  runAsNonRoot: true,
  runAsUser: 65534,
  seccompProfile: { type: 'RuntimeDefault' },
};

/** DAC_OVERRIDE: installers such as Kubespray give the folders to another user. */
const HOST_FILES = rootOnHost('DAC_OVERRIDE');

const SMALL = {
  requests: { cpu: '10m', memory: '20Mi' },
  limits: { cpu: '500m', memory: '100Mi' },
};
const CONTROL_LOOP = {
  requests: { cpu: '100m', memory: '100Mi' },
  limits: { cpu: '1', memory: '300Mi' },
};

/** What a pod's own namespace is called. */
export const NAMESPACE_VARIABLE = {
  name: 'WHEREABOUTS_NAMESPACE',
  valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } },
};
const NODE_VARIABLE = {
  name: 'NODENAME',
  valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } },
};

/** Says of a failed start why, in the pod's status. */
export const TOLD = { terminationMessagePolicy: 'FallbackToLogsOnError' };

/** The text of the flat file: without one whereabouts gives no address, whatever a network says. */
export function flatFileMap(facts: PlatformFacts, namespace: string): InstallObject {
  const folder = whereaboutsFolder(facts.cniConfDir);
  const settings = {
    datastore: 'kubernetes',
    configuration_path: folder,
    kubernetes: { kubeconfig: `${folder}/whereabouts.kubeconfig` },
  };
  return {
    id: 'FlatFile',
    manifest: {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: FLAT_FILE_MAP, namespace },
      data: { [FLAT_FILE]: `${JSON.stringify(settings, null, 2)}\n` },
    },
  };
}

/** The plugin on each node, with the loop that frees the addresses of pods that are deleted there. */
export function whereaboutsDaemonSet(
  facts: PlatformFacts,
  settings: WhereaboutsInstallSettings,
  namespace: string,
): InstallObject {
  const labels = { tier: 'node', app: 'whereabouts', name: 'whereabouts' };
  const { maxUnavailable = '10%' } = settings;
  return {
    id: 'DaemonSet',
    manifest: {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: {
        name: 'whereabouts',
        namespace,
        labels: { tier: 'node', app: 'whereabouts' },
      },
      spec: {
        selector: { matchLabels: { name: 'whereabouts' } },
        updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable } },
        template: { metadata: { labels }, spec: nodePod(facts, settings) },
      },
    },
  };
}

function nodePod(facts: PlatformFacts, settings: WhereaboutsInstallSettings): object {
  const image = whereaboutsImage(settings);
  const reconciles = !hasOwnReconciler(whereaboutsRelease(settings));
  const volumes = [
    hostFolder('cni-bin', facts.cniBinDir),
    hostFolder('whereabouts-conf', whereaboutsFolder(facts.cniConfDir)),
    FLAT_FILE_VOLUME,
    ...(reconciles ? [scheduleVolume(facts)] : []),
  ];
  return {
    serviceAccountName: 'whereabouts',
    hostNetwork: true,
    priorityClassName: settings.priorityClassName ?? 'system-node-critical',
    tolerations: settings.tolerations ?? [{ operator: 'Exists' }],
    nodeSelector: settings.nodeSelector ?? { 'kubernetes.io/os': 'linux' },
    ...pullSecretsOf(settings),
    initContainers: [hostContainer('install', image, INSTALL_SCRIPT)],
    containers: [
      controlLoop(image, settings, reconciles),
      hostContainer('kubeconfig', image, REFRESH_SCRIPT),
    ],
    volumes,
  };
}

function controlLoop(
  image: string,
  settings: WhereaboutsInstallSettings,
  reconciles: boolean,
): object {
  return {
    name: 'whereabouts',
    image,
    command: ['/ip-control-loop'],
    args: ['-log-level', settings.logLevel ?? 'verbose'],
    env: [NODE_VARIABLE, NAMESPACE_VARIABLE],
    resources: settings.resources ?? CONTROL_LOOP,
    securityContext: UNPRIVILEGED,
    volumeMounts: [FLAT_FILE_MOUNT, ...(reconciles ? [SCHEDULE_MOUNT] : [])],
    ...TOLD,
  };
}

/** A container that writes to the host. */
function hostContainer(name: string, image: string, script: string): object {
  const isInstall = script === INSTALL_SCRIPT;
  const { bin, conf, flatFile } = WHEREABOUTS_MOUNTS;
  return {
    name,
    image,
    command: ['/bin/sh', '-c', script],
    env: [
      NODE_VARIABLE,
      NAMESPACE_VARIABLE,
      { name: 'CONF_DIR', value: conf },
      { name: 'FLAT_FILE', value: `${flatFile}/${FLAT_FILE}` },
      ...(isInstall
        ? [
            { name: 'BIN_DIR', value: bin },
            { name: 'PLUGIN', value: '/whereabouts' },
          ]
        : [{ name: 'REFRESH_SECONDS', value: '30' }]),
    ],
    resources: SMALL,
    securityContext: HOST_FILES,
    volumeMounts: [
      ...(isInstall ? [{ name: 'cni-bin', mountPath: bin }] : []),
      { name: 'whereabouts-conf', mountPath: conf },
      { name: FLAT_FILE_VOLUME.name, mountPath: flatFile, readOnly: true },
    ],
    ...TOLD,
  };
}

/** The flat file as a file of its own. */
export const FLAT_FILE_VOLUME = { name: 'flat-file', configMap: { name: FLAT_FILE_MAP } };
/** For programs that only read it. */
export const FLAT_FILE_MOUNT = {
  name: FLAT_FILE_VOLUME.name,
  mountPath: FLAT_FILE_FOLDER,
  readOnly: true,
};

/** A whole folder, not one file of it: only so a changed schedule is noticed. */
export const SCHEDULE_MOUNT = { name: 'schedule', mountPath: '/cron-schedule', readOnly: true };

/** The schedule as the file `config`. */
export function scheduleVolume({ reconcilerKey }: PlatformFacts): object {
  const items = [{ key: reconcilerKey, path: 'config' }];
  return { name: SCHEDULE_MOUNT.name, configMap: { name: SCHEDULE_MAP, items } };
}

/** Secrets for the registry, where there are any. */
export function pullSecretsOf({ pullSecrets = [] }: WhereaboutsInstallSettings): object {
  if (pullSecrets.length === 0) return {};
  return { imagePullSecrets: pullSecrets.map((name) => ({ name })) };
}

function hostFolder(name: string, path: string): object {
  return { name, hostPath: { path, type: 'DirectoryOrCreate' } };
}
