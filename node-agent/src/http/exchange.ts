import type { IncomingMessage, ServerResponse } from 'node:http';
import { NetloomError, type Problem } from 'netloom';
import type { z } from 'zod';
import type { ServiceAccounts } from '../cluster';
import type { Credentials } from '../credentials';
import { problemsOfSchema } from '../problems';
import { BODY_LIMIT, readJson } from './body';
import { Caller, identify } from './callers';
import { Feed } from './feed';
import { type OpenFeeds, serveFeed } from './feed-answer';
import { documentOfError, PROBLEM_TYPE } from './problem-replies';
import { RateError, type RateLimits } from './rate-limits';
import type { AuditNote, Call, Route, RouteParts, TextAnswer } from './route';
import type { RouteMatch, Router } from './router';

/** What came of one request, for metrics and the log. */
export interface Outcome {
  readonly request: IncomingMessage;
  readonly route: Route | undefined;
  readonly identity: string;
  readonly status: number;
  readonly audit: AuditNote | undefined;
  /** Codes of the problems it was refused with. */
  readonly refusal: string | undefined;
  /** What was thrown, when nobody foresaw it. */
  readonly fault: unknown;
  readonly elapsedMs: number;
}

/** What an exchange needs of the server. */
export interface ExchangeParts {
  readonly router: Router;
  readonly routeParts: RouteParts;
  /** Asked at each request, so that tokens may change. */
  readonly credentials: () => Credentials;
  /** Looks whether they have changed. */
  readonly lookAgain: () => Promise<void>;
  readonly cluster?: ServiceAccounts | undefined;
  readonly limits: RateLimits;
  readonly feeds: OpenFeeds;
  /** Told once, when the answer is on its way. */
  readonly onDone: (outcome: Outcome) => void;
}

interface Asked {
  readonly match: RouteMatch | undefined;
  readonly method: string;
  readonly path: string;
  /** What stands behind the question mark. */
  readonly query: string;
}

const NOBODY = new Caller('nobody', { verbs: [], pools: [], owners: [] });

/** One request and its answer. */
export class Exchange {
  private readonly started = performance.now();
  private route: Route | undefined;
  private caller = NOBODY;
  private audit: AuditNote | undefined;

  constructor(
    private readonly request: IncomingMessage,
    private readonly response: ServerResponse,
    private readonly parts: ExchangeParts,
    /** Who it is without a credential: on the Unix socket, where the kernel has checked. */
    private readonly local?: Caller | undefined,
  ) {}

  async run(): Promise<void> {
    try {
      const answer = await this.answer();
      if (answer instanceof Feed) this.serve(answer);
      else if (this.route?.kind === 'text') this.sendText(answer as string | TextAnswer);
      else this.send(200, 'application/json; charset=utf-8', JSON.stringify(answer));
      this.done(this.response.statusCode);
    } catch (error) {
      this.refuse(error);
    }
  }

  private answer(): Promise<unknown> | unknown {
    const { request, parts } = this;
    const { method = '', url = '' } = request;
    const mark = url.indexOf('?');
    const path = mark < 0 ? url : url.slice(0, mark);
    const match = parts.router.find(method, path);
    const asked = { match, method, path, query: mark < 0 ? '' : url.slice(mark + 1) };
    this.route = match?.route;
    if (match?.route.verbs.length === 0) return this.answerTo(asked, NOBODY);
    const caller = this.identify();
    if (caller instanceof Caller) return this.answerTo(asked, caller);
    return this.knownAtLast(caller).then((known) => this.answerTo(asked, known));
  }

  private identify(): Caller | Promise<Caller> {
    const { request, parts, local } = this;
    if (local !== undefined && request.headers.authorization === undefined) return local;
    return identify(request, parts.credentials(), parts.cluster);
  }

  /** Who is unknown may hold a token that came after the last look at the files. */
  private async knownAtLast(caller: Promise<Caller>): Promise<Caller> {
    const { credentials, cluster, lookAgain } = this.parts;
    const tried = credentials();
    try {
      return await caller;
    } catch (error) {
      await lookAgain();
      if (credentials() === tried) throw error;
      return identify(this.request, credentials(), cluster);
    }
  }

  private answerTo(asked: Asked, caller: Caller): Promise<unknown> | unknown {
    this.caller = caller;
    const { match, method, path } = asked;
    if (match === undefined) throw new NetloomError(noSuchRoute(method, path));
    const { route } = match;
    if (route.verbs.length > 0) {
      this.parts.limits.take(caller.identity);
      caller.requireOneOf(route.verbs);
    }
    const params = route.params && parse(route.params, match.params);
    const query = parseQuery(route.query, asked.query);
    if (route.body === undefined) return this.handle(route, params, query, undefined);
    return this.withBody(route, params, query, route.body);
  }

  private async withBody(
    route: Route,
    params: unknown,
    query: unknown,
    schema: z.ZodType,
  ): Promise<unknown> {
    const body = parse(schema, await readJson(this.request, route.bodyLimit ?? BODY_LIMIT));
    const weight = route.weight?.(body) ?? 1;
    if (weight > 1) this.parts.limits.take(this.caller.identity, weight - 1);
    return this.handle(route, params, query, body);
  }

  private handle(route: Route, params: unknown, query: unknown, body: unknown): unknown {
    const call: Call<unknown, unknown, unknown> = {
      caller: this.caller,
      params,
      query,
      body,
      localAddress: this.request.socket.localAddress,
      remoteAddress: this.request.socket.remoteAddress,
      isStillAllowed: () => this.isStillAllowed(route),
      audit: (change, subject, before = 'none') => {
        this.audit = { change, ...subject, before };
        return this.audit;
      },
    };
    return route.handle(call, this.parts.routeParts);
  }

  private serve(feed: Feed): void {
    serveFeed(feed, this.request, this.response, this.parts.feeds);
  }

  private async isStillAllowed(route: Route): Promise<boolean> {
    try {
      const caller = await this.identify();
      caller.requireOneOf(route.verbs);
      return caller.isLike(this.caller);
    } catch {
      return false;
    }
  }

  private sendText(answer: string | TextAnswer): void {
    const { status, text } = typeof answer === 'string' ? { status: 200, text: answer } : answer;
    this.send(status, 'text/plain; version=0.0.4; charset=utf-8', text);
  }

  private refuse(error: unknown): void {
    if (this.response.headersSent) {
      this.response.destroy();
      return;
    }
    const document = documentOfError(error);
    const { status, problems } = document;
    if (status === 401) this.response.setHeader('www-authenticate', 'Bearer');
    if (error instanceof RateError)
      this.response.setHeader('retry-after', String(error.retryAfterSeconds));
    // What is still to come of a body nobody wants is not waited for.
    if (status === 413) this.response.setHeader('connection', 'close');
    this.send(status, PROBLEM_TYPE, JSON.stringify(document));
    const refusal = problems.map((problem) => problem.code).join(' ');
    this.done(status, refusal, status === 500 ? error : undefined);
  }

  private send(status: number, type: string, text: string): void {
    const headers = { 'content-type': type, 'content-length': Buffer.byteLength(text) };
    this.response.writeHead(status, headers).end(text);
  }

  private done(status: number, refusal?: string, fault?: unknown): void {
    this.parts.onDone({
      request: this.request,
      route: this.route,
      identity: this.caller.identity,
      status,
      audit: this.audit,
      refusal,
      fault,
      elapsedMs: performance.now() - this.started,
    });
  }
}

/** A key that comes more than once is a list. */
function parseQuery(schema: z.ZodType | undefined, text: string): unknown {
  if (schema === undefined) return undefined;
  if (text === '') return parse(schema, {});
  const query: Record<string, string | string[]> = {};
  for (const [key, value] of new URLSearchParams(text)) {
    const before = Object.hasOwn(query, key) ? query[key] : undefined;
    query[key] = before === undefined ? value : [before, value].flat();
  }
  return parse(schema, query);
}

function parse<T>(schema: z.ZodType<T>, input: unknown): T {
  const parsed = schema.safeParse(input ?? {});
  if (parsed.success) return parsed.data;
  throw new NetloomError(problemsOfSchema(parsed.error, schema, input ?? {}, 'NL_REQUEST_INVALID'));
}

function noSuchRoute(method: string, path: string): Problem {
  return {
    code: 'NL_NO_SUCH_ROUTE',
    key: '',
    found: `there is no ${method} ${path}`,
    allowed: 'the routes of the OpenAPI document that the agent serves under /v1/openapi.json',
    fix: 'see that the URL is right and that the releases of agent and caller fit each other',
  };
}
