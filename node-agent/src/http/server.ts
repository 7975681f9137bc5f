import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyRequest,
  LogController,
} from 'fastify';
import { NetloomError } from 'netloom';
import { API_VERSION } from 'netloom/agent-api';
import type { ServiceAccounts } from '../cluster';
import type { ListenAddress } from '../config';
import type { Credentials } from '../credentials';
import { identify } from './callers';
import { Metrics } from './metrics';
import { documentOfError, PROBLEM_TYPE, problemDocument } from './problem-replies';
import { addRoutes, type RouteParts } from './routes';

/** Bytes of a request's body. */
export const BODY_LIMIT = 64 * 1024;

/** How long a stop waits for requests that are being served, in ms. */
const STOP_GRACE_MS = 5_000;

/** What the server is made of. */
export interface ServerParts extends RouteParts {
  readonly log: FastifyBaseLogger;
  /** Asked at each request, so that tokens may change. */
  readonly credentials: () => Credentials;
  /** Who tells ServiceAccounts by their tokens. @default - nobody: such tokens are refused */
  readonly cluster?: ServiceAccounts | undefined;
  /** True once everything recorded has been looked at and brought to the kernel. */
  readonly isReady: () => boolean;
  /** How often the kernel's events ended and had to be asked for again. */
  readonly watchesLost: () => number;
}

/** The agent's HTTPS side: several listeners over one set of routes. */
export class AgentServer {
  private readonly servers: Server[] = [];

  private constructor(
    private readonly app: FastifyInstance,
    private readonly parts: ServerParts,
  ) {}

  static async create(parts: ServerParts): Promise<AgentServer> {
    const app = fastify({
      loggerInstance: parts.log,
      logController: new LogController({ disableRequestLogging: true }),
      bodyLimit: BODY_LIMIT,
      exposeHeadRoutes: false,
      forceCloseConnections: false,
      // Pool names have up to 253 characters, each "/" in them three in a path.
      routerOptions: { maxParamLength: 1024 },
    });
    addOpenRoutes(app, parts);
    await app.register(async (inside) => addGuardedRoutes(inside, parts));
    await app.ready();
    return new AgentServer(app, parts);
  }

  /** @returns where it listens, as `host:port` */
  async listen(addresses: readonly ListenAddress[]): Promise<string[]> {
    const bound: string[] = [];
    for (const address of addresses) {
      const server = createServer(tlsOptions(this.parts.credentials()), (request, response) =>
        this.app.routing(request, response),
      );
      // Slow clients must not hold sockets for long.
      server.headersTimeout = 10_000;
      server.requestTimeout = 30_000;
      this.servers.push(server);
      bound.push(await listen(server, address));
    }
    return bound;
  }

  /** Takes new certificates for connections from now on; open ones go on. */
  renewTls(credentials: Credentials): void {
    for (const server of this.servers) server.setSecureContext(tlsOptions(credentials));
  }

  /** Takes no more connections, lets what is being served end, and closes. */
  async close(): Promise<void> {
    await Promise.all(this.servers.map(closeServer));
    await this.app.close();
  }
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

function cannotListen(place: string, why: string): NetloomError['problems'][number] {
  return {
    code: 'NL_CONFIG_INVALID',
    key: 'listen',
    found: `the agent can't listen on ${place} (${why})`,
    allowed: 'an address of this host and a port that is free',
    fix: 'correct listen in agent.yaml, or stop what uses the port (ss -ltnp)',
  };
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const hurry = setTimeout(() => server.closeAllConnections(), STOP_GRACE_MS);
    server.close(() => {
      clearTimeout(hurry);
      resolve();
    });
    server.closeIdleConnections();
  });
}

function addOpenRoutes(app: FastifyInstance, parts: ServerParts): void {
  app.get('/healthz', async () => 'ok\n');
  app.get('/readyz', async (_request, reply) => {
    if (parts.isReady()) return 'ready\n';
    return reply.code(503).send('starting\n');
  });
}

function addGuardedRoutes(app: FastifyInstance, parts: ServerParts): void {
  const metrics = new Metrics();
  app.decorateRequest('caller', null);
  app.decorateRequest('audit', null);
  app.addHook('onRequest', async (request) => {
    request.caller = await identify(request.raw, parts.credentials(), parts.cluster);
  });
  app.addHook('onResponse', async (request, reply) => {
    metrics.count(request.method, request.routeOptions.url ?? 'unknown', reply.statusCode);
    auditLine(parts.log, request, reply.statusCode, reply.elapsedTime);
  });
  app.setErrorHandler(async (error, request, reply) => {
    const document = documentOfError(error);
    if (document.status === 500) parts.log.error({ event: 'request_failed', err: error });
    request.refusal = document.problems.map((problem) => problem.code).join(' ');
    if (document.status === 401) reply.header('www-authenticate', 'Bearer');
    return reply.code(document.status).type(PROBLEM_TYPE).send(document);
  });
  app.setNotFoundHandler(async (request, reply) => {
    const document = problemDocument([noSuchRoute(request)]);
    return reply.code(document.status).type(PROBLEM_TYPE).send(document);
  });
  app.get('/metrics', async (request, reply) => {
    request.caller?.require('read');
    const bridges = parts.bridges.names().length;
    const { repairs, contended, failed } = parts.bridges.healthCounts();
    const text = metrics.render(
      {
        ...(await parts.addresses.counts()),
        bridges,
        bridges_contended: contended,
        bridges_failed: failed,
      },
      { bridge_repairs_total: repairs, link_events_lost_total: parts.watchesLost() },
    );
    return reply.type('text/plain; version=0.0.4').send(text);
  });
  app.register(async (routes) => addRoutes(routes, parts), { prefix: `/${API_VERSION}` });
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Codes of the problems it was refused with. */
    refusal?: string;
  }
}

/** Who, what, before and after, result. Reads are worth a line only when one looks for trouble. */
function auditLine(
  log: FastifyBaseLogger,
  request: FastifyRequest,
  status: number,
  elapsedMs: number,
): void {
  const line = {
    event: request.audit ? 'change' : 'request',
    identity: request.caller?.identity ?? 'nobody',
    peer: request.raw.socket.remoteAddress,
    method: request.method,
    route: request.routeOptions.url,
    ...request.audit,
    status,
    ...(request.refusal === undefined ? {} : { refusal: request.refusal }),
    ms: Math.round(elapsedMs * 10) / 10,
  };
  if (status === 401 || status === 403) log.warn(line);
  else if (request.audit) log.info(line);
  else log.debug(line);
}

function noSuchRoute(request: FastifyRequest): NetloomError['problems'][number] {
  const [path] = request.url.split('?');
  return {
    code: 'NL_NO_SUCH_ROUTE',
    key: '',
    found: `there is no ${request.method} ${path}`,
    allowed: `the routes of netloom-agent's ${API_VERSION}`,
    fix: 'see that the URL is right and that the releases of agent and caller fit each other',
  };
}
