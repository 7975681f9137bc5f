'use strict';

/**
 * An OCI image layout for several platforms, as one archive.
 *
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.0/image-layout.md
 */

const crypto = require('node:crypto');
const zlib = require('node:zlib');
const { tarOf } = require('./tar');

const TYPES = {
  config: 'application/vnd.oci.image.config.v1+json',
  index: 'application/vnd.oci.image.index.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar+gzip',
  manifest: 'application/vnd.oci.image.manifest.v1+json',
};

/** No clock: the same input is the same image. */
const CREATED = '1970-01-01T00:00:00Z';

function sha256(content) {
  return `sha256:${crypto.createHash('sha256').update(content).digest('hex')}`;
}

class Blobs {
  constructor() {
    this.files = new Map();
  }

  add(mediaType, content) {
    const digest = sha256(content);
    this.files.set(`blobs/${digest.replace(':', '/')}`, { type: 'file', content });
    return { mediaType, digest, size: content.length };
  }

  addJson(mediaType, value) {
    return this.add(mediaType, Buffer.from(JSON.stringify(value)));
  }
}

/**
 * @typedef {object} Platform
 * @property {'amd64'|'arm64'} architecture
 * @property {{name: string, files: Map<string, import('./tar').Entry>}[]} layers lowest first
 */

function addPlatform(blobs, { architecture, layers }, config, annotations) {
  const tars = layers.map(({ name, files }) => ({ name, tar: tarOf(files) }));
  const descriptor = blobs.addJson(TYPES.config, {
    created: CREATED,
    architecture,
    os: 'linux',
    config: { ...config, Labels: annotations },
    rootfs: { type: 'layers', diff_ids: tars.map(({ tar }) => sha256(tar)) },
    history: tars.map(({ name }) => ({ created: CREATED, created_by: name })),
  });
  const manifest = {
    schemaVersion: 2,
    mediaType: TYPES.manifest,
    config: descriptor,
    layers: tars.map(({ tar }) => blobs.add(TYPES.layer, zlib.gzipSync(tar))),
    annotations,
  };
  const platform = {
    architecture,
    os: 'linux',
    ...(architecture === 'arm64' && { variant: 'v8' }),
  };
  return { ...blobs.addJson(TYPES.manifest, manifest), platform };
}

/**
 * @param {{name: string, version: string}} image
 * @param {Platform[]} platforms
 * @param {object} config how a container is started: `Entrypoint`, `User` and the like
 * @param {Record<string, string>} annotations
 * @returns {{archive: Buffer, digest: string}} the archive, and the digest of the image in it
 */
function ociArchive({ name, version }, platforms, config, annotations) {
  const blobs = new Blobs();
  const manifests = platforms.map((one) => addPlatform(blobs, one, config, annotations));
  const index = { schemaVersion: 2, mediaType: TYPES.index, manifests, annotations };
  const descriptor = blobs.addJson(TYPES.index, index);
  const named = {
    ...descriptor,
    annotations: {
      // What containerd calls it, which wants a registry; the other is its tag to everybody else.
      'io.containerd.image.name': `docker.io/library/${name}:${version}`,
      'org.opencontainers.image.ref.name': version,
    },
  };
  const json = (value) => ({ type: 'file', content: Buffer.from(JSON.stringify(value)) });
  const files = new Map([
    ['oci-layout', json({ imageLayoutVersion: '1.0.0' })],
    ['index.json', json({ schemaVersion: 2, mediaType: TYPES.index, manifests: [named] })],
    ...blobs.files,
  ]);
  return { archive: tarOf(files), digest: descriptor.digest };
}

module.exports = { ociArchive };
