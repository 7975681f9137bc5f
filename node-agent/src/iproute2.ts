import { spawn } from 'node:child_process';
import { accessSync, closeSync, constants, openSync, rmSync, writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import path from 'node:path';
import { NetloomError, type Problem } from 'netloom';
import type { AddressProber } from './audit/probe';
import { probeImpossible } from './audit/problems';
import type { HostLinks, LinkDriver, LinkListener, LinkState } from './bridges';
import {
  type HostImage,
  type ImageDriver,
  type LinkImage,
  type RouteImage,
  routeLinks,
  type VlanImage,
} from './checkpoint/host-image';
import type { Gateway, NeighbourDriver } from './checkpoint/probes';
import { startMonitor } from './monitor-process';
import { PrintedElements } from './printed-elements';

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

/** Events that are told: of links, of addresses, and of routes with our own protocol alone. */
const TOLD_EVENT = /\[(LINK|ADDR)\]|proto 214/;

/** A mark may come in two pieces. */
const LONGEST_MARK = 9;

/** Up to how many interfaces are asked for their routes one by one: a router may have a million of them. */
const MOST_QUESTIONS = 16;

/** How long a neighbour may take to answer, and how often that is looked for, in ms. */
const NEIGHBOUR_MS = 1_000;
const NEIGHBOUR_PAUSE_MS = 20;

/** How long is waited for whoever has an address: the kernel asks at once and after a second. */
const PROBE_MS = 1_200;
/** How long an interface may take to make sure of its own address: the kernel takes one to two seconds, in ms. */
const OWN_ADDRESS_MS = 3_000;
const PROBE_PAUSE_MS = 50;

/** Runs iproute2's `ip` and `bridge`, and is the only file that does: arguments as arrays, never a shell. */
export class Iproute2 implements LinkDriver, ImageDriver, NeighbourDriver, AddressProber {
  private readonly files = new Map<string, string>();
  /**
   * A connection that children hold open, too: who is at its other end learns that this process is gone
   * only once the command that it had started has ended.
   */
  held: Socket | undefined;

  /** @param folder where batches are written to, private to the agent */
  constructor(private readonly folder: string) {}

  async observe(): Promise<HostLinks> {
    const [printed, routes4, routes6] = await Promise.all([
      this.links(['-j', '-d', 'addr', 'show'], (link) => linkState(link as RawLink)),
      this.query(['-j', '-4', 'route', 'show', 'table', 'all', 'default']),
      this.query(['-j', '-6', 'route', 'show', 'table', 'all', 'default']),
    ]);
    const links = printed.filter(({ name }) => name !== '');
    const routes = [...routes4, ...routes6] as RouteImage[];
    return {
      links: new Map(links.map((link) => [link.name, link])),
      defaultRouteLinks: new Set(routes.flatMap(routeLinks)),
    };
  }

  /**
   * From a file that is whole before `ip` starts: were the agent killed while it wrote to a pipe,
   * `ip` would run half a line.
   */
  async apply(lines: readonly string[], program: 'ip' | 'bridge' = 'ip'): Promise<void> {
    if (lines.length === 0) return;
    const { status, stderr } = await this.batch(program, ['-batch', '-'], lines);
    if (status === 0) return;
    throw new NetloomError(commandFailed(failedLine(lines, stderr), stderr, program));
  }

  async force(program: 'ip' | 'bridge', lines: readonly string[]): Promise<string> {
    if (lines.length === 0) return '';
    const { status, stderr } = await this.batch(program, ['-force', '-batch', '-'], lines);
    return status === 0 ? '' : stderr.trim();
  }

  async image(names: (links: readonly LinkImage[]) => ReadonlySet<string>): Promise<HostImage> {
    const links = ((await this.query(['-j', '-d', 'addr', 'show'])) as LinkImage[]).filter(
      (link) => link.ifname !== undefined,
    );
    const wanted = names(links);
    const there = links.filter((link) => wanted.has(link.ifname)).map((link) => link.ifname);
    // At once: on a busy host each question waits for its turn.
    const [vlans, routes] = await Promise.all([
      this.query(['-j', 'vlan', 'show'], 'bridge') as Promise<VlanImage[]>,
      this.routesOver(there),
    ]);
    return { links, routes, vlans: vlans.filter((one) => wanted.has(one.ifname)) };
  }

  /** Routes over these interfaces; those over several at once only where they are default routes. */
  private async routesOver(names: readonly string[]): Promise<RouteImage[]> {
    const show = ['route', 'show', 'table', 'all'];
    const isFew = names.length <= MOST_QUESTIONS;
    const ofFamily = async (family: 'inet' | 'inet6'): Promise<RouteImage[]> => {
      const ask = async (...more: string[]): Promise<RouteImage[]> => {
        const args = ['-j', '-d', family === 'inet' ? '-4' : '-6', ...show, ...more];
        return ((await this.query(args)) as RouteImage[]).map((raw) => ({ ...raw, family }));
      };
      const [rest, ...own] = await Promise.all([
        isFew ? ask('default') : ask(),
        ...(isFew ? names : []).map(async (name) =>
          (await ask('dev', name)).map((route) => ({ ...route, dev: name })),
        ),
      ]);
      return [
        ...own.flat(),
        ...(rest ?? []).filter((route) => !isFew || route.nexthops !== undefined),
      ];
    };
    const routes = (await Promise.all([ofFamily('inet'), ofFamily('inet6')])).flat();
    const wanted = new Set(names);
    return routes.filter((route) => routeLinks(route).some((name) => wanted.has(name)));
  }

  private async batch(
    program: 'ip' | 'bridge',
    args: readonly string[],
    lines: readonly string[],
  ): Promise<Finished> {
    const unfit = lines.find((line) => !BATCH_LINE.test(line));
    if (unfit !== undefined) throw new Error(`unfit for ip -batch: ${JSON.stringify(unfit)}`);
    const file = path.join(this.folder, `batch-${process.pid}`);
    writeFileSync(file, `${lines.join('\n')}\n`, { mode: 0o600 });
    const input = openSync(file, 'r');
    rmSync(file);
    try {
      return await this.run(args, input, program);
    } finally {
      closeSync(input);
    }
  }

  async gateways(): Promise<Gateway[]> {
    const routes = await Promise.all(
      ['-4', '-6'].map((family) => this.query(['-j', family, 'route', 'show', 'default'])),
    );
    const ways = (routes.flat() as RouteImage[]).flatMap((route) => route.nexthops ?? [route]);
    const found = ways.flatMap(({ gateway, via, dev }) => {
      const address = gateway ?? via?.host;
      return address === undefined || dev === undefined ? [] : [{ address, dev }];
    });
    return [...new Map(found.map((one) => [one.address, one])).values()];
  }

  /**
   * The kernel asks: `use` makes an entry of its neighbour table as a packet would, without one being
   * sent. That takes no other right than CAP_NET_ADMIN, and no address of our own on the interface.
   */
  async whoHas(address: string, dev: string): Promise<string | undefined> {
    const own = (await this.query(['-j', 'addr', 'show', 'to', address])) as RawLink[];
    if (own.some((link) => link.ifname !== undefined)) return 'this host';
    const { stdout } = await this.run(['-j', 'link', 'show', 'dev', dev], 'ignore');
    const [link] = stdout.trim() === '' ? [] : (JSON.parse(stdout) as RawLink[]);
    if (link === undefined) throw new NetloomError(probeImpossible(dev, 'there is no such link'));
    if (!link.flags?.includes('UP')) throw new NetloomError(probeImpossible(dev, 'it is down'));
    if (address.includes(':')) await this.untilItCanAsk(dev);
    return this.ask([address, 'dev', dev]);
  }

  /** An interface that has just come up looks first whether its own link-local address is free, and asks nothing meanwhile. */
  private async untilItCanAsk(dev: string): Promise<void> {
    const show = ['-j', '-6', 'addr', 'show', 'dev', dev, 'scope', 'link'];
    const end = performance.now() + OWN_ADDRESS_MS;
    for (;;) {
      const links = (await this.query(show)) as RawLink[];
      const own = links.flatMap(({ addr_info: addresses = [] }) => addresses);
      if (own.some((one) => one.local !== undefined && !one.tentative)) return;
      if (performance.now() > end) {
        throw new NetloomError(probeImpossible(dev, 'it has no link-local address to ask from'));
      }
      await new Promise((resolve) => setTimeout(resolve, PROBE_PAUSE_MS));
    }
  }

  private async ask(entry: readonly string[]): Promise<string | undefined> {
    const show = ['-j', 'neigh', 'show', 'to', ...entry];
    const look = async () => ((await this.query(show)) as RawNeighbour[])[0];
    const known = await look();
    if (known?.lladdr !== undefined && known.state?.includes('PERMANENT')) return known.lladdr;
    // What is known from before proves nothing: the kernel asks again.
    if (known) await this.run(['neigh', 'del', ...entry], 'ignore');
    const { status, stderr } = await this.run(['neigh', 'replace', ...entry, 'use'], 'ignore');
    if (status !== 0) throw new NetloomError(probeImpossible(entry[2] ?? '', stderr.trim()));
    const end = performance.now() + PROBE_MS;
    while (performance.now() < end) {
      await new Promise((resolve) => setTimeout(resolve, PROBE_PAUSE_MS));
      const { state = [], lladdr } = (await look()) ?? {};
      if (state.includes('FAILED')) break;
      if (lladdr !== undefined) return lladdr;
    }
    await this.run(['neigh', 'del', ...entry], 'ignore');
    return undefined;
  }

  async resolves({ address, dev }: Gateway): Promise<boolean> {
    const show = ['-j', 'neigh', 'show', 'to', address, 'dev', dev];
    const look = async () => ((await this.query(show)) as RawNeighbour[])[0];
    const known = await look();
    if (known?.state?.some((state) => state === 'PERMANENT' || state === 'NOARP')) return true;
    if (known?.lladdr !== undefined) {
      // What is known from before proves nothing: the kernel asks again.
      const anew = ['lladdr', known.lladdr, 'dev', dev, 'nud', 'probe'];
      await this.run(['neigh', 'replace', address, ...anew], 'ignore');
    }
    const end = performance.now() + NEIGHBOUR_MS;
    for (;;) {
      const { state = [] } = (await look()) ?? {};
      if (state.includes('REACHABLE')) return true;
      if (state.includes('FAILED') || performance.now() > end) return false;
      await new Promise((resolve) => setTimeout(resolve, NEIGHBOUR_PAUSE_MS));
    }
  }

  /**
   * `ip monitor`. An event only says that something changed, a look says what. Routes of others, of which
   * a router has very many, are none.
   * Events that the kernel had to drop (it then complains) are events, too.
   */
  watch(listener: LinkListener): () => void {
    const what = ['monitor', 'link', 'address', 'route', 'label'];
    const record = path.join(this.folder, 'monitor.json');
    const child = startMonitor([this.command('ip'), ...what], environment(), record);
    let isOver = false;
    const end = (why: string): void => {
      if (isOver) return;
      isOver = true;
      listener.ended(why);
    };
    let tail = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      const isOurs = TOLD_EVENT.test(tail + text);
      tail = text.slice(-LONGEST_MARK);
      if (!isOver && isOurs) listener.changed();
    });
    child.stderr?.on('data', () => {
      if (!isOver) listener.changed();
    });
    child.once('error', (error) => end(error.message));
    child.once('close', (status, signal) => end(`it ended with ${signal ?? status}`));
    return () => {
      isOver = true;
      child.kill('SIGKILL');
    };
  }

  /** What a question, asked with `-j`, is answered with. */
  async query(args: readonly string[], program: 'ip' | 'bridge' = 'ip'): Promise<unknown[]> {
    const { status, stdout, stderr } = await this.run(args, 'ignore', program);
    // A kernel without IPv6 answers the question for its routes with an error, and has none. The same
    // goes for VLANs of bridges.
    if (status !== 0 && (args.includes('-6') || program === 'bridge')) return [];
    if (status !== 0) throw new NetloomError(commandFailed(args.join(' '), stderr, program));
    return stdout.trim() === '' ? [] : (JSON.parse(stdout) as unknown[]);
  }

  /** What `ip` prints of each link, asked with `-j`, taken one by one. */
  async links<T>(args: readonly string[], take: (link: unknown) => T): Promise<T[]> {
    const elements = new PrintedElements(take);
    let failure: unknown;
    const { status, stderr } = await this.run(args, 'ignore', 'ip', (text) => {
      try {
        if (failure === undefined) elements.add(text);
      } catch (error) {
        failure = error;
      }
    });
    if (status !== 0) throw new NetloomError(commandFailed(args.join(' '), stderr));
    if (failure !== undefined) throw failure;
    return elements.end();
  }

  /** @param onOutput takes what would be `stdout` as it comes */
  private run(
    args: readonly string[],
    stdin: number | 'ignore',
    program: 'ip' | 'bridge' = 'ip',
    onOutput?: (text: string) => void,
  ): Promise<Finished> {
    const held = stdin === 'ignore' ? undefined : descriptorOf(this.held);
    const child = spawn(this.command(program), args, {
      env: environment(),
      stdio: [stdin, 'pipe', 'pipe', ...(held === undefined ? [] : [held])],
      timeout: TIMEOUT_MS,
    });
    const texts = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name]?.setEncoding('utf8').on('data', (text: string) => {
        if (onOutput && name === 'stdout') onOutput(text);
        else texts[name] += text;
      });
    }
    return new Promise((resolve, reject) => {
      child.once('error', (error) =>
        reject(new NetloomError(commandFailed(args.join(' '), error.message))),
      );
      child.once('close', (status) => resolve({ status, ...texts }));
    });
  }

  private command(program: 'ip' | 'bridge'): string {
    const known = this.files.get(program) ?? findProgram(program);
    this.files.set(program, known);
    return known;
  }
}

/**
 * A socket's file descriptor. Node stops reading from a socket that it is given as a child's stream, but
 * not from one whose number it is given; there is no public way to the number.
 */
function descriptorOf(socket: Socket | undefined): number | undefined {
  const { fd } = (socket as { _handle?: { fd?: number } } | undefined)?._handle ?? {};
  return fd !== undefined && fd >= 0 ? fd : undefined;
}

function environment(): Record<string, string> {
  const { LD_LIBRARY_PATH } = process.env;
  return { LC_ALL: 'C', ...(LD_LIBRARY_PATH === undefined ? {} : { LD_LIBRARY_PATH }) };
}

function findProgram(program: string): string {
  const onPath = (process.env.PATH ?? '').split(path.delimiter).filter(path.isAbsolute);
  for (const folder of [...FOLDERS, ...onPath]) {
    const file = path.join(folder, program);
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {
      // The next folder may have it.
    }
  }
  throw new NetloomError({
    code: 'NL_HOST_COMMAND',
    key: program,
    found: `the command "${program}" is not installed on this host`,
    allowed: 'a host with iproute2',
    fix: 'apt-get install iproute2, or the same of your distribution',
  });
}

/** `ip -batch` says `Command failed -:3` for the third line. */
function failedLine(lines: readonly string[], stderr: string): string {
  const number = Number(/^Command failed \S*:(\d+)/m.exec(stderr)?.[1]);
  return lines[number - 1] ?? '-batch -';
}

function commandFailed(command: string, stderr: string, program = 'ip'): Problem {
  const said = stderr
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('Command failed'))
    .join('; ');
  return {
    code: 'NL_HOST_COMMAND',
    key: program,
    found: `"${program} ${command}" failed: ${said === '' ? 'it said nothing' : said}`,
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
    return 'the kernel lacks a module: modprobe bridge, or 8021q, bonding, dummy, macvlan for links of those kinds';
  }
  return 'see what the command says; the bridge is as it was before';
}

interface RawNeighbour {
  readonly lladdr?: string;
  readonly state?: readonly string[];
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
  readonly addr_info?: readonly {
    readonly local?: string;
    readonly prefixlen?: number;
    /** Not sure yet that nobody else has it. */
    readonly tentative?: boolean;
  }[];
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
