'use strict';

/** The agent for the image: what is built, and the packages that it needs, of package-lock.json. */

const fs = require('node:fs');
const path = require('node:path');

const ROOT = path.join(__dirname, '../..');

/** Where all packages are in the image. */
const MODULES = 'opt/netloom/node_modules';
const LAUNCHER = `${MODULES}/netloom-agent/bin/netloom-agent.js`;

/** The entries of the library that the agent loads, and what these are made of. */
const LIBRARY = [
  'agent-api',
  'cni',
  'errors.js',
  'index.js',
  'installs',
  'ipam',
  'kubernetes',
  'rules',
];

/** What of the library's own packages only its other entries load. */
const NOT_LOADED = ['@kubernetes/client-node', 'commander'];

/** What a package runs from, and its license; sources, types and maps stay out. */
const TAKEN = /(\.(c|m)?js|\.json|\.node|\.wasm)$|^(license|licence|copying|notice)/i;
const LEFT_OUT =
  /^(tests?|benchmarks?|docs?|examples?|\.github|\.vscode)(\/|$)|(^|\/)node_modules(\/|$)/;

function readJson(file) {
  return JSON.parse(fs.readFileSync(file, 'utf8'));
}

/** The folder that `require` would take a package from. */
function findPackage(name, from) {
  for (let folder = from; ; folder = path.dirname(folder)) {
    const found = path.join(folder, 'node_modules', name);
    if (fs.existsSync(path.join(found, 'package.json'))) return fs.realpathSync(found);
    if (folder === path.dirname(folder)) throw new Error(`no package ${name} for ${from}`);
  }
}

function addFile(files, name, source) {
  files.set(name, { type: 'file', content: fs.readFileSync(source), executable: false });
}

/** Adds a package and whatever it needs: nested where another release is in its place already. */
function addPackage(files, name, from, inside, done) {
  const source = findPackage(name, from);
  const known = done.get(name);
  if (known === source) return;
  const folder = known === undefined ? `${MODULES}/${name}` : `${inside}/node_modules/${name}`;
  if (known === undefined) done.set(name, source);
  else if (files.has(`${folder}/package.json`)) return;
  for (const found of fs.readdirSync(source, { recursive: true }).sort()) {
    const file = path.join(source, found);
    const isTaken = TAKEN.test(path.basename(found)) && !LEFT_OUT.test(path.dirname(found));
    if (isTaken && fs.statSync(file).isFile()) addFile(files, `${folder}/${found}`, file);
  }
  const { dependencies = {} } = readJson(path.join(source, 'package.json'));
  for (const needed of Object.keys(dependencies).sort()) {
    addPackage(files, needed, source, folder, done);
  }
}

function addBuilt(files, source, target) {
  for (const found of fs.readdirSync(source, { recursive: true }).sort()) {
    if (found.endsWith('.js')) addFile(files, `${target}/${found}`, path.join(source, found));
  }
}

function addLibrary(files) {
  const folder = `${MODULES}/netloom`;
  for (const name of LIBRARY) {
    const source = path.join(ROOT, 'lib', name);
    if (name.endsWith('.js')) addFile(files, `${folder}/lib/${name}`, source);
    else addBuilt(files, source, `${folder}/lib/${name}`);
  }
  addFile(files, `${folder}/package.json`, path.join(ROOT, 'package.json'));
  addFile(files, `${folder}/LICENSE`, path.join(ROOT, 'LICENSE'));
}

/** `env` is not in the image. */
function launcher() {
  const text = fs.readFileSync(path.join(ROOT, 'node-agent/bin/netloom-agent.js'), 'utf8');
  return Buffer.from(text.replace(/^#!.*\n/, '#!/usr/bin/node\n'));
}

/**
 * Files of the agent by path. What is built has to be there: node scripts/build.js.
 *
 * @returns {Map<string, import('./tar').Entry>}
 */
function agentFiles() {
  const files = new Map();
  const agent = path.join(ROOT, 'node-agent');
  const done = new Map();
  const manifest = readJson(path.join(agent, 'package.json'));
  const library = readJson(path.join(ROOT, 'package.json'));
  for (const name of Object.keys(manifest.dependencies).sort()) {
    addPackage(files, name, agent, MODULES, done);
  }
  for (const name of Object.keys(library.dependencies).sort()) {
    if (!NOT_LOADED.includes(name)) addPackage(files, name, ROOT, `${MODULES}/netloom`, done);
  }
  addLibrary(files);
  addBuilt(files, path.join(agent, 'lib'), `${MODULES}/netloom-agent/lib`);
  addFile(files, `${MODULES}/netloom-agent/package.json`, path.join(agent, 'package.json'));
  files.set(LAUNCHER, { type: 'file', content: launcher(), executable: true });
  files.set('usr/bin/netloom-agent', { type: 'link', target: `../../${LAUNCHER}` });
  return files;
}

/** What every program expects of a system. */
function systemFiles(user) {
  const text = (content) => ({ type: 'file', content: Buffer.from(content), executable: false });
  const { id, name } = user;
  const line = (...parts) => `${parts.join(':')}\n`;
  const none = '/usr/sbin/nologin';
  return new Map([
    [
      'etc/passwd',
      text(line('root', 'x', 0, 0, 'root', '/', none) + line(name, 'x', id, id, name, '/', none)),
    ],
    ['etc/group', text(line('root', 'x', 0, '') + line(name, 'x', id, ''))],
    ['etc/nsswitch.conf', text('hosts: files dns\n')],
    ...['dev', 'etc/netloom', 'proc', 'run', 'sys', 'tmp', 'var/lib/netloom'].map((folder) => [
      folder,
      { type: 'folder' },
    ]),
  ]);
}

module.exports = { agentFiles, systemFiles };
