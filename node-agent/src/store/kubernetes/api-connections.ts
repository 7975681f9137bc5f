import https from 'node:https';
import type { ApiAccess } from './access';

const CONNECTIONS = 64;

/** How long certificates count as the present ones without another look at their files. */
const LOOK_MS = 1_000;

/**
 * Connections to the API server that stay open between requests. Certificates are renewed while the
 * agent runs: requests then go over new connections.
 */
export class ApiConnections {
  private seen: { readonly files: string; readonly agent: https.Agent } | undefined;
  private lookedAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly access: ApiAccess) {}

  /** For the next request. @throws NetloomError NL_CONFIG_INVALID: a file can't be read */
  get agent(): https.Agent {
    const now = performance.now();
    if (this.seen && now - this.lookedAt < LOOK_MS) return this.seen.agent;
    const tls = this.tls();
    const files = JSON.stringify(tls);
    // What is under way over the older ones comes to its end.
    if (this.seen?.files !== files) {
      const options = { keepAlive: true, maxSockets: CONNECTIONS, ...tls };
      this.seen = { files, agent: new OneServerAgent(options) };
    }
    this.lookedAt = now;
    return this.seen.agent;
  }

  /** For a connection of its own. */
  tls(): https.AgentOptions {
    const known = Object.entries(this.access.tls()).filter(([, value]) => value !== undefined);
    return Object.fromEntries(known);
  }

  close(): void {
    this.seen?.agent.destroy();
  }
}

/** Has one server and one set of certificates, and need not compare them for each request. */
class OneServerAgent extends https.Agent {
  override getName(): string {
    return 'the API server';
  }
}
