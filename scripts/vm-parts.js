'use strict';

/**
 * What the virtual machine of vm.js starts from: Debian's kernel with the modules that tests need,
 * and a first RAM disk. Set-up makes them, in the cache folder. Runs on the Node of set-up: built-in
 * modules only.
 */

const { spawnSync } = require('node:child_process');
const crypto = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');
const { cacheFolder } = require('./tools');

/** What is kept of the kernel package's 400 MB: networking, and what mounts the shared folders. */
const KEPT_MODULES = [
  'arch/x86/crypto',
  'crypto',
  'drivers/net/bonding',
  'drivers/net/ipvlan',
  'drivers/net/vxlan',
  'drivers/virtio',
  'fs/9p',
  'fs/fscache',
  'fs/netfs',
  'fs/overlayfs',
  'lib',
  'net',
];

/** Folder whose own files are kept, but not those of the drivers for real cards below it. */
const KEPT_TOP = 'drivers/net';

/** Loaded before the shared folders are there; with whatever they need. */
const EARLY_MODULES = ['virtio_pci', '9pnet_virtio', '9p', 'overlay'];

/** First program of the guest: mounts the shared folders, one over the other, and moves there. */
const INIT = `#!/bin/sh
B=/bin/busybox
$B mount -t proc p /proc; $B mount -t sysfs s /sys; $B mount -t devtmpfs d /dev
for m in ${EARLY_MODULES.join(' ')}; do $B modprobe $m; done
share() { $B mount -t 9p -o trans=virtio,version=9p2000.L,msize=262144,$1 $2 $3; }
share cache=loose,ro host /host
$B mount -t tmpfs t /up; $B mkdir /up/u /up/w
$B mount -t overlay -o lowerdir=/host,upperdir=/up/u,workdir=/up/w o /new
for d in proc sys dev; do $B mount --move /$d /new/$d; done
$B mount -t tmpfs r /new/run; $B mkdir -p /new/run/netns /new/run/lock
$B mkdir -p /new/out /new/lib/modules
share cache=none out /new/out
share cache=loose,ro modules /new/lib/modules
$B cp $B /new/run/busybox; $B ln -s busybox /new/run/modprobe
echo /run/modprobe > /new/proc/sys/kernel/modprobe
exec $B switch_root /new /run/busybox sh /out/.start
`;

function folder() {
  return path.join(cacheFolder(), 'vm');
}

/** A file or folder that the virtual machine starts from. */
function vmPart(name) {
  return path.join(folder(), name);
}

/** The first RAM disk depends on these; when one changes, it is made again. */
function recipe() {
  const hash = crypto
    .createHash('sha256')
    .update(INIT)
    .update(KEPT_MODULES.join())
    .update(KEPT_TOP);
  return hash.digest('hex').slice(0, 12);
}

/** Whether all parts are there, made as they are made now. */
function isVmFetched() {
  try {
    return fs.readFileSync(vmPart('recipe'), 'utf8') === recipe();
  } catch {
    return false;
  }
}

/** Why there can be no virtual machine on this system whatever is fetched; undefined when there can. */
function vmUnsupported() {
  if (process.arch !== 'x64') return `its kernel is for x64, and this is ${process.arch}`;
  let release = '';
  try {
    release = fs.readFileSync('/etc/os-release', 'utf8');
  } catch {
    // No Debian either.
  }
  return /^ID="?debian"?$/m.test(release) ? undefined : 'its kernel is a package of Debian';
}

function must(file, args, options = {}) {
  const child = spawnSync(file, args, { encoding: 'utf8', maxBuffer: 1 << 26, ...options });
  if (child.status === 0) return child.stdout;
  const said = `${child.stderr ?? ''}`.trim().split('\n').at(-1);
  throw new Error(`${path.basename(file)}: ${said || child.error?.message || 'failed'}`);
}

function isKept(name) {
  if (!/\.ko(\.xz)?$/.test(name)) return false;
  return (
    path.dirname(name) === KEPT_TOP || KEPT_MODULES.some((kept) => name.startsWith(`${kept}/`))
  );
}

/** The first of some places that is there: a release of Debian moved the files below /usr. */
function firstOf(base, ...names) {
  const found = names.map((name) => path.join(base, name)).find((file) => fs.existsSync(file));
  if (found === undefined) throw new Error(`no ${names[0]} in the packages`);
  return found;
}

/** Copies what is kept of the unpacked kernel package, and indexes it as its installation would. */
function takeModules(unpacked, target, busybox) {
  const all = firstOf(unpacked, 'lib/modules', 'usr/lib/modules');
  const [release] = fs.readdirSync(all);
  const from = path.join(all, release);
  const to = path.join(target, 'modules', release);
  const modules = fs.readdirSync(path.join(from, 'kernel'), { recursive: true }).filter(isKept);
  const lists = fs.readdirSync(from).filter((name) => name.startsWith('modules.'));
  for (const name of [...lists, ...modules.map((module) => path.join('kernel', module))]) {
    fs.mkdirSync(path.dirname(path.join(to, name)), { recursive: true });
    fs.copyFileSync(path.join(from, name), path.join(to, name));
  }
  const packed = modules.filter((name) => name.endsWith('.xz'));
  if (packed.length > 0) must(busybox, ['unxz', ...packed], { cwd: path.join(to, 'kernel') });
  // It looks below lib/modules of the folder given.
  fs.mkdirSync(path.join(target, 'lib'));
  fs.symlinkSync('../modules', path.join(target, 'lib', 'modules'));
  must(busybox, ['depmod', '-b', target, release]);
  fs.rmSync(path.join(target, 'lib'), { recursive: true });
  return release;
}

/** A module's file and those that it needs, first things first. */
function withNeeded(dependencies, name) {
  const line = dependencies.find((one) => one.split(':')[0].endsWith(`/${name}.ko`));
  if (line === undefined) throw new Error(`the kernel package has no module ${name}`);
  const [file, needed] = line.split(':');
  return [file, ...needed.trim().split(/\s+/).filter(Boolean)];
}

function makeRamDisk(target, release, busybox) {
  const disk = path.join(target, 'ramdisk');
  const modules = path.join(target, 'modules', release);
  for (const name of ['bin', 'dev', 'host', 'new', 'proc', 'sys', 'up']) {
    fs.mkdirSync(path.join(disk, name), { recursive: true });
  }
  fs.copyFileSync(busybox, path.join(disk, 'bin', 'busybox'));
  fs.chmodSync(path.join(disk, 'bin', 'busybox'), 0o755);
  fs.symlinkSync('busybox', path.join(disk, 'bin', 'sh'));
  fs.writeFileSync(path.join(disk, 'init'), INIT, { mode: 0o755 });
  const dependencies = fs.readFileSync(path.join(modules, 'modules.dep'), 'utf8').split('\n');
  const early = EARLY_MODULES.flatMap((name) => withNeeded(dependencies, name));
  const lists = fs.readdirSync(modules).filter((name) => name.startsWith('modules.'));
  for (const file of new Set([...lists, ...early])) {
    const to = path.join(disk, 'lib', 'modules', release, file);
    fs.mkdirSync(path.dirname(to), { recursive: true });
    fs.copyFileSync(path.join(modules, file), to);
  }
  const names = ['.', ...fs.readdirSync(disk, { recursive: true })];
  const options = { cwd: disk, input: Buffer.from(names.join('\n')), encoding: 'buffer' };
  const archive = must(busybox, ['cpio', '-o', '-H', 'newc'], options);
  fs.writeFileSync(path.join(target, 'initrd'), archive);
  fs.rmSync(disk, { recursive: true });
}

/**
 * Fetches kernel and busybox and makes of them what the virtual machine starts from. Neither is
 * installed, also for root: a second kernel or another busybox would change the machine.
 *
 * @param {(names: string[], folder: string) => void} unpack downloads packages (`linux-image-amd64`
 *   stands for the kernel that it names) and unpacks them into the folder; throws when it can't
 * @returns {string|undefined} what was done; undefined when there was nothing to do
 * @throws Error with the reason
 */
function fetchVm(unpack) {
  if (vmUnsupported() !== undefined || isVmFetched()) return undefined;
  fs.mkdirSync(cacheFolder(), { recursive: true });
  const work = fs.mkdtempSync(path.join(cacheFolder(), 'vm-'));
  try {
    const unpacked = path.join(work, 'packages');
    const target = path.join(work, 'vm');
    fs.mkdirSync(target);
    unpack(['linux-image-amd64', 'busybox-static'], unpacked);
    const busybox = firstOf(unpacked, 'bin/busybox', 'usr/bin/busybox');
    const boot = firstOf(unpacked, 'boot');
    const kernel = fs.readdirSync(boot).find((name) => name.startsWith('vmlinuz-'));
    if (kernel === undefined) throw new Error('no vmlinuz in the packages');
    fs.copyFileSync(path.join(boot, kernel), path.join(target, 'vmlinuz'));
    makeRamDisk(target, takeModules(unpacked, target, busybox), busybox);
    fs.writeFileSync(path.join(target, 'recipe'), recipe());
    // Another set-up may have been quicker.
    if (isVmFetched()) return undefined;
    fs.rmSync(folder(), { recursive: true, force: true });
    fs.renameSync(target, folder());
    return `virtual machine of the tests (${kernel.replace('vmlinuz-', 'kernel ')})`;
  } finally {
    fs.rmSync(work, { recursive: true, force: true });
  }
}

module.exports = { fetchVm, isVmFetched, vmPart, vmUnsupported };
