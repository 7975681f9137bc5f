import { readFileSync } from 'node:fs';
import https from 'node:https';
import { text } from 'node:stream/consumers';
import { NetloomError } from 'netloom';
import { unreadable } from '../config';

/** A caller waits for the answer. */
const TIMEOUT_MS = 5_000;

/** As much of a refusal as is repeated in a message. */
const MESSAGE_LENGTH = 200;

/** How many objects are asked for at once. */
const PAGE = 500;

interface Page {
  readonly items?: readonly unknown[];
  readonly metadata?: { readonly continue?: string };
}

/** Which state of an object a removal is meant for. */
export interface Preconditions {
  readonly uid: string;
  readonly resourceVersion: string;
}

/** Where the API server is, and who to be there. */
export interface ClusterAccess {
  /** E.g. `https://10.96.0.1:443`. */
  readonly apiServer: string;
  /** PEM file with the CA of the API server. */
  readonly caFile: string;
  /** File with the agent's own token. */
  readonly tokenFile: string;
}

/** Asks the API server. CA and token are read at each request: the kubelet renews them. */
export class ApiServer {
  private readonly connections = new https.Agent({ keepAlive: true, maxSockets: 16 });

  constructor(private readonly access: ClusterAccess) {}

  /**
   * Makes an object, and gives it back as the server answered.
   *
   * @throws NetloomError NL_CLUSTER_UNREACHABLE
   */
  async create(path: string, object: object): Promise<unknown> {
    const { status, body } = await this.send('POST', path, JSON.stringify(object));
    if (status === 200 || status === 201) return JSON.parse(body);
    throw this.refused(path, status, body);
  }

  /**
   * An object, or undefined where the server says that there is none. Any other answer is no answer:
   * what can't be asked for is not absent.
   *
   * @throws NetloomError NL_CLUSTER_UNREACHABLE
   */
  async read(path: string): Promise<unknown> {
    const { status, body } = await this.send('GET', path);
    if (status === 200) return JSON.parse(body);
    if (status === 404) return undefined;
    throw this.refused(path, status, body);
  }

  /**
   * All objects of a kind, page by page; undefined where the server knows no such kind.
   *
   * @throws NetloomError NL_CLUSTER_UNREACHABLE; a list that breaks off is none
   */
  async list(path: string): Promise<unknown[] | undefined> {
    const items: unknown[] = [];
    let next = '';
    do {
      const query = next === '' ? '' : `&continue=${encodeURIComponent(next)}`;
      const page = (await this.read(`${path}?limit=${PAGE}${query}`)) as Page | undefined;
      if (page === undefined) return undefined;
      items.push(...(page.items ?? []));
      next = page.metadata?.continue ?? '';
    } while (next !== '');
    return items;
  }

  /**
   * Changes an object by a JSON patch (RFC 6902); false when one of its tests fails, or the object is
   * gone.
   *
   * @throws NetloomError NL_CLUSTER_UNREACHABLE
   */
  async patch(path: string, operations: readonly object[]): Promise<boolean> {
    const type = 'application/json-patch+json';
    const { status, body } = await this.send('PATCH', path, JSON.stringify(operations), type);
    if (status === 200) return true;
    if (status === 404 || status === 409 || status === 422) return false;
    throw this.refused(path, status, body);
  }

  /**
   * Deletes an object that is still the one that was read; false when it is not.
   *
   * @throws NetloomError NL_CLUSTER_UNREACHABLE
   */
  async remove(path: string, preconditions: Preconditions): Promise<boolean> {
    const { status, body } = await this.send('DELETE', path, JSON.stringify({ preconditions }));
    if (status === 200 || status === 202) return true;
    if (status === 404 || status === 409) return false;
    throw this.refused(path, status, body);
  }

  /** Ends what is open. */
  close(): void {
    this.connections.destroy();
  }

  private async send(
    method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
    path: string,
    body?: string,
    type = 'application/json',
  ): Promise<{ status: number; body: string }> {
    const { apiServer, caFile, tokenFile } = this.access;
    const options = {
      method,
      agent: this.connections,
      ca: readAccess(caFile),
      headers: {
        authorization: `Bearer ${readAccess(tokenFile).trim()}`,
        'content-type': type,
        accept: 'application/json',
        // Node tells no length of a DELETE's body: what follows on the connection would be garbage.
        ...(body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }),
      },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    };
    try {
      return await new Promise((resolve, reject) => {
        const request = https.request(new URL(path, apiServer), options, (response) => {
          const status = response.statusCode ?? 0;
          text(response).then((answer) => resolve({ status, body: answer }), reject);
        });
        request.once('error', reject);
        request.end(body);
      });
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      throw this.failure(path, code ?? message);
    }
  }

  private refused(path: string, status: number, body: string): NetloomError {
    return this.failure(path, `${status}: ${body.slice(0, MESSAGE_LENGTH)}`);
  }

  private failure(path: string, why: string): NetloomError {
    return new NetloomError({
      code: 'NL_CLUSTER_UNREACHABLE',
      key: 'kubernetes.apiServer',
      found: `the API server at ${this.access.apiServer} did not take ${path} (${why})`,
      allowed: 'an API server that answers, and lets the agent do that',
      fix: "see that the agent's ServiceAccount has the ClusterRole of NodeAgentInstall, or call with a static token",
    });
  }
}

function readAccess(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new NetloomError(unreadable('kubernetes', file, error));
  }
}
