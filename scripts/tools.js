'use strict';

/**
 * Finds the programs that the demo and the tests run: those of the system, else those that set-up
 * unpacked into a folder of the user's (a machine without root).
 */

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const root = path.join(__dirname, '..');

/** /usr/sbin is not on the PATH of a normal Debian user, but `ip` and `bridge` live there. */
const SYSTEM_FOLDERS = ['/usr/sbin', '/sbin', '/usr/bin', '/bin'];
const UNPACKED_FOLDERS = ['usr/sbin', 'usr/bin', 'sbin', 'bin'];
const SYSTEM_CNI_FOLDERS = ['/opt/cni/bin', '/usr/lib/cni'];

/** What the demo and the tests run, and what only tests run. */
const TOOLS = ['ip', 'bridge', 'mount', 'nsenter', 'ping', 'setpriv', 'unshare'];
const TEST_TOOLS = ['dnsmasq', 'nft', 'qemu-system-x86_64'];

/** Set-up's own test of the way without root: behave as if the system had none of the tools. */
function ignoresSystem() {
  return process.env.NETLOOM_IGNORE_SYSTEM_TOOLS === '1';
}

/** A home folder may be shared between machines: what fits one release may not run on another. */
function release() {
  let text = '';
  try {
    text = fs.readFileSync('/etc/os-release', 'utf8');
  } catch {
    // A system without the file gets a folder of its own by its kernel's name.
  }
  const field = (name) => new RegExp(`^${name}="?([^"\n]*)"?$`, 'm').exec(text)?.[1];
  const words = [field('ID') ?? os.platform(), field('VERSION_ID'), os.arch()];
  return words.filter(Boolean).join('-');
}

/** A user without an entry in /etc/passwd (a container's `--user 1000`) may have no home. */
function homeFolder() {
  try {
    return os.homedir();
  } catch {
    return os.tmpdir();
  }
}

/** Where set-up unpacks Debian packages when it may not install them. */
function cacheFolder() {
  const base = process.env.XDG_CACHE_HOME || path.join(homeFolder(), '.cache');
  return path.join(base, 'netloom', 'debian', release());
}

function isExecutable(file) {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return fs.statSync(file).isFile();
  } catch {
    return false;
  }
}

function unpackedFolders() {
  return UNPACKED_FOLDERS.map((folder) => path.join(cacheFolder(), folder));
}

/** Absolute path of a program, or undefined. */
function findTool(name) {
  const onPath = (process.env.PATH ?? '').split(path.delimiter).filter(path.isAbsolute);
  const system = ignoresSystem() ? [] : [...onPath, ...SYSTEM_FOLDERS];
  return [...system, ...unpackedFolders()]
    .map((folder) => path.join(folder, name))
    .find(isExecutable);
}

/** Folder of the CNI plugins, or undefined. */
function cniPath() {
  const given = (process.env.CNI_PATH ?? '').split(path.delimiter).filter(path.isAbsolute);
  const system = ignoresSystem() ? [] : [...given, ...SYSTEM_CNI_FOLDERS];
  const folders = [...system, path.join(cacheFolder(), 'usr', 'lib', 'cni')];
  return folders.find((folder) =>
    ['bridge', 'host-local'].every((plugin) => isExecutable(path.join(folder, plugin))),
  );
}

/** Folders of shared libraries below the unpacked packages, e.g. usr/lib/x86_64-linux-gnu. */
function unpackedLibraries() {
  const found = [];
  for (const parent of ['usr/lib', 'lib']) {
    const folder = path.join(cacheFolder(), parent);
    let names = [];
    try {
      names = fs.readdirSync(folder);
    } catch {
      continue;
    }
    for (const name of names) if (name.includes('-linux-')) found.push(path.join(folder, name));
  }
  return found;
}

/** Whether anything that we run comes from the unpacked packages. */
function usesUnpacked() {
  const tools = [...TOOLS, ...TEST_TOOLS].map(findTool);
  return [...tools, cniPath()].some((file) => file?.startsWith(`${cacheFolder()}/`));
}

/**
 * What to add to the environment of a child so that it finds the same tools by name. The library
 * path is set only where packages were unpacked: it also reaches the system's own programs.
 */
function toolEnv() {
  const list = (name) => (process.env[name] ?? '').split(path.delimiter).filter(Boolean);
  const joined = (folders) => [...new Set(folders)].join(path.delimiter);
  const bin = path.join(root, 'node_modules', '.bin');
  const env = { PATH: joined([bin, ...list('PATH'), ...SYSTEM_FOLDERS]) };
  const plugins = cniPath();
  if (plugins !== undefined) env.CNI_PATH = plugins;
  if (!usesUnpacked()) return env;
  env.PATH = joined([bin, ...list('PATH'), ...SYSTEM_FOLDERS, ...unpackedFolders()]);
  const libraries = unpackedLibraries();
  env.LD_LIBRARY_PATH = joined([...list('LD_LIBRARY_PATH'), ...libraries]);
  // iptables looks for its matches in a folder fixed when it was built.
  const matches = libraries.map((folder) => path.join(folder, 'xtables')).filter(fs.existsSync);
  if (findTool('iptables')?.startsWith(`${cacheFolder()}/`) && matches.length > 0) {
    env.XTABLES_LIBDIR = joined(matches);
  }
  return env;
}

/** The Node release that development and tests run on, whatever Node started us. */
function nodePath() {
  const own = path.join(root, 'node_modules', '.bin', 'node');
  return isExecutable(own) ? own : process.execPath;
}

/** Program and first arguments that start npm: the one that started us, else that on PATH. */
function npmCommand() {
  const script = process.env.npm_execpath;
  return /npm-cli\.js$/.test(script ?? '') ? [process.execPath, script] : ['npm'];
}

/** Runs a script with {@link nodePath}, on this terminal; gives its exit code. */
function runNode(args) {
  const child = spawnSync(nodePath(), args, { stdio: 'inherit' });
  if (child.error) throw child.error;
  return child.status ?? 1;
}

module.exports = {
  cacheFolder,
  cniPath,
  findTool,
  homeFolder,
  ignoresSystem,
  nodePath,
  npmCommand,
  runNode,
  toolEnv,
};
