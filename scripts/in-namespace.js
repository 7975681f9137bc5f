'use strict';

/**
 * Runs inside a fresh network and mount namespace (started by namespace.js): makes the folders that
 * network tools write to private, brings the loopback up, runs the given command and, when it has
 * ended, ends whatever it left running here.
 *
 *   node in-namespace.js OUTER_MOUNT_NAMESPACE OUTER_USER_NAMESPACE COMMAND [ARGUMENT...]
 *
 * The command `--probe` only makes some links.
 */

const { execFileSync, spawn } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { cacheFolder, findTool, homeFolder, nodePath, toolEnv } = require('./tools');

const GRACE_MS = 500;

/** O_PATH of open(2), which node does not name: a handle on a folder that we may not read. */
const O_PATH = 0o10000000;

function run(tool, args) {
  const file = findTool(tool);
  if (file === undefined) throw new Error(`${tool} is not installed`);
  const env = { ...process.env, ...toolEnv() };
  return execFileSync(file, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
}

function ownNamespace(kind) {
  return fs.readlinkSync(`/proc/self/ns/${kind}`);
}

/** Paths that the command needs even when they lie below a folder that is about to be hidden. */
function neededPaths() {
  const wanted = [
    path.join(__dirname, '..'),
    process.cwd(),
    os.tmpdir(),
    cacheFolder(),
    homeFolder(),
  ];
  const programs = [process.execPath, nodePath()].map((file) =>
    path.dirname(fs.realpathSync(file)),
  );
  return [...wanted, ...programs]
    .filter((file) => fs.existsSync(file))
    .map((f) => fs.realpathSync(f));
}

/**
 * Hides a system folder under an empty one of our own. A checkout below it (a build server's
 * /var/lib/jenkins) stays visible: its first folder is bound into the new one.
 */
function hide(folder, makeInside) {
  const kept = new Set();
  for (const needed of neededPaths()) {
    const [first] = path.relative(folder, needed).split(path.sep);
    if (needed.startsWith(`${folder}/`)) kept.add(first);
  }
  // An open file is the only handle on a folder once something is mounted over it.
  const handles = [...kept].map((name) => [name, fs.openSync(path.join(folder, name), O_PATH)]);
  run('mount', ['-t', 'tmpfs', '-o', 'mode=755', 'tmpfs', folder]);
  for (const [name, handle] of handles) {
    fs.mkdirSync(path.join(folder, name));
    // Resolved by mount itself, the link would name the new, empty folder.
    const source = `/proc/${process.pid}/fd/${handle}`;
    run('mount', ['--no-canonicalize', '--rbind', source, path.join(folder, name)]);
    fs.closeSync(handle);
  }
  for (const name of makeInside) fs.mkdirSync(path.join(folder, name), { recursive: true });
}

function prepare() {
  // `ip netns` wants /run/netns; iptables takes /run/xtables.lock.
  hide('/run', ['netns', 'lock']);
  // Plugins keep what they gave out in /var/lib/cni: nothing of it may stay behind.
  hide('/var/lib', ['cni']);
  try {
    // Without it /sys/class/net shows the machine's links instead of ours.
    run('mount', ['-t', 'sysfs', 'sysfs', '/sys']);
  } catch {
    // Refused where the machine's own /sys is partly covered (containers); few things need it.
  }
  run('ip', ['link', 'set', 'lo', 'up']);
}

/** Namespaces can exist and still refuse links (AppArmor, seccomp): only a real link proves it. */
function probe() {
  run('ip', ['link', 'add', 'nlprobe0', 'type', 'bridge']);
  run('ip', ['link', 'add', 'nlprobe1', 'type', 'veth', 'peer', 'name', 'nlprobe2']);
  run('ip', ['link', 'set', 'nlprobe1', 'master', 'nlprobe0']);
  run('ip', ['link', 'set', 'nlprobe0', 'up']);
}

/** Processes in our namespace of this kind other than ourselves, by id. */
function companions(kind, own) {
  const found = [];
  for (const name of fs.readdirSync('/proc')) {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) continue;
    try {
      if (fs.readlinkSync(`/proc/${name}/ns/${kind}`) !== own) continue;
      const command = fs.readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ');
      // A zombie has no command line and needs no ending.
      if (command !== '') found.push({ pid: Number(name), command: command.trim() });
    } catch {
      // Ended meanwhile, or not ours to look at.
    }
  }
  return found;
}

function signal(pid, name) {
  try {
    process.kill(pid, name);
  } catch {
    // Ended meanwhile.
  }
}

/** A child that outlives the tests keeps the namespace, its links and the terminal busy. */
async function endCompanions(kind) {
  const own = ownNamespace(kind);
  const left = companions(kind, own);
  for (const { pid, command } of left) {
    process.stderr.write(`ending what was left running: ${pid} ${command.slice(0, 120)}\n`);
    signal(pid, 'SIGTERM');
  }
  if (left.length > 0) await new Promise((resolve) => setTimeout(resolve, GRACE_MS));
  for (const { pid } of companions(kind, own)) signal(pid, 'SIGKILL');
}

function runCommand(command, args) {
  return new Promise((resolve) => {
    const env = { ...process.env, ...toolEnv(), NETLOOM_NETNS: '1' };
    const child = spawn(command, args, { stdio: 'inherit', env });
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, () => child.kill(name));
    child.on('error', (error) => {
      process.stderr.write(`${command}: ${error.message}\n`);
      resolve(127);
    });
    child.on('exit', (code, name) => resolve(code ?? 128 + os.constants.signals[name]));
  });
}

async function main([outerMount, outerUser, command, ...args]) {
  // Everything below changes mounts and ends processes: only in a namespace made for us.
  if (!/^mnt:\[\d+\]$/.test(outerMount ?? '') || ownNamespace('mnt') === outerMount) {
    process.stderr.write('in-namespace.js: not in a mount namespace of its own\n');
    return 2;
  }
  prepare();
  if (command === '--probe') {
    probe();
    return 0;
  }
  const status = await runCommand(command, args);
  // `ip netns exec` gives a process another mount namespace, but never another user namespace.
  await endCompanions(ownNamespace('user') === outerUser ? 'mnt' : 'user');
  return status;
}

main(process.argv.slice(2)).then(
  (status) => {
    process.exitCode = status;
  },
  (error) => {
    process.stderr.write(`${String(error.stderr ?? '').trim() || error.message}\n`);
    process.exitCode = 125;
  },
);
