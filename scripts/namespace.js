'use strict';

/**
 * Runs a command in a network and mount namespace of its own, so that demo and tests can make
 * bridges, addresses and routes without touching the machine, mostly without root.
 */

const { spawn, spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { findTool, nodePath, toolEnv } = require('./tools');

const HELPER = path.join(__dirname, 'in-namespace.js');
const PROBE_TIMEOUT_MS = 60_000;

const NAMESPACES = {
  user: ['--user', '--map-root-user', '--net', '--mount', '--propagation', 'private'],
  root: ['--net', '--mount', '--propagation', 'private'],
};

function isRoot() {
  return process.getuid?.() === 0;
}

/** Whose caches to use: inside the user namespace everybody is uid 0. */
function outerUid() {
  return process.env.NETLOOM_OUTER_UID ?? String(process.getuid?.() ?? '');
}

/** In a user namespace even root can only write what belongs to root outside. */
function kindsToTry() {
  // Only without a user namespace can a test be several users: NETLOOM_NAMESPACE=root.
  const wanted = process.env.NETLOOM_NAMESPACE;
  if (wanted in NAMESPACES) return [wanted];
  if (!isRoot()) return ['user'];
  const ownsCheckout = fs.statSync(path.join(__dirname, '..')).uid === 0;
  return ownsCheckout ? ['user', 'root'] : ['root', 'user'];
}

/** The program and arguments that run `command` in a namespace of this kind. */
function commandLine(kind, command, args) {
  const outer = ['mnt', 'user'].map((name) => fs.readlinkSync(`/proc/self/ns/${name}`));
  const inner = [nodePath(), HELPER, ...outer, command, ...args];
  return [findTool('unshare'), [...NAMESPACES[kind], ...inner]];
}

function probe(kind) {
  const [file, args] = commandLine(kind, '--probe', []);
  const env = { ...process.env, ...toolEnv() };
  const child = spawnSync(file, args, { env, encoding: 'utf8', timeout: PROBE_TIMEOUT_MS });
  if (child.status === 0) return undefined;
  const said = `${child.stderr ?? ''}`.trim().split('\n').at(-1);
  return said || child.error?.message || `status ${child.status}`;
}

let known;

/**
 * Which namespaces this user can really use here, asked once by making links in one.
 *
 * @returns {{kind: 'user'|'root'|'none', reason: string}} reason is empty unless kind is none
 */
function namespaceSupport() {
  if (known !== undefined) return known;
  if (process.platform !== 'linux') {
    known = { kind: 'none', reason: 'network namespaces exist on Linux only' };
    return known;
  }
  const missing = ['unshare', 'mount', 'ip'].filter((tool) => findTool(tool) === undefined);
  if (missing.length > 0) {
    known = { kind: 'none', reason: `${missing.join(', ')} not installed` };
    return known;
  }
  const reasons = [];
  for (const kind of kindsToTry()) {
    const failure = probe(kind);
    if (failure === undefined) {
      known = { kind, reason: '' };
      return known;
    }
    reasons.push(failure);
  }
  known = { kind: 'none', reason: [...new Set(reasons)].join('; ') };
  return known;
}

function kernelSetting(name) {
  try {
    return fs.readFileSync(`/proc/sys/${name}`, 'utf8').trim();
  } catch {
    return undefined;
  }
}

/**
 * What to type when no namespace can be made.
 *
 * @param {string} again the command the user wants to run, e.g. `npm run demo`
 */
function namespaceHelp(again) {
  const { reason } = namespaceSupport();
  const lines = [`No network namespace can be made here: ${reason}.`];
  if (/not installed/.test(reason)) {
    lines.push('Install the tools, then run it again:');
    lines.push(`  sudo apt-get install -y iproute2 util-linux mount && ${again}`);
    return lines.join('\n');
  }
  lines.push('Run one of these:');
  if (kernelSetting('kernel/apparmor_restrict_unprivileged_userns') === '1') {
    const setting = 'kernel.apparmor_restrict_unprivileged_userns=0';
    lines.push(`  sudo sysctl -w ${setting} && ${again}`);
  }
  if (kernelSetting('kernel/unprivileged_userns_clone') === '0') {
    lines.push(`  sudo sysctl -w kernel.unprivileged_userns_clone=1 && ${again}`);
  }
  if (kernelSetting('user/max_user_namespaces') === '0') {
    lines.push(`  sudo sysctl -w user.max_user_namespaces=15000 && ${again}`);
  }
  if (!isRoot()) lines.push(`  sudo env "PATH=$PATH" ${again}`);
  const allow = '--cap-add SYS_ADMIN --cap-add NET_ADMIN --security-opt seccomp=unconfined';
  lines.push(
    `  ${again}    (in a container started with ${allow} --security-opt apparmor=unconfined)`,
  );
  return lines.join('\n');
}

/**
 * Starts a command inside. Options are those of `child_process.spawn`.
 *
 * @throws Error with the text of {@link namespaceHelp} when this machine allows no namespace
 */
function spawnInNamespace(command, args, options = {}) {
  const { kind } = namespaceSupport();
  if (kind === 'none') throw new Error(namespaceHelp([command, ...args].join(' ')));
  const [file, allArgs] = commandLine(kind, command, args);
  const temporary = fs.mkdtempSync(path.join(os.tmpdir(), 'netloom-run-'));
  const env = {
    NETLOOM_JEST_CACHE: os.tmpdir(),
    ...(options.env ?? process.env),
    ...toolEnv(),
    NETLOOM_OUTER_UID: outerUid(),
    // Inside, everybody's uid is 0: programs that share files by uid would meet those of root.
    TMPDIR: temporary,
  };
  const child = spawn(file, allArgs, { stdio: 'inherit', ...options, env });
  child.once('close', () => fs.rmSync(temporary, { recursive: true, force: true }));
  return child;
}

/**
 * Runs a command inside to its end; Ctrl-C reaches it.
 *
 * @returns {Promise<number>} its exit status, 128 + n after signal n
 */
function runInNamespace(command, args = [], options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawnInNamespace(command, args, options);
    const handlers = ['SIGINT', 'SIGTERM', 'SIGHUP'].map((name) => [name, () => child.kill(name)]);
    for (const [name, handler] of handlers) process.on(name, handler);
    const done = () => {
      for (const [name, handler] of handlers) process.off(name, handler);
    };
    child.on('error', (error) => {
      done();
      reject(error);
    });
    child.on('exit', (code, name) => {
      done();
      resolve(code ?? 128 + os.constants.signals[name]);
    });
  });
}

module.exports = { namespaceHelp, namespaceSupport, runInNamespace, spawnInNamespace };
