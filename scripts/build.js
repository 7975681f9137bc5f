'use strict';

/**
 * Builds both packages: src -> lib and node-agent/src -> node-agent/lib by `tsc -b`, then the ES
 * module wrappers of the package's entries. Nothing is started when no input has changed since the
 * last build: tsc alone needs a second to find that out.
 */

const { spawnSync } = require('node:child_process');
const crypto = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');
const { nodePath } = require('./tools');

const root = path.join(__dirname, '..');
const STAMP = '.build.json';
const NOTES = 'build.tsbuildinfo';

/** What the build leaves in lib for itself: not for users of the tarball. */
const NOT_PACKED = [STAMP, '*.tsbuildinfo'];

const PROJECTS = [
  { source: 'src', output: 'lib', config: 'tsconfig.build.json' },
  { source: 'node-agent/src', output: 'node-agent/lib', config: 'node-agent/tsconfig.build.json' },
];

/** The lockfile stands for the types of the dependencies. */
const OTHER_INPUTS = [
  'package.json',
  'package-lock.json',
  'node-agent/package.json',
  'tsconfig.base.json',
  ...PROJECTS.map((project) => project.config),
  'scripts/build.js',
];

function filesBelow(folder, ending) {
  if (!fs.existsSync(path.join(root, folder))) return [];
  return fs
    .readdirSync(path.join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && ending.test(entry.name))
    .map((entry) => path.relative(root, path.join(entry.parentPath ?? entry.path, entry.name)))
    .sort();
}

function hashOfInputs() {
  const hash = crypto.createHash('sha256');
  const sources = PROJECTS.flatMap((project) => filesBelow(project.source, /\.ts$/));
  for (const file of [...OTHER_INPUTS, ...sources]) {
    if (!fs.existsSync(path.join(root, file))) continue;
    hash
      .update(`${file}\0`)
      .update(fs.readFileSync(path.join(root, file)))
      .update('\0');
  }
  return hash.digest('hex');
}

function stampFile(project) {
  return path.join(root, project.output, STAMP);
}

function isStamped(project, hash) {
  try {
    return JSON.parse(fs.readFileSync(stampFile(project), 'utf8')).inputs === hash;
  } catch {
    return false;
  }
}

/** False after someone removed a part of lib. */
function isWhole({ source, output }) {
  return filesBelow(source, /\.ts$/).every((file) => {
    const inside = path.relative(source, file).replace(/\.ts$/, '');
    return ['.js', '.d.ts'].every((ending) =>
      fs.existsSync(path.join(root, output, `${inside}${ending}`)),
    );
  });
}

/** Through a rename: a build at the same time must not see half a file. */
function writeIfChanged(file, text) {
  if (fs.existsSync(file) && fs.readFileSync(file, 'utf8') === text) return;
  fs.mkdirSync(path.dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}`;
  fs.writeFileSync(temporary, text);
  fs.renameSync(temporary, file);
}

function runNode(args, options) {
  const child = spawnSync(nodePath(), args, { cwd: root, ...options });
  if (child.error) throw child.error;
  return child;
}

/** Notes that look older than any source: tsc then compares contents instead of times. */
const LONG_AGO = new Date(0);

function compile() {
  // A copied or unpacked source file may be older than the last build and still be another one.
  for (const { output } of PROJECTS) {
    const notes = path.join(root, output, NOTES);
    if (fs.existsSync(notes)) fs.utimesSync(notes, LONG_AGO, LONG_AGO);
  }
  const tsc = require.resolve('typescript/bin/tsc', { paths: [root] });
  const configs = PROJECTS.filter((project) => filesBelow(project.source, /\.ts$/).length > 0);
  const args = [tsc, '-b', ...configs.map((project) => project.config)];
  if (runNode(args, { stdio: 'inherit' }).status !== 0) {
    throw new Error('build: tsc found errors, see above');
  }
}

/** A renamed source file would leave its old output behind, to be packed for users. */
function removeOrphans(project) {
  for (const file of filesBelow(project.output, /\.(js|d\.ts)$/)) {
    const inside = path.relative(project.output, file).replace(/\.(js|d\.ts)$/, '.ts');
    if (!fs.existsSync(path.join(root, project.source, inside))) fs.rmSync(path.join(root, file));
  }
}

/** Entries of package.json that have an ES module form: `{ wrapper, types, target }`. */
function entries() {
  const { exports } = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8'));
  return Object.entries(exports)
    .filter(([, conditions]) => conditions.import !== undefined)
    .map(([name, conditions]) => ({
      name,
      wrapper: path.normalize(conditions.import.default),
      types: path.normalize(conditions.import.types),
      target: path.normalize(conditions.require.default),
    }));
}

/** The names each entry really exports, asked of the built files in one child. */
function exportedNames(targets) {
  const code = `process.stdout.write(JSON.stringify(
    process.argv.slice(1).map((file) => Object.keys(require(file)))))`;
  const child = runNode(['-e', code, ...targets.map((target) => path.join(root, target))], {
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (child.status !== 0) throw new Error('build: a built entry does not load, see above');
  return JSON.parse(child.stdout);
}

/**
 * A wrapper hands on the objects of the CommonJS build, so that a class is the same class for
 * `import` and for `require`.
 */
function writeWrappers() {
  const all = entries();
  for (const entry of all) {
    if (!fs.existsSync(path.join(root, entry.target))) {
      throw new Error(`build: entry "${entry.name}" of package.json needs ${entry.target}`);
    }
  }
  const names = exportedNames(all.map((entry) => entry.target));
  all.forEach((entry, index) => {
    const target = path.relative(path.dirname(entry.wrapper), entry.target);
    const usable = names[index].filter((name) => name !== 'default' && name !== '__esModule');
    const list = usable.sort().map((name) => `  ${name},\n`);
    const js = `import cjs from '${target}';\n\nexport const {\n${list.join('')}} = cjs;\n`;
    writeIfChanged(path.join(root, entry.wrapper), js);
    writeIfChanged(path.join(root, entry.types), `export * from '${target}';\n`);
  });
}

/**
 * @param {{force?: boolean}} [options]
 * @returns {boolean} whether anything had to be built
 */
function build(options = {}) {
  const hash = hashOfInputs();
  const again = PROJECTS.filter((project) => options.force || !isWhole(project));
  const stamped = PROJECTS.every((project) => isStamped(project, hash));
  const wrapped = entries().every(({ wrapper, types }) =>
    [wrapper, types].every((file) => fs.existsSync(path.join(root, file))),
  );
  if (again.length === 0 && stamped && wrapped) return false;
  for (const project of PROJECTS) fs.rmSync(stampFile(project), { force: true });
  // tsc trusts its notes without looking whether the output is still there.
  for (const { output } of again) fs.rmSync(path.join(root, output, NOTES), { force: true });
  compile();
  PROJECTS.forEach(removeOrphans);
  writeWrappers();
  for (const project of PROJECTS) {
    writeIfChanged(path.join(root, project.output, '.npmignore'), `${NOT_PACKED.join('\n')}\n`);
    writeIfChanged(stampFile(project), `${JSON.stringify({ inputs: hash })}\n`);
  }
  return true;
}

module.exports = { build };

if (require.main === module) {
  const started = Date.now();
  try {
    const built = build({ force: process.argv.includes('--force') });
    const seconds = ((Date.now() - started) / 1000).toFixed(1);
    console.log(built ? `build: done in ${seconds} s` : `build: up to date (${seconds} s)`);
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
