/** The pool that all agents claim from. */
export const POOL = 'apps/lan';

/** Of a freed address, in ms; less what the clocks of one machine and the server's seconds may differ by. */
const QUARANTINE_MS = 60_000 - 2_000;

/** A line of a worker. */
export type Told =
  | { readonly kind: 'ready'; readonly agent: string }
  | { readonly kind: 'failed'; readonly message: string }
  | {
      readonly kind: 'call';
      readonly verb: 'claim' | 'release';
      readonly owner: string;
      readonly at: number;
    }
  | {
      readonly kind: 'claimed';
      readonly owner: string;
      readonly at: number;
      readonly address: string;
    }
  | {
      readonly kind: 'released';
      readonly owner: string;
      readonly at: number;
      readonly released: boolean;
    }
  | {
      readonly kind: 'refused';
      readonly owner: string;
      readonly at: number;
      readonly code: string;
    };

/** An address in the hands of an owner: from the answer to the moment that it began to give it back. */
interface Hold {
  readonly owner: string;
  readonly address: string;
  readonly from: number;
  to: number;
}

/** What workers were told, in the order in which it was told, and what that means. */
export class History {
  readonly faults: string[] = [];
  claimed = 0;
  released = 0;
  refused = 0;
  /** By owner: what it holds for certain. */
  readonly held = new Map<string, Hold>();
  private readonly holds: Hold[] = [];

  take(told: Told): void {
    if (told.kind === 'failed') this.faults.push(told.message);
    if (told.kind === 'refused') this.refused++;
    if (told.kind === 'released') this.released++;
    if (told.kind === 'call' && told.verb === 'release') this.letGo(told.owner, told.at);
    if (told.kind === 'claimed') this.hold(told.owner, told.address, told.at);
  }

  /** Pairs of owners that had one address at once, or one after the other within the quarantine. */
  collisions(): string[] {
    const byAddress = new Map<string, Hold[]>();
    for (const hold of this.holds) {
      const others = byAddress.get(hold.address) ?? [];
      byAddress.set(hold.address, others);
      for (const other of others) {
        if (other.owner === hold.owner) continue;
        const [first, second] = other.from <= hold.from ? [other, hold] : [hold, other];
        if (second.from >= first.to + QUARANTINE_MS) continue;
        this.faults.push(
          `${hold.address}: ${first.owner} until ${first.to}, ${second.owner} from ${second.from}`,
        );
      }
      others.push(hold);
    }
    return this.faults;
  }

  private hold(owner: string, address: string, at: number): void {
    this.claimed++;
    const before = this.held.get(owner);
    if (before && before.address !== address) {
      this.faults.push(`${owner} had ${before.address}, and was told ${address}`);
    }
    if (before) return;
    const hold = { owner, address, from: at, to: Number.POSITIVE_INFINITY };
    this.held.set(owner, hold);
    this.holds.push(hold);
  }

  private letGo(owner: string, at: number): void {
    const hold = this.held.get(owner);
    if (hold) hold.to = at;
    this.held.delete(owner);
  }
}
