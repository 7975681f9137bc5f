import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, type Dispatcher, request } from 'undici';
import type { z } from 'zod';
import { NetloomError, type Problem } from '../errors';
import type { AgentConnection } from './connections';
import { API_VERSION, problemDocumentSchema } from './schemas';

/** How long one call may take, in ms. */
export const REQUEST_TIMEOUT_MS = 30_000;

/** How long a stream may be silent, in ms: the agent says something every 10 s. */
const SILENCE_LIMIT_MS = 35_000;

/**
 * How much earlier than the agent a connection is given up that nobody uses, in ms: on a busy machine a
 * request would else go out just as the agent closes it.
 */
const IDLE_MARGIN_MS = 20_000;

/** How often a call is made whose connection breaks. */
const MOST_CONNECTIONS = 3;

const BROKEN = ['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'];

/** One request, in words of the contract. */
export interface Call {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  readonly path: readonly string[];
  readonly query?: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body?: unknown;
  /** What the call is about, for messages: `pool "apps/lan"`. */
  readonly about: string;
}

interface SendOptions {
  readonly signal?: AbortSignal;
  readonly bodyTimeout?: number;
}

/** Carries calls to one agent; every failure is a {@link NetloomError} that names it. */
export class AgentTransport {
  private dispatcher: Agent | undefined;

  constructor(
    readonly connection: AgentConnection,
    private readonly timeoutMs: number,
  ) {}

  async call<T>(schema: z.ZodType<T>, call: Call): Promise<T> {
    const response = await this.accepted(call, {});
    const parsed = schema.safeParse(parseJson(await this.textOf(response, call)));
    if (parsed.success) return parsed.data;
    throw new NetloomError(this.badAnswer(response.statusCode, call));
  }

  /** The lines of an answer without an end. Breaking off is no error. */
  async *lines<T>(
    schema: z.ZodType<T>,
    call: Call,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<T> {
    try {
      const options = { bodyTimeout: SILENCE_LIMIT_MS, ...(signal ? { signal } : {}) };
      const response = await this.accepted(call, options);
      let rest = '';
      for await (const chunk of response.body.setEncoding('utf8')) {
        const lines = `${rest}${chunk}`.split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) {
          const parsed = schema.safeParse(parseJson(line));
          if (!parsed.success) throw new NetloomError(this.badAnswer(response.statusCode, call));
          yield parsed.data;
        }
      }
    } catch (error) {
      if (signal?.aborted) return;
      if (error instanceof NetloomError) throw error;
      throw new NetloomError(this.unreachable(error, call), { cause: error });
    }
  }

  /** Lets go of open connections. */
  async close(): Promise<void> {
    await this.dispatcher?.close();
    this.dispatcher = undefined;
  }

  /** Asks, and again when this was too often, or with a token that was replaced meanwhile, each time. */
  private async accepted(call: Call, options: SendOptions): Promise<Dispatcher.ResponseData> {
    const until = Date.now() + this.timeoutMs;
    for (;;) {
      const token = this.token();
      const response = await this.send(call, token, options);
      const { statusCode: status } = response;
      if (status < 400) return response;
      const answer = parseJson(await this.textOf(response, call));
      const waitMs = retryAfterMs(response);
      if (status === 429 && waitMs !== undefined && Date.now() + waitMs < until) {
        await sleep(waitMs);
        continue;
      }
      if (status === 401 && Date.now() < until && token !== this.token()) continue;
      throw new NetloomError(this.refused(status, answer, call));
    }
  }

  /**
   * Where the connection breaks nobody knows whether the agent got the call. Made again it has the effect
   * of one; only a removal would then say that there was nothing.
   */
  private async send(
    call: Call,
    token: string | undefined,
    options: SendOptions,
  ): Promise<Dispatcher.ResponseData> {
    const most = call.method === 'DELETE' ? 1 : MOST_CONNECTIONS;
    for (let tries = 1; ; tries++) {
      try {
        return await this.sendOnce(call, token, options);
      } catch (error) {
        if (options.signal?.aborted) throw error;
        if (tries < most && BROKEN.includes(errorCode(error))) continue;
        throw new NetloomError(this.unreachable(error, call), { cause: error });
      }
    }
  }

  private sendOnce(
    call: Call,
    token: string | undefined,
    options: SendOptions,
  ): Promise<Dispatcher.ResponseData> {
    const url = new URL(
      `/${[API_VERSION, ...call.path].map(encodeURIComponent).join('/')}`,
      this.connection.url,
    );
    for (const [name, value] of Object.entries(call.query ?? {})) {
      for (const one of value === undefined ? [] : [value].flat())
        url.searchParams.append(name, one);
    }
    const headers = this.headers(call.body !== undefined, token);
    const dispatcher = this.open();
    const body = call.body === undefined ? null : JSON.stringify(call.body);
    return request(url, { method: call.method, headers, body, dispatcher, ...options });
  }

  private async textOf(response: Dispatcher.ResponseData, call: Call): Promise<string> {
    try {
      return await response.body.text();
    } catch (error) {
      throw new NetloomError(this.unreachable(error, call), { cause: error });
    }
  }

  private get name(): string {
    return `agent "${this.connection.name}" (${this.connection.url})`;
  }

  private headers(hasBody: boolean, token: string | undefined): Record<string, string> {
    const headers: Record<string, string> = { accept: 'application/json' };
    if (hasBody) headers['content-type'] = 'application/json';
    if (token !== undefined) headers.authorization = `Bearer ${token}`;
    return headers;
  }

  /** As it stands in its file now: it may rotate. */
  private token(): string | undefined {
    const { tokenFile } = this.connection;
    return tokenFile === undefined ? undefined : this.read('tokenFile', tokenFile).trim();
  }

  private open(): Agent {
    if (this.dispatcher) return this.dispatcher;
    const { caFile, certFile, keyFile, serverName, socketPath } = this.connection;
    this.dispatcher = new Agent({
      headersTimeout: this.timeoutMs,
      bodyTimeout: this.timeoutMs,
      keepAliveTimeoutThreshold: IDLE_MARGIN_MS,
      connect: {
        ...(socketPath === undefined ? {} : { socketPath }),
        timeout: Math.min(this.timeoutMs, 5_000),
        ...(serverName === undefined ? {} : { servername: serverName }),
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
        ? "set netloom:caFile to the agent's CA (netloom-agent cert prints where it is), and use a name or address that the certificate holds, or set netloom:serverName to one"
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

/** How long to wait, where an answer says so. */
function retryAfterMs({ headers }: Dispatcher.ResponseData): number | undefined {
  const seconds = Number(headers['retry-after'] ?? Number.NaN);
  return seconds >= 0 ? seconds * 1000 : undefined;
}
