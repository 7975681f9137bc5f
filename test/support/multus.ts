import { execFile, execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { execPlugin, pluginsOf } from './cni-exec';

const run = promisify(execFile);

/** An object of a manifest, as far as it matters here. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly annotations?: Record<string, string>;
  };
  readonly spec?: any;
}

interface Selection {
  readonly name: string;
  readonly namespace?: string;
  readonly interface?: string;
  readonly ips?: string[];
  readonly mac?: string;
}

/** One attachment that was added. */
interface Added {
  readonly config: any;
  readonly ifname: string;
  readonly env: Record<string, string>;
  readonly result: any;
}

/** One element of a pod's network-status, as Multus writes it. */
export interface StatusElement {
  readonly name: string;
  readonly interface: string;
  readonly ips?: string[];
  readonly mac?: string;
  readonly dns: object;
}

/** A pod that runs: a network namespace and what was attached to it. */
export interface RunningPod {
  readonly name: string;
  readonly netns: string;
  readonly status: StatusElement[];
  readonly added: Added[];
}

/**
 * Attaches pods to their networks with the real CNI plugins, calling them the way Multus 4 does:
 * selections from the annotation, name injected, `IP` and `MAC` in CNI_ARGS, runtimeConfig by
 * declared capability, DEL in reverse order with the earlier result.
 *
 * It has its own reader of the annotation: what is tested must not judge itself.
 */
export class MultusRuntime {
  private readonly pods: RunningPod[] = [];

  constructor(
    private readonly objects: readonly Manifest[],
    private readonly cniPath: string,
  ) {}

  async start(pod: Manifest): Promise<RunningPod> {
    const namespace = pod.metadata.namespace ?? 'default';
    const netns = `pod-${pod.metadata.name}`;
    execFileSync('ip', ['netns', 'add', netns]);
    const running: RunningPod = { name: pod.metadata.name, netns, status: [], added: [] };
    this.pods.push(running);
    try {
      execFileSync('ip', ['-n', netns, 'link', 'set', 'lo', 'up']);
      const containerId = randomUUID().replaceAll('-', '');
      const selections = selectionsOf(
        pod.metadata.annotations?.['k8s.v1.cni.cncf.io/networks'] ?? '',
      );
      for (const [index, selection] of selections.entries()) {
        const added = await this.add(running, selection, {
          namespace,
          containerId,
          ifname: selection.interface ?? `net${index + 1}`,
        });
        running.added.push(added);
        running.status.push(statusOf(selection.namespace ?? namespace, selection.name, added));
      }
      return running;
    } catch (error) {
      await this.stop(running);
      throw error;
    }
  }

  /** DEL for each attachment, newest first; then the namespace goes. */
  async stop(pod: RunningPod): Promise<void> {
    for (const added of [...pod.added].reverse()) {
      for (const plugin of pluginsOf(added.config).reverse()) {
        await this.exec('DEL', plugin, { ...added.env }, { prevResult: added.result });
      }
    }
    pod.added.length = 0;
    if (!this.pods.includes(pod)) return;
    this.pods.splice(this.pods.indexOf(pod), 1);
    execFileSync('ip', ['netns', 'del', pod.netns]);
  }

  async stopAll(): Promise<void> {
    for (const pod of [...this.pods].reverse()) await this.stop(pod);
  }

  private async add(
    pod: RunningPod,
    selection: Selection,
    { namespace, containerId, ifname }: { namespace: string; containerId: string; ifname: string },
  ): Promise<Added> {
    const home = selection.namespace ?? namespace;
    const network = this.objects.find(
      (one) =>
        one.kind === 'NetworkAttachmentDefinition' &&
        one.metadata.name === selection.name &&
        (one.metadata.namespace ?? 'default') === home,
    );
    if (!network) {
      throw new Error(
        `cannot find a network-attachment-definition (${selection.name}) in namespace (${home}): network-attachment-definitions.k8s.cni.cncf.io "${selection.name}" not found`,
      );
    }
    const config = JSON.parse(network.spec.config);
    config.name ||= selection.name;
    const args = [
      'IgnoreUnknown=true',
      `K8S_POD_NAMESPACE=${namespace}`,
      `K8S_POD_NAME=${pod.name}`,
      `K8S_POD_INFRA_CONTAINER_ID=${containerId}`,
      `K8S_POD_UID=${randomUUID()}`,
      ...(selection.ips ? [`IP=${selection.ips.join(',')}`] : []),
      ...(selection.mac ? [`MAC=${selection.mac}`] : []),
    ];
    const env = {
      CNI_CONTAINERID: containerId,
      CNI_NETNS: `/run/netns/${pod.netns}`,
      CNI_IFNAME: ifname,
      CNI_ARGS: args.join(';'),
    };
    let result: any;
    for (const plugin of pluginsOf(config)) {
      const runtimeConfig: Record<string, unknown> = {};
      if (plugin.capabilities?.ips && selection.ips) runtimeConfig['ips'] = selection.ips;
      if (plugin.capabilities?.mac && selection.mac) runtimeConfig['mac'] = selection.mac;
      result = await this.exec('ADD', plugin, env, {
        ...(Object.keys(runtimeConfig).length > 0 && { runtimeConfig }),
        ...(result && { prevResult: result }),
      });
    }
    return { config, ifname, env, result };
  }

  private async exec(
    command: string,
    plugin: any,
    env: Record<string, string>,
    extra: object,
  ): Promise<any> {
    const { status, stdout, stderr } = await execPlugin({
      cniPath: this.cniPath,
      type: plugin.type,
      command,
      env,
      config: { ...plugin, ...extra },
    });
    if (status !== 0) throw new Error(`plugin ${plugin.type} ${command}: ${stdout}${stderr}`);
    return stdout.trim() === '' ? undefined : JSON.parse(stdout);
  }
}

function selectionsOf(annotation: string): Selection[] {
  if (annotation.trim() === '') return [];
  if (/[[{"]/.test(annotation)) return JSON.parse(annotation);
  return annotation.split(',').map((item) => {
    const [rest = '', ifname] = item.trim().split('@');
    const [first = '', second] = rest.split('/');
    return {
      name: second ?? first,
      ...(second !== undefined && { namespace: first }),
      ...(ifname !== undefined && { interface: ifname }),
    };
  });
}

function statusOf(namespace: string, name: string, { result, ifname }: Added): StatusElement {
  const index =
    result.interfaces?.findIndex((one: any) => one.sandbox && one.name === ifname) ?? -1;
  const ips = (result.ips ?? [])
    .filter((one: any) => one.interface === undefined || one.interface === index)
    .map((one: any) => one.address.split('/')[0]);
  return {
    name: `${namespace}/${name}`,
    interface: ifname,
    ...(ips.length > 0 && { ips }),
    mac: result.interfaces?.[index]?.mac,
    dns: {},
  };
}

/** Runs a program inside a pod's network namespace. */
export async function inPod(
  pod: RunningPod,
  file: string,
  args: readonly string[],
): Promise<string> {
  const { stdout } = await run('ip', ['netns', 'exec', pod.netns, file, ...args], {
    encoding: 'utf8',
  });
  return stdout;
}
