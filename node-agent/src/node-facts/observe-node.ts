import { readFileSync } from 'node:fs';
import { release } from 'node:os';
import path from 'node:path';
import type { NodeInterface } from 'netloom';
import type { NodeFactsView } from 'netloom/agent-api';
import type { LinkDriver, LinkState } from '../bridges';
import { readCniConfigs } from './cni-configs';
import { type KnownReleases, readCniPlugins } from './cni-plugins';
import { readCrio } from './crio';
import { readFirewalld } from './firewalld';
import { HostRoot } from './host-files';
import { readModules } from './modules';

/** Where distributions have their CNI configuration; those that are not there are left out. */
export const CNI_CONF_DIRS: readonly string[] = [
  '/etc/cni/net.d',
  '/etc/kubernetes/cni/net.d',
  '/run/multus/cni/net.d',
  '/var/lib/rancher/k3s/agent/etc/cni/net.d',
];

/** Where distributions have their CNI plugins. */
export const CNI_BIN_DIRS: readonly string[] = [
  '/opt/cni/bin',
  '/usr/libexec/cni',
  '/usr/lib/cni',
  '/run/cni/bin',
  '/var/lib/cni/bin',
  '/var/lib/rancher/k3s/data/cni',
];

const DHCP_SOCKET = '/run/cni/dhcp.sock';

/** Where to look on the host. */
export interface NodePlaces {
  /** The host's root as this process sees it. */
  readonly root: string;
  readonly cniConfDirs: readonly string[];
  readonly cniBinDirs: readonly string[];
}

/** Tells what secondary networks find on this node. Nothing is changed. */
export class NodeObserver {
  private readonly releases: KnownReleases = new Map();
  private readonly host: HostRoot;

  constructor(
    private readonly node: string,
    private readonly places: NodePlaces,
    private readonly links: LinkDriver,
  ) {
    this.host = new HostRoot(places.root);
  }

  async observe(): Promise<NodeFactsView> {
    const { host, places } = this;
    const { links, defaultRouteLinks } = await this.links.observe();
    const kernel = release();
    const facts = {
      node: this.node,
      kernel,
      interfaces: [...links.values()].map((link) =>
        interfaceOf(link, defaultRouteLinks.has(link.name)),
      ),
      modules: readModules(host, kernel),
      cniConfDirs: readCniConfigs(host, places.cniConfDirs),
      cniBinDirs: await readCniPlugins(host, places.cniBinDirs, this.releases),
      crio: readCrio(host),
      dhcpSocket: host.exists(DHCP_SOCKET) ? DHCP_SOCKET : undefined,
      firewalld: readFirewalld(host),
    };
    // Without what is not there, as it goes over the wire.
    return JSON.parse(JSON.stringify(facts)) as NodeFactsView;
  }
}

function interfaceOf(link: LinkState, hasDefaultRoute: boolean): NodeInterface {
  const { name, kind, up, mtu, mac, master, addresses } = link;
  const carrier = sysfs(name, 'carrier');
  const speed = Number(sysfs(name, 'speed'));
  return {
    name,
    kind,
    up,
    carrier: carrier === undefined ? undefined : carrier === '1',
    // -1 where it has none.
    speed: speed > 0 ? speed : undefined,
    mtu,
    mac,
    master,
    addresses,
    hasDefaultRoute,
  };
}

/** Reading the carrier of an interface that is down is an error. */
function sysfs(name: string, file: string): string | undefined {
  // A name such as `..` is no interface's.
  if (!/^[^/\s]{1,15}$/.test(name) || name === '.' || name === '..') return undefined;
  try {
    return readFileSync(path.join('/sys/class/net', name, file), 'utf8').trim();
  } catch {
    return undefined;
  }
}
