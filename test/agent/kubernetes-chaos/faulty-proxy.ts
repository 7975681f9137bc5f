import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { makeCertificates } from '../../../node-agent/src/commands/certificates';

/** What may become of a request on its way. */
export const FAULTS = [
  '429 with Retry-After',
  '500 instead of the request',
  '500 instead of the answer',
  'a broken connection behind the request',
  'no answer',
  'an answer that is too late',
  'a request that arrives too late',
  'a watch that is too old',
] as const;

export type Fault = (typeof FAULTS)[number];

/** As long as nobody waits. */
const LATE_MS = 1_500;

/** Stands before an API server, and lets requests through as it is told. */
export class FaultyProxy {
  /** How many of the requests something happens to, from 0 to 1. */
  rate = 0;
  /** All connections end, and none begins. */
  isCut = false;
  readonly seen = new Map<string, number>();
  private readonly folder = mkdtempSync(path.join(tmpdir(), 'netloom-proxy-'));
  private readonly open = new Set<{ destroy(): void }>();
  private readonly agent: https.Agent;
  private server: https.Server | undefined;

  constructor(
    private readonly target: { server: string; ca: string; token: string },
    private readonly random: () => number,
  ) {
    this.agent = new https.Agent({ ca: target.ca, keepAlive: true });
  }

  get kubeconfig(): string {
    return path.join(this.folder, 'kubeconfig');
  }

  async start(): Promise<void> {
    await makeCertificates({ folder: this.folder, name: 'proxy', addresses: [], clients: [] });
    const file = (name: string): string => path.join(this.folder, name);
    const options = {
      cert: readFileSync(file('server.crt')),
      key: readFileSync(file('server.key')),
    };
    this.server = https.createServer(options, (request, response) => {
      void this.pass(request, response).catch(() => response.destroy());
    });
    this.server.on('connection', (socket) => {
      if (this.isCut) socket.destroy();
      this.open.add(socket);
      socket.once('close', () => this.open.delete(socket));
    });
    await new Promise<void>((resolve) => this.server?.listen(0, '127.0.0.1', resolve));
    const { port } = this.server.address() as AddressInfo;
    const config = {
      clusters: [
        {
          name: 'proxy',
          cluster: { server: `https://127.0.0.1:${port}`, 'certificate-authority': file('ca.crt') },
        },
      ],
      users: [{ name: 'admin', user: { token: this.target.token } }],
      contexts: [{ name: 'proxy', context: { cluster: 'proxy', user: 'admin' } }],
      'current-context': 'proxy',
    };
    writeFileSync(this.kubeconfig, JSON.stringify(config), { mode: 0o600 });
  }

  cut(): void {
    this.isCut = true;
    for (const socket of this.open) socket.destroy();
  }

  heal(): void {
    this.isCut = false;
    this.rate = 0;
  }

  async stop(): Promise<void> {
    this.cut();
    this.agent.destroy();
    await new Promise((resolve) => this.server?.close(resolve));
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const isWatch = request.url?.includes('watch=1') ?? false;
    // Watches are few.
    const rate = isWatch ? Math.min(0.5, this.rate * 10) : this.rate;
    const fault = this.random() < rate ? this.pick(isWatch) : undefined;
    if (fault) this.seen.set(fault, (this.seen.get(fault) ?? 0) + 1);
    const refuse = (status: number, headers: Record<string, string> = {}): void => {
      const message = JSON.stringify({ kind: 'Status', status: 'Failure', code: status });
      response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(message);
    };
    if (fault === '429 with Retry-After') return refuse(429, { 'retry-after': '1' });
    if (fault === '500 instead of the request') return refuse(500);
    if (fault === 'a watch that is too old') {
      const object = { kind: 'Status', code: 410, reason: 'Expired' };
      response.end(`${JSON.stringify({ type: 'ERROR', object })}\n`);
      return;
    }
    if (fault === 'a request that arrives too late') await sleep(LATE_MS);
    const answer = await this.forward(request, body);
    if (isWatch) {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
      response.once('close', () => answer.destroy());
      return;
    }
    const parts: Buffer[] = [];
    for await (const chunk of answer) parts.push(chunk as Buffer);
    if (fault === '500 instead of the answer') return refuse(500);
    if (fault === 'a broken connection behind the request') {
      response.destroy();
      return;
    }
    if (fault === 'no answer') return;
    if (fault === 'an answer that is too late') await sleep(LATE_MS);
    const { 'transfer-encoding': _encoding, ...headers } = answer.headers;
    response.writeHead(answer.statusCode ?? 500, headers).end(Buffer.concat(parts));
  }

  private pick(isWatch: boolean): Fault | undefined {
    if (isWatch) return 'a watch that is too old';
    return FAULTS[Math.floor(this.random() * (FAULTS.length - 1))];
  }

  private forward(from: IncomingMessage, body: Buffer): Promise<IncomingMessage> {
    const { host: _host, connection: _connection, ...headers } = from.headers;
    return new Promise((resolve, reject) => {
      const url = new URL(from.url ?? '/', this.target.server);
      const options = { method: from.method ?? 'GET', headers, agent: this.agent };
      const request = https.request(url, { ...options, ca: this.target.ca }, resolve);
      request.once('error', reject);
      request.end(body);
    });
  }
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
