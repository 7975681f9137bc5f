'use strict';

const os = require('node:os');
const path = require('node:path');

/** As jest's own folder, by user; but inside a user namespace everybody's uid is 0. */
const user = process.env.NETLOOM_OUTER_UID ?? process.getuid();

/** The package tests install from a registry, so they run apart, with a network: scripts/test.js. */
const packageTests = process.env.NETLOOM_PACKAGE_TESTS === '1';

/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  roots: packageTests
    ? ['<rootDir>/test/package']
    : ['<rootDir>/test', '<rootDir>/node-agent', '<rootDir>/src', '<rootDir>/examples'],
  testMatch: ['**/*.test.ts'],
  testPathIgnorePatterns: [
    '/node_modules/',
    '/lib/',
    ...(packageTests ? [] : ['<rootDir>/test/package/']),
  ],
  modulePathIgnorePatterns: ['<rootDir>/node-agent/lib/'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
        module: { type: 'commonjs' },
        sourceMaps: 'inline',
      },
    ],
  },
  // Tests see the sources under the names that users write, without a build in between.
  moduleNameMapper: {
    '^netloom$': '<rootDir>/src/index.ts',
    '^netloom/(constructs|provider|provider-runtime|agent-api|policy)$':
      '<rootDir>/src/$1/index.ts',
    '^netloom/provider/cdk8s$': '<rootDir>/src/provider-cdk8s/index.ts',
    '^netloom-agent$': '<rootDir>/node-agent/src/index.ts',
  },
  maxWorkers: 2,
  // Also keeps a single worker in a process of its own.
  workerIdleMemoryLimit: '1GB',
  testSequencer: '<rootDir>/scripts/jest-sequencer.js',
  testTimeout: 30_000,
  watchman: false,
  cacheDirectory: path.join(process.env.NETLOOM_JEST_CACHE ?? os.tmpdir(), `netloom-jest-${user}`),
  reporters: ['default', '<rootDir>/scripts/jest-reporter.js'],
};
