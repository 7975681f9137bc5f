'use strict';

/**
 * Packs both packages as they are published: `node scripts/pack.js FOLDER`.
 *
 * The agent's manifest is not the one of the checkout. A workspace cannot depend on the root by
 * version (npm would ask the registry for it), so there `netloom` is an optional peer and a
 * `file:` link; a published agent needs it as a real dependency, of exactly the same release.
 */

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { build } = require('./build');
const { npmCommand } = require('./tools');

const root = path.join(__dirname, '..');

function readManifest(folder) {
  return JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8'));
}

/** @returns the manifest of the agent as users get it */
function agentManifest() {
  const { version } = readManifest(root);
  const manifest = readManifest(path.join(root, 'node-agent'));
  const dependencies = Object.entries({ ...manifest.dependencies, netloom: version });
  dependencies.sort(([a], [b]) => a.localeCompare(b, 'en'));
  for (const field of ['devDependencies', 'peerDependencies', 'peerDependenciesMeta', 'scripts']) {
    delete manifest[field];
  }
  return { ...manifest, version, dependencies: Object.fromEntries(dependencies) };
}

/** @returns {string} absolute path of the tarball */
function npmPack(folder, destination) {
  const [npm, ...first] = npmCommand();
  const args = ['pack', '--ignore-scripts', '--json', '--pack-destination', destination];
  const child = spawnSync(npm, [...first, ...args], { cwd: folder, encoding: 'utf8' });
  if (child.error) throw child.error;
  if (child.status !== 0) throw new Error(`npm pack failed in ${folder}:\n${child.stderr}`);
  const answer = JSON.parse(child.stdout);
  // npm 11 and before print a list, later ones an object by package name.
  const [packed] = Array.isArray(answer) ? answer : Object.values(answer);
  return path.join(destination, packed.filename);
}

function packAgent(destination) {
  const source = path.join(root, 'node-agent');
  const staging = fs.mkdtempSync(path.join(os.tmpdir(), 'netloom-pack-'));
  try {
    const manifest = agentManifest();
    for (const name of [...manifest.files, 'README.md', 'LICENSE']) {
      const own = path.join(source, name);
      // The license is one for both packages.
      const from = name === 'LICENSE' && !fs.existsSync(own) ? path.join(root, name) : own;
      if (fs.existsSync(from)) fs.cpSync(from, path.join(staging, name), { recursive: true });
    }
    const text = `${JSON.stringify(manifest, null, 2)}\n`;
    fs.writeFileSync(path.join(staging, 'package.json'), text);
    return npmPack(staging, destination);
  } finally {
    fs.rmSync(staging, { recursive: true, force: true });
  }
}

/**
 * @param {string} destination an existing folder
 * @returns {{library: string, agent: string}} absolute paths of the tarballs
 */
function pack(destination) {
  build();
  return { library: npmPack(root, destination), agent: packAgent(destination) };
}

module.exports = { pack };

if (require.main === module) {
  const destination = process.argv[2];
  if (destination === undefined) {
    console.error('usage: node scripts/pack.js FOLDER');
    process.exitCode = 2;
  } else {
    fs.mkdirSync(destination, { recursive: true });
    const { library, agent } = pack(path.resolve(destination));
    console.log(`${library}\n${agent}`);
  }
}
