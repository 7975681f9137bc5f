import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { AddressService } from '../../node-agent/src/address-service';
import { nodePath } from '../../scripts/tools';
import { ApiServer, apiServerSkipReason } from '../support/api-server';
import { FAULTS, FaultyProxy } from './kubernetes-chaos/faulty-proxy';
import { History, POOL, type Told } from './kubernetes-chaos/history';
import { generator } from './support/random';
import { installStore, newNamespace, openShared } from './support/shared-store';

const ROOT = path.join(__dirname, '../..');
const AGENTS = 4;
/** A busy machine gets more time. */
const STORM_MS = 12_000;
const LONGEST_STORM_MS = 100_000;
const LEAST_OF_EACH = 2;
const skipped = apiServerSkipReason();
const describeServer = skipped ? describe.skip : describe;

jest.setTimeout(300_000);

describeServer(`agents in a storm${skipped ? `: ${skipped}` : ''}`, () => {
  let server: ApiServer;
  let namespace: string;
  const history = new History();
  const proxies: FaultyProxy[] = [];
  const workers: Worker[] = [];
  const random = generator(Number(process.env['NETLOOM_SEED'] ?? Date.now() % 1_000_000));

  beforeAll(async () => {
    server = await ApiServer.start();
    await installStore(server);
    namespace = await newNamespace(server);
  });

  afterAll(async () => {
    for (const worker of workers) await worker.end('SIGKILL');
    for (const proxy of proxies) await proxy.stop();
    await server?.stop();
  });

  test('are killed, stopped, cut off and served badly: nothing is given twice, nothing is lost', async () => {
    const keeper = await openShared(server, namespace, { agent: 'keeper' });
    const keeping = new AddressService(keeper, keeper.stream(), Date.now);
    const spec = { subnets: [{ subnet: '10.20.0.0/16' }] };
    await keeping.putPool({ name: POOL, spec, owner: 'net', identity: 'admin' });
    for (let index = 0; index < AGENTS; index++) {
      const proxy = new FaultyProxy(targetOf(server), random);
      await proxy.start();
      proxies.push(proxy);
      workers.push(new Worker(`agent-${index}`, proxy, namespace, history));
    }
    await Promise.all(workers.map((worker) => worker.ready()));
    const counts = { kills: 0, stops: 0, cuts: 0 };
    const start = Date.now();
    const seen = (): Set<string> => new Set(proxies.flatMap((proxy) => [...proxy.seen.keys()]));
    const isEnough = (): boolean =>
      Date.now() > start + STORM_MS &&
      Math.min(...Object.values(counts)) >= LEAST_OF_EACH &&
      history.claimed > 200 &&
      history.released > 50 &&
      seen().size >= FAULTS.length - 1;
    for (const proxy of proxies) proxy.rate = 0.04;
    while (!isEnough() && Date.now() < start + LONGEST_STORM_MS) {
      const victim = workers[Math.floor(random() * AGENTS)] as Worker;
      const what = random();
      if (what < 0.35) {
        counts.kills++;
        await victim.end('SIGKILL');
        victim.start();
        await victim.ready();
      } else if (what < 0.7) {
        counts.stops++;
        victim.signal('SIGSTOP');
        await sleep(300 + random() * 1_000);
        victim.signal('SIGCONT');
      } else {
        counts.cuts++;
        victim.proxy.cut();
        await sleep(300 + random() * 1_000);
        victim.proxy.isCut = false;
      }
      await sleep(random() * 200);
    }
    for (const proxy of proxies) proxy.heal();
    await sleep(1_000);
    await Promise.all(workers.map((worker) => worker.end('SIGTERM')));

    expect(history.collisions()).toEqual([]);
    // What was told to hold is held; what holds besides was asked for, and not told any more.
    const { claims } = await keeping.claims({ pool: POOL });
    const byOwner = new Map(claims.map((claim) => [claim.owner, claim.addresses[0]]));
    expect(byOwner.size).toBe(claims.length);
    const lost = [...history.held.values()].filter(
      ({ owner, address }) => byOwner.get(owner) !== address,
    );
    expect(lost).toEqual([]);
    // Once all deadlines are over, each address record has its claim.
    await keeper.close();
    const clock = (): number => Date.now() + 600_000;
    const sweeping = await openShared(server, namespace, { agent: 'sweeper', clock });
    await sweeping.sweep();
    await sweeping.sweep();
    await sweeping.close();
    const path = `/apis/netloom.io/v1alpha1/namespaces/${namespace}/addressrecords`;
    const { body } = await server.client.request('GET', path);
    const kept = body.items.map((one: { spec: { address: string } }) => one.spec.address);
    expect(kept.sort()).toEqual(claims.flatMap(({ addresses }) => addresses).sort());

    const faults = new Map<string, number>();
    for (const { seen } of proxies)
      for (const [fault, number] of seen) faults.set(fault, (faults.get(fault) ?? 0) + number);
    console.log(
      JSON.stringify({ ...counts, ...Object.fromEntries(faults) }),
      `${history.claimed} claims, ${history.released} releases, ${history.refused} refused`,
    );
    // A storm that nobody noticed proves nothing.
    expect(isEnough()).toBe(true);
  });
});

/** An agent as a process, behind a proxy of its own. */
class Worker {
  private child: ChildProcess | undefined;
  private isReady: Promise<void> = Promise.resolve();

  constructor(
    private readonly name: string,
    readonly proxy: FaultyProxy,
    private readonly namespace: string,
    private readonly history: History,
  ) {
    this.start();
  }

  start(): void {
    const program = path.join(__dirname, 'kubernetes-chaos/worker.ts');
    const seed = String(Math.floor(Math.random() * 1e9));
    const args = [this.proxy.kubeconfig, this.namespace, this.name, seed, 'shared'];
    const tsx = require.resolve('tsx/cli');
    this.child = spawn(nodePath(), ['--import', tsxLoader(tsx), program, ...args], {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const lines = createInterface({ input: this.child.stdout as NodeJS.ReadableStream });
    this.isReady = new Promise((resolve, reject) => {
      this.child?.once('exit', (code) => reject(new Error(`a worker ended with ${code}`)));
      lines.on('line', (line) => {
        const told = JSON.parse(line) as Told;
        if (told.kind === 'ready') resolve();
        this.history.take(told);
      });
    });
    this.isReady.catch(() => {});
  }

  ready(): Promise<void> {
    return this.isReady;
  }

  signal(signal: NodeJS.Signals): void {
    this.child?.kill(signal);
  }

  async end(signal: NodeJS.Signals): Promise<void> {
    const { child } = this;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('close', resolve));
    child.kill(signal);
    await ended;
  }
}

/** What makes a node read TypeScript without a process in between, which a kill would miss. */
function tsxLoader(cli: string): string {
  return `file://${path.join(path.dirname(cli), 'loader.mjs')}`;
}

function targetOf(server: ApiServer): { server: string; ca: string; token: string } {
  const config = JSON.parse(readFileSync(server.kubeconfig, 'utf8'));
  const { cluster } = config.clusters[0];
  return {
    server: cluster.server,
    ca: readFileSync(cluster['certificate-authority'], 'utf8'),
    token: config.users[0].user.token,
  };
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
