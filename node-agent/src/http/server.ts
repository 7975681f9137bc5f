import type { IncomingMessage, Server as LocalServer } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { NetloomError, type Problem } from 'netloom';
import type { ServiceAccounts } from '../cluster';
import type { ListenAddress } from '../config';
import type { Credentials } from '../credentials';
import { type RequestLog, writeAuditLine } from './audit-line';
import type { Caller } from './callers';
import { Exchange, type ExchangeParts } from './exchange';
import { type BridgeFigures, figuresText } from './metrics';
import { documentOfRoutes, type OpenApiDocument } from './openapi';
import { type Limits, RateLimits, Watches } from './rate-limits';
import { RequestMetrics } from './request-metrics';
import type { RouteParts } from './route';
import { Router } from './router';
import { ROUTES } from './routes/table';
import { listenOnSocket, localCaller, type SocketSettings } from './unix-socket';

/** How long a stop waits for requests that are being served, in ms. */
const STOP_GRACE_MS = 5_000;

/** How often a stop looks for connections that nobody uses any more, in ms. */
const STOP_IDLE_MS = 50;

/** How long a connection stays open that nobody uses, in ms; the client of `netloom` gives it up 20 s earlier. */
const IDLE_MS = 30_000;

/** A pipeline asks for its bridges in fewer, and a preview for its addresses in more. */
const MANY_REQUESTS = 300;

/** What the server is made of. */
export interface ServerParts extends Omit<RouteParts, 'metricsText' | 'openApi' | 'watches'> {
  readonly log: RequestLog;
  /** Asked at each request, so that tokens may change. */
  readonly credentials: () => Credentials;
  /** Looks whether credentials have changed; `credentials` then gives others. */
  readonly lookAgain: () => Promise<void>;
  /** Who tells ServiceAccounts by their tokens. @default - nobody: such tokens are refused */
  readonly cluster?: ServiceAccounts | undefined;
  readonly limits: Limits;
  /** Called once, when {@link MANY_REQUESTS} are answered. @default - nobody is told */
  readonly onManyRequests?: (() => void) | undefined;
  /** What the watch over drift has counted. */
  readonly drift: () => Pick<BridgeFigures, 'eventsLost' | 'lookedAt'>;
}

/** The agent's HTTPS side: several listeners over one table of routes. */
export class AgentServer {
  private readonly servers: Server[] = [];
  private readonly local: LocalServer[] = [];
  private readonly metrics = new RequestMetrics();
  private readonly exchangeParts: ExchangeParts;
  private answered = 0;

  constructor(private readonly parts: ServerParts) {
    let openApi: OpenApiDocument | undefined;
    this.exchangeParts = {
      router: new Router(ROUTES),
      routeParts: {
        ...parts,
        watches: new Watches(parts.limits),
        metricsText: (caller) => this.metricsText(caller),
        openApi: () => {
          openApi ??= documentOfRoutes(ROUTES);
          return openApi;
        },
      },
      credentials: parts.credentials,
      lookAgain: parts.lookAgain,
      cluster: parts.cluster,
      limits: new RateLimits(parts.limits),
      feeds: new Set(),
      onDone: (outcome) => {
        const { request, route, status, elapsedMs } = outcome;
        const path = route?.path ?? 'unknown';
        this.metrics.count(methodOf(request), path, status, elapsedMs / 1000);
        writeAuditLine(parts.log, outcome);
      },
    };
  }

  /** @returns where it listens, as `host:port` */
  async listen(addresses: readonly ListenAddress[]): Promise<string[]> {
    const bound: string[] = [];
    for (const address of addresses) {
      const server = createServer(tlsOptions(this.parts.credentials()), (request, response) => {
        void this.serve(new Exchange(request, response, this.exchangeParts));
      });
      // Slow clients must not hold sockets for long.
      server.maxConnections = this.parts.limits.connections;
      server.headersTimeout = 10_000;
      server.requestTimeout = 30_000;
      server.keepAliveTimeout = IDLE_MS;
      this.servers.push(server);
      bound.push(await listen(server, address));
    }
    return bound;
  }

  /** Listens on the Unix socket of the local command line. */
  async listenLocally(settings: SocketSettings): Promise<void> {
    const caller = localCaller(settings);
    const server = await listenOnSocket(settings, (request, response) => {
      void this.serve(new Exchange(request, response, this.exchangeParts, caller));
    });
    this.local.push(server);
  }

  /** Takes new certificates for connections from now on; open ones go on. */
  renewTls(credentials: Credentials): void {
    for (const server of this.servers) server.setSecureContext(tlsOptions(credentials));
  }

  /** Takes no more connections, lets what is being served end, and closes. */
  async close(): Promise<void> {
    const closed = Promise.all([...this.servers, ...this.local].map(closeServer));
    for (const end of this.exchangeParts.feeds) end();
    await closed;
  }

  private async serve(exchange: Exchange): Promise<void> {
    this.metrics.inFlight += 1;
    await exchange.run();
    this.metrics.inFlight -= 1;
    this.answered += 1;
    if (this.answered === MANY_REQUESTS) this.parts.onManyRequests?.();
  }

  private async metricsText(caller: Caller): Promise<string> {
    const { audit, bridges, networks, addresses, drift, info, isReady, credentials } = this.parts;
    const { repairs, contended, failed } = bridges.healthCounts();
    const figures = {
      info,
      isReady: isReady(),
      pools: await addresses.pools(),
      bridges: {
        recorded: bridges.names().length,
        contended,
        failed,
        changes: bridges.changesWaiting(),
        repairs,
        ...drift(),
      },
      networks: { recorded: networks.count(), ...networks.healthCounts() },
      audit: audit.counts(),
      credentials: credentials(),
    };
    return figuresText(figures, this.metrics.metrics(), caller);
  }
}

/** Anybody may send any word as a method, and each would be counted for itself. */
function methodOf({ method = '' }: IncomingMessage): string {
  return ['GET', 'POST', 'PUT', 'DELETE'].includes(method) ? method : 'other';
}

/** A client without a certificate gets in as far as the token check; the routes decide. */
function tlsOptions({ tls }: Credentials): object {
  const { cert, key, ca } = tls;
  const clients = ca === undefined ? {} : { ca, requestCert: true, rejectUnauthorized: false };
  return { cert, key, minVersion: 'TLSv1.3', ...clients };
}

function listen(server: Server, { host, port }: ListenAddress): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(new NetloomError(cannotListen(`${host}:${port}`, error.code ?? error.message)));
    });
    server.listen(port, host, () => {
      const { address, family, port: bound } = server.address() as AddressInfo;
      resolve(family === 'IPv6' ? `[${address}]:${bound}` : `${address}:${bound}`);
    });
  });
}

function cannotListen(place: string, why: string): Problem {
  return {
    code: 'NL_CONFIG_INVALID',
    key: 'listen',
    found: `the agent can't listen on ${place} (${why})`,
    allowed: 'an address of this host and a port that is free',
    fix: 'correct listen in agent.yaml, or stop what uses the port (ss -ltnp)',
  };
}

function closeServer(server: Server | LocalServer): Promise<void> {
  return new Promise((resolve) => {
    const hurry = setTimeout(() => server.closeAllConnections(), STOP_GRACE_MS);
    // What is answered from now on leaves its connection open, for nobody.
    const idle = setInterval(() => server.closeIdleConnections(), STOP_IDLE_MS);
    server.close(() => {
      clearTimeout(hurry);
      clearInterval(idle);
      resolve();
    });
    server.closeIdleConnections();
  });
}
