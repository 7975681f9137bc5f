'use strict';

/**
 * Makes the agent's container image, without a Docker daemon:
 *
 *   node scripts/image.js [--output FILE] [--platform linux/amd64]
 *   node scripts/image.js --rootfs FOLDER --platform linux/arm64   its files, for the Dockerfile
 *   node scripts/image.js --renew                                  newer packages of Debian
 *
 * Same sources, same lock files, same Node: same bytes.
 */

const fs = require('node:fs');
const path = require('node:path');
const { parseArgs } = require('node:util');
const { build } = require('./build');
const { agentFiles, systemFiles } = require('./image/agent');
const { baseFiles, fetchPackages, hasPackages, renewPackages } = require('./image/debian');
const { fetchNode, hasNode, nodeFiles } = require('./image/node');
const { ociArchive } = require('./image/oci');
const { cacheFolder } = require('./tools');

const ROOT = path.join(__dirname, '..');
const ARCHITECTURES = ['amd64', 'arm64'];

/** Whom the image runs as where nobody says otherwise: enough for addresses, not for bridges. */
const USER = { id: 65532, name: 'netloom' };

/** How a container of the image is started. */
const CONFIG = {
  User: `${USER.id}:${USER.id}`,
  Env: ['PATH=/usr/sbin:/usr/bin', 'NODE_ENV=production'],
  Entrypoint: ['/usr/bin/netloom-agent'],
  Cmd: ['serve', '--config', '/etc/netloom/agent.yaml'],
  WorkingDir: '/',
  StopSignal: 'SIGTERM',
};

function downloads() {
  return path.join(path.dirname(path.dirname(cacheFolder())), 'image');
}

function layersOf(architecture) {
  const cache = downloads();
  fs.mkdirSync(cache, { recursive: true });
  return [
    { name: 'packages of Debian', files: baseFiles(architecture, cache) },
    { name: 'Node', files: nodeFiles(architecture, cache) },
    { name: 'netloom-agent', files: new Map([...systemFiles(USER), ...agentFiles()]) },
  ];
}

function hasImageParts() {
  const cache = downloads();
  return ARCHITECTURES.every((one) => hasPackages(one, cache) && hasNode(one, cache));
}

/** Why the image can't be made here without fetching anything; undefined when it can. */
function imageSkipReason() {
  return hasImageParts() ? undefined : 'its parts are not fetched: npm run image';
}

/**
 * Fetches what the image is made of, for a machine that is offline later.
 *
 * @returns {string|undefined} what was done; undefined when there was nothing to do
 */
function fetchImageParts() {
  if (hasImageParts()) return undefined;
  const cache = downloads();
  for (const architecture of ARCHITECTURES) {
    fetchPackages(architecture, cache);
    fetchNode(architecture, cache);
  }
  return 'parts of the container image';
}

/**
 * @param {string[]} [architectures]
 * @returns {{archive: Buffer, digest: string}}
 */
function makeImage(architectures = ARCHITECTURES) {
  build();
  const { version } = JSON.parse(fs.readFileSync(path.join(ROOT, 'package.json'), 'utf8'));
  const annotations = {
    'org.opencontainers.image.title': 'netloom-agent',
    'org.opencontainers.image.version': version,
    'org.opencontainers.image.licenses': 'Apache-2.0',
  };
  const platforms = architectures.map((architecture) => ({
    architecture,
    layers: layersOf(architecture),
  }));
  return ociArchive({ name: 'netloom-agent', version }, platforms, CONFIG, annotations);
}

/** Writes the files of one platform into a folder. */
function writeRootfs(architecture, folder) {
  build();
  for (const { files } of layersOf(architecture)) {
    for (const [name, { type, content, target, executable }] of files) {
      const file = path.join(folder, name);
      if (type === 'folder') {
        fs.mkdirSync(file, { recursive: true });
        continue;
      }
      fs.mkdirSync(path.dirname(file), { recursive: true });
      if (type === 'link') fs.symlinkSync(target, file);
      else fs.writeFileSync(file, content, { mode: executable ? 0o755 : 0o644 });
    }
  }
}

function architecturesOf(platform) {
  if (platform === undefined) return ARCHITECTURES;
  const [os, architecture] = platform.split('/');
  if (os === 'linux' && ARCHITECTURES.includes(architecture)) return [architecture];
  throw new Error(`there is no image for ${platform}: linux/amd64 or linux/arm64`);
}

function main() {
  const { values } = parseArgs({
    options: {
      output: { type: 'string' },
      platform: { type: 'string' },
      rootfs: { type: 'string' },
      renew: { type: 'boolean' },
    },
  });
  if (values.renew) {
    fs.mkdirSync(downloads(), { recursive: true });
    const work = fs.mkdtempSync(path.join(downloads(), 'renew-'));
    renewPackages(work);
    fs.rmSync(work, { recursive: true });
    console.log('image: scripts/image/packages.json has what Debian has today');
    return;
  }
  const architectures = architecturesOf(values.platform);
  if (values.rootfs !== undefined) {
    if (architectures.length > 1) throw new Error('--rootfs wants a --platform');
    writeRootfs(architectures[0], path.resolve(values.rootfs));
    return;
  }
  const output = path.resolve(values.output ?? path.join(ROOT, 'dist/netloom-agent.oci.tar'));
  const { archive, digest } = makeImage(architectures);
  fs.mkdirSync(path.dirname(output), { recursive: true });
  fs.writeFileSync(`${output}.${process.pid}`, archive);
  fs.renameSync(`${output}.${process.pid}`, output);
  const size = Math.round(archive.length / 1024 / 1024);
  console.log(`${path.relative(process.cwd(), output)} (${size} MiB) ${digest}`);
}

module.exports = { fetchImageParts, imageSkipReason, makeImage };

if (require.main === module) {
  try {
    main();
  } catch (error) {
    console.error(`image: ${error.message}`);
    process.exitCode = 1;
  }
}
