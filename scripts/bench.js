'use strict';

/**
 * `npm run bench`: how fast netloom is, beside a peer that is measured in the same run. Fails when
 * something breaks or a result is wrong, never because of a time.
 *
 *   node scripts/bench.js [--only PART]
 */

const path = require('node:path');
const { runNode } = require('./tools');

/** Set-up builds, too; on a machine that is ready both only look. */
function main(args) {
  const status = runNode([path.join(__dirname, 'setup.js')]);
  if (status !== 0) return status;
  const tsx = require.resolve('tsx/cli');
  return runNode([tsx, path.join(__dirname, '../bench/main.ts'), ...args]);
}

process.exitCode = main(process.argv.slice(2));
