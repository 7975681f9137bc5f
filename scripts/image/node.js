'use strict';

/** Node for the image, from the npm registry, of the release and with the hash of package-lock.json. */

const { spawnSync } = require('node:child_process');
const crypto = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');
const { npmCommand } = require('../tools');

const ROOT = path.join(__dirname, '../..');

/** Processors as Node names them. */
const NAMES = { amd64: 'x64', arm64: 'arm64' };

function lockedNode(arch) {
  const lock = JSON.parse(fs.readFileSync(path.join(ROOT, 'package-lock.json'), 'utf8'));
  const name = `node-linux-${NAMES[arch]}`;
  const { version, integrity } = lock.packages[`node_modules/${name}`];
  return { name, version, integrity };
}

function hasIntegrity(file, integrity) {
  if (!fs.existsSync(file)) return false;
  const hash = crypto.createHash('sha512').update(fs.readFileSync(file)).digest('base64');
  return `sha512-${hash}` === integrity;
}

function must(file, args, options) {
  const child = spawnSync(file, args, { encoding: 'utf8', ...options });
  if (child.status === 0) return;
  const said = `${child.stderr ?? ''}`.trim().split('\n').slice(-3).join(' ');
  throw new Error(`${path.basename(file)} ${args[0]}: ${child.error?.message ?? said}`);
}

function nodeArchive({ name, version }, cache) {
  return path.join(cache, `${name}-${version}.tgz`);
}

/** Whether the package is in the cache. */
function hasNode(arch, cache) {
  return fs.existsSync(nodeArchive(lockedNode(arch), cache));
}

/** @returns {string} the package's archive */
function fetchNode(arch, cache) {
  const { name, version, integrity } = lockedNode(arch);
  const file = nodeArchive({ name, version }, cache);
  if (hasIntegrity(file, integrity)) return file;
  fs.mkdirSync(cache, { recursive: true });
  const work = fs.mkdtempSync(path.join(cache, 'node-'));
  try {
    const [npm, ...first] = npmCommand();
    const args = ['pack', `${name}@${version}`, '--ignore-scripts', '--pack-destination', work];
    must(npm, [...first, ...args], { cwd: work });
    const [packed] = fs.readdirSync(work).filter((one) => one.endsWith('.tgz'));
    if (packed === undefined || !hasIntegrity(path.join(work, packed), integrity)) {
      throw new Error(`${name}@${version} is not the file that package-lock.json names`);
    }
    fs.renameSync(path.join(work, packed), file);
  } finally {
    fs.rmSync(work, { recursive: true, force: true });
  }
  return file;
}

/**
 * Files of Node by path.
 *
 * @param {'amd64'|'arm64'} arch
 * @param {string} cache folder for downloads
 * @returns {Map<string, import('./tar').Entry>}
 */
function nodeFiles(arch, cache) {
  const archive = fetchNode(arch, cache);
  const work = fs.mkdtempSync(path.join(cache, 'node-'));
  try {
    must('tar', ['-xzf', archive, '-C', work, 'package/bin/node', 'package/LICENSE'], {});
    const content = (name) => fs.readFileSync(path.join(work, 'package', name));
    return new Map([
      ['usr/bin/node', { type: 'file', content: content('bin/node'), executable: true }],
      ['usr/share/doc/node/LICENSE', { type: 'file', content: content('LICENSE') }],
    ]);
  } finally {
    fs.rmSync(work, { recursive: true, force: true });
  }
}

module.exports = { fetchNode, hasNode, nodeFiles };
