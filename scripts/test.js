'use strict';

/**
 * What `npm test` runs: checks (Biome, types), the tests, and the tests of the packed packages.
 * The tests run in a network namespace of their own where the machine allows one. The last line
 * printed is always `N passed, N failed, N skipped`.
 *
 *   node scripts/test.js [--only check|jest|package] [--golden] [arguments for jest]
 */

const { spawn } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { namespaceHelp, namespaceSupport, spawnInNamespace } = require('./namespace');
const { nodePath, toolEnv } = require('./tools');

const root = path.join(__dirname, '..');
/** Two quiet cores need a third of it; a build server gives 90. */
const LIMIT_MINUTES = 75;
const GRACE_MS = 5_000;
const PHASES = ['check', 'jest', 'package'];
/** Runs of jest side by side, each in a namespace of its own. */
const SHARDS = 2;

/** Every child still running. Each leads a process group, so that its own children end with it. */
const running = new Set();
let stopped;

function signalGroup(child, name) {
  try {
    process.kill(-child.pid, name);
  } catch {
    // The group has ended.
  }
}

/** Ends all children and lets no new one start. */
function stop(reason) {
  if (stopped !== undefined) return;
  stopped = reason;
  console.error(`\ntest: ${reason}, ending what runs`);
  for (const child of running) signalGroup(child, 'SIGTERM');
  setTimeout(() => {
    for (const child of running) signalGroup(child, 'SIGKILL');
  }, GRACE_MS).unref();
}

/** Resolves with the exit status; never rejects. */
function finished(child) {
  running.add(child);
  return new Promise((resolve) => {
    const done = (status) => {
      running.delete(child);
      // What outlives its parent would keep the terminal, and here nobody waits for it.
      signalGroup(child, 'SIGKILL');
      resolve(status);
    };
    child.on('error', (error) => {
      console.error(`test: ${error.message}`);
      done(1);
    });
    child.on('exit', (code, name) => done(code ?? 128 + os.constants.signals[name]));
  });
}

function spawnOptions(extra) {
  const env = { ...process.env, ...toolEnv(), ...extra };
  return { cwd: root, env, stdio: 'inherit', detached: true };
}

function packageProgram(name) {
  return require.resolve(name, { paths: [root] });
}

/** @returns {{passed: number, failures: string[], skipped: string[]}} */
async function runCheck() {
  const result = { passed: 0, failures: [], skipped: [] };
  // Unasked, `biome ci` colours each letter, also into a file.
  const colors = `--colors=${process.stdout.isTTY ? 'force' : 'off'}`;
  const biome = [packageProgram('@biomejs/biome/bin/biome'), 'ci', colors];
  const checks = [
    ['biome', [...biome, '--diagnostic-level=warn', '.']],
    ['types', [packageProgram('typescript/bin/tsc'), '-p', 'tsconfig.json']],
  ];
  for (const [name, args] of checks) {
    console.log(`check: ${name}`);
    const status =
      stopped === undefined ? await finished(spawn(nodePath(), args, spawnOptions({}))) : 1;
    if (status === 0) result.passed += 1;
    else result.failures.push(`check: ${name}`);
  }
  return result;
}

function readSummary(file) {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8'));
  } catch {
    return { complete: false, passed: 0, failures: [], skipped: [] };
  }
}

/** With -t jest reports every test that the pattern leaves out as skipped. */
function filtersByName(args) {
  return args.some((arg) => /^(-t|--testNamePattern)(=|$)/.test(arg));
}

/**
 * Tests on the kernel look at all links, routes and settings of their network namespace: what runs at
 * the same time has another one.
 */
function shardsOf(phase) {
  return phase === 'jest' && namespaceSupport().kind !== 'none' ? SHARDS : 1;
}

async function runJest(phase, options) {
  const count = shardsOf(phase);
  const shards = Array.from({ length: count }, (_, index) =>
    count === 1 ? [] : [`--shard=${index + 1}/${count}`, '--maxWorkers=1', '--passWithNoTests'],
  );
  const results = await Promise.all(shards.map((args) => runShard(phase, options, args)));
  return {
    passed: results.reduce((sum, { passed }) => sum + passed, 0),
    failures: results.flatMap(({ failures }) => failures),
    skipped: results.flatMap(({ skipped }) => skipped),
  };
}

async function runShard(phase, options, shardArgs) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'netloom-test-'));
  const file = path.join(folder, 'summary.json');
  const jest = packageProgram('jest/bin/jest');
  const args = [jest, '--forceExit', ...shardArgs, ...options.jestArgs];
  if (!options.golden) args.push('--ci');
  const extra = { NETLOOM_JEST_SUMMARY: file };
  if (options.golden) extra.NETLOOM_GOLDEN = '1';
  if (phase === 'package') extra.NETLOOM_PACKAGE_TESTS = '1';
  const settings = spawnOptions(extra);
  delete settings.env.NETLOOM_NETNS;
  try {
    const child = startJest(phase, args, settings);
    const status = await finished(child);
    const summary = readSummary(file);
    const failures = [...summary.failures];
    if (stopped !== undefined) failures.push(`${phase}: ${stopped}`);
    else if (!summary.complete) failures.push(`${phase}: the run did not come to its end`);
    else if (status !== 0 && failures.length === 0) failures.push(`${phase}: status ${status}`);
    const skipped = filtersByName(options.jestArgs)
      ? summary.skipped.filter((name) => splitSkip(name).reason !== undefined)
      : summary.skipped;
    return { passed: summary.passed, failures, skipped };
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

function startJest(phase, args, settings) {
  if (phase === 'package') return spawn(nodePath(), args, settings);
  if (namespaceSupport().kind !== 'none') return spawnInNamespace(nodePath(), args, settings);
  console.log(`${namespaceHelp('npm test')}\nTests that need one are skipped.`);
  settings.env.NETLOOM_NO_NETNS = namespaceSupport().reason;
  return spawn(nodePath(), args, settings);
}

/** The reason stands in the test's name, or in that of a block around it. */
function splitSkip(full) {
  const match =
    /^(.*?) ?\(skipped: (.*)\)$/s.exec(full) ?? /^(.*?) ?\(skipped: (.*?)\)(.*)$/s.exec(full);
  if (match === null) return { name: full, reason: undefined };
  const [, before, reason, after = ''] = match;
  return { name: `${before}${after}`.trim(), reason };
}

function parseArguments(argv) {
  const options = { only: undefined, golden: false, jestArgs: [] };
  for (let index = 0; index < argv.length; index += 1) {
    const word = argv[index];
    if (word === '--golden') options.golden = true;
    else if (word === '--only') {
      index += 1;
      options.only = argv[index] ?? '';
    } else if (word.startsWith('--only=')) options.only = word.slice('--only='.length);
    else options.jestArgs.push(word);
  }
  // Whoever names files or writes golden files wants the tests, not the checks around them.
  if (options.only === undefined && (options.golden || options.jestArgs.length > 0)) {
    options.only = 'jest';
  }
  return options;
}

function report(results, started) {
  const sum = (pick) => results.reduce((total, result) => total + pick(result), 0);
  const skipped = results.flatMap((result) => result.skipped).map(splitSkip);
  const failures = results.flatMap((result) => result.failures);
  if (skipped.length > 0) console.log('\nSkipped:');
  for (const { name, reason } of skipped) console.log(`  ${name}: ${reason ?? 'no reason given'}`);
  if (failures.length > 0) console.log('\nFailed:');
  for (const name of failures) console.log(`  ${name}`);
  const passed = sum((result) => result.passed);
  if (passed + failures.length === 0) console.log('\nNo test ran.');
  const seconds = ((Date.now() - started) / 1000).toFixed(0);
  console.log(`\n${seconds} s`);
  // After everything else, all children have ended: machines read the last line.
  console.log(`${passed} passed, ${failures.length} failed, ${skipped.length} skipped`);
  return failures.length === 0 && passed > 0 ? 0 : 1;
}

async function main(argv) {
  const options = parseArguments(argv);
  if (options.only !== undefined && !PHASES.includes(options.only)) {
    console.error(`test: --only "${options.only}". Allowed: ${PHASES.join(', ')}`);
    return 2;
  }
  const started = Date.now();
  setTimeout(() => stop(`limit of ${LIMIT_MINUTES} min reached`), LIMIT_MINUTES * 60_000).unref();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, () => stop(`got ${name}`));

  const results = [];
  for (const phase of options.only === undefined ? PHASES : [options.only]) {
    if (stopped !== undefined) {
      results.push({ passed: 0, failures: [`${phase}: not run, ${stopped}`], skipped: [] });
      continue;
    }
    console.log(`\n=== ${phase}`);
    results.push(await (phase === 'check' ? runCheck() : runJest(phase, options)));
  }
  return report(results, started);
}

main(process.argv.slice(2)).then(
  (status) => {
    process.exitCode = status;
  },
  (error) => {
    console.error(error);
    console.log('0 passed, 1 failed, 0 skipped');
    process.exitCode = 1;
  },
);
