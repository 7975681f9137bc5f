'use strict';

/**
 * The real API server of the tests: etcd and kube-apiserver, built once from the Go module proxy, and
 * the OpenAPI documents of other Kubernetes releases. Set-up makes them, in a cache folder outside of
 * the checkout. Runs on the Node of set-up: built-in modules only.
 */

const { spawnSync } = require('node:child_process');
const crypto = require('node:crypto');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { findTool, homeFolder } = require('./tools');

/** go.mod and go.sum pin every module that goes into the two programs. */
const MODULE = path.join(__dirname, '..', 'test', 'support', 'api-server-module');

/** Release of the module's k8s.io/kubernetes: it does not know its own unless the build tells it. */
const RELEASE = 'v1.34.4';

/** Programs, and the packages that they are built from. */
const PROGRAMS = {
  etcd: 'go.etcd.io/etcd/server/v3',
  'kube-apiserver': 'k8s.io/kubernetes/cmd/kube-apiserver',
};

/** Releases that manifests are held against, with the checksum of each k8s.io/kubernetes. */
const SCHEMAS = {
  'v1.28.15': 'h1:d91N2Znk+E8REIJZlrD6za2JtIwvEypa0DB1IoU4fJ0=',
  'v1.29.6': 'h1:jn8kA/oVOAWZOeoorx6xZ4d+KgGp+Evgi90x9bEI/DE=',
  'v1.30.14': 'h1:MrlKXh9uhLIJpyxOeXhcndzRVSvwiV9iJ8NgH8nqPsg=',
  'v1.31.14': 'h1:UtjLfqvXLuSVDdJ4+NpQCIfFkKkLnAAVmxAEMsnkhjk=',
  'v1.32.13': 'h1:5TGYdZ6YZqdp6h/Rp1vX/4TIoybMPdgv97LCZCtPuNQ=',
  'v1.33.13': 'h1:bmH31xUdSzeA5vk0wZAK9MZp11mdLuzUSeKk0qN3hPQ=',
  'v1.34.4': 'h1:Yy6R4QB8C9kJPp25GFqEvX5XQwY5qzKeqD0Xx6oAcmk=',
  'v1.35.4': 'h1:o/8dBC/pHVpYoGV4OAIytAlNPZbdYVTXJHoYvXC4qzM=',
  'v1.36.3': 'h1:qDQdoMiluAE2Eab6Fa52YV+WjiGz9mZFFoagEA6cI+o=',
};

/** Cold, on two cores, the build takes 4 minutes and a download seconds. */
const BUILD_LIMIT_MS = 30 * 60_000;
const DOWNLOAD_LIMIT_MS = 3 * 60_000;

function go() {
  return findTool('go') ?? ['/usr/local/go/bin/go'].find((file) => fs.existsSync(file));
}

function baseFolder() {
  return path.join(process.env.XDG_CACHE_HOME || path.join(homeFolder(), '.cache'), 'netloom');
}

/** What was built of other modules, or for another machine, has another folder. */
function binFolder() {
  const given = process.env.NETLOOM_API_SERVER_BIN;
  if (given) return given;
  const hash = crypto.createHash('sha256');
  for (const name of ['go.mod', 'go.sum']) hash.update(fs.readFileSync(path.join(MODULE, name)));
  const key = `${RELEASE}-${os.arch()}-${hash.digest('hex').slice(0, 12)}`;
  return path.join(baseFolder(), 'api-server', key);
}

/** A program of the API server: `etcd` or `kube-apiserver`. */
function apiServerProgram(name) {
  return path.join(binFolder(), name);
}

/** The schemas of a release, as one JSON file: names and schemas of its `components`. */
function schemaFile(release) {
  return path.join(baseFolder(), 'kubernetes-schemas', `${release}.json`);
}

/** Why tests can't have an API server here; undefined when they can. */
function apiServerSkipReason() {
  const missing = Object.keys(PROGRAMS).filter((name) => !fs.existsSync(apiServerProgram(name)));
  if (missing.length === 0) return undefined;
  const why = go() ? 'run node scripts/setup.js --tests' : 'Go is not installed';
  return `${missing.join(' and ')} not built: ${why}`;
}

/** Why tests can't have the schemas of a release; undefined when they can. */
function schemaSkipReason(release) {
  if (fs.existsSync(schemaFile(release))) return undefined;
  const why = go() ? 'run node scripts/setup.js --tests' : 'Go is not installed';
  return `OpenAPI document of Kubernetes ${release} not fetched: ${why}`;
}

function runGo(args, options) {
  const env = { ...process.env, CGO_ENABLED: '0', GOWORK: 'off', ...options.env };
  const settings = { ...options, env, encoding: 'utf8', maxBuffer: 1 << 26 };
  const child = spawnSync(go(), args, settings);
  if (child.status === 0) return child.stdout;
  // With -json it tells of a failure on standard output.
  const said = `${child.stderr || child.stdout || ''}`.trim().split('\n').slice(-3).join('\n');
  throw new Error(`go ${args[0]}: ${said || child.error?.message || child.signal || 'failed'}`);
}

/** A folder beside the cache's, renamed when all is there: half a build is none. */
function inWorkFolder(target, work) {
  fs.mkdirSync(path.dirname(target), { recursive: true });
  const folder = fs.mkdtempSync(`${target}-`);
  try {
    return work(folder);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

function versionFlags() {
  const [major, minor] = RELEASE.slice(1).split('.');
  const base = 'k8s.io/component-base/version';
  const told = { gitVersion: RELEASE, gitMajor: major, gitMinor: minor };
  return ['-s', '-w', ...Object.entries(told).map(([name, text]) => `-X ${base}.${name}=${text}`)];
}

/**
 * Builds etcd and kube-apiserver.
 *
 * @returns {string|undefined} what was done; undefined when there was nothing to do
 * @throws Error with the reason
 */
function buildApiServer() {
  if (apiServerSkipReason() === undefined || process.env.NETLOOM_API_SERVER_BIN) return undefined;
  if (go() === undefined) throw new Error('Go is not installed');
  // The largest part first, on its own: without a network this ends soon, and a build would not.
  runGo(['mod', 'download', 'k8s.io/kubernetes'], { cwd: MODULE, timeout: DOWNLOAD_LIMIT_MS });
  console.log('setup: building kube-apiserver, some minutes, once ...');
  return inWorkFolder(binFolder(), (folder) => {
    for (const [name, program] of Object.entries(PROGRAMS)) {
      const flags = ['-trimpath', '-buildvcs=false', '-ldflags', versionFlags().join(' ')];
      const args = ['build', ...flags, '-o', path.join(folder, name), program];
      runGo(args, { cwd: MODULE, timeout: BUILD_LIMIT_MS });
    }
    fs.mkdirSync(binFolder(), { recursive: true });
    for (const name of Object.keys(PROGRAMS)) {
      fs.renameSync(path.join(folder, name), apiServerProgram(name));
    }
    return `kube-apiserver ${RELEASE} and etcd`;
  });
}

/** The schemas of one release: those of API versions that are neither alpha nor beta. */
function readSchemas(folder) {
  const documents = path.join(folder, 'api', 'openapi-spec', 'v3');
  const schemas = {};
  for (const name of fs.readdirSync(documents).sort()) {
    if (!/__v\d+_openapi\.json$/.test(name)) continue;
    const document = JSON.parse(fs.readFileSync(path.join(documents, name), 'utf8'));
    Object.assign(schemas, document.components?.schemas);
  }
  return schemas;
}

function fetchSchemasOf(release) {
  inWorkFolder(schemaFile(release), (folder) => {
    // A module cache of its own, which is removed: it holds all of Kubernetes. Its checksum is here.
    const env = {
      GOMODCACHE: path.join(folder, 'modules'),
      GOFLAGS: '-modcacherw',
      GOSUMDB: 'off',
    };
    const args = ['mod', 'download', '-json', `k8s.io/kubernetes@${release}`];
    const told = JSON.parse(runGo(args, { cwd: folder, env, timeout: DOWNLOAD_LIMIT_MS }));
    if (told.Sum !== SCHEMAS[release]) {
      throw new Error(`k8s.io/kubernetes@${release} is ${told.Sum}, not ${SCHEMAS[release]}`);
    }
    const file = path.join(folder, 'schemas.json');
    fs.writeFileSync(file, JSON.stringify(readSchemas(told.Dir)));
    fs.renameSync(file, schemaFile(release));
  });
}

/**
 * Fetches the OpenAPI documents of all releases.
 *
 * @returns {string|undefined} what was done; undefined when there was nothing to do
 * @throws Error with the reason
 */
function fetchSchemas() {
  const missing = Object.keys(SCHEMAS).filter((release) => schemaSkipReason(release));
  if (missing.length === 0) return undefined;
  if (go() === undefined) throw new Error('Go is not installed');
  for (const release of missing) fetchSchemasOf(release);
  return `OpenAPI documents of Kubernetes ${missing.join(', ')}`;
}

module.exports = {
  apiServerProgram,
  apiServerSkipReason,
  buildApiServer,
  fetchSchemas,
  SCHEMA_RELEASES: Object.keys(SCHEMAS),
  schemaFile,
  schemaSkipReason,
};
