'use strict';

/**
 * `npm run soak`: what `npm test` does 200 times, 20,000 times: kills the agent's store under 16
 * writers and looks whether anything acknowledged is lost or given twice. Takes some hours.
 *
 *   node scripts/soak.js [CYCLES [SEED]]
 */

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { nodePath } = require('./tools');

function run(args) {
  const child = spawnSync(nodePath(), args, { stdio: 'inherit' });
  if (child.error) throw child.error;
  return child.status ?? 1;
}

function main(args) {
  const status = run([path.join(__dirname, 'build.js')]);
  if (status !== 0) return status;
  fs.mkdirSync(path.join(__dirname, '../.cache'), { recursive: true });
  const tsx = require.resolve('tsx/cli');
  return run([tsx, path.join(__dirname, '../test/agent/durability/soak-main.ts'), ...args]);
}

process.exitCode = main(process.argv.slice(2));
