'use strict';

/**
 * The base of the image: `ip`, `bridge`, `flock`, `ping` and the libraries that they and Node need, from packages of
 * Debian. packages.json names each with its hash, so that the image is the same until somebody renews
 * it: `npm run image -- --renew`.
 */

const { spawnSync } = require('node:child_process');
const crypto = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');

const LOCK = path.join(__dirname, 'packages.json');
const RELEASE = 'trixie';
const KEYS = '/usr/share/keyrings/debian-archive-keyring.gpg';

/** iproute2 needs more for `ss`, `tc` and `arpd`, which are left out. */
const PACKAGES = [
  'gcc-14-base',
  'iproute2',
  'iputils-ping',
  'libbpf1',
  'libc6',
  'libcap2',
  'libelf1t64',
  'libgcc-s1',
  'libidn2-0',
  'libmnl0',
  'libpcre2-8-0',
  'libselinux1',
  'libstdc++6',
  'libunistring5',
  'libzstd1',
  'util-linux',
  'zlib1g',
];

/** What is taken of them: four programs, shared libraries, names of protocols and tables, licenses. */
const TAKEN = [
  /^usr\/s?bin\/(ip|bridge|flock|ping)$/,
  /^usr\/lib(64)?\/([^/]+\/)?(ld-linux-[^/]*|lib[^/]+\.so[^/]*)$/,
  /^(usr\/share|etc)\/iproute2\/[^/]+$/,
  /^usr\/share\/doc\/[^/]+\/copyright$/,
];

function must(file, args, options = {}) {
  const env = { ...process.env, LC_ALL: 'C.UTF-8', DEBIAN_FRONTEND: 'noninteractive' };
  const child = spawnSync(file, args, { encoding: 'utf8', env, maxBuffer: 1 << 28, ...options });
  if (child.status === 0) return child.stdout;
  const said = `${child.stderr ?? ''}`.trim().split('\n').slice(-3).join(' ');
  throw new Error(`${file} ${args[0]}: ${child.error?.message ?? said}`);
}

/** Package lists of this release, beside those of the machine. */
function aptOptions(folder) {
  const suites = [RELEASE, `${RELEASE}-updates`].map((suite) => `debian ${suite}`);
  const sources = [...suites, `debian-security ${RELEASE}-security`].map(
    (suite) => `deb [signed-by=${KEYS}] http://deb.debian.org/${suite} main\n`,
  );
  for (const name of ['lists/partial', 'cache/archives/partial']) {
    fs.mkdirSync(path.join(folder, name), { recursive: true });
  }
  fs.writeFileSync(path.join(folder, 'sources.list'), sources.join(''));
  fs.writeFileSync(path.join(folder, 'status'), '');
  const settings = {
    'Dir::Etc::sourcelist': path.join(folder, 'sources.list'),
    'Dir::Etc::sourceparts': '-',
    'Dir::State::Lists': path.join(folder, 'lists'),
    'Dir::Cache': path.join(folder, 'cache'),
    'Dir::State::Status': path.join(folder, 'status'),
    'Acquire::Languages': 'none',
    'APT::Architecture': 'amd64',
  };
  const options = Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  for (const one of ['amd64', 'arm64']) options.push('-o', `APT::Architectures::=${one}`);
  return options;
}

function readLock() {
  return JSON.parse(fs.readFileSync(LOCK, 'utf8'));
}

/** Writes packages.json anew, with what Debian has today. */
function renewPackages(work) {
  const options = aptOptions(work);
  must('apt-get', [...options, 'update', '-q']);
  const packages = {};
  for (const arch of ['amd64', 'arm64']) {
    const names = PACKAGES.map((name) => `${name}:${arch}`);
    const text = must('apt-get', [...options, '--print-uris', 'download', ...names]);
    const lines = [...text.matchAll(/^'[^']*' (([^_]+)_\S+\.deb) \d+ SHA256:([0-9a-f]{64})$/gm)];
    packages[arch] = lines
      .map(([, file, name, sha256]) => ({ name, version: versionOf(file), sha256 }))
      .sort((one, other) => (one.name < other.name ? -1 : 1));
    if (lines.length !== PACKAGES.length) throw new Error(`apt-get knows not all of ${names}`);
  }
  const lock = { release: RELEASE, packages };
  fs.writeFileSync(LOCK, `${JSON.stringify(lock, undefined, 2)}\n`);
}

/** `NAME_VERSION_ARCH.deb`, an epoch's colon written as `%3a`. */
function versionOf(file) {
  return decodeURIComponent(file.split('_')[1]);
}

function isWhole(file, sha256) {
  if (!fs.existsSync(file)) return false;
  return crypto.createHash('sha256').update(fs.readFileSync(file)).digest('hex') === sha256;
}

function wantedPackages(arch, cache) {
  const { packages } = readLock();
  return packages[arch].map((one) => ({
    ...one,
    file: path.join(cache, `${one.name}-${arch}-${one.sha256.slice(0, 16)}.deb`),
  }));
}

/** Whether all packages are in the cache. */
function hasPackages(arch, cache) {
  return wantedPackages(arch, cache).every(({ file }) => fs.existsSync(file));
}

/**
 * Fetches the packages of packages.json that are not in the cache yet.
 *
 * @param {'amd64'|'arm64'} arch
 * @returns {string[]} the files
 */
function fetchPackages(arch, cache) {
  fs.mkdirSync(cache, { recursive: true });
  const wanted = wantedPackages(arch, cache);
  const missing = wanted.filter(({ file, sha256 }) => !isWhole(file, sha256));
  if (missing.length > 0) {
    const work = fs.mkdtempSync(path.join(cache, 'apt-'));
    try {
      const options = aptOptions(work);
      must('apt-get', [...options, 'update', '-q']);
      const names = missing.map(({ name, version }) => `${name}:${arch}=${version}`);
      must('apt-get', [...options, 'download', '-q', ...names], { cwd: work });
      for (const { name, sha256, file } of missing) {
        const [fetched] = fs
          .readdirSync(work)
          .filter((one) => one.startsWith(`${name}_`) && one.endsWith(`_${arch}.deb`));
        if (fetched === undefined || !isWhole(path.join(work, fetched), sha256)) {
          throw new Error(`${name} is not the file that packages.json names`);
        }
        fs.renameSync(path.join(work, fetched), file);
      }
    } finally {
      fs.rmSync(work, { recursive: true, force: true });
    }
  }
  return wanted.map(({ file }) => file);
}

/** The links that make `/lib` and `/usr/lib` one, as in every Debian. */
function mergedFolders(arch) {
  const names = ['bin', 'lib', 'sbin', ...(arch === 'amd64' ? ['lib64'] : [])];
  return names.map((name) => [name, { type: 'link', target: `usr/${name}` }]);
}

/**
 * Files of the base by path.
 *
 * @param {'amd64'|'arm64'} arch
 * @param {string} cache folder for downloads
 * @returns {Map<string, import('./tar').Entry>}
 */
function baseFiles(arch, cache) {
  const files = new Map(mergedFolders(arch));
  const work = fs.mkdtempSync(path.join(fs.mkdtempSync(path.join(cache, 'base-')), 'root-'));
  try {
    for (const file of fetchPackages(arch, cache)) must('dpkg-deb', ['-x', file, work]);
    for (const found of fs.readdirSync(work, { recursive: true })) {
      // A package may still have its libraries below /lib, which is a link in the image.
      const name = found.replace(/^(bin|lib|lib64|sbin)\//, 'usr/$1/');
      if (!TAKEN.some((pattern) => pattern.test(name))) continue;
      const source = path.join(work, found);
      const stat = fs.lstatSync(source);
      if (stat.isSymbolicLink()) {
        files.set(name, { type: 'link', target: fs.readlinkSync(source) });
      } else if (stat.isFile()) {
        const executable = (stat.mode & 0o111) !== 0;
        files.set(name, { type: 'file', content: fs.readFileSync(source), executable });
      }
    }
  } finally {
    fs.rmSync(path.dirname(work), { recursive: true, force: true });
  }
  return files;
}

module.exports = { baseFiles, fetchPackages, hasPackages, renewPackages };
