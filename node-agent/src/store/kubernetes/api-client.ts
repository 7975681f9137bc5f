import https from 'node:https';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiAccess } from './access';
import { ApiConnections } from './api-connections';
import { storeForbidden, storeUnreachable } from './api-problems';

/** One attempt. A server that is slower than that is asked again. */
const ATTEMPT_MS = 10_000;

/** A request with all its attempts. A client of the agent waits for it. */
const DEADLINE_MS = 30_000;

const FIRST_WAIT_MS = 50;
const LONGEST_WAIT_MS = 5_000;

/** How a watch is renewed: the server ends it, and it goes on from where it was. */
const WATCH_SECONDS = 240;

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** What the API server answered, of those answers that say something. */
export interface ApiAnswer {
  /** 200 to 299, 404, 409 or 410. */
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: objects are checked where they are read.
  readonly body: any;
  /** True when an earlier attempt was sent whose end nobody knows. */
  readonly isRepeated: boolean;
}

export interface ApiClientOptions {
  readonly attemptMs?: number | undefined;
  readonly deadlineMs?: number | undefined;
}

/**
 * Asks the API server, again and again until it says something: 429 after the time that it names,
 * server errors, timeouts and broken connections with growing waits. What it never said is an error,
 * never an answer.
 */
export class ApiClient {
  private readonly connections: ApiConnections;
  private readonly attemptMs: number;
  private readonly deadlineMs: number;
  private isClosed = false;
  /** How far the server's clock is ahead, in ms; what is below a second and a half can't be told. */
  clockOffsetMs = 0;
  /** Attempts that were sent again, for the metrics and tests. */
  repeated = 0;

  constructor(
    private readonly access: ApiAccess,
    { attemptMs = ATTEMPT_MS, deadlineMs = DEADLINE_MS }: ApiClientOptions = {},
  ) {
    this.attemptMs = attemptMs;
    this.deadlineMs = deadlineMs;
    this.connections = new ApiConnections(access);
  }

  get server(): string {
    return this.access.server;
  }

  close(): void {
    this.isClosed = true;
    this.connections.close();
  }

  /** @throws NetloomError NL_STORE_FAILED: no answer in time, or the agent itself is refused */
  async request(method: Method, path: string, body?: object): Promise<ApiAnswer> {
    const end = Date.now() + this.deadlineMs;
    let wait = FIRST_WAIT_MS;
    let isRepeated = false;
    for (;;) {
      let why: string;
      let named = 0;
      try {
        const { status, headers, answer } = await this.attempt(method, path, body, end);
        if ((status >= 200 && status < 300) || [404, 409, 410].includes(status)) {
          return { status, body: parseJson(answer), isRepeated };
        }
        if (status !== 429 && status < 500) {
          throw storeForbidden(path, status, messageOf(answer));
        }
        why = `${status}`;
        named = Number(headers['retry-after'] ?? 0) * 1000;
        // Only what was throttled was not carried out for certain.
        if (status !== 429) isRepeated = true;
      } catch (error) {
        if ((error as { problems?: unknown }).problems) throw error;
        why = (error as NodeJS.ErrnoException).code ?? (error as Error).message;
        isRepeated = true;
      }
      const pause = Math.max(named, wait) * (0.75 + Math.random() / 2);
      if (this.isClosed || Date.now() + pause >= end) throw storeUnreachable(this.server, why);
      await sleep(pause);
      this.repeated++;
      wait = Math.min(wait * 2, LONGEST_WAIT_MS);
    }
  }

  /**
   * Reads the lines of a watch until it ends by itself, by an error or by `stop`.
   *
   * @returns what ends it, and a promise of its end that never fails
   */
  watch(
    path: string,
    resourceVersion: string,
    onLine: (line: string) => void,
  ): { stop: () => void; ended: Promise<void> } {
    const query = `watch=1&allowWatchBookmarks=true&timeoutSeconds=${WATCH_SECONDS}&resourceVersion=${resourceVersion}`;
    const url = new URL(`${path}?${query}`, this.access.server);
    // A connection of its own: it is never idle, and must not keep others waiting.
    const request = https.request(url, {
      ...this.options('GET'),
      ...this.connections.tls(),
      agent: false,
    });
    const ended = new Promise<void>((resolve) => {
      request.once('error', () => resolve());
      request.once('close', () => resolve());
      request.once('response', (response) => {
        let rest = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          const lines = (rest + chunk).split('\n');
          rest = lines.pop() ?? '';
          for (const line of lines) if (line !== '') onLine(line);
        });
        response.once('error', () => resolve());
        response.once('close', () => resolve());
      });
    });
    request.once('socket', (socket) => socket.setKeepAlive(true, 15_000));
    request.end();
    return { stop: () => request.destroy(), ended };
  }

  private options(method: Method, length = 0): https.RequestOptions {
    const token = this.access.token();
    return {
      method,
      headers: {
        accept: 'application/json',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(length === 0 ? {} : { 'content-type': 'application/json', 'content-length': length }),
      },
    };
  }

  private async attempt(
    method: Method,
    path: string,
    body: object | undefined,
    end: number,
  ): Promise<{
    status: number;
    headers: Record<string, string | string[] | undefined>;
    answer: string;
  }> {
    const payload = body === undefined ? '' : JSON.stringify(body);
    const limit = Math.max(1, Math.min(this.attemptMs, end - Date.now()));
    const signal = AbortSignal.timeout(limit);
    const sentAt = Date.now();
    return new Promise((resolve, reject) => {
      const { agent } = this.connections;
      const options = { ...this.options(method, Buffer.byteLength(payload)), agent, signal };
      const request = https.request(new URL(path, this.access.server), options, (response) => {
        const { statusCode: status = 0, headers } = response;
        this.noteClock(headers.date, sentAt);
        text(response).then((answer) => resolve({ status, headers, answer }), reject);
      });
      request.once('error', reject);
      request.end(payload);
    });
  }

  /** Every answer has the server's time, in seconds. */
  private noteClock(date: string | undefined, sentAt: number): void {
    const server = Date.parse(date ?? '');
    if (Number.isNaN(server)) return;
    const offset = server + 500 - (sentAt + Date.now()) / 2;
    this.clockOffsetMs = Math.abs(offset) < 1_500 ? 0 : Math.round(offset);
  }
}

function parseJson(answer: string): unknown {
  try {
    return JSON.parse(answer);
  } catch {
    return {};
  }
}

function messageOf(answer: string): string {
  const { message } = parseJson(answer) as { message?: unknown };
  return String(message ?? answer).slice(0, 200);
}
