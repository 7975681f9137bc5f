#!/usr/bin/env node
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 13)) {
  console.error(
    `netloom-agent needs Node 22.13 or newer; this is ${process.version} (${process.execPath})`,
  );
  process.exit(1);
}
require('../lib/cli.js').main(process.argv);
