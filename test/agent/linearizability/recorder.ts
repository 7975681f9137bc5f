import { claimName, isNetloomError } from 'netloom';
import type { AgentClient, ClaimView } from 'netloom/agent-api';
import type { ClaimInput, ClaimOperation, ClaimOutput, Seen } from './claim-model';

export const POOL = 'apps/lan';

interface Recorded {
  readonly client: number;
  readonly input: ClaimInput;
  output?: ClaimOutput;
  readonly invoked: number;
  returned: number;
}

/** Makes calls to an agent and writes down when they began, when they ended and what was answered. */
export class Recorder {
  private readonly recorded: Recorded[] = [];

  get operations(): readonly ClaimOperation[] {
    return this.recorded;
  }

  get answered(): number {
    return this.recorded.filter(({ output }) => output !== undefined).length;
  }

  /**
   * One call. Undefined when there was no answer, because the agent or the patience was gone.
   *
   * @param offerSeconds how long offers are to last
   */
  async call(
    client: number,
    agent: AgentClient,
    input: ClaimInput,
    offerSeconds: number,
  ): Promise<ClaimOutput | undefined> {
    const invoked = performance.now();
    const recorded: Recorded = { client, input, invoked, returned: Number.POSITIVE_INFINITY };
    this.recorded.push(recorded);
    const output = await answerOf(agent, input, offerSeconds);
    if (output === undefined) return undefined;
    recorded.output = output;
    recorded.returned = performance.now();
    return output;
  }

  /**
   * The agent is gone: what was not answered has taken effect by now, or never does. What the next
   * one lists says so of owners that only one client uses.
   */
  agentEnded(): (list: readonly Seen[], isShared: (owner: string) => boolean) => void {
    const now = performance.now();
    const open = this.recorded.filter(({ returned }) => returned === Number.POSITIVE_INFINITY);
    for (const one of open) one.returned = now;
    return (list, isShared) => {
      const told = new Set(this.recorded.flatMap(numbersIn));
      for (const one of open) {
        const { input } = one;
        if (input.verb === 'list' || input.verb === 'offer' || isShared(input.owner)) continue;
        const seen = list.find(({ owner }) => owner === input.owner);
        if (input.verb === 'release') {
          if (seen?.number === input.number) this.forget(one);
          else one.output = { released: true };
        } else if (seen === undefined || (input.verb === 'claim' && told.has(seen.number))) {
          this.forget(one);
        } else {
          one.output = { given: seen };
        }
      }
    };
  }

  private forget(one: Recorded): void {
    this.recorded.splice(this.recorded.indexOf(one), 1);
  }
}

async function answerOf(
  agent: AgentClient,
  input: ClaimInput,
  offerSeconds: number,
): Promise<ClaimOutput | undefined> {
  try {
    switch (input.verb) {
      case 'list': {
        const claims = await agent.claims(POOL);
        return { list: claims.filter(({ state }) => state === 'claimed').map(seenOf) };
      }
      case 'release': {
        const id = `${claimName(POOL, input.owner)}#${input.number}`;
        return { released: await agent.release(POOL, id, input.owner) };
      }
      case 'offer':
        return {
          given: seenOf(await agent.offer({ pool: POOL, owner: input.owner, offerSeconds })),
        };
      case 'claim':
        return { given: seenOf(await agent.claim({ pool: POOL, owner: input.owner })) };
      case 'transfer': {
        const { owner, from } = input;
        return { given: seenOf(await agent.claim({ pool: POOL, owner, from })) };
      }
    }
  } catch (error) {
    const code = isNetloomError(error) ? error.problems[0]?.code : undefined;
    if (code === 'NL_POOL_FULL') return { refused: 'full' };
    if (code === 'NL_AGENT_UNREACHABLE') return undefined;
    throw error;
  }
}

/** A claim as the model knows it. An offer has the number 0. */
export function seenOf({ owner, addresses, id }: ClaimView): Seen {
  const number = Number(/#(\d+)$/.exec(id)?.[1] ?? 0);
  return { owner, address: addresses.join(), number };
}

function numbersIn({ output }: Recorded): number[] {
  if (output === undefined) return [];
  if ('given' in output) return [output.given.number];
  return 'list' in output ? output.list.map(({ number }) => number) : [];
}
