import path from 'node:path';
import type { CniConfDir, CniConfFile, MultusFacts } from 'netloom';
import { parse } from 'yaml';
import type { HostRoot } from './host-files';

/** What libcni reads, and with it the runtimes. */
const ENDINGS: readonly string[] = ['.conf', '.conflist', '.json'];

type Members = Readonly<Record<string, unknown>>;

/** The CNI configuration in those of the folders that are there. */
export function readCniConfigs(host: HostRoot, dirs: readonly string[]): CniConfDir[] {
  return dirs.flatMap((dir) => {
    const names = host.list(dir);
    if (!names) return [];
    const files = names.filter((name) => ENDINGS.includes(path.extname(name)));
    return [{ dir, files: files.map((file) => readConfig(host, dir, file)) }];
  });
}

function readConfig(host: HostRoot, dir: string, file: string): CniConfFile {
  const text = host.read(path.join(dir, file));
  if (text === undefined) return { file, types: [], error: 'the file can not be read' };
  let config: unknown;
  try {
    config = JSON.parse(text);
  } catch (error) {
    return { file, types: [], error: `the file is no JSON: ${(error as Error).message}` };
  }
  if (!isMembers(config)) return { file, types: [], error: 'the file holds no JSON object' };
  const plugins = Array.isArray(config['plugins']) ? config['plugins'].filter(isMembers) : [config];
  const multus = plugins.find(({ type }) => type === 'multus' || type === 'multus-shim');
  return {
    file,
    ...named(config['name']),
    types: plugins.flatMap(typesOf),
    ...(multus && { multus: multusFacts(host, dir, multus) }),
  };
}

function typesOf(plugin: Members): string[] {
  const ipam = isMembers(plugin['ipam']) ? plugin['ipam']['type'] : undefined;
  return [plugin['type'], ipam].flatMap((type) => (typeof type === 'string' ? type : []));
}

function multusFacts(host: HostRoot, dir: string, multus: Members): MultusFacts {
  const { kubeconfig } = multus;
  const network = clusterNetwork(host, multus);
  if (typeof kubeconfig !== 'string') return network;
  const file = path.isAbsolute(kubeconfig) ? kubeconfig : path.join(dir, kubeconfig);
  return { ...network, kubeconfig, kubeconfigFound: host.exists(file) && isKubeconfig(host, file) };
}

/** An empty file, which a write that was cut off leaves, is none. */
function isKubeconfig(host: HostRoot, file: string): boolean {
  const text = host.read(file);
  // What only root may read counts as there.
  if (text === undefined) return true;
  try {
    return isMembers(parse(text));
  } catch {
    return false;
  }
}

/** By name or by file: the thick daemon sees the host's files below `/host`. */
function clusterNetwork(host: HostRoot, multus: Members): MultusFacts {
  const { clusterNetwork: network, delegates } = multus;
  if (typeof network === 'string' && network !== '') {
    if (!path.isAbsolute(network)) return { clusterNetwork: network };
    const file = network.replace(/^\/host(?:root)?(?=\/)/, '');
    return { clusterNetwork: file, clusterNetworkFound: host.exists(file) };
  }
  const [first] = Array.isArray(delegates) ? delegates.filter(isMembers) : [];
  if (!first) return {};
  const { name, type } = first;
  const called = typeof name === 'string' ? name : type;
  return { clusterNetwork: typeof called === 'string' ? called : 'a network without a name' };
}

function named(name: unknown): { name?: string } {
  return typeof name === 'string' ? { name } : {};
}

function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
