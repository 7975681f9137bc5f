'use strict';

/**
 * `npm run demo`: the MicroShift story on real parts, in a network namespace of its own. Needs no
 * root where the kernel lets users make namespaces.
 */

const path = require('node:path');
const { namespaceHelp, namespaceSupport, runInNamespace } = require('./namespace');
const { cniPath, findTool } = require('./tools');

const OLDEST_NODE = 22;

async function main() {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < OLDEST_NODE) {
    console.error(
      `The demo runs on the Node of node_modules/.bin (24), and this is ${process.version}: start it with \`npm run demo\`, without --ignore-scripts.`,
    );
    return 1;
  }
  const missing = ['ip', 'ping', 'unshare'].filter((tool) => findTool(tool) === undefined);
  if (cniPath() === undefined) missing.push('CNI plugins (bridge, host-local, static)');
  if (missing.length > 0) {
    console.error(
      `The demo needs ${missing.join(', ')}. On Debian or Ubuntu:\n  sudo apt-get install -y iproute2 iputils-ping util-linux containernetworking-plugins && npm run demo`,
    );
    return 1;
  }
  if (namespaceSupport().kind === 'none') {
    console.error(namespaceHelp('npm run demo'));
    return 1;
  }
  const tsx = path.join(__dirname, '../node_modules/.bin/tsx');
  return runInNamespace(tsx, [path.join(__dirname, 'demo-main.ts')]);
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error) => {
    console.error(error);
    process.exitCode = 1;
  },
);
