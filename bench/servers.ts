import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { AgentConnection } from 'netloom/agent-api';
import { programFile } from './programs';
import { ServerProcess } from './server-process';

const LAUNCHER = path.join(__dirname, '../node-agent/bin/netloom-agent.js');

/** The agent's folder: keys, token, configuration and, after a start, its store. */
export class AgentFolder {
  readonly stateFolder: string;

  constructor(readonly folder: string) {
    this.stateFolder = path.join(folder, 'state');
    const args = ['init', '--dir', folder, '--name', 'bench', '--listen', '127.0.0.1:0'];
    execFileSync(process.execPath, [LAUNCHER, ...args], { stdio: 'pipe' });
    // What is measured is the agent, not its patience.
    const limits = 'limits: { requestsPerSecond: 1000000 }\n';
    appendFileSync(path.join(folder, 'agent.yaml'), limits);
  }

  start(nodeOptions: readonly string[] = []): Promise<ServerProcess> {
    const config = path.join(this.folder, 'agent.yaml');
    const args = [...nodeOptions, LAUNCHER, 'serve', '--config', config];
    return ServerProcess.start(args, path.join(this.folder, 'agent.log'));
  }

  connection(server: ServerProcess): AgentConnection {
    const caFile = path.join(this.folder, 'ca.crt');
    return { name: 'bench', url: server.url, caFile, tokenFile: this.tokenFile };
  }

  get tokenFile(): string {
    return path.join(this.folder, 'token');
  }
}

/** The peer: node:https and node:sqlite and nothing else, with the same certificate. */
export class BareFolder {
  constructor(
    readonly folder: string,
    private readonly keys: AgentFolder,
  ) {
    mkdirSync(folder, { recursive: true });
  }

  start(): Promise<ServerProcess> {
    const keys = ['server.crt', 'server.key'].map((name) => path.join(this.keys.folder, name));
    const args = [programFile('bare-server'), this.databaseFile, ...keys];
    return ServerProcess.start(args, path.join(this.folder, 'bare.log'));
  }

  get databaseFile(): string {
    return path.join(this.folder, 'state.db');
  }
}

/** All addresses that a store, ours or the peer's, holds. */
export function storedAddresses(databaseFile: string): Set<string> {
  const database = new DatabaseSync(databaseFile);
  const stored = new Set<string>();
  for (const row of database.prepare('SELECT record FROM claims').iterate()) {
    for (const address of JSON.parse(String(row.record)).addresses) stored.add(address);
  }
  database.close();
  return stored;
}
