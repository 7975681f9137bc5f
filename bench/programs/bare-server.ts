/**
 * The least that answers a claim durably over HTTPS: one row each, and one that says who did what, all
 * that arrive in one turn of the event loop in one commit. No token, no checks; addresses are counted
 * up. A request is one claim, or a list of steps.
 */

import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { DatabaseSync } from 'node:sqlite';

const [databaseFile = '', certFile = '', keyFile = ''] = process.argv.slice(2);

const database = new DatabaseSync(databaseFile);
database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
database.exec('CREATE TABLE IF NOT EXISTS claims (key INTEGER PRIMARY KEY, record TEXT NOT NULL)');
database.exec('CREATE TABLE IF NOT EXISTS audit (key INTEGER PRIMARY KEY, line TEXT NOT NULL)');
const insert = database.prepare('INSERT INTO claims VALUES (?, ?)');
const insertLine = database.prepare('INSERT INTO audit (line) VALUES (?)');
const begin = database.prepare('BEGIN IMMEDIATE');
const commit = database.prepare('COMMIT');

const owners = new Map<string, string>();
let serial = 0;
for (const row of database.prepare('SELECT key, record FROM claims').iterate()) {
  const { owner, addresses } = JSON.parse(String(row.record));
  owners.set(addresses[0], owner);
  serial = Number(row.key);
}

interface Waiting {
  readonly rows: readonly { readonly key: number; readonly record: string }[];
  readonly line: string;
  readonly answer: () => void;
}

let waiting: Waiting[] = [];

function write(one: Waiting): void {
  if (waiting.length === 0) setImmediate(flush);
  waiting.push(one);
}

function flush(): void {
  const group = waiting;
  waiting = [];
  begin.run();
  for (const { rows, line } of group) {
    for (const { key, record } of rows) insert.run(key, record);
    insertLine.run(line);
  }
  commit.run();
  for (const { answer } of group) answer();
}

function claim({ pool, owner }: { pool: string; owner: string }): {
  row: { key: number; record: string };
  view: { id: string; addresses: string[] };
} {
  const key = ++serial;
  const address = `10.${(key >> 16) & 255}.${(key >> 8) & 255}.${key & 255}`;
  owners.set(address, owner);
  const state = 'claimed';
  const incarnation = 2 * key;
  const addresses = [address];
  const record = { serial: key, pool, owner, identity: 'admin', state, incarnation, addresses };
  const id = `0123456789abcdef#${incarnation}`;
  const cidrs = [`${address}/8`];
  const gateways = ['10.255.255.254'];
  const view = { id, pool, owner, state, addresses, cidrs, gateways };
  return { row: { key, record: JSON.stringify(record) }, view };
}

const tls = { cert: readFileSync(certFile), key: readFileSync(keyFile), minVersion: 'TLSv1.3' };
const server = createServer(tls as object, (request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const asked = JSON.parse(Buffer.concat(chunks).toString());
    const given = (asked.steps ?? [asked]).map(claim) as ReturnType<typeof claim>[];
    const views = given.map(({ view }) => view);
    const [first] = views;
    const body = JSON.stringify(
      asked.steps ? { answers: views.map((view) => ({ claim: view })) } : first,
    );
    const after = views.map(({ id, addresses }) => `${id} ${addresses}`).join('; ');
    const line = JSON.stringify({ identity: 'admin', method: request.method, after });
    const headers = {
      'content-type': 'application/json; charset=utf-8',
      'content-length': Buffer.byteLength(body),
    };
    const answer = (): void => {
      response.writeHead(200, headers).end(body);
    };
    write({ rows: given.map(({ row }) => row), line, answer });
  });
});

server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  console.log(JSON.stringify({ time: new Date().toISOString(), event: 'listening', port }));
});
process.on('SIGTERM', () => process.exit(0));
