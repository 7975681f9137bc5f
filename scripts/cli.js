'use strict';

/**
 * `npm run -s netloom -- ARGS`: runs the command line from a checkout, in the folder where npm was
 * called. Builds first what has changed. Standard output is the command's alone.
 */

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { nodePath } = require('./tools');

const BUILD = `try {
  require(process.argv[1]).build();
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}`;

/** Wrong use, as the command line itself says it: nothing has been checked. */
const EXIT_USAGE = 2;

function run(args, options) {
  const child = spawnSync(nodePath(), args, options);
  if (child.error) throw child.error;
  return child.status ?? 128 + os.constants.signals[child.signal];
}

/** Packages that were installed, not a folder that some other tool left there. */
function isSetUp() {
  return fs.existsSync(path.join(__dirname, '../node_modules/typescript/package.json'));
}

function main(args) {
  if (!isSetUp()) {
    console.error('netloom: this checkout is not set up; run `npm test` or `npm run demo` once');
    return EXIT_USAGE;
  }
  const build = ['-e', BUILD, path.join(__dirname, 'build.js')];
  // tsc tells its errors on standard output.
  if (run(build, { stdio: ['ignore', 2, 2] }) !== 0) return EXIT_USAGE;
  const program = path.join(__dirname, '../lib/cli/main.js');
  const cwd = process.env.INIT_CWD ?? process.cwd();
  return run([program, ...args], { stdio: 'inherit', cwd });
}

process.exitCode = main(process.argv.slice(2));
