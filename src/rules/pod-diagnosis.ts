import type { Problem } from '../errors';
import { type InterfaceStatus, parseNetworkStatus } from '../kubernetes';
import { diagnose, type Masters } from './diagnosis';

/** As much of a Pod as tells why it does not run. */
export interface PodManifest {
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec?: { readonly nodeName?: string };
  readonly status?: {
    readonly phase?: string;
    readonly conditions?: readonly PodCondition[];
    readonly initContainerStatuses?: readonly ContainerStatus[];
    readonly containerStatuses?: readonly ContainerStatus[];
  };
}

interface PodCondition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
}

interface ContainerStatus {
  readonly name: string;
  readonly image?: string;
  readonly state?: ContainerState;
  readonly lastState?: ContainerState;
}

interface ContainerState {
  readonly waiting?: { readonly reason?: string; readonly message?: string };
  readonly terminated?: { readonly exitCode?: number; readonly reason?: string };
}

/** As much of an Event as tells of a pod. */
export interface EventManifest {
  readonly reason?: string;
  readonly message?: string;
  readonly type?: string;
  readonly lastTimestamp?: string | null;
  readonly eventTime?: string | null;
}

/** Why a pod does not run. */
export interface PodFault {
  readonly problem: Problem;
  /** True where waiting may well help: a node may be added. */
  readonly mayPass: boolean;
}

/** What the events of a pod that does not get its sandbox are called. */
const SANDBOX_REASONS: readonly string[] = [
  'FailedCreatePodSandBox',
  'NoNetworkFound',
  'FailedMount',
];

/** Everything that keeps a pod from running, as its status and events tell; the newest event first. */
export function diagnosePod(
  pod: PodManifest,
  events: readonly EventManifest[],
  masters?: Masters,
): PodFault[] {
  const { status } = pod;
  const containers = [
    ...(status?.initContainerStatuses ?? []),
    ...(status?.containerStatuses ?? []),
  ];
  return [
    ...unschedulable(status?.conditions ?? []),
    ...containers.flatMap(containerFault),
    // An old failure is no news of a pod that has its sandbox.
    ...(hasInterfaces(pod) ? [] : sandboxFaults(events, masters)),
  ];
}

/** True once Multus has written what the pod got. */
export function hasInterfaces({ metadata }: PodManifest): boolean {
  return metadata.annotations?.['k8s.v1.cni.cncf.io/network-status'] !== undefined;
}

function unschedulable(conditions: readonly PodCondition[]): PodFault[] {
  return conditions
    .filter(({ type, status }) => type === 'PodScheduled' && status === 'False')
    .map(({ message = 'no reason is given' }) => ({
      mayPass: true,
      problem: notReady(
        'spec',
        `no node takes the pod: ${trimmed(message)}`,
        'a node that fits its selectors, taints and requests',
        'look at nodeSelector, tolerations and resources, or add a node',
      ),
    }));
}

const IMAGE_REASONS: readonly string[] = [
  ...['ErrImagePull', 'ImagePullBackOff', 'InvalidImageName', 'ErrImageNeverPull'],
  ...['ImageInspectError', 'RegistryUnavailable'],
];

function containerFault({ name, image, state, lastState }: ContainerStatus): PodFault[] {
  const { reason = '', message = '' } = state?.waiting ?? {};
  const said = message === '' ? reason : `${reason}: ${trimmed(message)}`;
  if (IMAGE_REASONS.includes(reason)) {
    const found = `image "${image}" of container "${name}" can't be pulled (${said})`;
    const fix = 'correct the name, or see that the node may pull it (imagePullSecrets)';
    const key = `spec.containers["${name}"].image`;
    const problem = notReady(key, found, 'an image that the node can pull', fix);
    return [{ mayPass: false, problem }];
  }
  if (reason === 'CreateContainerConfigError' || reason === 'CreateContainerError') {
    const found = `container "${name}" can't be made (${said})`;
    const fix = 'look at its ConfigMaps, Secrets, volumes and security settings';
    const problem = notReady(`spec.containers["${name}"]`, found, 'a container that starts', fix);
    return [{ mayPass: false, problem }];
  }
  if (reason !== 'CrashLoopBackOff') return [];
  const { exitCode } = lastState?.terminated ?? {};
  const how = exitCode === undefined ? '' : ` with code ${exitCode}`;
  const found = `container "${name}" ends again and again${how}`;
  const fix = `kubectl logs --previous of the pod, container ${name}`;
  const key = `spec.containers["${name}"]`;
  return [{ mayPass: false, problem: notReady(key, found, 'a container that runs on', fix) }];
}

function sandboxFaults(events: readonly EventManifest[], masters: Masters | undefined): PodFault[] {
  const failures = events
    .filter(({ reason = '' }) => SANDBOX_REASONS.includes(reason))
    .sort((a, b) => timeOf(b).localeCompare(timeOf(a)));
  for (const { message = '' } of failures) {
    const [problem] = diagnose(message, masters);
    if (problem) return [{ problem, mayPass: false }];
  }
  const [newest] = failures;
  if (!newest) return [];
  const found = `the pod does not get its network: ${wordsOf(newest.message ?? '')}`;
  const fix = 'look at the words of the plugin, and at the log of Multus on that node';
  const problem = notReady('spec', found, 'a pod whose interfaces can all be made', fix);
  return [{ problem, mayPass: true }];
}

/** The plugin's own words, without the sandbox and the configuration that thick Multus puts around them. */
function wordsOf(message: string): string {
  const [words = message] =
    /error adding container to network .*?(?=\s*': StdinData|$)/s.exec(message) ?? [];
  return trimmed(words);
}

function timeOf({ lastTimestamp, eventTime }: EventManifest): string {
  return lastTimestamp ?? eventTime ?? '';
}

const LENGTH = 600;

/** The end tells more than the beginning, which names sandboxes. */
function trimmed(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length <= LENGTH ? line : `...${line.slice(-LENGTH)}`;
}

function notReady(key: string, found: string, allowed: string, fix: string): Problem {
  return { code: 'NL_POD_NOT_READY', key, found, allowed, fix };
}

/** An attachment that has to be among a pod's interfaces. */
export interface WantedInterface {
  /** `<namespace>/<network>`. */
  readonly network: string;
  /** Name in the pod. */
  readonly interface: string;
  /** With or without prefix length. @default - any */
  readonly ips?: readonly string[] | undefined;
  /** Has to have the addresses that the pod's own annotation asks for. @default false */
  readonly claimed?: boolean | undefined;
  /** @default - any */
  readonly mac?: string | undefined;
}

/** The interfaces that a pod has beside the cluster network's. */
export function interfacesOf({ metadata }: PodManifest): InterfaceStatus[] {
  const text = metadata.annotations?.['k8s.v1.cni.cncf.io/network-status'];
  return parseNetworkStatus(text).filter(({ isDefault }) => !isDefault);
}

/** Where the interfaces of a pod are not as they were attached. */
export function checkInterfaces(
  wanted: readonly WantedInterface[],
  actual: readonly InterfaceStatus[],
): Problem[] {
  return wanted.flatMap((one, index): Problem[] => {
    const key = `attachments[${index}]`;
    const found = actual.find(({ name }) => name === one.interface);
    if (!found) {
      const names = actual.map(({ name }) => name).join(', ');
      return [
        differs(
          key,
          `the pod has no interface "${one.interface}" (${names === '' ? 'none at all' : names})`,
          'delete the pod: attachments are read at its start only',
        ),
      ];
    }
    const problems: Problem[] = [];
    if (found.network !== one.network) {
      const what = `"${one.interface}" is on network "${found.network}", and not on "${one.network}"`;
      problems.push(differs(key, what, 'delete the pod: attachments are read at its start only'));
    }
    const missing = (one.ips ?? []).map(withoutPrefix).filter((ip) => !hasAddress(found.ips, ip));
    if (missing.length > 0) {
      const what = `"${one.interface}" has ${found.ips.join(', ') || 'no address'}, and not ${missing.join(', ')}`;
      problems.push(differs(`${key}.ips`, what, 'see that the IPAM of the network takes ips'));
    }
    if (one.mac !== undefined && found.mac?.toLowerCase() !== one.mac.toLowerCase()) {
      const what = `"${one.interface}" has ${found.mac ?? 'no MAC address'}, and not ${one.mac}`;
      problems.push(differs(`${key}.mac`, what, 'see that the plugin takes a mac'));
    }
    return problems;
  });
}

function differs(key: string, found: string, fix: string): Problem {
  const allowed = 'the interfaces that were attached';
  return { code: 'NL_INTERFACE_DIFFERS', key, found, allowed, fix };
}

function withoutPrefix(address: string): string {
  return address.split('/')[0] as string;
}

function hasAddress(ips: readonly string[], wanted: string): boolean {
  return ips.some((ip) => withoutPrefix(ip).toLowerCase() === wanted.toLowerCase());
}
