import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { AgentClient, type AgentConnection } from 'netloom/agent-api';
import { findTool } from '../../scripts/tools';
import { useOwnHostLocal } from './own-host-local';

const LAUNCHER = path.join(__dirname, '../../node-agent/bin/netloom-agent.js');

/** How a daemon of the agent is started. */
export interface AgentOptions {
  /** Folder for its state, keys and token. */
  readonly dir: string;
  /** Name of the agent and its node. */
  readonly name: string;
  /** With no other capability than NET_ADMIN, as in a pod. */
  readonly dropPrivileges?: boolean;
  /** A network namespace, by its name, and the address there that the agent listens at. */
  readonly node?: { readonly netns: string; readonly address: string };
}

/** The real agent as a process of its own. */
export class AgentProcess {
  private child: ChildProcess | undefined;
  private port = 0;
  /** All it wrote. */
  log = '';

  constructor(private readonly options: AgentOptions) {}

  /** Makes keys, token and configuration; records of host-local that other tests leave do not count. */
  init(): void {
    const { dir, name } = this.options;
    const args = ['init', '--dir', dir, '--name', name, '--listen', `${this.address}:0`];
    execFileSync(process.execPath, [LAUNCHER, ...args], { stdio: 'pipe' });
    useOwnHostLocal(dir);
  }

  /** Starts it and waits until it listens. */
  async start(): Promise<void> {
    const command = [
      process.execPath,
      LAUNCHER,
      'serve',
      '--config',
      path.join(this.options.dir, 'agent.yaml'),
    ];
    const { dropPrivileges, node } = this.options;
    const [file, ...args] = [
      ...(node ? [findTool('ip') as string, 'netns', 'exec', node.netns] : []),
      ...(dropPrivileges ? netAdminOnly() : []),
      ...command,
    ];
    const child = spawn(file as string, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.child = child;
    const before = this.log.length;
    this.port = await new Promise<number>((resolve, reject) => {
      const read = (chunk: Buffer): void => {
        this.log += chunk;
        const listening = /"event":"listening".*?"port":(\d+)/.exec(this.log.slice(before));
        if (listening) resolve(Number(listening[1]));
      };
      child.stdout.on('data', read);
      child.stderr.on('data', read);
      child.once('exit', (code) => reject(new Error(`the agent ended with ${code}:\n${this.log}`)));
    });
  }

  get pid(): number {
    return this.child?.pid ?? 0;
  }

  get url(): string {
    return `https://${this.address}:${this.port}`;
  }

  private get address(): string {
    return this.options.node?.address ?? '127.0.0.1';
  }

  get connection(): AgentConnection {
    const { dir, name } = this.options;
    return {
      name,
      url: this.url,
      caFile: path.join(dir, 'ca.crt'),
      tokenFile: path.join(dir, 'token'),
    };
  }

  /** The stack's configuration that leads to this agent. */
  get pulumiConfig(): Record<string, string> {
    const { name, url, caFile, tokenFile } = this.connection;
    return {
      'netloom:agents': JSON.stringify({ [name]: url }),
      'netloom:caFile': caFile as string,
      'netloom:tokenFile': tokenFile as string,
    };
  }

  client(): AgentClient {
    return new AgentClient(this.connection);
  }

  get token(): string {
    return readFileSync(path.join(this.options.dir, 'token'), 'utf8').trim();
  }

  /** Memory in use, MiB. */
  get rssMiB(): number {
    const status = readFileSync(`/proc/${this.pid}/status`, 'utf8');
    return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
  }

  /** @param signal SIGKILL for a crash */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const child = this.child;
    this.child = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await gone;
  }
}

/** A container's root user with NET_ADMIN and nothing else. */
function netAdminOnly(): string[] {
  const setpriv = findTool('setpriv');
  if (!setpriv) return [];
  const caps = '-all,+net_admin';
  return [
    setpriv,
    `--bounding-set=${caps}`,
    `--inh-caps=${caps}`,
    `--ambient-caps=${caps}`,
    '--no-new-privs',
  ];
}
