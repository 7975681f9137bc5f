import type { Problem } from '../errors';
import { shortJson } from './short-json';

/** What is known of one node, as its agent tells it. */
export interface NodeFacts {
  readonly node: string;
  readonly interfaces: readonly NodeInterface[];
  readonly modules: readonly NodeModule[];
  /** Folders that a runtime may read its CNI configuration from; of those that exist. */
  readonly cniConfDirs: readonly CniConfDir[];
  /** Folders that a runtime may look for CNI plugins in; of those that exist. */
  readonly cniBinDirs: readonly CniBinDir[];
  /** Set where CRI-O is configured on the node. */
  readonly crio?: CrioFacts | undefined;
  /** Where the DHCP daemon listens; undefined where it does not. */
  readonly dhcpSocket?: string | undefined;
  /** Set where firewalld is installed. */
  readonly firewalld?: FirewalldFacts | undefined;
}

export interface NodeInterface {
  readonly name: string;
  /** `bridge`, `veth` ...; undefined for a physical interface. */
  readonly kind?: string | undefined;
  /** Administratively up. */
  readonly up: boolean;
  /** Something is plugged in at the other end; undefined where the kernel does not tell. */
  readonly carrier?: boolean | undefined;
  /** Mbit/s; undefined where the kernel does not tell. */
  readonly speed?: number | undefined;
  readonly mtu: number;
  readonly mac: string;
  readonly master?: string | undefined;
  readonly addresses: readonly string[];
  readonly hasDefaultRoute: boolean;
}

export interface NodeModule {
  readonly name: string;
  /** `available` can be loaded, and is when it is needed first. */
  readonly state: 'loaded' | 'built-in' | 'available' | 'missing' | 'unknown';
}

export interface CniConfDir {
  readonly dir: string;
  /** In the order in which runtimes look at them. */
  readonly files: readonly CniConfFile[];
}

export interface CniConfFile {
  readonly file: string;
  /** Name of the network. */
  readonly name?: string | undefined;
  /** Types of its plugins, in order. */
  readonly types: readonly string[];
  /** Why it can't be read. */
  readonly error?: string | undefined;
  /** Set for a configuration of Multus. */
  readonly multus?: MultusFacts | undefined;
}

export interface MultusFacts {
  /** Name of the cluster network that it wraps, or the file it is in; undefined when it wraps none. */
  readonly clusterNetwork?: string | undefined;
  /** False where `clusterNetwork` is a file that is not there. */
  readonly clusterNetworkFound?: boolean | undefined;
  readonly kubeconfig?: string | undefined;
  /** False where `kubeconfig` is not there. */
  readonly kubeconfigFound?: boolean | undefined;
}

export interface CniBinDir {
  readonly dir: string;
  readonly plugins: readonly CniPluginFile[];
}

export interface CniPluginFile {
  readonly name: string;
  /** E.g. `1.9.1`; undefined where it does not say. */
  readonly release?: string | undefined;
}

export interface CrioFacts {
  /** `cni_default_network`; undefined where the first file counts. */
  readonly defaultNetwork?: string | undefined;
  readonly networkDir: string;
  readonly pluginDirs: readonly string[];
  /** The file that has the last word on the default network. */
  readonly file?: string | undefined;
}

export interface FirewalldFacts {
  readonly running: boolean;
  readonly zones: readonly FirewalldZone[];
}

export interface FirewalldZone {
  readonly name: string;
  readonly interfaces: readonly string[];
  readonly sources: readonly string[];
  readonly services: readonly string[];
}

/** What networks need of a node. */
export interface NodeNeeds {
  /** Host interfaces that they are made on, with the networks, e.g. `eth1` by `apps/storage`. */
  readonly masters: ReadonlyMap<string, readonly string[]>;
  /** CNI plugins, with the networks. */
  readonly plugins: ReadonlyMap<string, readonly string[]>;
}

/** Needs of nobody. */
export const NO_NEEDS: NodeNeeds = { masters: new Map(), plugins: new Map() };

/** Everything wrong with a node for secondary networks. Keys begin with what of the facts it is about. */
export function checkNode(facts: NodeFacts, needs: NodeNeeds = NO_NEEDS): Problem[] {
  return [
    ...checkCniConfigs(facts),
    ...checkCrio(facts),
    ...checkPlugins(facts, needs),
    ...checkMasters(facts, needs),
    ...checkModules(facts, needs),
    ...checkDhcp(facts, needs),
  ];
}

/** Plugins that Multus is called by. */
const MULTUS_TYPES: readonly string[] = ['multus', 'multus-shim'];

function checkCniConfigs(facts: NodeFacts): Problem[] {
  const dirs = facts.cniConfDirs.filter(({ files }) => files.length > 0);
  if (dirs.length === 0) return [noConfig(facts)];
  const unreadable = dirs.flatMap(({ dir, files }) =>
    files.flatMap(({ file, error }) =>
      error === undefined ? [] : [unreadableFile(dir, file, error)],
    ),
  );
  return [...unreadable, ...dirs.flatMap(checkMultus), ...checkFirst(facts, dirs)];
}

function noConfig({ cniConfDirs }: NodeFacts): Problem {
  const dirs = cniConfDirs.map(({ dir }) => dir).join(', ');
  return {
    code: 'NL_NODE_CNI_CONFIG',
    key: 'cniConfDirs',
    found:
      dirs === ''
        ? 'no folder with CNI configuration is there'
        : `there is no CNI configuration in ${dirs}, and no pod starts ("No CNI configuration file")`,
    allowed: 'the configuration of a cluster network',
    fix: 'see that the pods of the cluster network (calico, flannel, kindnet ...) run on this node',
  };
}

function unreadableFile(dir: string, file: string, error: string): Problem {
  return {
    code: 'NL_NODE_CNI_CONFIG',
    key: `${dir}/${file}`,
    found: error,
    allowed: 'a CNI configuration in JSON',
    fix: 'repair it or take it away: a runtime that finds it first has no network',
  };
}

function checkMultus({ dir, files }: CniConfDir): Problem[] {
  return files.flatMap(({ file, multus }): Problem[] => {
    if (!multus) return [];
    const key = `${dir}/${file}`;
    const problem = (found: string, allowed: string, fix: string): Problem[] => [
      { code: 'NL_NODE_CNI_CONFIG', key, found, allowed, fix },
    ];
    if (multus.clusterNetwork === undefined) {
      return problem(
        'Multus wraps no cluster network, and pods get no eth0',
        'delegates or clusterNetwork with the cluster network',
        'delete the file while the configuration of the cluster network is there: Multus writes it anew',
      );
    }
    if (multus.clusterNetworkFound === false) {
      return problem(
        `Multus wraps ${multus.clusterNetwork}, which is not there`,
        'a cluster network that is there',
        'see that the cluster network runs on this node, and restart the pod of Multus',
      );
    }
    if (multus.kubeconfigFound === false) {
      return problem(
        `${multus.kubeconfig} is not there: every pod fails at Multus ("Unauthorized", or no such file)`,
        'the kubeconfig that Multus writes for itself',
        'restart the pod of Multus; where Multus was removed, delete this file',
      );
    }
    return [];
  });
}

/** Runtimes take the first file, by name. */
function checkFirst({ crio }: NodeFacts, dirs: readonly CniConfDir[]): Problem[] {
  return dirs.flatMap(({ dir, files }) => {
    const [first] = files;
    const own = files.find(({ multus }) => multus);
    const isNamed = crio?.defaultNetwork !== undefined && crio.networkDir === dir;
    if (!first || !own || first === own || isNamed) return [];
    return [
      {
        code: 'NL_NODE_CNI_CONFIG' as const,
        key: `${dir}/${own.file}`,
        found: `${first.file} comes before it, so that the runtime never asks Multus and pods get their cluster network alone`,
        allowed: 'the file of Multus as the first by name',
        fix: `rename ${first.file} so that it comes behind, such as 10-${first.file.replace(/^\d+-/, '')}`,
      },
    ];
  });
}

function checkCrio({ crio, cniConfDirs }: NodeFacts): Problem[] {
  const { defaultNetwork, networkDir } = crio ?? {};
  if (defaultNetwork === undefined) return [];
  const files = cniConfDirs.find(({ dir }) => dir === networkDir)?.files ?? [];
  const chosen = files.find(({ name }) => name === defaultNetwork);
  const multus = files.find((one) => one.multus);
  const key = `${crio?.file ?? 'crio.conf'} cni_default_network`;
  const names = files.flatMap(({ name }) => name ?? []);
  if (!chosen) {
    return [
      {
        code: 'NL_NODE_CNI_CONFIG',
        key,
        found: `"${defaultNetwork}" is the name of no CNI configuration in ${networkDir}, and no pod starts`,
        allowed:
          names.length === 0
            ? 'the name of a configuration that is there'
            : `one of ${names.join(', ')}`,
        fix: multus?.name
          ? `${multus.name}?`
          : 'leave it out, so that the first file counts, or install what it names',
      },
    ];
  }
  if (!multus || chosen === multus) return [];
  return [
    {
      code: 'NL_NODE_CNI_CONFIG',
      key,
      found: `CRI-O takes "${defaultNetwork}" and never asks Multus (${shortJson(multus.name)})`,
      allowed: "the name of Multus' configuration",
      fix: `cni_default_network = "${multus.name}"`,
    },
  ];
}

/** Plugins that are asked for, by networks or by the configuration on the node, and are nowhere. */
function checkPlugins({ cniBinDirs, cniConfDirs, crio }: NodeFacts, needs: NodeNeeds): Problem[] {
  const dirs = cniBinDirs.map(({ dir }) => dir);
  const present = new Set(cniBinDirs.flatMap(({ plugins }) => plugins.map(({ name }) => name)));
  const wanted = new Map<string, string[]>();
  for (const [type, networks] of needs.plugins) wanted.set(type, [...networks]);
  for (const { dir, files } of cniConfDirs) {
    for (const { file, types } of files) {
      for (const type of types) wanted.set(type, [...(wanted.get(type) ?? []), `${dir}/${file}`]);
    }
  }
  const where = crio ? crio.pluginDirs.join(', ') : dirs.join(', ');
  return [...wanted]
    .filter(([type]) => !present.has(type))
    .map(([type, by]) => ({
      code: 'NL_NODE_PLUGIN_MISSING',
      key: type,
      found: `the CNI plugin "${type}" is not on the node, and ${listed(by)} ${by.length === 1 ? 'asks' : 'ask'} for it`,
      allowed:
        where === '' ? 'a folder with CNI plugins, such as /opt/cni/bin' : `a plugin in ${where}`,
      fix: MULTUS_TYPES.includes(type)
        ? 'restart the pod of Multus; where Multus was removed, delete the configuration'
        : 'install the CNI plugins (github.com/containernetworking/plugins), or the one that it belongs to',
    }));
}

function checkMasters({ interfaces }: NodeFacts, { masters }: NodeNeeds): Problem[] {
  return [...masters].flatMap(([master, networks]): Problem[] => {
    const found = interfaces.find(({ name }) => name === master);
    const problem = (what: string, fix: string): Problem[] => [
      {
        code: 'NL_NODE_LINK',
        key: master,
        found: `${what}, and ${listed(networks)} ${networks.length === 1 ? 'is' : 'are'} made on it`,
        allowed: 'an interface that is there, up, and has carrier',
        fix,
      },
    ];
    if (!found) {
      const names = interfaces.filter(isPhysical).map(({ name }) => name);
      return problem(
        `there is no interface "${master}"`,
        names.length === 0 ? 'plug it in' : `is it one of ${names.join(', ')}?`,
      );
    }
    if (!found.up) return problem(`${master} is down`, `ip link set ${master} up`);
    if (found.carrier === false) {
      return problem(`${master} has no carrier`, 'look at the cable and at the port of the switch');
    }
    return [];
  });
}

function isPhysical({ name, kind }: NodeInterface): boolean {
  return kind === undefined && name !== 'lo';
}

/** Kernel modules of the plugins that need one. */
const MODULES: Readonly<Record<string, string>> = {
  bridge: 'bridge',
  macvlan: 'macvlan',
  ipvlan: 'ipvlan',
  vlan: '8021q',
  dummy: 'dummy',
  vrf: 'vrf',
  tap: 'tun',
};

function checkModules({ modules }: NodeFacts, { plugins }: NodeNeeds): Problem[] {
  return [...plugins].flatMap(([type, networks]): Problem[] => {
    const name = MODULES[type];
    const module = modules.find((one) => one.name === name);
    if (module?.state !== 'missing') return [];
    return [
      {
        code: 'NL_NODE_MODULE',
        key: module.name,
        found: `the kernel has no module "${name}", and ${listed(networks)} ${networks.length === 1 ? 'needs' : 'need'} it (${type})`,
        allowed: `a kernel with ${name}`,
        fix: 'install the modules of the kernel (linux-modules-extra on Ubuntu, kernel-modules-extra on Fedora), or use another plugin',
      },
    ];
  });
}

function checkDhcp({ dhcpSocket }: NodeFacts, { plugins }: NodeNeeds): Problem[] {
  const networks = plugins.get('dhcp');
  if (!networks || dhcpSocket !== undefined) return [];
  return [
    {
      code: 'NL_NODE_DHCP',
      key: 'dhcpSocket',
      found: `the DHCP daemon does not listen on this node, and ${listed(networks)} ${networks.length === 1 ? 'asks' : 'ask'} it for addresses`,
      allowed: 'a daemon at /run/cni/dhcp.sock',
      fix: 'install the DHCP daemon (DhcpDaemon), or look at the logs of its pod',
    },
  ];
}

/** The first three, and how many more. */
function listed(names: readonly string[]): string {
  const unique = [...new Set(names)];
  const more = unique.length - 3;
  return more > 0 ? `${unique.slice(0, 3).join(', ')} and ${more} more` : unique.join(', ');
}
