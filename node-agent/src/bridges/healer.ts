import { isNetloomError, type Problem } from 'netloom';
import type { BridgeRecord } from '../store';
import type { HostLinks, LinkDriver } from './links';
import type { BridgeHealth, Noted, Repairs } from './repairs';
import type { PlanStep } from './step';

/** What a look at all bridges led to, by bridge. */
export interface Healing {
  readonly failures: Map<string, Error>;
  /** What had to be done, in words. */
  readonly repairs: Map<string, readonly string[]>;
  /** Bridges whose health has changed. */
  readonly news: Map<string, BridgeHealth>;
}

/** What the healer is made of. */
export interface HealerParts {
  readonly links: Pick<LinkDriver, 'observe' | 'apply'>;
  readonly repairs: Repairs;
  /** True when the record says nothing that would still have to be written down or done first. */
  readonly isDone: (record: BridgeRecord, host: HostLinks) => boolean;
  /** Why the host does not allow a bridge. */
  readonly problems: (record: BridgeRecord, host: HostLinks) => readonly Problem[];
  /** What a bridge lacks. */
  readonly plan: (record: BridgeRecord, host: HostLinks) => readonly PlanStep[];
  /** Brings one bridge to its record. @returns what that took */
  readonly carryOn: (record: BridgeRecord) => Promise<readonly PlanStep[]>;
}

/**
 * Makes the host again what is recorded. It looks once for all bridges; where all is right, nothing
 * is written, neither to the kernel nor to the store.
 */
export class Healer {
  constructor(private readonly parts: HealerParts) {}

  async heal(records: readonly BridgeRecord[]): Promise<Healing> {
    const { links, repairs } = this.parts;
    const healing: Healing = { failures: new Map(), repairs: new Map(), news: new Map() };
    const due = records.filter((record) => !repairs.isHeld(record.name));
    if (due.length === 0) return healing;
    const host = await links.observe();
    const [rights, wrong] = split(due, (record) => this.isRight(record, host));
    for (const { name } of rights) tell(healing, name, repairs.right(name));
    const done = await this.repairTogether(wrong, host);
    const after = done.size === 0 ? host : await links.observe();
    for (const record of wrong) {
      const steps = done.get(record.name);
      if (steps && this.isRight(record, after)) this.noteRepair(record.name, steps, healing);
      else await this.healOne(record, healing);
    }
    return healing;
  }

  private isRight(record: BridgeRecord, host: HostLinks): boolean {
    if (!this.parts.isDone(record, host) || this.parts.problems(record, host).length > 0)
      return false;
    return this.parts.plan(record, host).length === 0;
  }

  /** After a reboot there may be a thousand of them: one run of `ip` for all. */
  private async repairTogether(
    wrong: readonly BridgeRecord[],
    host: HostLinks,
  ): Promise<Map<string, readonly PlanStep[]>> {
    const plans = new Map<string, readonly PlanStep[]>();
    for (const record of wrong) {
      if (!this.parts.isDone(record, host) || this.parts.problems(record, host).length > 0)
        continue;
      const steps = this.parts.plan(record, host);
      // What is to be put back has to be written down first.
      if (steps.every((step) => step.keeps === undefined)) plans.set(record.name, steps);
    }
    if (plans.size < 2) return new Map();
    try {
      await this.parts.links.apply([...plans.values()].flat().flatMap((step) => step.lines));
    } catch {
      // The command stops at what the kernel refuses; the rest is looked at one by one.
    }
    return plans;
  }

  private async healOne(record: BridgeRecord, healing: Healing): Promise<void> {
    const { name } = record;
    try {
      this.noteRepair(name, await this.parts.carryOn(record), healing);
    } catch (error) {
      const codes = isNetloomError(error) ? error.problems.map((problem) => problem.code) : [];
      const tried = codes.length === 0 || codes.includes('NL_HOST_COMMAND');
      healing.failures.set(name, error as Error);
      tell(healing, name, this.parts.repairs.failed(name, (error as Error).message, tried));
    }
  }

  private noteRepair(name: string, steps: readonly PlanStep[], healing: Healing): void {
    const words = steps.map((step) => step.words);
    if (words.length === 0) return;
    healing.repairs.set(name, words);
    tell(healing, name, this.parts.repairs.repaired(name, words));
  }
}

function tell(healing: Healing, name: string, noted: Noted | BridgeHealth | undefined): void {
  if (!noted) return;
  if ('state' in noted) healing.news.set(name, noted);
  else if (noted.news) healing.news.set(name, noted.health);
}

function split<T>(list: readonly T[], test: (one: T) => boolean): [T[], T[]] {
  return [list.filter(test), list.filter((one) => !test(one))];
}
