import path from 'node:path';
import type { CrioFacts } from 'netloom';
import type { HostRoot } from './host-files';

// Its types say that it is for `import` alone; it has a file for `require`, too.
const { parse } = require('smol-toml') as { parse(text: string): unknown };

const FILE = '/etc/crio/crio.conf';
const FOLDERS = ['/usr/lib/crio/crio.conf.d', '/etc/crio/crio.conf.d'];

/** CRI-O's own defaults. */
const NETWORK_DIR = '/etc/cni/net.d/';
const PLUGIN_DIRS = ['/opt/cni/bin/'];

/** What CRI-O is told of CNI; undefined where it is not configured. Later files have the last word. */
export function readCrio(host: HostRoot): CrioFacts | undefined {
  const files = [
    FILE,
    ...FOLDERS.flatMap((dir) =>
      (host.list(dir) ?? []).filter(isConf).map((name) => path.join(dir, name)),
    ),
  ];
  const found = files.flatMap((file) => {
    const text = host.read(file);
    return text === undefined ? [] : [{ file, network: networkOf(text) }];
  });
  if (found.length === 0) return undefined;
  let facts: CrioFacts = { networkDir: plain(NETWORK_DIR), pluginDirs: PLUGIN_DIRS.map(plain) };
  for (const { file, network } of found) {
    const { cni_default_network: name, network_dir: dir, plugin_dirs: dirs } = network;
    if (typeof name === 'string' && name !== '') facts = { ...facts, defaultNetwork: name, file };
    if (typeof dir === 'string' && dir !== '') facts = { ...facts, networkDir: plain(dir) };
    if (Array.isArray(dirs) && dirs.length > 0) {
      const texts = dirs.filter((one): one is string => typeof one === 'string');
      facts = { ...facts, pluginDirs: texts.map(plain) };
    }
  }
  return facts;
}

function isConf(name: string): boolean {
  return name.endsWith('.conf');
}

interface CrioNetwork {
  readonly cni_default_network?: unknown;
  readonly network_dir?: unknown;
  readonly plugin_dirs?: unknown;
}

/** The table `crio.network`; nothing for a file that CRI-O would refuse, too. */
function networkOf(text: string): CrioNetwork {
  try {
    const { crio } = parse(text) as { readonly crio?: { readonly network?: CrioNetwork } };
    return crio?.network ?? {};
  } catch {
    return {};
  }
}

/** Without a slash at its end, as other facts name folders. */
function plain(dir: string): string {
  return dir.length > 1 ? dir.replace(/\/+$/, '') : dir;
}
