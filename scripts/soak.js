'use strict';

/**
 * `npm run soak`: what `npm test` does 200 times, 20,000 times: kills the agent's store under 16
 * writers and looks whether anything acknowledged is lost or given twice. Takes some hours; with MINUTES it
 * ends, and reports, at that time.
 *
 *   node scripts/soak.js [CYCLES [SEED [MINUTES]]]
 */

const fs = require('node:fs');
const path = require('node:path');
const { runNode } = require('./tools');

function main(args) {
  const status = runNode([path.join(__dirname, 'build.js')]);
  if (status !== 0) return status;
  fs.mkdirSync(path.join(__dirname, '../.cache'), { recursive: true });
  const tsx = require.resolve('tsx/cli');
  return runNode([tsx, path.join(__dirname, '../test/agent/durability/soak-main.ts'), ...args]);
}

process.exitCode = main(process.argv.slice(2));
