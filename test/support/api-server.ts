import { type ChildProcess, spawn } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { apiServerProgram } from '../../scripts/api-server-parts';
import { findTool } from '../../scripts/tools';
import { ApiClient } from './api-server-client';

export { apiServerSkipReason } from '../../scripts/api-server-parts';

const START_LIMIT_MS = 60_000;
const ATTEMPTS = 3;

/**
 * A real kube-apiserver on a real etcd, on loopback, with RBAC: about 3 s to start, 300 MB. No
 * controller runs: no default ServiceAccount appears, and a deleted namespace stays.
 */
export class ApiServer {
  /** @throws Error with the end of the server's log, when it does not come up */
  static async start(): Promise<ApiServer> {
    for (let attempt = 1; ; attempt += 1) {
      const server = new ApiServer();
      try {
        await server.run();
        return server;
      } catch (error) {
        await server.stop();
        // Another program may have been quicker to take a port that was free.
        if (attempt === ATTEMPTS) throw error;
      }
    }
  }

  /** As a member of system:masters. */
  client!: ApiClient;

  private readonly folder = mkdtempSync(path.join(tmpdir(), 'netloom-api-server-'));
  private readonly children: ChildProcess[] = [];
  private readonly token = randomBytes(16).toString('hex');
  private url = '';

  private constructor() {}

  /** A kubeconfig file for kubectl and the like, there until the server stops. */
  get kubeconfig(): string {
    return path.join(this.folder, 'kubeconfig');
  }

  /** Ends both programs by their ids; what they stored is thrown away. */
  async stop(): Promise<void> {
    await this.client?.close();
    const running = this.children.filter((child) => child.exitCode === null && child.pid);
    await Promise.all(
      running.map((child) => {
        const gone = new Promise((resolve) => child.once('exit', resolve));
        child.kill('SIGKILL');
        return gone;
      }),
    );
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async run(): Promise<void> {
    const [etcd, peer, port] = (await Promise.all([freePort(), freePort(), freePort()])) as [
      number,
      number,
      number,
    ];
    this.url = `https://127.0.0.1:${port}`;
    this.start('etcd', etcdArguments(this.folder, etcd, peer));
    this.start('kube-apiserver', this.serverArguments(etcd, port));
    await this.waitUntilReady();
    this.writeKubeconfig();
  }

  private start(program: 'etcd' | 'kube-apiserver', args: readonly string[]): void {
    const log = openSync(path.join(this.folder, `${program}.log`), 'w');
    // A killed test run ends them, too.
    const guard = findTool('setpriv');
    const command = [...(guard ? [guard, '--pdeathsig', 'KILL'] : []), apiServerProgram(program)];
    const [file, ...first] = command as [string, ...string[]];
    this.children.push(spawn(file, [...first, ...args], { stdio: ['ignore', log, log] }));
    closeSync(log);
  }

  private serverArguments(etcd: number, port: number): string[] {
    const file = (name: string, text: string) => {
      writeFileSync(path.join(this.folder, name), text, { mode: 0o600 });
      return path.join(this.folder, name);
    };
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    return [
      `--etcd-servers=http://127.0.0.1:${etcd}`,
      '--bind-address=127.0.0.1',
      '--advertise-address=127.0.0.1',
      `--secure-port=${port}`,
      // It makes itself a certificate there.
      `--cert-dir=${path.join(this.folder, 'pki')}`,
      `--token-auth-file=${file('tokens.csv', `${this.token},admin,admin,system:masters\n`)}`,
      `--service-account-key-file=${file('sa.pub', publicKey.export({ type: 'spki', format: 'pem' }) as string)}`,
      `--service-account-signing-key-file=${file('sa.key', privateKey.export({ type: 'pkcs8', format: 'pem' }) as string)}`,
      '--service-account-issuer=https://kubernetes.default.svc',
      '--service-cluster-ip-range=10.96.0.0/16',
      '--authorization-mode=Node,RBAC',
      '--allow-privileged=true',
      '--endpoint-reconciler-type=none',
      // Nothing here makes the default ServiceAccount that pods would wait for.
      '--disable-admission-plugins=ServiceAccount',
      '--profiling=false',
    ];
  }

  private async waitUntilReady(): Promise<void> {
    const deadline = Date.now() + START_LIMIT_MS;
    while (Date.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      if (this.children.some(({ exitCode }) => exitCode !== null)) break;
      try {
        const ca = readFileSync(path.join(this.folder, 'pki', 'apiserver.crt'), 'utf8');
        this.client ??= new ApiClient({ url: this.url, ca, token: this.token });
        if ((await this.client.request('GET', '/readyz')).status === 200) return;
      } catch {
        // Not listening yet.
      }
    }
    throw new Error(`kube-apiserver does not come up:\n${this.logs()}`);
  }

  private logs(): string {
    const end = (name: string) =>
      readFileSync(path.join(this.folder, `${name}.log`), 'utf8')
        .trim()
        .split('\n')
        .slice(-5);
    return ['etcd', 'kube-apiserver'].flatMap(end).join('\n');
  }

  private writeKubeconfig(): void {
    const cluster = {
      server: this.url,
      'certificate-authority': path.join(this.folder, 'pki', 'apiserver.crt'),
    };
    const config = {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'test', cluster }],
      users: [{ name: 'admin', user: { token: this.token } }],
      contexts: [{ name: 'test', context: { cluster: 'test', user: 'admin' } }],
      'current-context': 'test',
    };
    writeFileSync(this.kubeconfig, JSON.stringify(config), { mode: 0o600 });
  }
}

function etcdArguments(folder: string, port: number, peer: number): string[] {
  const urls = { client: `http://127.0.0.1:${port}`, peer: `http://127.0.0.1:${peer}` };
  return [
    `--data-dir=${path.join(folder, 'etcd')}`,
    `--listen-client-urls=${urls.client}`,
    `--advertise-client-urls=${urls.client}`,
    `--listen-peer-urls=${urls.peer}`,
    `--initial-advertise-peer-urls=${urls.peer}`,
    `--initial-cluster=default=${urls.peer}`,
    '--unsafe-no-fsync',
    '--log-level=warn',
  ];
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
