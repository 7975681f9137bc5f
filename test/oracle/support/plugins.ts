import { randomUUID } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { execPlugin, pluginsOf } from '../../support/cni-exec';
import type { Chain, Look, PluginCase, PodRequest } from '../cases/case';
import { DhcpNetwork } from './dhcp';
import { fileOf, inside, must, run } from './namespaces';

// Runs in the virtual machine too: node's own modules only, beside what vm.ts takes along.

/** A refusal in the plugin's own words. */
export interface PluginError {
  readonly code: number;
  readonly msg: string;
  /** Type of the plugin of the chain that gave it. */
  readonly plugin: string;
}

/** What came of an ADD or a DEL. */
export interface Outcome {
  readonly ok: boolean;
  readonly result?: any;
  readonly error?: PluginError;
}

/** One attachment, added or refused. */
export interface Attachment extends Outcome {
  /** Name of the pod's network namespace. */
  readonly pod: string;
  readonly config: any;
  readonly runtime: Record<string, unknown>;
  readonly env: Readonly<Record<string, string>>;
}

/** What a case came to. */
export interface CaseOutcome extends Outcome {
  /** Outputs of its looks, in their order. */
  readonly shown: readonly string[];
  /** Outputs of its looks after DEL. */
  readonly left: readonly string[];
  /** How DEL failed. A plugin may also refuse to take back what it never added. */
  readonly delError?: PluginError;
}

/** What every host has: one link that can be a master. */
const BASE_LINES = [
  'link set lo up',
  'link add eth1 type veth peer name eth1-peer',
  'link set eth1 up',
  'link set eth1-peer up',
];

/** Addresses are usable at once, so that nothing waits for duplicates that can't be. */
const POD_START = 'echo 0 > /proc/sys/net/ipv6/conf/default/accept_dad';

/**
 * A host to try plugins on: a network namespace of its own with the link `eth1`, and one more for
 * each pod. All that is made in them goes with {@link close}.
 */
export class PluginHost {
  readonly name = `oracle-${randomUUID().slice(0, 8)}`;
  private readonly others: string[] = [];

  /** @param cniPath folder of the plugins */
  constructor(private readonly cniPath: string) {}

  /**
   * Makes it.
   *
   * @param lines more lines for `ip -batch`
   */
  async open(lines: readonly string[] = []): Promise<void> {
    await must(['ip', 'netns', 'add', this.name]);
    await this.ip([...BASE_LINES, ...lines]);
  }

  /** Runs lines of `ip -batch` on it, or in the namespace of something near it. */
  async ip(lines: readonly string[], namespace = this.name): Promise<void> {
    await must(['ip', '-n', namespace, '-batch', '-'], lines.join('\n'));
  }

  /** A namespace for something beside the pods; gives its name. */
  async addNamespace(): Promise<string> {
    const name = `${this.name}-${this.others.length}`;
    this.others.push(name);
    await must(['ip', 'netns', 'add', name]);
    return name;
  }

  /** A pod without attachments; gives the name of its namespace. */
  async startPod(): Promise<string> {
    const pod = await this.addNamespace();
    await must([...inside(pod), 'sh', '-c', POD_START]);
    return pod;
  }

  /** ADD of each plugin in turn, each with the result of the one before, as Multus calls them. */
  async add(
    pod: string,
    chain: Chain,
    options: { network: string; ifname?: string; args?: PodRequest | undefined },
  ): Promise<Attachment> {
    const { network, ifname = 'net1', args = {} } = options;
    const config = { name: network, ...withCniArgs(chain, args['cni-args']) };
    const env = {
      CNI_CONTAINERID: randomUUID().replaceAll('-', ''),
      CNI_NETNS: `/run/netns/${pod}`,
      CNI_IFNAME: ifname,
      CNI_ARGS: cniArgsOf(pod, args),
    };
    const runtime = capabilitiesOf(args);
    let result: unknown;
    for (const plugin of pluginsOf(config)) {
      const outcome = await this.exec('ADD', plugin, env, {
        ...runtimeConfigOf(plugin, runtime),
        ...(result !== undefined && { prevResult: result }),
      });
      if (!outcome.ok) return { ...outcome, pod, config, runtime, env };
      result = outcome.result;
    }
    return { ok: true, result, pod, config, runtime, env };
  }

  /** DEL of each plugin in turn, last one first; goes on after a failure and gives the first one. */
  async del(attachment: Attachment): Promise<Outcome> {
    let failed: Outcome | undefined;
    for (const plugin of pluginsOf(attachment.config).reverse()) {
      const outcome = await this.exec('DEL', plugin, attachment.env, {
        ...runtimeConfigOf(plugin, attachment.runtime),
        ...(attachment.result !== undefined && { prevResult: attachment.result }),
      });
      if (!outcome.ok) failed ??= outcome;
    }
    return failed ?? { ok: true };
  }

  /** Runs a command on the host or in a pod and gives what it prints, also when it fails. */
  async look(where: string | undefined, command: string): Promise<string> {
    const { stdout, stderr } = await run(this.command(where, command));
    return `${stdout}${stderr}`;
  }

  /** The words that run a command on the host or in a pod. */
  command(where: string | undefined, command: string): string[] {
    const [program = '', ...args] = command.split(' ');
    return [...inside(where ?? this.name), fileOf(program), ...args];
  }

  /** Removes all namespaces, and with them all links. */
  async close(): Promise<void> {
    const names = [...this.others.splice(0), this.name];
    await run(['ip', '-force', '-batch', '-'], names.map((name) => `netns del ${name}`).join('\n'));
  }

  private async exec(
    command: string,
    plugin: any,
    env: Readonly<Record<string, string>>,
    extra: object,
  ): Promise<Outcome> {
    const { status, stdout, stderr } = await execPlugin({
      cniPath: this.cniPath,
      type: plugin.type,
      command,
      env,
      config: { ...plugin, ...extra },
      through: inside(this.name),
    });
    if (status !== 0) return { ok: false, error: errorOf(plugin.type, stdout, stderr) };
    return { ok: true, ...(stdout.trim() !== '' && { result: JSON.parse(stdout) }) };
  }
}

/**
 * Tries a case on a host of its own: earlier attachments, ADD, looks, DEL, looks. What the answers
 * should be is not read here.
 */
export async function runCase(given: PluginCase, cniPath: string): Promise<CaseOutcome> {
  const host = new PluginHost(cniPath);
  const one: PluginCase = JSON.parse(JSON.stringify(given).replaceAll('{host}', host.name));
  const network = one.network ?? host.name;
  let dhcp: DhcpNetwork | undefined;
  try {
    writeFiles(one.files ?? {}, `/run/${host.name}`);
    await host.open(one.host);
    if (one.needs?.includes('dhcp')) dhcp = await DhcpNetwork.start(host, cniPath);
    const pod = await host.startPod();
    if (one.pod) await host.ip(one.pod, pod);
    for (const command of one.commands ?? []) await must(host.command(undefined, command));
    for (const { chain, args, samePod, network: other } of one.earlier ?? []) {
      const where = samePod ? pod : await host.startPod();
      const options = { network: other ?? network, ifname: samePod ? 'net9' : 'net1', args };
      const { ok, error } = await host.add(where, chain, options);
      if (!ok) throw new Error(`the earlier attachment was refused: ${error?.msg}`);
    }
    const { ifname = 'net1', args } = one;
    const added = await host.add(pod, one.chain, { network, ifname, args });
    const shown = added.ok ? await looks(host, pod, one.shows) : [];
    const { error: delError } = await host.del(added);
    const left = await looks(host, pod, one.leaves);
    const { ok, result, error } = added;
    return { ok, result, ...(error && { error }), ...(delError && { delError }), shown, left };
  } finally {
    await dhcp?.stop();
    await host.close();
    rmSync(`/run/${host.name}`, { recursive: true, force: true });
  }
}

async function looks(
  host: PluginHost,
  pod: string,
  wanted: readonly Look[] = [],
): Promise<string[]> {
  const texts: string[] = [];
  for (const { in: where, run: command } of wanted) {
    texts.push(await host.look(where === 'pod' ? pod : undefined, command));
  }
  return texts;
}

function writeFiles(files: Readonly<Record<string, string>>, folder: string): void {
  for (const [file, text] of Object.entries(files)) {
    if (!file.startsWith(`${folder}/`) && process.env['NETLOOM_VM'] !== '1') {
      throw new Error(`${file} would be a file of this machine: only in the virtual machine`);
    }
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}

/** The texts of a plugin that fails are JSON, unless it crashed. */
function errorOf(plugin: string, stdout: string, stderr: string): PluginError {
  try {
    const { code = 0, msg = '', details } = JSON.parse(stdout);
    return { plugin, code, msg: details ? `${msg}; ${details}` : msg };
  } catch {
    const text = `${stdout}${stderr}`.trim();
    if (/No such file or directory/.test(text)) {
      return { plugin, code: 0, msg: `failed to find plugin "${plugin}"` };
    }
    return { plugin, code: 0, msg: text };
  }
}

/** As the annotation's `cni-args` reach each plugin. */
function withCniArgs(chain: Chain, cniArgs: Readonly<Record<string, unknown>> | undefined): Chain {
  if (cniArgs === undefined) return chain;
  const merged = (plugin: any): any => ({
    ...plugin,
    args: { ...plugin.args, cni: { ...plugin.args?.cni, ...cniArgs } },
  });
  if (!Array.isArray(chain['plugins'])) return merged(chain);
  return { ...chain, plugins: chain['plugins'].map(merged) };
}

function cniArgsOf(pod: string, { ips, mac, cniArgs = {} }: PodRequest): string {
  const args: Record<string, string> = {
    IgnoreUnknown: 'true',
    K8S_POD_NAMESPACE: 'default',
    K8S_POD_NAME: pod,
    ...(ips && { IP: ips.join(',') }),
    ...(mac && { MAC: mac }),
    ...cniArgs,
  };
  return Object.entries(args)
    .map(([name, value]) => `${name}=${value}`)
    .join(';');
}

function capabilitiesOf(args: PodRequest): Record<string, unknown> {
  const { ips, mac, portMappings, bandwidth, deviceID, ipRanges } = args;
  const all = { ips, mac, portMappings, bandwidth, deviceID, ipRanges };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

/** Only what the plugin declares. */
function runtimeConfigOf(plugin: any, runtime: Record<string, unknown>): object {
  const given = Object.entries(runtime).filter(([name]) => plugin.capabilities?.[name] === true);
  return given.length === 0 ? {} : { runtimeConfig: Object.fromEntries(given) };
}
