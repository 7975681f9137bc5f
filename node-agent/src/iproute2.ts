import { spawn } from 'node:child_process';
import { accessSync, closeSync, constants, openSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { NetloomError, type Problem } from 'netloom';
import type { HostLinks, LinkDriver, LinkListener, LinkState } from './bridges';

/** How long one run of `ip` may take, in ms. */
const TIMEOUT_MS = 30_000;

/** Fixed folders come first: what the environment's PATH says may be somebody else's. */
const FOLDERS = ['/usr/sbin', '/sbin', '/usr/bin', '/bin'];

/**
 * Nothing that `ip -batch` gives a meaning to: quotes, backslashes, `#` for a comment, line ends. Only
 * the last word may stand in quotes: it then is empty, or holds blanks.
 */
const BATCH_LINE = /^[A-Za-z0-9 ._:/@+=,$~-]+( "[A-Za-z0-9 ._:/@+=,$~-]*")?$/;

interface Finished {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs iproute2's `ip`, and is the only file that does: arguments as arrays, never a shell. */
export class Iproute2 implements LinkDriver {
  private file: string | undefined;

  /** @param folder where batches are written to, private to the agent */
  constructor(private readonly folder: string) {}

  async observe(): Promise<HostLinks> {
    const [addresses, routes4, routes6] = await Promise.all([
      this.query(['-j', '-d', 'addr', 'show']),
      this.query(['-j', '-4', 'route', 'show', 'table', 'all', 'default']),
      this.query(['-j', '-6', 'route', 'show', 'table', 'all', 'default']),
    ]);
    const links = (addresses as RawLink[]).filter((raw) => raw.ifname !== undefined).map(linkState);
    const routes = [...routes4, ...routes6] as RawRoute[];
    return {
      links: new Map(links.map((link) => [link.name, link])),
      defaultRouteLinks: new Set(routes.flatMap(routeLinks)),
    };
  }

  /**
   * From a file that is whole before `ip` starts: were the agent killed while it wrote to a pipe,
   * `ip` would run half a line.
   */
  async apply(lines: readonly string[]): Promise<void> {
    if (lines.length === 0) return;
    const unfit = lines.find((line) => !BATCH_LINE.test(line));
    if (unfit !== undefined) throw new Error(`unfit for ip -batch: ${JSON.stringify(unfit)}`);
    const file = path.join(this.folder, 'batch');
    writeFileSync(file, `${lines.join('\n')}\n`, { mode: 0o600 });
    const input = openSync(file, 'r');
    rmSync(file);
    try {
      const { status, stderr } = await this.run(['-batch', '-'], input);
      if (status !== 0) throw new NetloomError(commandFailed(failedLine(lines, stderr), stderr));
    } finally {
      closeSync(input);
    }
  }

  /**
   * `ip monitor`. What it prints is not read: an event says that something changed, a look says what.
   * Events that the kernel had to drop (it then complains) are events, too.
   */
  watch(listener: LinkListener): () => void {
    const child = spawn(this.command(), ['monitor', 'link', 'address'], {
      env: environment(),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let isOver = false;
    const end = (why: string): void => {
      if (isOver) return;
      isOver = true;
      listener.ended(why);
    };
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', () => {
        if (!isOver) listener.changed();
      });
    }
    child.once('error', (error) => end(error.message));
    child.once('close', (status, signal) => end(`it ended with ${signal ?? status}`));
    return () => {
      isOver = true;
      child.kill('SIGKILL');
    };
  }

  private async query(args: readonly string[]): Promise<unknown[]> {
    const { status, stdout, stderr } = await this.run(args, 'ignore');
    // A kernel without IPv6 answers the question for its routes with an error, and has none.
    if (status !== 0 && args.includes('-6')) return [];
    if (status !== 0) throw new NetloomError(commandFailed(args.join(' '), stderr));
    return stdout.trim() === '' ? [] : (JSON.parse(stdout) as unknown[]);
  }

  private run(args: readonly string[], stdin: number | 'ignore'): Promise<Finished> {
    const child = spawn(this.command(), args, {
      env: environment(),
      stdio: [stdin, 'pipe', 'pipe'],
      timeout: TIMEOUT_MS,
    });
    const texts = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name]?.setEncoding('utf8').on('data', (text: string) => {
        texts[name] += text;
      });
    }
    return new Promise((resolve, reject) => {
      child.once('error', (error) =>
        reject(new NetloomError(commandFailed(args.join(' '), error.message))),
      );
      child.once('close', (status) => resolve({ status, ...texts }));
    });
  }

  private command(): string {
    this.file ??= findIp();
    return this.file;
  }
}

function environment(): Record<string, string> {
  const { LD_LIBRARY_PATH } = process.env;
  return { LC_ALL: 'C', ...(LD_LIBRARY_PATH === undefined ? {} : { LD_LIBRARY_PATH }) };
}

function findIp(): string {
  const onPath = (process.env.PATH ?? '').split(path.delimiter).filter(path.isAbsolute);
  for (const folder of [...FOLDERS, ...onPath]) {
    const file = path.join(folder, 'ip');
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {
      // The next folder may have it.
    }
  }
  throw new NetloomError({
    code: 'NL_HOST_COMMAND',
    key: 'ip',
    found: 'the command "ip" is not installed on this host',
    allowed: 'a host with iproute2',
    fix: 'apt-get install iproute2, or the same of your distribution',
  });
}

/** `ip -batch` says `Command failed -:3` for the third line. */
function failedLine(lines: readonly string[], stderr: string): string {
  const number = Number(/^Command failed \S*:(\d+)/m.exec(stderr)?.[1]);
  return lines[number - 1] ?? '-batch -';
}

function commandFailed(command: string, stderr: string): Problem {
  const said = stderr
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('Command failed'))
    .join('; ');
  return {
    code: 'NL_HOST_COMMAND',
    key: 'ip',
    found: `"ip ${command}" failed: ${said === '' ? 'it said nothing' : said}`,
    allowed: 'a host that carries out what the bridge needs',
    fix: fixFor(said),
  };
}

function fixFor(said: string): string {
  if (/Operation not permitted/.test(said)) {
    return 'give the agent CAP_NET_ADMIN: AmbientCapabilities=CAP_NET_ADMIN in its systemd unit; in a pod hostNetwork, runAsUser: 0 and capabilities.add: [NET_ADMIN]';
  }
  if (/Permission denied|IPv6 is disabled/.test(said)) {
    return 'IPv6 may be off there: sysctl -w net.ipv6.conf.all.disable_ipv6=0, or leave the IPv6 address out';
  }
  if (/Unknown device type|Operation not supported/.test(said)) {
    return 'the kernel lacks a module: modprobe bridge';
  }
  return 'see what the command says; the bridge is as it was before';
}

interface RawLink {
  readonly ifname?: string;
  readonly address?: string;
  readonly mtu?: number;
  readonly flags?: readonly string[];
  readonly ifalias?: string;
  readonly master?: string;
  readonly linkinfo?: {
    readonly info_kind?: string;
    readonly info_data?: { readonly stp_state?: number; readonly mcast_snooping?: number };
  };
  readonly addr_info?: readonly { readonly local?: string; readonly prefixlen?: number }[];
}

function linkState(raw: RawLink): LinkState {
  const { stp_state: stp, mcast_snooping: snooping } = raw.linkinfo?.info_data ?? {};
  return {
    name: raw.ifname ?? '',
    kind: raw.linkinfo?.info_kind,
    mac: raw.address ?? '',
    mtu: raw.mtu ?? 0,
    up: raw.flags?.includes('UP') === true,
    alias: raw.ifalias,
    master: raw.master,
    ...(stp === undefined ? {} : { stp: stp !== 0 }),
    ...(snooping === undefined ? {} : { multicastSnooping: snooping !== 0 }),
    addresses: (raw.addr_info ?? []).flatMap(({ local, prefixlen }) =>
      local === undefined ? [] : [`${local}/${prefixlen}`],
    ),
  };
}

interface RawRoute {
  readonly dev?: string;
  readonly nexthops?: readonly { readonly dev?: string }[];
}

function routeLinks(route: RawRoute): string[] {
  return [route.dev, ...(route.nexthops ?? []).map((hop) => hop.dev)].flatMap((dev) => dev ?? []);
}
