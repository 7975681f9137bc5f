'use strict';

/**
 * A small virtual machine with Debian's whole kernel, for tests of what the kernel underneath lacks
 * (VLANs, ipvlan, VRFs, bond). It sees this machine's files, read-only below a layer that it throws
 * away, runs one Node script and writes what that leaves in /out. Software emulation: about four
 * seconds to boot, then ten times slower than outside. Needs no root.
 *
 * Its parts are those of vm-parts.js, fetched by set-up before the tests.
 */

const { spawn, spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { cacheFolder, findTool, homeFolder, nodePath, toolEnv } = require('./tools');
const { isVmFetched, vmPart, vmUnsupported } = require('./vm-parts');

const EMULATOR = 'qemu-system-x86_64';
const MEMORY_MB = 1024;
const DEFAULT_LIMIT_MS = 120_000;

/** Enough of the console to see why a guest died. */
const CONSOLE_CHARS = 4_000;

const KERNEL_OPTIONS = [
  'console=ttyS0',
  'quiet',
  'loglevel=1',
  'panic=-1',
  'random.trust_cpu=1',
  // Programs that always lie at the same addresses are translated once, not at each start: a third
  // less to do.
  'norandmaps',
  // Links and namespaces go at once instead of after a while: another quarter of the time.
  'rcupdate.rcu_expedited=1',
];

/** Taken from busybox in the guest, where linking a program to its libraries takes a while. */
const STATIC_PROGRAMS = ['cat', 'ls', 'nsenter', 'sh'];

/** Why tests can't have a virtual machine here; undefined when they can. */
function vmSkipReason() {
  const never = vmUnsupported();
  if (never !== undefined) return `no virtual machine: ${never}`;
  if (findTool(EMULATOR) === undefined) return 'qemu-system-x86 not installed';
  if (!isVmFetched()) return 'the kernel of the virtual machine is not fetched: run npm test';
  return undefined;
}

function quoted(word) {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

/** The shared libraries of a program, by the names that they have on disk. */
function librariesOf(file) {
  const { stdout } = spawnSync('ldd', [file], {
    encoding: 'utf8',
    env: { ...process.env, ...toolEnv() },
  });
  return [...`${stdout ?? ''}`.matchAll(/(\/\S+) \(0x/g)].map(([, library]) =>
    fs.realpathSync(library),
  );
}

/** Files that, once touched, lie in the guest's memory: opening a shared one takes 20 ms there. */
function filesToTouch(programs) {
  const files = programs
    .map((name) => findTool(name) ?? name)
    .filter((file) => fs.existsSync(file));
  return [...new Set(files.flatMap((file) => [fs.realpathSync(file), ...librariesOf(file)]))];
}

/** What the guest does once it sees this machine's files. */
function startScript({ script, args, modules, env, programs }) {
  const tools = toolEnv();
  const PATH = `/run/bin${path.delimiter}${tools.PATH}`;
  const variables = { ...tools, PATH, HOME: homeFolder(), NETLOOM_VM: '1', ...env };
  const command = [nodePath(), script, ...args].map(quoted).join(' ');
  return [
    'echo; echo VM-START',
    ...Object.entries(variables).map(([name, value]) => `export ${name}=${quoted(value)}`),
    ...filesToTouch(programs).map((file) => `/run/busybox touch -c ${quoted(file)}`),
    '/run/busybox mkdir /run/bin',
    ...STATIC_PROGRAMS.map((name) => `/run/busybox ln -s ../busybox /run/bin/${name}`),
    'ip link set lo up',
    ...modules.map((name) => `/run/modprobe -q ${name}`),
    command,
    'status=$?; sync; echo; echo "VM-EXIT $status"',
    'exec /run/busybox poweroff -f',
    '',
  ].join('\n');
}

/** An unpacked emulator only looks beside itself, but some of it may have been installed before. */
function unpackedEmulator(file) {
  if (!file.startsWith(`${cacheFolder()}/`)) return { args: [], env: {} };
  const existing = (names) =>
    [cacheFolder(), '/']
      .flatMap((base) => names.map((name) => path.join(base, 'usr', name)))
      .filter((name) => fs.existsSync(name));
  const [modules] = existing(['lib/x86_64-linux-gnu/qemu']);
  return {
    args: existing(['share/qemu', 'share/seabios']).flatMap((name) => ['-L', name]),
    env: modules === undefined ? {} : { QEMU_MODULE_DIR: modules },
  };
}

function shared(name, hostPath, options) {
  const file = hostPath.replaceAll(',', ',,');
  const settings = `local,id=${name},path=${file},security_model=none${options}`;
  return ['-fsdev', settings, '-device', `virtio-9p-pci,fsdev=${name},mount_tag=${name}`];
}

function emulatorArgs(out, memoryMb) {
  return [
    ...['-accel', 'tcg,thread=multi', '-cpu', 'max', '-smp', '2', '-m', String(memoryMb)],
    ...['-nodefaults', '-nographic', '-no-reboot', '-serial', 'stdio'],
    ...['-kernel', vmPart('vmlinuz'), '-initrd', vmPart('initrd')],
    ...['-append', KERNEL_OPTIONS.join(' ')],
    // The root folder spans several disks with the same file numbers.
    ...shared('host', '/', ',readonly=on,multidevs=remap'),
    ...shared('modules', vmPart('modules'), ',readonly=on'),
    ...shared('out', out, ''),
    ...['-device', 'virtio-rng-pci'],
  ];
}

/** Starts the emulator; it ends with us even when we are killed. */
function startEmulator(out, memoryMb) {
  const file = findTool(EMULATOR);
  const { args, env } = unpackedEmulator(file);
  const command = [file, ...args, ...emulatorArgs(out, memoryMb)];
  const guard = findTool('setpriv');
  if (guard !== undefined) command.unshift(guard, '--pdeathsig', 'KILL');
  return spawn(command[0], command.slice(1), {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...toolEnv(), ...env },
  });
}

function ended(child, limitMs) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`the virtual machine ran longer than ${limitMs / 1000} s`));
    }, limitMs);
    const done = (act) => (value) => {
      clearTimeout(timer);
      act(value);
    };
    child.once('error', done(reject));
    child.once('close', done(resolve));
  });
}

/**
 * Boots, runs `node SCRIPT ARGUMENT...` and switches off.
 *
 * @param {object} job
 * @param {string} job.script file of the script, as this machine names it
 * @param {string[]} [job.args] its arguments
 * @param {string} job.out folder that the guest sees as /out, and may write to
 * @param {string[]} [job.modules] kernel modules to load first; what is not there is left out
 * @param {string[]} [job.programs] programs, by name or file, that it starts again and again
 * @param {Record<string, string>} [job.env] more environment for it
 * @param {number} [job.memoryMb] default 1024
 * @param {number} [job.limitMs] default 120,000: then it is killed
 * @returns {Promise<{status: number, output: string}>} exit status of the script and what it printed
 * @throws Error when the guest did not come to its end, with the end of its console
 */
async function runInVm(job) {
  const { script, args = [], out, modules = [], programs = [], env = {} } = job;
  const { memoryMb = MEMORY_MB, limitMs = DEFAULT_LIMIT_MS } = job;
  const start = path.join(out, '.start');
  fs.writeFileSync(start, startScript({ script, args, modules, env, programs }));
  const child = startEmulator(out, memoryMb);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      output += text.replaceAll('\r', '');
    });
  }
  try {
    await ended(child, limitMs);
  } catch (error) {
    throw new Error(`${error.message}\n${output.slice(-CONSOLE_CHARS)}`);
  } finally {
    child.kill('SIGKILL');
    fs.rmSync(start, { force: true });
  }
  const [, printed, status] = /\nVM-START\n(.*)\nVM-EXIT (\d+)\n/s.exec(output) ?? [];
  if (status === undefined) {
    throw new Error(
      `the virtual machine did not come to its end:\n${output.slice(-CONSOLE_CHARS)}`,
    );
  }
  return { status: Number(status), output: printed };
}

module.exports = { runInVm, vmSkipReason };
