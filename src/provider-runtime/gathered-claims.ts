import type { AgentClient, ClaimRequestBody, ClaimView } from '../agent-api';
import { NetloomError } from '../errors';

/** Most steps of one request: with the longest labels they still fit into a body of 1 MiB. */
const MOST_STEPS = 64;

type AskVerb = 'offer' | 'claim';

interface Waiting {
  readonly body: ClaimRequestBody;
  readonly resolve: (claim: ClaimView | Promise<ClaimView>) => void;
  readonly reject: (error: unknown) => void;
}

interface Queue {
  waiting: Waiting[];
  isAsking: boolean;
}

/**
 * Asks one agent for offers and claims. While a request is under way, further ones of the same pool gather,
 * and go as one: the engine has many resources in hand at a time, and a request costs more than a claim.
 * Nobody waits for others to come.
 *
 * Each gets what it would have got alone: what the common request does not give is asked for by itself.
 */
export class GatheredClaims {
  private readonly queues = new Map<string, Queue>();

  constructor(private readonly client: AgentClient) {}

  /** @throws NetloomError as {@link AgentClient.offer} */
  offer(body: ClaimRequestBody): Promise<ClaimView> {
    return this.ask('offer', body);
  }

  /** @throws NetloomError as {@link AgentClient.claim} */
  claim(body: ClaimRequestBody): Promise<ClaimView> {
    return this.ask('claim', body);
  }

  private ask(verb: AskVerb, body: ClaimRequestBody): Promise<ClaimView> {
    // Where a pool has the network asked first, a request takes a second: other pools don't wait for it.
    const key = `${verb} ${body.pool}`;
    const queue = this.queues.get(key) ?? { waiting: [], isAsking: false };
    this.queues.set(key, queue);
    return new Promise((resolve, reject) => {
      queue.waiting.push({ body, resolve, reject });
      if (queue.isAsking) return;
      queue.isAsking = true;
      // What comes in the same turn of the event loop goes along.
      setImmediate(() => this.serve(verb, queue));
    });
  }

  private async serve(verb: AskVerb, queue: Queue): Promise<void> {
    while (queue.waiting.length > 0) {
      const asked = queue.waiting.splice(0, MOST_STEPS);
      await (asked.length === 1 ? this.alone(verb, asked) : this.together(verb, asked));
    }
    queue.isAsking = false;
  }

  private async alone(verb: AskVerb, asked: readonly Waiting[]): Promise<void> {
    await Promise.all(
      asked.map(({ body, resolve, reject }) => this.client[verb](body).then(resolve, reject)),
    );
  }

  private async together(verb: AskVerb, asked: readonly Waiting[]): Promise<void> {
    const steps = asked.map(({ body }) => ({ verb, ...body }));
    try {
      const { answers } = await this.client.batch({ mode: 'each', steps });
      for (const [index, { resolve }] of asked.entries()) {
        const claim = answers[index]?.claim;
        if (claim) resolve(claim);
      }
      const refused = asked.filter((_, index) => answers[index]?.claim === undefined);
      await this.alone(verb, refused);
    } catch (error) {
      if (!isSilence(error)) return this.alone(verb, asked);
      for (const { reject } of asked) reject(error);
    }
  }
}

/** Asking each by itself would only take longer. */
function isSilence(error: unknown): boolean {
  return (
    error instanceof NetloomError &&
    error.problems.every(({ code }) => code === 'NL_AGENT_UNREACHABLE')
  );
}
