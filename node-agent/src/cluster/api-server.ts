import { readFileSync } from 'node:fs';
import https from 'node:https';
import { text } from 'node:stream/consumers';
import { NetloomError } from 'netloom';
import { unreadable } from '../config';

/** A caller waits for the answer. */
const TIMEOUT_MS = 5_000;

/** As much of a refusal as is repeated in a message. */
const MESSAGE_LENGTH = 200;

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
    const { status, body } = await this.post(path, JSON.stringify(object));
    if (status === 200 || status === 201) return JSON.parse(body);
    throw this.failure(path, `${status}: ${body.slice(0, MESSAGE_LENGTH)}`);
  }

  /** Ends what is open. */
  close(): void {
    this.connections.destroy();
  }

  private async post(path: string, body: string): Promise<{ status: number; body: string }> {
    const { apiServer, caFile, tokenFile } = this.access;
    const options = {
      method: 'POST',
      agent: this.connections,
      ca: readAccess(caFile),
      headers: {
        authorization: `Bearer ${readAccess(tokenFile).trim()}`,
        'content-type': 'application/json',
        accept: 'application/json',
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

  private failure(path: string, why: string): NetloomError {
    return new NetloomError({
      code: 'NL_CLUSTER_UNREACHABLE',
      key: 'kubernetes.apiServer',
      found: `the API server at ${this.access.apiServer} did not take ${path} (${why})`,
      allowed: 'an API server that answers, and lets the agent create reviews of tokens and access',
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
