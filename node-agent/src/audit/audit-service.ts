import {
  type AuditMarks,
  audit,
  type Finding,
  IpAddress,
  mark,
  NetloomError,
  type ParsedPoolSubnet,
  type PoolSpec,
  parsePoolSubnet,
  type SetAside,
  type Sighting,
} from 'netloom';
import type { AddressService } from '../address-service';
import type { Clock } from '../book-steps';
import { type AuditObserver, type Look, lookAround } from './observer';
import { auditIncomplete } from './problems';

/** How soon an audit is repeated that a restored store waits for, in ms. */
const RETRY_MS = 10_000;

/** What an agent's log has to take. */
export interface AuditLog {
  info(line: object): void;
  warn(line: object): void;
}

/** What an audit needs. */
export interface AuditParts {
  readonly addresses: AddressService;
  readonly observers: readonly AuditObserver[];
  /** Takes a record back; false for one that stays. */
  readonly takeBack: (sighting: Sighting) => Promise<boolean>;
  readonly log: AuditLog;
  readonly clock: Clock;
  readonly graceMs: number;
  /** Time between two audits, in ms. */
  readonly everyMs: number;
}

/** What an audit found and did. */
export interface AuditReport {
  /** In ms since 1970. */
  readonly at: number;
  readonly findings: readonly (Finding & {
    /** When it was found first, in ms since 1970. */
    readonly since: number;
    /** Found for the grace period: a repair may be made. */
    readonly confirmed: boolean;
  })[];
  readonly seen: readonly string[];
  readonly unseen: Readonly<Record<string, string>>;
  /** What was done, in words. */
  readonly done: readonly string[];
}

/** The last audit in numbers. */
export interface AuditCounts {
  readonly findings: number;
  readonly duplicates: number;
  /** Sources that could not be seen. */
  readonly unseen: number;
  /** In s since 1970; undefined before the first one. */
  readonly at: number | undefined;
}

/** What `repair` may do beyond what every audit does. */
export interface RepairOptions {
  /** Takes back records of IPAMs whose holders are gone. */
  readonly records?: boolean | undefined;
  /** Releases claims that no pod uses. */
  readonly unusedClaims?: boolean | undefined;
}

/**
 * Compares claims with what is in use. Addresses in use without a claim are set aside at once, and put
 * back when they were seen free twice, a grace period apart; records of others, and claims, are changed
 * only on order, and only when found twice in the same way.
 */
export class AuditService {
  private marks: AuditMarks = new Map();
  private last: AuditReport | undefined;
  private turn: Promise<unknown> = Promise.resolve();
  private timer: NodeJS.Timeout | undefined;
  private isOver = false;

  constructor(private readonly parts: AuditParts) {}

  /** The last one; undefined before the first. */
  get report(): AuditReport | undefined {
    return this.last;
  }

  /** Numbers for the metrics. */
  counts(): AuditCounts {
    const { findings = [], unseen = {}, at } = this.last ?? {};
    return {
      findings: findings.length,
      duplicates: findings.filter(({ kind }) => kind === 'duplicate').length,
      unseen: Object.keys(unseen).length,
      at: at === undefined ? undefined : at / 1000,
    };
  }

  /** Audits now and again and again until {@link stop}. */
  start(): void {
    const { addresses, everyMs, log } = this.parts;
    const next = (): void => {
      if (this.isOver) return;
      const wait = addresses.awaitsAudit ? Math.min(RETRY_MS, everyMs) : everyMs;
      this.timer = setTimeout(() => void round(), wait);
      this.timer.unref();
    };
    const round = (): Promise<void> =>
      this.run()
        .then(() => {})
        .catch((error) => log.warn({ event: 'audit_failed', err: error }))
        .then(next);
    void round();
  }

  /** Ends what is under way. */
  async stop(): Promise<void> {
    this.isOver = true;
    clearTimeout(this.timer);
    await this.turn.catch(() => {});
  }

  /** One audit after the other: two at a time would mark the same thing twice in one moment. */
  run(options: RepairOptions = {}): Promise<AuditReport> {
    const run = this.turn.catch(() => {}).then(() => this.once(options));
    this.turn = run;
    return run;
  }

  /**
   * Addresses of a pool's definition that are in use, for whom it is to become claimable.
   *
   * @throws NetloomError NL_AUDIT_INCOMPLETE, when a source can't be seen
   */
  async inUse(pool: string, spec: PoolSpec): Promise<SetAside[]> {
    const { sightings, unseen } = await lookAround(this.parts.observers);
    if (Object.keys(unseen).length > 0) throw new NetloomError(auditIncomplete(pool, unseen));
    const subnets = spec.subnets.map(parsePoolSubnet);
    const served = sightings.filter(({ address }) => isServed(subnets, address));
    const record = { name: pool, spec, owner: '', identity: '', incarnation: 0 };
    const nothing = { claims: [], setAsides: [], seen: [], unseen };
    return wishesOf(audit({ pools: [record], sightings: served, ...nothing }));
  }

  private async once(options: RepairOptions): Promise<AuditReport> {
    const { addresses, clock, graceMs, log } = this.parts;
    const look = await lookAround(this.parts.observers);
    // Only pods that were seen say which claims nobody uses.
    const isForAll = look.seen.includes('network-status');
    const sighted = new Set(look.sightings.map(({ address }) => address));
    const facts = await addresses.auditFacts(isForAll ? undefined : sighted);
    const findings = audit({ ...facts, ...look });
    const now = clock();
    const isWhole = Object.keys(look.unseen).length === 0;
    const { marks, confirmed } = mark(this.marks, findings, isWhole, now, graceMs);
    this.marks = marks;
    const done = [
      ...(await this.setAside(findings)),
      ...(await this.putBack(confirmed)),
      ...(options.records ? await this.takeRecordsBack(confirmed) : []),
      ...(options.unusedClaims ? await this.releaseUnused(confirmed) : []),
    ];
    const sure = new Set(confirmed);
    const told = findings.map((finding) => ({
      ...finding,
      since: marks.get(finding.key) ?? now,
      confirmed: sure.has(finding),
    }));
    this.tellNews(told, look);
    if (isWhole && addresses.awaitsAudit) {
      const why = `seen: ${look.seen.join(', ') || 'nothing to look at'}; ${done.length} addresses set aside`;
      await addresses.auditPassed(why);
      log.info({ event: 'restored_store_audited', why });
    }
    this.last = { at: now, findings: told, seen: look.seen, unseen: look.unseen, done };
    return this.last;
  }

  private async setAside(findings: readonly Finding[]): Promise<string[]> {
    const wishes = wishesOf(findings);
    if (wishes.length === 0 || !this.parts.addresses.keepsAside) return [];
    await this.parts.addresses.setAside(wishes);
    return wishes.map(({ pool, address, why }) => {
      this.parts.log.warn({ event: 'address_set_aside', pool, address, why });
      return `set aside: ${address} of pool "${pool}" (${why})`;
    });
  }

  private async putBack(confirmed: readonly Finding[]): Promise<string[]> {
    const free = confirmed.filter(({ kind }) => kind === 'free-again');
    if (free.length === 0) return [];
    await this.parts.addresses.putBack(free.map(({ pool = '', address }) => ({ pool, address })));
    return free.map(({ pool, address }) => {
      this.parts.log.info({ event: 'address_put_back', pool, address });
      return `free again: ${address} of pool "${pool}"`;
    });
  }

  private async takeRecordsBack(confirmed: readonly Finding[]): Promise<string[]> {
    const done: string[] = [];
    for (const { kind, sightings, found } of confirmed) {
      const [record] = sightings;
      if (kind !== 'leaked-record' || record === undefined) continue;
      const isTaken = await this.parts.takeBack(record).catch((error: Error) => error.message);
      const { source, place, address, holder } = record;
      this.parts.log.info({
        event: 'record_repair',
        source,
        place,
        address,
        holder,
        taken: isTaken,
      });
      if (isTaken === true) done.push(`taken back: ${found}`);
      else done.push(`stays: ${found}${isTaken === false ? '' : ` (${isTaken})`}`);
    }
    return done;
  }

  private async releaseUnused(confirmed: readonly Finding[]): Promise<string[]> {
    const done: string[] = [];
    for (const { kind, claim, found } of confirmed) {
      if (kind !== 'unused-claim' || claim === undefined) continue;
      if (!(await this.parts.addresses.releaseClaim(claim))) continue;
      const { pool, owner, identity, addresses } = claim;
      this.parts.log.warn({ event: 'claim_released', pool, owner, identity, addresses });
      done.push(`released: ${found}`);
    }
    return done;
  }

  /** Each thing once, when it is new. */
  private tellNews(findings: AuditReport['findings'], { unseen }: Look): void {
    const known = new Set(this.last?.findings.map(({ key }) => key));
    for (const { kind, key, found } of findings) {
      const isWorth = kind === 'duplicate' || kind === 'leaked-record';
      if (isWorth && !known.has(key)) this.parts.log.warn({ event: 'audit_finding', kind, found });
    }
    for (const [source, why] of Object.entries(unseen)) {
      if (this.last?.unseen[source] !== why)
        this.parts.log.warn({ event: 'audit_unseen', source, why });
    }
  }
}

function wishesOf(findings: readonly Finding[]): SetAside[] {
  return findings
    .filter(({ kind }) => kind === 'in-use')
    .map(({ pool = '', address, byValue = false, sightings }) => {
      const [{ source, network, holder }] = sightings as [Sighting];
      return { pool, address, byValue, why: `${source} of "${network}": ${holder}` };
    });
}

function isServed(subnets: readonly ParsedPoolSubnet[], address: string): boolean {
  const parsed = IpAddress.parse(address);
  return subnets.some(({ assignable }) => assignable.contains(parsed));
}
