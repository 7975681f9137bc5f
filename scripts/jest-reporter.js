'use strict';

/**
 * Writes what scripts/test.js needs for its closing line to the file named by
 * NETLOOM_JEST_SUMMARY. After every test file, so that a run cut off by the time limit still counts.
 */

const fs = require('node:fs');
const path = require('node:path');

const SKIPPED = new Set(['pending', 'skipped', 'disabled', 'todo']);

class SummaryReporter {
  constructor() {
    this.file = process.env.NETLOOM_JEST_SUMMARY;
    this.summary = { complete: false, passed: 0, failed: 0, failures: [], skipped: [] };
  }

  onRunStart() {
    this.write();
  }

  onTestResult(_test, result) {
    const { summary } = this;
    const file = path.relative(process.cwd(), result.testFilePath);
    for (const { status, fullName } of result.testResults) {
      if (status === 'passed') summary.passed += 1;
      else if (SKIPPED.has(status)) summary.skipped.push(fullName);
      else summary.failures.push(`${file}: ${fullName}`);
    }
    // A file that does not load or that jest gave up on has no failed test to count.
    const anyFailed = result.testResults.some(({ status }) => status === 'failed');
    if (result.testExecError && !anyFailed) summary.failures.push(`${file}: does not run`);
    summary.failed = summary.failures.length;
    this.write();
  }

  onRunComplete() {
    this.summary.complete = true;
    this.write();
  }

  write() {
    if (this.file) fs.writeFileSync(this.file, JSON.stringify(this.summary));
  }
}

module.exports = SummaryReporter;
