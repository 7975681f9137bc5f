'use strict';

/** Deals the test files to runs that are side by side, so that these take about as long. */

const fs = require('node:fs');
const { default: Sequencer } = require('@jest/test-sequencer');

/** What starts programs takes far longer than what only computes. */
const STARTS_PROGRAMS = /describeOnKernel|describeUnless|AgentProcess|ApiServer|spawn|execFile/;

function weightOf({ path }) {
  const text = fs.readFileSync(path, 'utf8');
  return text.length * (STARTS_PROGRAMS.test(text) ? 10 : 1);
}

class BalancedSequencer extends Sequencer {
  shard(tests, { shardIndex, shardCount }) {
    const weighed = [...tests]
      .map((test) => ({ test, weight: weightOf(test) }))
      .sort((a, b) => b.weight - a.weight || (a.test.path < b.test.path ? -1 : 1));
    const shards = Array.from({ length: shardCount }, () => ({ tests: [], weight: 0 }));
    for (const { test, weight } of weighed) {
      const lightest = shards.reduce((best, one) => (one.weight < best.weight ? one : best));
      lightest.tests.push(test);
      lightest.weight += weight;
    }
    return shards[shardIndex - 1].tests;
  }
}

module.exports = BalancedSequencer;
