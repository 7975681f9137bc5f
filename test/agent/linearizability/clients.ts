import type { AgentClient } from 'netloom/agent-api';
import type { ClaimInput, Seen } from './claim-model';
import type { Recorder } from './recorder';

/** Owners that several clients use at the same time. */
const SHARED = ['shared-0', 'shared-1', 'shared-2'];
const OWN_EACH = 2;

/** How long offers last: no longer than until a newer one may take their place. */
export const OFFER_SECONDS = 15;

export function isShared(owner: string): boolean {
  return owner.startsWith('shared-');
}

interface OwnOwner {
  readonly base: string;
  /** Grows with each handing over: names are never used again. */
  generation: number;
  /** Last number that it was told, while it holds something. */
  number: number | undefined;
}

/** One of the clients that use an agent at the same time, each with one call under way. */
export class RandomClient {
  private readonly own: OwnOwner[];
  private readonly sharedNumbers = new Map<string, number>();

  constructor(
    private readonly client: number,
    private readonly recorder: Recorder,
    private readonly random: () => number,
  ) {
    this.own = Array.from({ length: OWN_EACH }, (_, index) => ({
      base: `pod-${client}-${index}`,
      generation: 0,
      number: undefined,
    }));
  }

  /** Calls until the agent is gone or the time is over. */
  async run(agent: AgentClient, until: number): Promise<void> {
    while (performance.now() < until) {
      if (!(await this.step(agent))) return;
    }
  }

  /** What was in doubt is as the list says. */
  settle(list: readonly Seen[]): void {
    for (const one of this.own) {
      const held = list.find(({ owner }) => owner.startsWith(`${one.base}~`));
      one.number = held?.number;
      one.generation = held ? Number(held.owner.split('~')[1]) : one.generation + 1;
    }
  }

  private async step(agent: AgentClient): Promise<boolean> {
    const dice = this.random();
    if (dice < 0.06) return (await this.call(agent, { verb: 'list' })) !== undefined;
    if (dice < 0.25) return this.useShared(agent);
    return this.useOwn(agent, this.own[Math.floor(this.random() * OWN_EACH)] as OwnOwner);
  }

  private async useOwn(agent: AgentClient, one: OwnOwner): Promise<boolean> {
    const owner = `${one.base}~${one.generation}`;
    const dice = this.random();
    if (one.number === undefined) {
      const verb = dice < 0.6 ? 'claim' : 'offer';
      const output = await this.call(agent, { verb, owner });
      if (output && 'given' in output && verb === 'claim') one.number = output.given.number;
      return output !== undefined;
    }
    if (dice < 0.5) {
      const output = await this.call(agent, { verb: 'release', owner, number: one.number });
      one.number = undefined;
      return output !== undefined;
    }
    const next = `${one.base}~${one.generation + 1}`;
    const input: ClaimInput =
      dice < 0.75 ? { verb: 'claim', owner } : { verb: 'transfer', owner: next, from: owner };
    const output = await this.call(agent, input);
    if (input.verb === 'transfer') one.generation += 1;
    if (output && 'given' in output) one.number = output.given.number;
    return output !== undefined;
  }

  private async useShared(agent: AgentClient): Promise<boolean> {
    const owner = SHARED[Math.floor(this.random() * SHARED.length)] as string;
    const number = this.sharedNumbers.get(owner);
    if (number !== undefined && this.random() < 0.5) {
      this.sharedNumbers.delete(owner);
      return (await this.call(agent, { verb: 'release', owner, number })) !== undefined;
    }
    const verb = this.random() < 0.8 ? 'claim' : 'offer';
    const output = await this.call(agent, { verb, owner });
    if (output && 'given' in output && verb === 'claim') {
      this.sharedNumbers.set(owner, output.given.number);
    }
    return output !== undefined;
  }

  private call(agent: AgentClient, input: ClaimInput) {
    return this.recorder.call(this.client, agent, input, OFFER_SECONDS);
  }
}
