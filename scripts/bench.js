'use strict';

/**
 * `npm run bench`: how fast netloom is, beside a peer that is measured in the same run. Fails when
 * something breaks or a result is wrong, never because of a time.
 *
 *   node scripts/bench.js [--only synth|engine|claims|start]
 */

const { spawnSync } = require('node:child_process');
const path = require('node:path');
const { nodePath } = require('./tools');

function run(args) {
  const child = spawnSync(nodePath(), args, { stdio: 'inherit' });
  if (child.error) throw child.error;
  return child.status ?? 1;
}

/** Set-up builds, too; on a machine that is ready both only look. */
function main(args) {
  const status = run([path.join(__dirname, 'setup.js')]);
  if (status !== 0) return status;
  const tsx = require.resolve('tsx/cli');
  return run([tsx, path.join(__dirname, '../bench/main.ts'), ...args]);
}

process.exitCode = main(process.argv.slice(2));
