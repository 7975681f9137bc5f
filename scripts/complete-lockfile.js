'use strict';

/**
 * Adds to package-lock.json the optional platform packages that npm left out.
 *
 * npm drops an optional dependency from the lockfile when the registry it talks to does not have
 * it (a mirror that holds Linux binaries only), and `npm ci` then refuses that very lockfile:
 * "Missing: @biomejs/cli-darwin-arm64 from lock file". Each such package has an exact version in
 * its parent's optionalDependencies and its platform in its name, so the entry can be written
 * without asking anybody. The platform fields matter: without them npm would fetch the binaries of
 * every platform.
 */

const fs = require('node:fs');
const path = require('node:path');

const EXACT_VERSION = /^\d+\.\d+\.\d+(?:[-+][0-9A-Za-z.+-]+)?$/;
const SYSTEMS = new Set([
  'aix',
  'android',
  'darwin',
  'freebsd',
  'linux',
  'netbsd',
  'openbsd',
  'openharmony',
  'sunos',
  'win32',
]);
const PROCESSORS = new Set([
  'arm',
  'arm64',
  'ia32',
  'loong64',
  'mips64el',
  'ppc64',
  'riscv64',
  's390x',
  'x64',
]);
/** How napi-rs, swc, esbuild and parcel write a C library (and an ABI) at the end of a name. */
const LIBRARIES = {
  gnu: 'glibc',
  glibc: 'glibc',
  gnueabihf: 'glibc',
  musl: 'musl',
  musleabihf: 'musl',
};
const OTHER_ENDINGS = new Set(['msvc', 'eabi']);

/** @returns the os, cpu and libc fields for a package name, or undefined when it tells none. */
function platformOf(name) {
  if (/-wasm32-wasi$/.test(name)) return { cpu: ['wasm32'] };
  const words = name.slice(name.indexOf('/') + 1).split('-');
  const at = words.findIndex((word) => SYSTEMS.has(word));
  if (at < 0) return undefined;
  const [system, processor, ending, ...rest] = words.slice(at);
  const universal = system === 'darwin' && processor === 'universal';
  if (!universal && !PROCESSORS.has(processor)) return undefined;
  const library = system === 'linux' ? LIBRARIES[ending] : undefined;
  const understood = ending === undefined || library !== undefined || OTHER_ENDINGS.has(ending);
  if (rest.length > 0 || !understood) return undefined;
  return {
    ...(universal ? {} : { cpu: [processor] }),
    // A Linux package without an ending: biome's are glibc, esbuild's are static. Naming no
    // library is right for both: at worst npm fetches one binary that is not used.
    ...(library === undefined ? {} : { libc: [library] }),
    os: [system],
  };
}

/** The lockfile key under which node would find `name` from the package at `from`, if any. */
function resolveEntry(packages, from, name) {
  let folder = from;
  for (;;) {
    const key = `${folder === '' ? '' : `${folder}/`}node_modules/${name}`;
    if (packages[key] !== undefined) return key;
    if (folder === '') return undefined;
    const nested = folder.lastIndexOf('/node_modules/');
    folder = nested < 0 ? '' : folder.slice(0, nested);
  }
}

/** Optional dependencies without an entry: `{ parent, name, wanted }`, in the lockfile's order. */
function missingOptional(lock) {
  const missing = [];
  for (const [parent, entry] of Object.entries(lock.packages)) {
    for (const [name, wanted] of Object.entries(entry.optionalDependencies ?? {})) {
      if (resolveEntry(lock.packages, parent, name) === undefined) {
        missing.push({ parent, name, wanted });
      }
    }
  }
  return missing;
}

/** npm writes name and version first, then plain values, then lists; each by name. */
function newEntry(parent, version, platform) {
  const entry = { version, cpu: platform.cpu };
  for (const flag of ['dev', 'devOptional']) if (parent[flag]) entry[flag] = true;
  if (platform.libc) entry.libc = platform.libc;
  entry.optional = true;
  if (platform.os) entry.os = platform.os;
  if (parent.peer) entry.peer = true;
  if (entry.cpu === undefined) delete entry.cpu;
  return entry;
}

/** @returns {{lock: object, added: string[], refused: string[]}} a completed copy. */
function completeLockfile(original) {
  const lock = structuredClone(original);
  const added = [];
  const refused = [];
  for (const { parent, name, wanted } of missingOptional(lock)) {
    const platform = platformOf(name);
    if (!EXACT_VERSION.test(wanted)) {
      refused.push(`${name}@${wanted} (of ${parent || 'the root'}): no exact version`);
    } else if (platform === undefined) {
      refused.push(`${name}@${wanted} (of ${parent || 'the root'}): no platform in its name`);
    } else {
      lock.packages[`node_modules/${name}`] = newEntry(lock.packages[parent], wanted, platform);
      added.push(`${name}@${wanted}`);
    }
  }
  const keys = Object.keys(lock.packages).sort((a, b) => a.localeCompare(b, 'en'));
  lock.packages = Object.fromEntries(keys.map((key) => [key, lock.packages[key]]));
  return { lock, added, refused };
}

function main(file) {
  const text = fs.readFileSync(file, 'utf8');
  const { lock, added, refused } = completeLockfile(JSON.parse(text));
  const completed = `${JSON.stringify(lock, null, 2)}\n`;
  if (added.length > 0) fs.writeFileSync(file, completed);
  console.log(`package-lock.json: ${added.length} optional platform packages added`);
  for (const line of added) console.log(`  ${line}`);
  for (const line of refused) console.error(`  could not add ${line}`);
  return refused.length === 0 ? 0 : 1;
}

module.exports = { completeLockfile, missingOptional, platformOf };

if (require.main === module) {
  const given = process.argv[2];
  process.exitCode = main(
    given ? path.resolve(given) : path.join(__dirname, '..', 'package-lock.json'),
  );
}
