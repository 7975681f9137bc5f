import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { AgentClient, type AgentConnection } from 'netloom/agent-api';
import { type Logger, pino } from 'pino';
import { parse, stringify } from 'yaml';
import { type AgentOptions, createAgent, type NodeAgent } from '../../../node-agent/src';
import { makeCertificates } from '../../../node-agent/src/commands/certificates';
import { makeToken } from '../../../node-agent/src/commands/files';
import { makeAgentFolder } from '../../../node-agent/src/commands/init';
import { useOwnHostLocal } from '../../support/own-host-local';
import { FakeKernel } from './fake-kernel';

/** A folder as `netloom-agent init` makes it, and an agent in this process that serves from it. */
export class AgentFolder {
  readonly kernel = new FakeKernel();
  readonly log: string[] = [];
  private agent: NodeAgent | undefined;
  private readonly clients: AgentClient[] = [];

  private constructor(readonly folder: string) {}

  static async make(): Promise<AgentFolder> {
    const made = new AgentFolder(mkdtempSync(path.join(os.tmpdir(), 'netloom-agent-')));
    await makeAgentFolder({
      folder: made.folder,
      name: 'edge-1',
      listen: '127.0.0.1:0',
      addresses: [],
    });
    useOwnHostLocal(made.folder);
    return made;
  }

  at(name: string): string {
    return path.join(this.folder, name);
  }

  get configFile(): string {
    return this.at('agent.yaml');
  }

  changeConfig(change: (config: Record<string, unknown>) => void): void {
    const config = parse(readFileSync(this.configFile, 'utf8'));
    change(config);
    writeFileSync(this.configFile, stringify(config));
  }

  /** A further token with these rights. */
  addToken(name: string, rights: object): string {
    const { file, sha256 } = makeToken(this.at(`${name}.token`));
    this.changeConfig((config) => (config.tokens as object[]).push({ name, sha256, ...rights }));
    return file;
  }

  /** A client certificate of the agent's own CA. */
  async addClient(name: string): Promise<{ certFile: string; keyFile: string }> {
    const made = await makeCertificates({
      folder: this.folder,
      name: 'edge-1',
      addresses: [],
      clients: [name],
    });
    const [client] = made.clients;
    if (!client) throw new Error('no client certificate');
    return { certFile: client.certFile, keyFile: client.keyFile };
  }

  async start(options: Partial<AgentOptions> = {}): Promise<void> {
    this.agent = createAgent({
      config: this.configFile,
      links: this.kernel,
      log: this.logger(),
      ...options,
    });
    await this.agent.start();
  }

  get url(): string {
    return `https://${this.agent?.address}`;
  }

  /** With the token that `init` made, unless told otherwise. */
  client(credential: Partial<AgentConnection> = { tokenFile: this.at('token') }): AgentClient {
    const client = new AgentClient({
      name: 'edge-1',
      url: this.url,
      caFile: this.at('ca.crt'),
      ...credential,
    });
    this.clients.push(client);
    return client;
  }

  get token(): string {
    return readFileSync(this.at('token'), 'utf8').trim();
  }

  async stop(): Promise<void> {
    for (const client of this.clients.splice(0)) await client.close();
    await this.agent?.stop();
    this.agent = undefined;
  }

  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private logger(): Logger {
    return pino({ base: null, level: 'debug' }, { write: (line: string) => this.log.push(line) });
  }
}

/** The codes of the problems that a call is refused with. */
export async function refusal(call: Promise<unknown>): Promise<string[]> {
  try {
    await call;
  } catch (error) {
    const { problems } = error as { problems?: { code: string; key: string }[] };
    if (!problems) throw error;
    return problems.map((problem) => `${problem.code} ${problem.key}`.trim());
  }
  return [];
}
