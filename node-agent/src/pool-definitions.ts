import {
  AddressBook,
  checkPoolName,
  checkPoolSpec,
  incarnationOf,
  NetloomError,
  type PoolRecord,
  type PoolRequest,
  type PoolSpec,
  type PoolUsage,
  type SetAside,
} from 'netloom';
import type { PoolView } from 'netloom/agent-api';
import { checkAuthority, type PoolAuthority } from './authorities';
import { asRead, type BookSteps } from './book-steps';
import { poolView } from './claim-views';
import { checkChangeId } from './problems';
import type { SetAsides } from './set-asides';

/** Looks whether addresses of a pool are in use before it may give them. */
export interface PoolGuard {
  /** @throws NetloomError NL_AUDIT_INCOMPLETE */
  inUse(pool: string, spec: PoolSpec): Promise<SetAside[]>;
}

/** Whether a change is only tried: everything is checked and answered, and nothing changes. */
export interface ChangeOptions {
  readonly dryRun?: boolean | undefined;
}

/** What pools there are and which addresses are theirs. */
export class PoolDefinitions {
  /** Has every pool looked at before it gets a new definition. */
  guard: PoolGuard | undefined;

  /** @param authorities pools that other agents hold */
  constructor(
    private readonly steps: BookSteps,
    private readonly setAsides: SetAsides,
    private readonly authorities: readonly PoolAuthority[],
  ) {}

  all(): Promise<PoolView[]> {
    const { book } = this.steps;
    return this.steps.read((now) => {
      const live = book.poolNames().filter((name) => book.pool(name, now));
      return live.map((name) => this.viewOf(name, now));
    });
  }

  /** @throws NetloomError NL_POOL_UNKNOWN, NL_POOL_ELSEWHERE, and NL_NAME_INVALID for what can't be a name */
  get(name: string): Promise<PoolView> {
    return this.steps.read((now) => {
      const problems = checkPoolName(name);
      if (problems.length > 0) throw new NetloomError(problems);
      checkAuthority(this.authorities, name);
      return this.viewOf(name, now);
    });
  }

  async offer(request: PoolRequest, { dryRun }: ChangeOptions): Promise<PoolView> {
    const inUse = dryRun ? [] : await this.inUse(request);
    return this.steps.change((now) => {
      checkAuthority(this.authorities, request.name);
      if (dryRun) return asRead(this.tried(request, now, true));
      const step = this.steps.book.offerPool(request, now);
      const aside = this.setAsides.changesOf(request.name, inUse, now);
      return {
        changes: [...step.changes, ...aside],
        value: this.viewOf(request.name, now, step.value),
      };
    });
  }

  /** @param id of the incarnation to change; without, a new one begins */
  async put(
    request: Omit<PoolRequest, 'incarnation'>,
    id: string | undefined,
    { dryRun }: ChangeOptions,
  ): Promise<PoolView> {
    const { book } = this.steps;
    const inUse = dryRun ? [] : await this.inUse(request);
    return this.steps.change((now) => {
      checkAuthority(this.authorities, request.name);
      const problems = checkChangeId('pool', request.name, id, this.steps.highestNumber);
      if (problems.length > 0) throw new NetloomError(problems);
      const asked = id === undefined ? undefined : incarnationOf(id);
      const present = book.pool(request.name, now)?.incarnation ?? 0;
      // Never lower than before: a removal of an older incarnation must stay without effect.
      const incarnation = asked === undefined ? undefined : Math.max(asked, present);
      if (dryRun) return asRead(this.tried({ ...request, incarnation }, now, false));
      const step = book.putPool({ ...request, incarnation }, now);
      const aside = this.setAsides.changesOf(request.name, inUse, now);
      return { changes: [...step.changes, ...aside], value: this.viewOf(request.name, now) };
    });
  }

  /** False when the pool was gone already or a newer incarnation has taken its place. */
  remove(
    name: string,
    id: string,
    asker: { owner: string; identity: string },
    { dryRun }: ChangeOptions,
  ): Promise<boolean> {
    const { book } = this.steps;
    const incarnation = id.startsWith(`${name}#`) ? incarnationOf(id) : undefined;
    if (incarnation === undefined) return this.steps.read(() => false);
    return this.steps.change((now) => {
      checkAuthority(this.authorities, name);
      if (dryRun) return asRead(book.tryRemovePool(name, asker, incarnation, now));
      return book.removePool(name, asker, incarnation, now);
    });
  }

  private async inUse({ name, spec }: Pick<PoolRequest, 'name' | 'spec'>): Promise<SetAside[]> {
    const present = this.steps.book.pool(name, this.steps.clock());
    const isSame = JSON.stringify(present?.spec) === JSON.stringify(spec);
    if (!this.setAsides.areKept || isSame || checkPoolSpec(spec).length > 0) return [];
    return this.guard?.inUse(name, spec) ?? [];
  }

  private viewOf(name: string, now: number, record = this.steps.book.pool(name, now)): PoolView {
    return poolView(record as PoolRecord, this.steps.book.usage(name, now));
  }

  /** How a pool would look; what it is used by stays as it is. */
  private tried(request: PoolRequest, now: number, isOffer: boolean): PoolView {
    const { book } = this.steps;
    const record = book.tryPool(request, now);
    const { size } = new AddressBook([record]).usage(record.name, now);
    const before = book.pool(record.name, now);
    const usage: PoolUsage = before
      ? book.usage(record.name, now)
      : { size, claimed: 0, offered: 0, quarantined: 0 };
    return { ...poolView(record, { ...usage, size }), offered: isOffer && !isMade(before) };
  }
}

function isMade(record: PoolRecord | undefined): boolean {
  return record !== undefined && record.offeredUntil === undefined;
}
