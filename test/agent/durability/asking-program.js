'use strict';

/**
 * Asks agents that can't answer whether they have a pool, claims and a bridge, through the built
 * client, and tells what it takes their silence for.
 *
 *   node asking-program.js ROOT TOKENFILE
 */

const http = require('node:http');
const net = require('node:net');
const path = require('node:path');
const { writeFileSync } = require('node:fs');

const [, , root = '', tokenFile = ''] = process.argv;
const { AgentClient } = require(path.join(root, 'lib/agent-api'));

/** Answers each request so, on a free port. */
async function listen(server) {
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server.address().port;
}

function answering(status, type, body) {
  return http.createServer((_request, response) => {
    response.writeHead(status, { 'content-type': type }).end(body);
  });
}

async function ask(what, port) {
  const client = new AgentClient({ name: 'edge-1', url: `http://127.0.0.1:${port}`, tokenFile });
  const questions = {
    pool: () => client.pool('apps/lan'),
    claims: () => client.claims('apps/lan', 'stack/pod'),
    bridge: () => client.bridge('br-lan'),
  };
  for (const [question, run] of Object.entries(questions)) {
    const answer = await run().then(
      (value) => (value === undefined || value.length === 0 ? 'absent' : 'there'),
      () => 'unknown',
    );
    console.log(JSON.stringify({ what, question, answer }));
  }
  await client.close();
}

async function main() {
  writeFileSync(tokenFile, 'token\n', { mode: 0o600 });
  const problem = {
    code: 'NL_STORE_FAILED',
    key: 'store',
    found: 'the agent could not write its store',
    allowed: 'a disk',
    fix: 'see the disk',
  };
  const json = JSON.stringify({ status: 503, title: 'no store', problems: [problem] });
  const servers = {
    'a server that closes each connection': net.createServer((socket) => socket.destroy()),
    'a store that failed': answering(503, 'application/problem+json', json),
    'a proxy in between': answering(502, 'text/html', '<h1>Bad Gateway</h1>'),
    'a 404 of somebody else': answering(404, 'text/plain', 'no such page'),
  };
  for (const [what, server] of Object.entries(servers)) {
    await ask(what, await listen(server));
    server.close();
  }
  process.exit(0);
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
