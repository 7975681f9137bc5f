import http from 'node:http';
import https from 'node:https';
import { text } from 'node:stream/consumers';
import type { KubeConfig } from '@kubernetes/client-node' with { 'resolution-mode': 'import' };
import { reasonOf, UsageError } from '../usage-error';

/** Where every API server says what it is. */
const VERSION_PATH = '/version';

/** How many objects are asked for at a time: as many as kubectl does. */
const PAGE_SIZE = 500;

/** No answer is this slow unless there is none. */
const TIMEOUT_MS = 30_000;

/** How often a list is begun anew when the server has forgotten where it stopped. */
const ATTEMPTS = 3;

/** As much of a plain answer as is repeated in a message. */
const MESSAGE_LENGTH = 200;

type Method = 'GET' | 'DELETE' | 'PATCH';

/** JSON is YAML, too. */
const CONTENT_TYPES: Readonly<Record<Method, string>> = {
  GET: 'application/json',
  DELETE: 'application/json',
  PATCH: 'application/apply-patch+yaml',
};

/** One object of a list. Ones of a typed list have no kind of their own. */
export type ListedObject = Record<string, unknown>;

/** An answer as it comes. */
interface Exchange {
  readonly status: number;
  readonly body: string;
}

interface Answer {
  readonly status: number;
  readonly body: {
    readonly kind?: string;
    readonly apiVersion?: string;
    readonly items?: ListedObject[];
    readonly message?: string;
    /** Release of Kubernetes. */
    readonly gitVersion?: string;
    readonly metadata?: { readonly continue?: string };
    /** What an API group has. */
    readonly resources?: readonly { readonly name?: string }[];
  };
}

/** A list that the user must not read. */
export class Forbidden extends UsageError {}

/** The API server that a kubeconfig names. */
export class ApiServer {
  private constructor(
    private readonly server: string,
    private readonly options: https.RequestOptions,
  ) {}

  /**
   * Opens a kubeconfig, with all its ways to prove who one is.
   *
   * @throws UsageError where it can't be read or does not name a cluster
   */
  static async open(file: string, context: string | undefined): Promise<ApiServer> {
    const { KubeConfig } = await loadClient();
    const config = new KubeConfig();
    const options: https.RequestOptions = {};
    try {
      config.loadFromFile(file);
      if (context !== undefined) config.setCurrentContext(context);
      const cluster = config.getCurrentCluster();
      if (!cluster) throw new Error(noCluster(config.getCurrentContext(), config.getContexts()));
      await config.applyToHTTPSOptions(options);
      return new ApiServer(cluster.server.replace(/\/$/, ''), options);
    } catch (error) {
      throw new UsageError(`${file}: ${reasonOf(error)}`, { cause: error });
    }
  }

  /**
   * All objects of a kind, page by page. Undefined where the server does not know the kind.
   *
   * @throws Forbidden where the user must not read them
   * @throws UsageError where the server does not answer, or not with a list
   */
  async list(
    path: string,
    keep: (object: ListedObject) => boolean,
  ): Promise<ListedObject[] | undefined> {
    for (let attempt = 1; ; attempt += 1) {
      const found = await this.listOnce(path, keep);
      if (found !== 'expired') return found;
      if (attempt === ATTEMPTS) throw this.failure(path, 'the list changes too quickly');
    }
  }

  /**
   * Makes sure that it is one: of a server that knows none of the paths, every list would be empty.
   *
   * @throws UsageError where the server does not say which release of Kubernetes it is
   */
  async confirm(): Promise<void> {
    const { status, body } = await this.get(VERSION_PATH);
    // Some let nobody ask; the lists then tell.
    if (status === 401 || status === 403) return;
    if (status === 200 && typeof body.gitVersion === 'string') return;
    const said = status === 200 ? 'something else' : status;
    throw this.failure(
      VERSION_PATH,
      `${said}: this does not look like the API of a Kubernetes cluster; look at the server in the kubeconfig`,
    );
  }

  /**
   * One object; undefined where it is not there.
   *
   * @throws UsageError where the server does not answer, or refuses
   */
  async read(path: string): Promise<ListedObject | undefined> {
    const { status, body } = await this.send('GET', path);
    if (status === 404) return undefined;
    if (status !== 200) throw this.refusal(path, status, body.message);
    return body as ListedObject;
  }

  /**
   * Deletes an object, and what it owns after it. One that is not there is fine.
   *
   * @throws UsageError where the server does not answer, or refuses
   */
  async delete(path: string): Promise<void> {
    const options = { apiVersion: 'v1', kind: 'DeleteOptions', propagationPolicy: 'Background' };
    const { status, body } = await this.send('DELETE', path, JSON.stringify(options));
    if (status >= 300 && status !== 404) throw this.refusal(path, status, body.message);
  }

  /**
   * Makes an object, or makes it so (server-side apply).
   *
   * @throws UsageError where the server does not answer, or refuses
   */
  async apply(path: string, object: unknown): Promise<void> {
    const query = new URLSearchParams({ fieldManager: 'netloom', force: 'true' });
    const sent = this.send('PATCH', `${path}?${query}`, JSON.stringify(object));
    const { status, body } = await sent;
    if (status >= 300) throw this.refusal(path, status, body.message);
  }

  /** The last line of a container's log; empty where there is none. */
  async lastLine(path: string): Promise<string> {
    const { status, body } = await this.exchange('GET', `${path}&tailLines=1`);
    return status === 200 ? body.trim() : '';
  }

  /** Ends connections that are kept for the next request. */
  close(): void {
    const { agent } = this.options;
    if (typeof agent === 'object') agent.destroy();
  }

  private async listOnce(
    path: string,
    keep: (object: ListedObject) => boolean,
  ): Promise<ListedObject[] | 'expired' | undefined> {
    const found: ListedObject[] = [];
    let next = '';
    do {
      const query = new URLSearchParams({
        limit: String(PAGE_SIZE),
        ...(next && { continue: next }),
      });
      const { status, body } = await this.get(`${path}?${query}`);
      if (status === 404) return undefined;
      if (status === 410) return 'expired';
      if (status === 403 && !(await this.knows(path))) return undefined;
      if (status !== 200) throw this.refusal(path, status, body.message);
      const { kind = '', apiVersion, items = [], metadata } = body;
      for (const item of items) {
        if (keep(item)) found.push({ apiVersion, kind: kind.replace(/List$/, ''), ...item });
      }
      next = metadata?.continue ?? '';
    } while (next !== '');
    return found;
  }

  /**
   * False for a kind that is not there. What one may read is decided before what there is: of a group
   * that nobody serves, the lists are forbidden to most users. Everybody may see what a group has.
   */
  private async knows(path: string): Promise<boolean> {
    const [version = '', group] = /^\/apis\/([^/]+)\/[^/]+/.exec(path) ?? [];
    if (group === undefined) return true;
    const { status, body } = await this.get(version);
    if (status !== 200 || !Array.isArray(body.resources)) return status !== 404;
    return body.resources.some(({ name }) => path.endsWith(`/${name}`));
  }

  private get(path: string): Promise<Answer> {
    return this.send('GET', path);
  }

  private async send(method: Method, path: string, content?: string): Promise<Answer> {
    try {
      return await this.request(method, path, content);
    } catch (error) {
      throw this.failure(path, reasonOf(error), error);
    }
  }

  private async request(method: Method, path: string, content?: string): Promise<Answer> {
    const { status, body } = await this.exchange(method, path, content);
    return { status, body: bodyOf(status, body) };
  }

  private exchange(method: Method, path: string, content?: string): Promise<Exchange> {
    const { request } = this.server.startsWith('https:') ? https : http;
    const headers = {
      ...this.options.headers,
      accept: 'application/json',
      ...(content === undefined ? {} : { 'content-type': CONTENT_TYPES[method] }),
    };
    const options = { ...this.options, method, headers, timeout: TIMEOUT_MS };
    return new Promise((resolve, reject) => {
      const sent = request(`${this.server}${path}`, options, (response) => {
        const { statusCode: status = 0 } = response;
        text(response)
          .then((body) => ({ status, body }))
          .then(resolve, reject);
      });
      sent.on('timeout', () => sent.destroy(new Error(`no answer in ${TIMEOUT_MS / 1000} s`)));
      sent.on('error', reject);
      sent.end(content);
    });
  }

  private refusal(path: string, status: number, message = ''): UsageError {
    const { message: text } = this.failure(path, `${status} ${message}`.trim());
    return status === 403 ? new Forbidden(text) : new UsageError(text);
  }

  private failure(path: string, reason: string, cause?: unknown): UsageError {
    return new UsageError(`${this.server}${path.split('?')[0]}: ${reason}`, { cause });
  }
}

function noCluster(context: string | undefined, contexts: readonly { name: string }[]): string {
  const names = contexts.map(({ name }) => name).join(', ') || 'none';
  return context
    ? `no context "${context}" with a cluster; there is: ${names}`
    : `no current context; name one with --context: ${names}`;
}

/** Loaded for clusters alone: it is large, and slow to load. */
async function loadClient(): Promise<{ readonly KubeConfig: typeof KubeConfig }> {
  try {
    return await import('@kubernetes/client-node');
  } catch (error) {
    const reason = reasonOf(error);
    throw new UsageError(`--kubeconfig does not work on Node ${process.version}: ${reason}`, {
      cause: error,
    });
  }
}

/**
 * Some refusals are no JSON: `404 page not found` for a group that nobody serves, and the page of a
 * proxy in between, whose title says what others say in a line.
 */
function bodyOf(status: number, body: string): Answer['body'] {
  if (status === 200) return Object(JSON.parse(body));
  try {
    return Object(JSON.parse(body));
  } catch {
    const said = /<title>([^<]*)/i.exec(body)?.[1] ?? body;
    const line = said.replaceAll(/\s+/g, ' ').trim();
    return { message: line.replace(`${status} `, '').slice(0, MESSAGE_LENGTH) };
  }
}
