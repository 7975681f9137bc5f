import { readFileSync } from 'node:fs';
import { Agent, request } from 'undici';
import type { z } from 'zod';
import { NetloomError, type Problem } from '../errors';
import type { AgentConnection } from './connections';
import { type NodeFactsView, nodeFactsSchema } from './node-facts';
import {
  type AgentInfo,
  API_VERSION,
  type BridgeView,
  bridgeListSchema,
  bridgeViewSchema,
  type ClaimList,
  type ClaimQuery,
  type ClaimRequestBody,
  type ClaimView,
  claimListSchema,
  claimViewSchema,
  infoSchema,
  type PoolView,
  type PutBridge,
  type PutPool,
  poolListSchema,
  poolViewSchema,
  problemDocumentSchema,
  removedSchema,
} from './schemas';

/** How long one call may take, in ms. */
export const REQUEST_TIMEOUT_MS = 30_000;

interface Call {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  readonly path: readonly string[];
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly body?: unknown;
  /** What the call is about, for messages: `pool "apps/lan"`. */
  readonly about: string;
}

/**
 * A typed client of one agent. Every failure is a {@link NetloomError} that names the agent and
 * what to do. Credentials are read from their files, and never kept in a message.
 */
export class AgentClient {
  private dispatcher: Agent | undefined;

  constructor(
    readonly connection: AgentConnection,
    private readonly timeoutMs: number = REQUEST_TIMEOUT_MS,
  ) {}

  info(): Promise<AgentInfo> {
    return this.call(infoSchema, { method: 'GET', path: ['info'], about: 'its name' });
  }

  /** What secondary networks find on the agent's node. */
  node(): Promise<NodeFactsView> {
    return this.call(nodeFactsSchema, { method: 'GET', path: ['node'], about: 'its node' });
  }

  async pools(): Promise<PoolView[]> {
    const call: Call = { method: 'GET', path: ['pools'], about: 'its pools' };
    return (await this.call(poolListSchema, call)).pools;
  }

  /** Undefined when the agent, asked with good credentials, says that there is no such pool. */
  pool(name: string): Promise<PoolView | undefined> {
    const call: Call = { method: 'GET', path: ['pools', name], about: `pool "${name}"` };
    return this.absentAs(undefined, 'NL_POOL_UNKNOWN', this.call(poolViewSchema, call));
  }

  offerPool(name: string, body: PutPool): Promise<PoolView> {
    const about = `an offer of pool "${name}"`;
    const query = { offer: 'true' };
    return this.call(poolViewSchema, { method: 'PUT', path: ['pools', name], query, body, about });
  }

  putPool(name: string, body: PutPool): Promise<PoolView> {
    const about = `pool "${name}"`;
    return this.call(poolViewSchema, { method: 'PUT', path: ['pools', name], body, about });
  }

  /** True when the pool was there and is not any more. */
  async removePool(name: string, id: string, owner: string): Promise<boolean> {
    const call: Call = {
      method: 'DELETE',
      path: ['pools', name],
      query: { id, owner },
      about: `pool "${name}"`,
    };
    return (await this.call(removedSchema, call)).removed;
  }

  offer(body: ClaimRequestBody): Promise<ClaimView> {
    const about = `an offer from pool "${body.pool}"`;
    return this.call(claimViewSchema, { method: 'POST', path: ['offers'], body, about });
  }

  claim(body: ClaimRequestBody): Promise<ClaimView> {
    const about = `a claim from pool "${body.pool}"`;
    return this.call(claimViewSchema, { method: 'POST', path: ['claims'], body, about });
  }

  async claims(pool: string, owner?: string): Promise<ClaimView[]> {
    const call: Call = {
      method: 'GET',
      path: ['claims'],
      query: { pool, owner },
      about: `claims of pool "${pool}"`,
    };
    return this.absentAs(
      [],
      'NL_POOL_UNKNOWN',
      this.call(claimListSchema, call).then((r) => r.claims),
    );
  }

  /** Claims that a query asks for, page by page: `next` of one is `after` of the following. */
  claimPage({ limit, after, ...query }: ClaimQuery): Promise<ClaimList> {
    const pages = { limit: limit?.toString(), after: after?.toString() };
    return this.call(claimListSchema, {
      method: 'GET',
      path: ['claims'],
      query: { ...query, ...pages },
      about: `claims of pool "${query.pool}"`,
    });
  }

  /** True when an address came free; false when the claim was gone or held by a newer incarnation. */
  async release(pool: string, id: string, owner: string): Promise<boolean> {
    const call: Call = {
      method: 'DELETE',
      path: ['claims', id],
      query: { pool, owner },
      about: `a claim of pool "${pool}"`,
    };
    return (await this.call(removedSchema, call)).removed;
  }

  async bridges(): Promise<BridgeView[]> {
    const call: Call = { method: 'GET', path: ['bridges'], about: 'its bridges' };
    return (await this.call(bridgeListSchema, call)).bridges;
  }

  /** Undefined when the agent holds no such bridge. */
  async bridge(name: string): Promise<BridgeView | undefined> {
    return (await this.bridges()).find((bridge) => bridge.name === name);
  }

  putBridge(
    name: string,
    body: PutBridge,
    options: { dryRun?: boolean } = {},
  ): Promise<BridgeView> {
    return this.call(bridgeViewSchema, {
      method: 'PUT',
      path: ['bridges', name],
      query: { dryRun: options.dryRun ? 'true' : undefined },
      body,
      about: `bridge "${name}"`,
    });
  }

  async removeBridge(name: string, id: string, owner: string): Promise<boolean> {
    const call: Call = {
      method: 'DELETE',
      path: ['bridges', name],
      query: { id, owner },
      about: `bridge "${name}"`,
    };
    return (await this.call(removedSchema, call)).removed;
  }

  /** Lets go of open connections. */
  async close(): Promise<void> {
    await this.dispatcher?.close();
    this.dispatcher = undefined;
  }

  private async absentAs<T>(value: T, code: Problem['code'], answer: Promise<T>): Promise<T> {
    try {
      return await answer;
    } catch (error) {
      if (error instanceof NetloomError && error.problems.every((one) => one.code === code))
        return value;
      throw error;
    }
  }

  private async call<T>(schema: z.ZodType<T>, call: Call): Promise<T> {
    const url = new URL(
      `/${[API_VERSION, ...call.path].map(encodeURIComponent).join('/')}`,
      this.connection.url,
    );
    for (const [name, value] of Object.entries(call.query ?? {})) {
      if (value !== undefined) url.searchParams.set(name, value);
    }
    const headers = this.headers(call.body !== undefined);
    const dispatcher = this.open();
    let status: number;
    let text: string;
    try {
      const response = await request(url, {
        method: call.method,
        headers,
        body: call.body === undefined ? null : JSON.stringify(call.body),
        dispatcher,
      });
      status = response.statusCode;
      text = await response.body.text();
    } catch (error) {
      throw new NetloomError(this.unreachable(error, call), { cause: error });
    }
    const answer = parseJson(text);
    if (status >= 400) throw new NetloomError(this.refused(status, answer, call));
    const parsed = schema.safeParse(answer);
    if (parsed.success) return parsed.data;
    throw new NetloomError(this.badAnswer(status, call));
  }

  private get name(): string {
    return `agent "${this.connection.name}" (${this.connection.url})`;
  }

  private headers(hasBody: boolean): Record<string, string> {
    const headers: Record<string, string> = { accept: 'application/json' };
    if (hasBody) headers['content-type'] = 'application/json';
    if (this.connection.tokenFile !== undefined) {
      headers.authorization = `Bearer ${this.read('tokenFile', this.connection.tokenFile).trim()}`;
    }
    return headers;
  }

  private open(): Agent {
    if (this.dispatcher) return this.dispatcher;
    const { caFile, certFile, keyFile } = this.connection;
    this.dispatcher = new Agent({
      headersTimeout: this.timeoutMs,
      bodyTimeout: this.timeoutMs,
      connect: {
        timeout: Math.min(this.timeoutMs, 5_000),
        ...(caFile === undefined ? {} : { ca: this.read('caFile', caFile) }),
        ...(certFile === undefined ? {} : { cert: this.read('certFile', certFile) }),
        ...(keyFile === undefined ? {} : { key: this.read('keyFile', keyFile) }),
      },
    });
    return this.dispatcher;
  }

  private read(setting: string, file: string): string {
    try {
      return readFileSync(file, 'utf8');
    } catch (error) {
      throw new NetloomError({
        code: 'NL_AGENT_CONFIG',
        key: `netloom:${setting}`,
        found: `"${file}" can't be read (${(error as NodeJS.ErrnoException).code ?? 'unknown error'})`,
        allowed: 'a file that this process may read',
        fix: `correct netloom:${setting}; a relative path starts at the folder of the Pulumi program`,
      });
    }
  }

  private unreachable(error: unknown, call: Call): Problem {
    const code = errorCode(error);
    const certificate = /CERT|SELF_SIGNED|ISSUER|ALTNAME|SSL|TLS/.test(code);
    return {
      code: 'NL_AGENT_UNREACHABLE',
      key: 'agent',
      found: `${this.name} did not answer (${code}), asked for ${call.about}`,
      allowed: 'an agent that answers at its URL with a certificate of the CA in netloom:caFile',
      fix: certificate
        ? "set netloom:caFile to the agent's CA (netloom-agent cert prints where it is), and use a name or address that the certificate holds"
        : 'see that netloom-agent runs there and listens on that address and port, and that no firewall is between',
    };
  }

  private refused(status: number, answer: unknown, call: Call): readonly Problem[] {
    const document = problemDocumentSchema.safeParse(answer);
    if (!document.success) return [this.badAnswer(status, call)];
    return document.data.problems.map((problem) => ({
      ...problem,
      found: `${this.name}, asked for ${call.about}: ${problem.found}`,
    }));
  }

  private badAnswer(status: number, call: Call): Problem {
    return {
      code: 'NL_AGENT_ANSWER',
      key: 'agent',
      found: `${this.name} gave an answer (${status}) to ${call.method} ${call.path.join('/')} that is not in its contract`,
      allowed: `the answers of netloom-agent's ${API_VERSION}`,
      fix: 'see that the URL is that of a netloom-agent, and that its release fits this one',
    };
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function errorCode(error: unknown): string {
  const { code, cause, message } = error as { code?: string; cause?: unknown; message?: string };
  if (code !== undefined) return code;
  return cause === undefined ? (message ?? 'unknown error') : errorCode(cause);
}
