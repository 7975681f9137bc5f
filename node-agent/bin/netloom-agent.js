#!/usr/bin/env node
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 13)) {
  console.error(
    `netloom-agent needs Node 22.13 or newer; this is ${process.version} (${process.execPath})`,
  );
  process.exit(1);
}
// Modules and the claims of a store are made to stay: V8 would triple its room for new objects (three
// times 16 MiB, never given back) to copy them about in. `serve` lets it grow once many have asked.
require('node:v8').setFlagsFromString('--semi-space-growth-factor=1');
require('../lib/cli.js').main(process.argv);
