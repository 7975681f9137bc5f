import { lstatSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { NetloomError } from 'netloom';
import type { HostImage } from './checkpoint/host-image';
import type { Iproute2 } from './iproute2';
import {
  type HostCommand,
  type HostLink,
  type HostNetwork,
  type LookWish,
  linkOf,
  type NetworkDriver,
  type PrintedLink,
  type PrintedRoute,
  type PrintedVlans,
  routesOf,
  vlansOf,
} from './node-network';
import { PROC_SYS } from './proc-sys';

/** What `sysctl` lines may look like: five parts, none of them `.` or `..`, and a short value. */
const SYSCTL_LINE =
  /^net\/(ipv4|ipv6|mpls)\/(conf|neigh)\/(?!\.{1,2}\/)[A-Za-z0-9._-]{1,15}\/[a-z0-9_]+=[A-Za-z0-9 .:_-]{1,64}$/;

/** A PCI address as part of a device's path. */
const PCI = /^[0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]$/;

/** A node's whole network by way of iproute2 and the files below /proc/sys/net. */
export class NetworkKernel implements NetworkDriver {
  /**
   * @param procSys where /proc/sys is mounted: in a pod only where it may be written
   * @param sysNet where devices tell their place on the PCI bus
   */
  constructor(
    private readonly commands: Pick<Iproute2, 'links' | 'query' | 'apply' | 'image'>,
    private readonly procSys = PROC_SYS,
    private readonly sysNet = '/sys/class/net',
  ) {}

  async observeNetwork({ vlans, sysctls }: LookWish): Promise<HostNetwork> {
    const routes = ['route', 'show', 'table', 'all', 'type', 'unicast'];
    const [printed, routes4, routes6, ports] = await Promise.all([
      this.commands.links(['-N', '-j', '-d', 'addr', 'show'], (one) => this.linkOf(one)),
      this.commands.query(['-N', '-j', '-4', ...routes]),
      this.commands.query(['-N', '-j', '-6', ...routes]),
      vlans ? this.commands.query(['-j', 'vlan', 'show'], 'bridge') : [],
    ]);
    const links = printed.filter(({ name }) => name !== '');
    const host: HostNetwork = {
      links: new Map(links.map((link) => [link.name, link])),
      routes: new Map([
        ...routesOf(4, routes4 as PrintedRoute[]),
        ...routesOf(6, routes6 as PrintedRoute[]),
      ]),
      vlans: vlansOf(ports as PrintedVlans[]),
      sysctls: new Map(),
    };
    const read = new Map(sysctls(host).flatMap((file) => this.readSysctl(file)));
    return { ...host, sysctls: read };
  }

  imageOf(names: readonly string[]): Promise<HostImage> {
    return this.commands.image(() => new Set(names));
  }

  /** Neighbouring commands of one program go through one run of it. */
  async applyNetwork(commands: readonly HostCommand[]): Promise<void> {
    for (const { tool, lines } of runs(commands)) {
      if (tool === 'sysctl') for (const line of lines) this.writeSysctl(line);
      else await this.commands.apply(lines, tool);
    }
  }

  private linkOf(one: unknown): HostLink {
    const printed = one as PrintedLink;
    return linkOf(printed, this.pciOf(printed));
  }

  /** Not of a link that another namespace's device only shares its name with. */
  private pciOf({ ifname = '', linkinfo, parentbus, parentdev }: PrintedLink): string | undefined {
    if (linkinfo?.info_kind !== undefined) return undefined;
    if (parentbus === 'pci') return parentdev;
    try {
      const parts = readlinkSync(path.join(this.sysNet, ifname)).split('/');
      return parts.findLast((part) => PCI.test(part));
    } catch {
      return undefined;
    }
  }

  private readSysctl(file: string): [string, string][] {
    try {
      return [[file, readFileSync(path.join(this.procSys, file), 'utf8').trim()]];
    } catch {
      return [];
    }
  }

  private writeSysctl(line: string): void {
    if (!SYSCTL_LINE.test(line)) throw new Error(`unfit for a sysctl: ${JSON.stringify(line)}`);
    const at = line.indexOf('=');
    const [file, value] = [path.join(this.procSys, line.slice(0, at)), line.slice(at + 1)];
    try {
      if (!lstatSync(file).isFile()) throw new Error('not a file');
      writeFileSync(file, `${value}\n`, { flag: 'r+' });
    } catch (error) {
      throw new NetloomError(sysctlFailed(line, error as NodeJS.ErrnoException), { cause: error });
    }
  }
}

function runs(commands: readonly HostCommand[]): { tool: HostCommand['tool']; lines: string[] }[] {
  const found: { tool: HostCommand['tool']; lines: string[] }[] = [];
  for (const { tool, line } of commands) {
    const last = found.at(-1);
    if (last?.tool === tool) last.lines.push(line);
    else found.push({ tool, lines: [line] });
  }
  return found;
}

function sysctlFailed(
  line: string,
  error: NodeJS.ErrnoException,
): NetloomError['problems'][number] {
  const isReadOnly = error.code === 'EROFS' || error.code === 'EACCES' || error.code === 'EPERM';
  return {
    code: 'NL_HOST_COMMAND',
    key: 'sysctl',
    found: `/proc/sys/${line.replace('=', ' can not be set to ')}: ${error.message}`,
    allowed: 'a setting that this kernel has, and a value that it takes',
    fix: isReadOnly
      ? 'mount /proc/sys/net of the host into the pod to be written; under systemd leave ProtectKernelTunables out'
      : 'correct the name or the value; modprobe mpls_router for MPLS',
  };
}
