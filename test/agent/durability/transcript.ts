/** A claim as `writer-program.js` tells it. */
export interface ToldClaim {
  readonly owner: string;
  readonly id: string;
  readonly addresses: readonly string[];
}

/** A line of `writer-program.js`. */
export interface Line {
  readonly ask?: number;
  readonly verb?: 'claim' | 'release' | 'pool';
  readonly owner?: string;
  readonly from?: string;
  /** Whose credential asks. */
  readonly identity?: string;
  readonly ack?: number;
  readonly answer?: unknown;
  readonly refused?: number;
  readonly codes?: readonly string[];
  readonly state?: readonly ToldClaim[];
  readonly failed?: unknown;
  readonly ended?: true;
}

interface OwnerState {
  held: ToldClaim | undefined;
  /** What was asked for and not answered: nobody knows whether it was done. */
  asked: Line | undefined;
}

/** The lines of a program that may have been stopped in the middle of one. */
export function linesOf(output: string): Line[] {
  const lines = output.split('\n');
  lines.pop();
  return lines.map((line) => JSON.parse(line) as Line);
}

/**
 * What clients were told so far, over any number of runs of a writer, and what is therefore wrong
 * with a state that is found afterwards.
 */
export class Transcript {
  acknowledged = 0;
  readonly problems: string[] = [];
  private readonly owners = new Map<string, OwnerState>();
  private readonly ids = new Set<string>();
  private asks = new Map<number, Line>();
  private failed = false;

  /** Takes in what one run of the program told. */
  read(lines: readonly Line[]): void {
    this.asks = new Map();
    this.failed = false;
    for (const line of lines) {
      if (line.state) this.compare(line.state);
      else if (line.ask !== undefined) this.ask(line.ask, line);
      else if (line.ack !== undefined) this.answer(line.ack, line.answer);
      else if (line.refused !== undefined) this.refuse(line.refused, line.codes ?? []);
    }
  }

  /** Tells what is wrong with a state, and goes on from it. */
  compare(state: readonly ToldClaim[]): void {
    this.problems.push(...problemsOfHolders(state));
    const found = new Map<string, ToldClaim>();
    for (const claim of state) found.set(claim.owner, claim);
    for (const owner of found.keys()) this.of(owner);
    for (const [owner, one] of this.owners) {
      const claim = found.get(owner);
      const why = this.whyImpossible(owner, one, claim);
      if (why) this.problems.push(why);
    }
    for (const [owner, one] of this.owners) {
      one.held = found.get(owner);
      one.asked = undefined;
    }
  }

  private ask(id: number, line: Line): void {
    this.asks.set(id, line);
    for (const owner of [line.owner, line.from]) {
      if (owner === undefined) continue;
      // Behind a failed write nothing more is done.
      if (!this.failed || this.of(owner).asked === undefined) this.of(owner).asked = line;
    }
  }

  private answer(id: number, answer: unknown): void {
    const line = this.asks.get(id) as Line;
    this.acknowledged += 1;
    if (this.failed) this.problems.push(`acknowledged after the disk had failed: ${text(line)}`);
    const { owner, from } = line;
    if (owner === undefined) return;
    const one = this.of(owner);
    one.asked = undefined;
    if (line.verb === 'release') {
      one.held = undefined;
      return;
    }
    if (from !== undefined) this.owners.set(from, { held: undefined, asked: undefined });
    const claim = answer as ToldClaim;
    // An id that came twice would let a late release free a newer claim.
    if (this.ids.has(claim.id)) this.problems.push(`given before: ${claim.id} to ${owner}`);
    this.ids.add(claim.id);
    const before = one.held;
    if (before && !isSame(before.addresses, claim.addresses)) {
      this.problems.push(
        `moved: ${owner} had ${before.addresses} and was given ${claim.addresses}`,
      );
    }
    one.held = { owner, id: claim.id, addresses: claim.addresses };
    const holders = [...this.owners.values()].flatMap(({ held, asked }) =>
      held && !asked ? [held] : [],
    );
    this.problems.push(...problemsOfHolders(holders));
  }

  private refuse(id: number, codes: readonly string[]): void {
    const line = this.asks.get(id) as Line;
    // Whether a failed write is on disk is not known before the next start.
    if (codes.includes('NL_STORE_FAILED')) this.failed = true;
    else if (line.owner !== undefined && !this.failed) this.of(line.owner).asked = undefined;
  }

  private whyImpossible(
    owner: string,
    { held, asked }: OwnerState,
    found: ToldClaim | undefined,
  ): string | undefined {
    const now = found ? `${found.id} ${found.addresses}` : 'nothing';
    if (asked === undefined) {
      if (held?.id === found?.id && isSame(held?.addresses ?? [], found?.addresses ?? [])) {
        return undefined;
      }
      const was = held ? `${held.id} ${held.addresses}` : 'nothing';
      return `lost: ${owner} was told ${was}, and there is ${now}`;
    }
    if (held === undefined) return undefined;
    const mayBeGone = asked.verb === 'release' || asked.from === owner;
    if (found === undefined && mayBeGone) return undefined;
    if (found && isSame(found.addresses, held.addresses)) return undefined;
    return `lost: ${owner} held ${held.addresses}, asked for ${text(asked)}, and there is ${now}`;
  }

  private of(owner: string): OwnerState {
    let state = this.owners.get(owner);
    if (state === undefined) {
      state = { held: undefined, asked: undefined };
      this.owners.set(owner, state);
    }
    return state;
  }
}

/** Addresses that two claims hold at once. */
function problemsOfHolders(claims: readonly ToldClaim[]): string[] {
  const holders = new Map<string, string>();
  const problems: string[] = [];
  for (const claim of claims) {
    for (const address of claim.addresses.flatMap(singles)) {
      const other = holders.get(address);
      if (other !== undefined)
        problems.push(`double: ${address} is held by ${other} and ${claim.owner}`);
      holders.set(address, claim.owner);
    }
  }
  return problems;
}

/** The last numbers of an address or block of a /24. */
function singles(address: string): string[] {
  const [, network = '', first = '', length = '32'] =
    /^(\d+\.\d+\.\d+\.)(\d+)(?:\/(\d+))?$/.exec(address) ?? [];
  const size = 2 ** (32 - Number(length));
  return Array.from({ length: size }, (_, index) => `${network}${Number(first) + index}`);
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((address, index) => address === other[index]);
}

function text({ verb, owner, from }: Line): string {
  return `${verb} by ${owner}${from === undefined ? '' : ` from ${from}`}`;
}
