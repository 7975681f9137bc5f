import path from 'node:path';
import { isNetloomError } from 'netloom';
import type { Logger } from 'pino';
import { AddressService } from './address-service';
import { type AddressProber, ProbeDesk } from './audit';
import { makeAudit } from './audit/make-audit';
import type { Clock } from './book-steps';
import { BridgeService, DriftWatch, type LinkDriver } from './bridges';
import type { Checkpoints, StepListener } from './checkpoint';
import { ReviewedServiceAccounts } from './cluster';
import { type AgentConfig, apiServerOf, listenAddresses, loadConfig, socketPath } from './config';
import { type Credentials, credentialFiles, readCredentials } from './credentials';
import { FirewallCmd, settleOpenings } from './firewalld';
import { AgentServer } from './http';
import { Iproute2 } from './iproute2';
import { createLog } from './log';
import { NetworkKernel } from './network-kernel';
import { HostRoot, NodeObserver, readNetworkManagers } from './node-facts';
import { NetworkService } from './node-network';
import { openSharedStore } from './open-shared-store';
import { ReachService } from './reach';
import { clearReady, markReady } from './ready-file';
import { type Restoration, SqliteStore, type Store, type StoreFailureListener } from './store';
import { agentVersion } from './version';
import { type FileWatch, WATCH_INTERVAL_MS, watchFiles } from './watch-files';
import { connectWatchdog } from './watchdog/connect-watchdog';

/** How to make an agent. */
export interface AgentOptions {
  /** The configuration, or the file that has it. Credentials of a file are read again when it changes. */
  readonly config: AgentConfig | string;
  /** @default - JSON lines on standard output */
  readonly log?: Logger | undefined;
  /** @default - the system's */
  readonly clock?: Clock | undefined;
  /** @default - the store that the configuration names */
  readonly openStore?: ((onFailure: StoreFailureListener) => Store | Promise<Store>) | undefined;
  /** @default - iproute2 */
  readonly links?: LinkDriver | undefined;
  /** Called before each thing that lasts, of changes under a watchdog: tests stop here. */
  readonly step?: StepListener | undefined;
  /** Who asks the network for addresses. @default - the kernel, by iproute2 */
  readonly prober?: AddressProber | undefined;
  /** Called when the store can't be written any more: the agent has to stop, memory is ahead of the disk. */
  readonly onFatal?: ((error: Error) => void) | undefined;
  /** Called once, when it has answered some hundred requests. */
  readonly onManyRequests?: (() => void) | undefined;
  /** How often credential files are looked at. @default 2000 */
  readonly watchIntervalMs?: number | undefined;
}

/** A node agent. */
export interface NodeAgent {
  /** Loads the store, listens, and brings the bridges to what is recorded. */
  start(): Promise<void>;
  /** Ends what is under way, writes what is waiting, closes. Bridges stay. */
  stop(): Promise<void>;
  /** First place it listens on, as `host:port`; empty before the start. */
  readonly address: string;
}

/** Makes an agent that has not started yet. */
export function createAgent(options: AgentOptions): NodeAgent {
  return new Agent(options);
}

class Agent implements NodeAgent {
  private addresses: string[] = [];
  private isReady = false;
  private readonly endings: (() => Promise<void> | void)[] = [];
  private readonly log: Logger;

  constructor(private readonly options: AgentOptions) {
    this.log = options.log ?? createLog();
  }

  get address(): string {
    return this.addresses[0] ?? '';
  }

  async start(): Promise<void> {
    try {
      await this.run();
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  async stop(): Promise<void> {
    this.isReady = false;
    for (const end of this.endings.splice(0).reverse()) await end();
  }

  private async run(): Promise<void> {
    const config = this.readConfig();
    let credentials = readCredentials(config);
    const store = await this.openStore(config);
    this.endings.push(() => store.close());
    clearReady(config.stateDir);
    const contents = store.stream();
    const clock = this.options.clock ?? Date.now;
    const addresses = new AddressService(store, contents, clock, config.authorities);
    const links = this.options.links ?? new Iproute2(config.stateDir);
    const checkpoints = await this.openCheckpoints(config, links);
    const bridges = new BridgeService({
      node: config.name,
      store,
      links,
      records: contents.bridges,
      counter: contents.counters.bridges,
      policy: config.host.policy,
      // A driver of another kind makes no images of the host.
      checkpoints: links instanceof Iproute2 ? checkpoints : undefined,
      watchdogRule: watchdogRule(config),
    });
    this.endings.push(() => bridges.idle());
    const commands = links instanceof Iproute2 ? links : new Iproute2(config.stateDir);
    const networks = new NetworkService({
      node: config.name,
      store,
      kernel: new NetworkKernel(commands),
      records: contents.networks,
      counter: contents.counters.bridges,
      bridges: () => bridges.allRecorded(),
      addresses,
      policy: config.host.policy,
      checkpoints,
      watchdogRule: watchdogRule(config),
      turns: bridges.turns,
    });
    this.endings.push(() => networks.idle());
    await this.settleOpenChange(checkpoints, bridges, networks);
    const drift = new DriftWatch({
      bridges,
      networks,
      links,
      log: this.log,
      scanMs: config.host.scanSeconds * 1000,
      otherManagers: () => readNetworkManagers(new HostRoot(config.host.root)),
    });
    const cluster = this.askCluster(config);
    const { audit, close } = makeAudit(config, addresses, this.log, clock);
    const prober = this.options.prober ?? new Iproute2(config.stateDir);
    addresses.probeBy(new ProbeDesk(prober, this.log));
    this.endings.push(close);
    addresses.guardPools(audit);
    this.tellRestoration(contents.restored);
    let watch: FileWatch | undefined;
    const server = new AgentServer({
      info: {
        name: config.name,
        version: agentVersion(),
        store: contents.storeId,
        epoch: contents.restored?.epoch ?? 0,
      },
      addresses,
      audit,
      bridges,
      networks,
      checkpoints,
      node: new NodeObserver(config.name, config.host, links),
      reach: new ReachService(config.host.policy.reach),
      log: this.log,
      credentials: () => credentials,
      // A token that came this moment is good this moment.
      lookAgain: async () => watch?.look(),
      limits: config.limits,
      cluster,
      isReady: () => this.isReady,
      drift: () => ({ eventsLost: drift.watchesLost, lookedAt: drift.lookedAt }),
      onManyRequests: this.options.onManyRequests,
    });
    this.endings.push(() => server.close());
    this.addresses = await server.listen(listenAddresses(config));
    await this.listenLocally(server, config);
    watch = this.watchCredentials(config, (renewed) => {
      credentials = renewed;
      server.renewTls(renewed);
    });
    await this.restoreBridges(bridges);
    await this.restoreNetworks(networks);
    await this.settleFirewall(config);
    this.endings.push(() => drift.stop());
    drift.start();
    this.endings.push(() => audit.stop());
    audit.start();
    this.isReady = true;
    this.tellReady(config.stateDir);
    this.endings.push(() => clearReady(config.stateDir));
    const [port] = /\d+$/.exec(this.address) ?? [];
    this.log.info({
      event: 'listening',
      name: config.name,
      addresses: this.addresses,
      port: Number(port),
    });
  }

  /** What takes changes back that nobody confirms, with the connection to the watchdog. */
  private async openCheckpoints(config: AgentConfig, links: LinkDriver): Promise<Checkpoints> {
    const driver = links instanceof Iproute2 ? links : undefined;
    const { checkpoints, link } = connectWatchdog({
      stateDir: config.stateDir,
      driver: driver ?? new Iproute2(config.stateDir),
      probes: { apiServer: config.host.apiServer, ...config.host.probes },
      log: this.log,
      step: this.options.step,
    });
    this.endings.push(() => link.close());
    if (driver) await link.open();
    return checkpoints;
  }

  /** A socket that nobody asked for by its path does not keep the agent from serving. */
  private async listenLocally(server: AgentServer, config: AgentConfig): Promise<void> {
    const { socket } = config;
    const file = socketPath(config);
    if (socket === 'none' || file === undefined) return;
    const { gid, path: _path, ...rights } = socket;
    try {
      await server.listenLocally({ path: file, gid, rights });
    } catch (error) {
      if (socket.path !== undefined || !isNetloomError(error)) throw error;
      this.log.warn({ event: 'socket_left_out', problems: error.problems });
    }
  }

  private readConfig(): AgentConfig {
    const { config } = this.options;
    return typeof config === 'string' ? loadConfig(config) : config;
  }

  private askCluster(config: AgentConfig): ReviewedServiceAccounts | undefined {
    const apiServer = apiServerOf(config);
    if (config.kubernetes === undefined || apiServer === undefined) return undefined;
    const { audience, caFile, tokenFile } = config.kubernetes;
    const settings = { apiServer, caFile, tokenFile, audience, agent: config.name };
    const cluster = new ReviewedServiceAccounts(settings);
    this.endings.push(() => cluster.close());
    return cluster;
  }

  private async openStore(config: AgentConfig): Promise<Store> {
    const onFailure = (error: Error): void => {
      this.log.fatal({ event: 'store_failed', err: error });
      this.options.onFatal?.(error);
    };
    if (this.options.openStore) return this.options.openStore(onFailure);
    const local = SqliteStore.open(config.stateDir, onFailure);
    if (config.store.type === 'sqlite') return local;
    const clock = this.options.clock ?? Date.now;
    return openSharedStore(config, local, this.log, clock);
  }

  /** Names, places and folders need a restart; who may call, and certificates, do not. */
  private watchCredentials(started: AgentConfig, use: (renewed: Credentials) => void): FileWatch {
    const { config: source, watchIntervalMs = WATCH_INTERVAL_MS } = this.options;
    const file = typeof source === 'string' ? [path.resolve(source)] : [];
    let current = started;
    const changed = (): boolean => {
      try {
        const { tokens, clients, kubernetes } = this.readConfig();
        const next = { ...started, tokens, clients, kubernetes };
        use(readCredentials(next));
        current = next;
        this.log.info({ event: 'credentials_renewed' });
        return true;
      } catch (error) {
        // Half a rotation looks like this, and so does a typing error: the old ones go on.
        const problems = isNetloomError(error) ? error.problems : String(error);
        this.log.warn({ event: 'credentials_not_renewed', problems });
        return false;
      }
    };
    const files = (): string[] => [...file, ...credentialFiles(current)];
    const watch = watchFiles(files, changed, watchIntervalMs);
    this.endings.push(() => watch.stop());
    return watch;
  }

  /** A restored store, and who said that it may be served. */
  private tellRestoration(restored: Restoration | undefined): void {
    if (restored === undefined) return;
    const { released } = restored;
    if (released === undefined) this.log.warn({ event: 'restored_store_waits', ...restored });
    else if (released.by === 'operator')
      this.log.warn({ event: 'restored_store_not_audited', ...restored });
  }

  /** Who waits for the file waits in vain then; a full disk is no reason to serve nobody. */
  private tellReady(stateDir: string): void {
    try {
      markReady(stateDir);
    } catch (error) {
      this.log.warn({ event: 'ready_file_failed', err: error });
    }
  }

  /** Before anything else is brought to the kernel: the host is in the old or the new state first. */
  private async settleOpenChange(
    checkpoints: Checkpoints,
    bridges: BridgeService,
    networks: NetworkService,
  ): Promise<void> {
    const recover = async (subject: string, outcome: 'kept' | 'undone'): Promise<void> => {
      await bridges.recover(subject, outcome);
      await networks.recover(subject, outcome);
    };
    await checkpoints.recover({
      keep: (subject) => recover(subject, 'kept'),
      back: (subject) => recover(subject, 'undone'),
    });
  }

  private async restoreNetworks(networks: NetworkService): Promise<void> {
    for (const [link, error] of await networks.restore()) {
      const problems = isNetloomError(error) ? error.problems : error.message;
      this.log.error({ event: 'link_failed', link, problems });
    }
  }

  /** A firewall that can't be asked does not keep the agent from serving. */
  private async settleFirewall({ stateDir, host }: AgentConfig): Promise<void> {
    try {
      const done = await settleOpenings(stateDir, host.firewalld, new FirewallCmd());
      if (done === undefined) this.log.warn({ event: 'firewalld_not_running' });
      else if (done.length > 0) this.log.info({ event: 'firewalld_settled', done });
    } catch (error) {
      const problems = isNetloomError(error) ? error.problems : String(error);
      this.log.error({ event: 'firewalld_failed', problems });
    }
  }

  /** One bridge that can't be (its port is not plugged in) does not keep the agent from serving. */
  private async restoreBridges(bridges: BridgeService): Promise<void> {
    for (const [bridge, error] of await bridges.restore()) {
      const problems = isNetloomError(error) ? error.problems : error.message;
      this.log.error({ event: 'bridge_failed', bridge, problems });
    }
  }
}

/** Why no change may be made without a watchdog; undefined where only dangerous ones may not. */
function watchdogRule({ host }: AgentConfig): string | undefined {
  return host.watchdog === 'required' ? 'host.watchdog is required in agent.yaml' : undefined;
}
