import { explore, type Move } from './explore';
import {
  type AddressRecord,
  canonical,
  type Entry,
  type Hand,
  type Mutant,
  type Scenario,
  type Verb,
  type World,
} from './world';

const MOST_TRIES = 2;

type Planted = Mutant | undefined;

/** Every step that an agent, a client, the network or the time may take next. */
export function* movesOf(world: World, scenario: Scenario, mutant: Planted): Iterable<Move<World>> {
  const text = JSON.stringify(world);
  const copy = (): World => JSON.parse(text) as World;
  for (let agent = 0; agent < 2; agent++) {
    const name = 'AB'[agent];
    if (!world.agents[agent]) {
      for (const start of startsOf(world, scenario)) {
        const next = copy();
        next.agents[agent] = start.hand;
        next.left[start.hand.verb]--;
        letGo(next, start.hand);
        yield { says: `${name} begins to ${start.says}`, world: canonical(next) };
      }
      continue;
    }
    for (const variant of variantsOf(world, world.agents[agent] as Hand, mutant)) {
      const next = copy();
      const says = new Steps(next, agent, scenario, mutant).run(variant);
      yield { says: `${name} ${says}`, world: canonical(next) };
    }
    if (world.left.crash > 0) {
      const next = copy();
      next.left.crash--;
      next.agents[agent] = null;
      yield { says: `${name} crashes`, world: canonical(next) };
    }
  }
  yield* late(world, copy);
  if (world.left.tick > 0) {
    const next = copy();
    next.left.tick--;
    passTime(next);
    yield { says: 'deadlines and quarantines end', world: canonical(next) };
  }
}

/** The promise that a world breaks. */
export function brokenIn(world: World, scenario: Scenario, mutant: Planted): string | undefined {
  const { truth, owners, addresses } = world;
  if (truth.broken) return truth.broken;
  const [one, two] = truth.held;
  if (one && two && overlap(one, two)) return 'I1: two owners hold one address';
  for (let owner = 0; owner < 2; owner++) {
    const held = truth.held[owner];
    if (!held) continue;
    const entry = owners[owner]?.entries.find((each) => each.at === held.at && !each.free);
    const record = addresses[nameOf(held.at, held.order, mutant)];
    const isOnItsWay =
      entry?.phase === 'intended' &&
      entry.peer !== 0 &&
      owners.some((each) => each?.entries.some((from) => from.grant === entry.peer));
    const grants = isOnItsWay ? [entry.grant, entry.peer] : [entry?.grant];
    const isStanding = entry?.phase === 'claimed' || isOnItsWay;
    if (!isStanding || !record || !grants.includes(record.grant)) {
      return `I2: what owner ${owner} holds is not recorded any more`;
    }
    if (held.at + 2 ** held.order > world.pool.size) return 'a claim is outside the pool';
  }
  return isLeaking(world, scenario, mutant) ? 'I5: an address is lost for good' : undefined;
}

/** Explores a scenario; the history is the shortest one that breaks a promise. */
export function check(start: World, scenario: Scenario, mutant?: Mutant, limit = 1_500_000) {
  return explore(
    start,
    (world) => movesOf(world, scenario, mutant),
    (world) => brokenIn(world, scenario, mutant),
    limit,
  );
}

function* startsOf(
  world: World,
  scenario: Scenario,
): Iterable<{ readonly hand: Hand; readonly says: string }> {
  const { left, truth } = world;
  const owners = scenario.owners ?? [0, 1];
  const make = (verb: Verb, owner: number, more: Partial<Hand> = {}): Hand => ({
    ...startHand(),
    step: `${verb}.read`,
    verb,
    owner,
    ...more,
  });
  if (left.claim > 0) {
    for (const owner of owners) {
      for (const order of scenario.orders) {
        yield {
          hand: make('claim', owner, { order }),
          says: `claim ${2 ** order} for owner ${owner}`,
        };
      }
    }
  }
  if (left.release > 0) {
    for (const owner of owners) {
      for (const incarnation of truth.told[owner] ?? []) {
        yield {
          hand: make('release', owner, { incarnation }),
          says: `release #${incarnation} of owner ${owner}`,
        };
      }
    }
  }
  if (left.sweep > 0) {
    for (const target of Object.keys(world.addresses)) {
      yield { hand: make('sweep', 0, { target }), says: `sweep address ${target}` };
    }
    for (const owner of owners) {
      if (!world.owners[owner]?.entries.some((entry) => entry.phase !== 'claimed')) continue;
      yield { hand: make('sweep', owner, { step: 'own.read' }), says: `sweep owner ${owner}` };
    }
  }
  if (left.shrink > 0) yield { hand: make('shrink', 0), says: 'shrink the pool' };
  if (left.grow > 0) yield { hand: make('grow', 0), says: 'grow the pool' };
  if (left.transfer > 0) yield { hand: make('transfer', 0), says: 'hand 0 over to 1' };
}

/** Who gives something back has stopped using it before it asks. */
function letGo(world: World, hand: Hand): void {
  const held = world.truth.held[hand.owner];
  if (hand.verb === 'release' && held?.incarnation === hand.incarnation) {
    world.truth.held[hand.owner] = null;
  }
}

/** What may happen to the request of a step: it arrives, it fails, or its sender gives up too early. */
function variantsOf(world: World, hand: Hand, mutant: Planted): string[] {
  if (hand.step === 'claim.read' || hand.step === 'claim.choose') {
    return choicesOf(world, hand, mutant);
  }
  const variants = [''];
  if (hand.step === 'claim.create' && world.left.late > 0) variants.push('late');
  if (hand.step === 'sweep.owner' && world.left.error > 0) variants.push('error');
  return variants;
}

/** Any address that looks free may be the one that an agent chooses; the first, when none does. */
function choicesOf(world: World, hand: Hand, mutant: Planted): string[] {
  const size = Math.min(world.pool.size, world.pool.closing ?? world.pool.size);
  const unit = 2 ** hand.order;
  const all: number[] = [];
  for (let at = 0; at + unit <= size; at += unit) all.push(at);
  const free = all.filter((at) => !world.addresses[nameOf(at, hand.order, mutant)]);
  return (free.length > 0 ? free : all).map(String).concat(all.length === 0 ? ['none'] : []);
}

function* late(world: World, copy: () => World): Iterable<Move<World>> {
  for (const [index, { name, owner, grant }] of world.late.entries()) {
    const next = copy();
    next.late.splice(index, 1);
    next.addresses[name] ??= { uid: next.next++, owner, grant };
    yield {
      says: `a late creation of address ${name} for owner ${owner} arrives`,
      world: canonical(next),
    };
  }
}

function passTime(world: World): void {
  for (const owner of world.owners) {
    for (const entry of owner?.entries ?? []) entry.over = entry.phase !== 'claimed';
  }
  world.truth.quarantine = world.truth.quarantine.map(() => null);
}

export function nameOf(at: number, order: number, mutant: Planted): string {
  return mutant === 'several claim sizes in one pool' ? `${at}/${order}` : `${at}`;
}

function overlap(one: { at: number; order: number }, two: { at: number; order: number }): boolean {
  return one.at < two.at + 2 ** two.order && two.at < one.at + 2 ** one.order;
}

/** Once nobody does anything and all time is over, sweeping has to bring back all that nobody holds. */
function isLeaking(world: World, scenario: Scenario, mutant: Planted): boolean {
  if (world.agents.some(Boolean) || world.late.length > 0) return false;
  const quiet = JSON.parse(JSON.stringify(world)) as World;
  passTime(quiet);
  const targets = [...Object.keys(quiet.addresses), '', '', ...Object.keys(quiet.addresses)];
  for (const [index, target] of targets.entries()) {
    const step = target === '' ? 'own.read' : 'sweep.read';
    const owner = target === '' ? index % 2 : 0;
    quiet.agents[0] = { ...startHand(), step, target, owner };
    for (let steps = 0; quiet.agents[0] && steps < 20; steps++) {
      new Steps(quiet, 0, scenario, mutant).run('');
    }
  }
  const held = quiet.truth.held.filter(Boolean).length;
  const records = Object.values(quiet.addresses);
  // What is claimed and was never acknowledged is still its owner's: it asks again.
  const kept = records.filter((record) => isKept(quiet, record)).length;
  return records.length > kept || kept < held;
}

function isKept({ owners }: World, { owner, grant }: AddressRecord): boolean {
  return (
    owners[owner]?.entries.some((one) => one.grant === grant && one.phase === 'claimed') ?? false
  );
}

function startHand(): Hand {
  return {
    step: '',
    verb: 'sweep',
    owner: 0,
    order: 0,
    incarnation: 0,
    target: '',
    tries: 0,
    version: 0,
    entry: null,
    other: { owner: 0, version: 0, grant: 0, uid: 0 },
    pool: { version: 0, size: 0 },
  };
}

/** The steps of one agent. Each is one request to the API server and what the agent makes of its answer. */
class Steps {
  private readonly hand: Hand;
  private readonly steps: Record<string, (variant: string) => string>;

  constructor(
    private readonly world: World,
    private readonly agent: number,
    private readonly scenario: Scenario,
    private readonly mutant: Planted,
  ) {
    this.hand = world.agents[agent] as Hand;
    this.steps = {
      ...this.claimSteps(),
      ...this.releaseAndSweepSteps(),
      ...this.ownSteps(),
      ...this.poolSteps(),
      ...this.transferSteps(),
    };
  }

  run(variant: string): string {
    const step = this.steps[this.hand.step];
    if (!step) throw new Error(`no step ${this.hand.step}`);
    return step(variant);
  }

  private claimSteps(): Record<string, (variant: string) => string> {
    return {
      'claim.read': (choice) => {
        const { hand, world } = this;
        const own = this.readOwner();
        if (own?.phase === 'claimed') return this.go('claim.raise', 'reads that it has a claim');
        if (own?.phase === 'handed') return this.end('is told to ask again');
        if (own && own.peer !== 0) {
          hand.step = 'own.read';
          return 'reads an intent to take a claim over';
        }
        if (world.pool.order !== null && world.pool.order !== hand.order && !this.isMixed) {
          return this.end('is refused: the pool has another claim size');
        }
        if (own?.phase === 'intended') {
          hand.entry = { ...own };
          return this.go(this.afterChoice(), `reads its intent of ${own.at}`);
        }
        if (own && own.order === hand.order && this.isInside(own)) {
          const grant = own.free ? world.next++ : own.grant;
          const phase = 'intended' as const;
          hand.entry = { ...own, grant, phase, wasReleased: !own.free, free: false, over: false };
          return this.go(this.afterChoice(), `wants ${own.at}, which it had`);
        }
        if (choice === 'none') return this.end('finds no address');
        hand.entry = this.newEntry(Number(choice), hand.order);
        return this.go(this.afterChoice(), `chooses ${choice}`);
      },
      'claim.raise': () => {
        const { hand, world } = this;
        const entry = this.write(hand.owner, hand.version)?.[0];
        if (!entry) return this.again('finds its record changed');
        entry.incarnation = world.next++;
        this.tell(hand.owner, entry);
        return this.end(`answers ${entry.at} #${entry.incarnation}`);
      },
      'claim.size': () => {
        const { hand, world } = this;
        if (world.pool.order !== null) {
          if (world.pool.order === hand.order)
            return this.go('claim.intend', 'reads the claim size');
          return this.end('is refused: the pool has another claim size');
        }
        world.pool.order = hand.order;
        world.pool.version++;
        return this.go('claim.intend', 'sets the claim size of the pool');
      },
      'claim.intend': () => {
        const { hand } = this;
        const entry = hand.entry as Entry;
        const record = this.write(hand.owner, hand.version);
        if (!record) return this.again('finds its record changed');
        entry.phase = 'intended';
        entry.over = false;
        entry.incarnation = this.world.next++;
        record.splice(0, record.length, { ...entry });
        return this.go(this.isEager ? 'claim.check' : 'claim.create', `intends ${entry.at}`);
      },
      'claim.create': (variant) => {
        const { hand, world } = this;
        const entry = hand.entry as Entry;
        const name = nameOf(entry.at, entry.order, this.mutant);
        const { owner } = hand;
        if (variant === 'late') {
          world.left.late--;
          world.late.push({ name, owner, grant: entry.grant });
          return this.go('claim.drop', `gives up on the creation of address ${name}`);
        }
        const there = world.addresses[name];
        if (there && there.grant !== entry.grant) {
          hand.other = { owner: there.owner, version: 0, grant: there.grant, uid: there.uid };
          return this.go('claim.look', `finds address ${name} there, of owner ${there.owner}`);
        }
        world.addresses[name] ??= { uid: world.next++, owner, grant: entry.grant };
        const next = this.isEager ? 'claim.intend' : 'claim.check';
        if (this.mutant !== 'answer without confirming')
          return this.go(next, `creates address ${name}`);
        this.tell(owner, entry);
        return this.go(next, `creates address ${name} and answers`);
      },
      'claim.look': () => this.look('claim.clear', 'claim.drop'),
      'claim.free': () => this.free('claim.clear', 'claim.look'),
      'claim.clear': () => {
        const { at, order } = this.hand.entry as Entry;
        return this.clear(nameOf(at, order, this.mutant), 'claim.create');
      },
      'claim.check': () => {
        const entry = this.hand.entry as Entry;
        const isRight = this.isMixed || this.isEager || this.world.pool.order === entry.order;
        if (
          this.mutant === 'confirm without reading the pool again' ||
          (this.isInside(entry) && isRight)
        )
          return this.go('claim.confirm', 'reads the pool: the address is inside');
        return this.go('claim.drop', 'reads the pool: the address is closed');
      },
      'claim.confirm': () => {
        const { hand } = this;
        const entry = this.write(hand.owner, hand.version)?.[0];
        if (!entry) return this.again('finds its record changed');
        entry.phase = 'claimed';
        entry.wasReleased = false;
        this.tell(hand.owner, entry);
        return this.end(`confirms and answers ${entry.at} #${entry.incarnation}`);
      },
      'claim.drop': () => {
        const { hand } = this;
        const record = this.write(hand.owner, hand.version);
        if (!record) return this.again('finds its record changed');
        this.dropIntent(record, (hand.entry as Entry).grant);
        return this.go('claim.undo', 'drops its intent');
      },
      'claim.undo': () => {
        const { at, order, grant, wasReleased } = this.hand.entry as Entry;
        const name = nameOf(at, order, this.mutant);
        if (!wasReleased && this.world.addresses[name]?.grant === grant) {
          delete this.world.addresses[name];
        }
        return this.again('takes back what it made');
      },
    };
  }

  private releaseAndSweepSteps(): Record<string, (variant: string) => string> {
    return {
      'release.read': () => {
        const own = this.readOwner();
        const isMeant =
          own?.incarnation === this.hand.incarnation ||
          this.mutant === 'release without incarnation';
        if (own?.phase === 'claimed' && isMeant) return this.go('release.write', 'reads the claim');
        return this.end('finds nothing to release');
      },
      'release.write': () => {
        const { hand, world } = this;
        const entry = this.write(hand.owner, hand.version)?.[0];
        if (!entry) return this.again('finds its record changed', 'release.read');
        if (entry.incarnation !== hand.incarnation) {
          world.truth.broken = `I3: a release of #${hand.incarnation} ended #${entry.incarnation}`;
        }
        entry.phase = 'released';
        entry.over = this.mutant === 'quarantine ends at release';
        for (let at = entry.at; at < entry.at + 2 ** entry.order; at++) {
          world.truth.quarantine[at] = { owner: hand.owner };
        }
        return this.end(`releases ${entry.at}`);
      },
      'sweep.read': () => {
        const { hand, world } = this;
        const record = world.addresses[hand.target];
        if (!record) return this.end('finds the address gone');
        hand.other = { owner: record.owner, version: 0, grant: record.grant, uid: record.uid };
        return this.go('sweep.owner', `reads address ${hand.target}`);
      },
      'sweep.owner': (variant) => {
        if (variant !== 'error') return this.look('sweep.clear', 'end');
        this.world.left.error--;
        if (this.mutant !== 'free on API error') return this.end('is not answered');
        return this.go('sweep.clear', 'is not answered, and takes that for absent');
      },
      'sweep.free': () => this.free('sweep.clear', 'sweep.owner'),
      'sweep.clear': () => this.clear(this.hand.target, 'end'),
    };
  }

  /** An owner's own record: intents that nobody carries on, claims that are being handed over. */
  private ownSteps(): Record<string, (variant: string) => string> {
    return {
      'own.read': () => {
        const { hand } = this;
        const entry = this.readOwner();
        hand.entry = entry ? { ...entry } : null;
        if (entry?.phase === 'handed') return this.go('transfer.move', 'reads a claim handed over');
        if (entry?.phase !== 'intended') return this.end('finds nothing to do');
        if (entry.peer !== 0) return this.go('own.peer', 'reads an intent to take a claim over');
        return entry.over ? this.go('own.drop', 'reads an old intent') : this.end('waits');
      },
      'own.peer': () => {
        const { hand, world } = this;
        const from = 1 - hand.owner;
        const record = world.owners[from];
        const entry = record?.entries.find((one) => one.grant === hand.entry?.peer);
        if (record && entry?.phase === 'handed') {
          world.agents[this.agent] = { ...hand, owner: from, step: 'own.read' };
          return 'reads that it was handed over';
        }
        if (!hand.entry?.over && hand.verb === 'sweep') return this.end('waits');
        hand.other = { ...hand.other, owner: from, version: record?.version ?? 0 };
        const isCareless =
          this.mutant === 'drop the intent of a transfer without touching the old owner';
        return this.go(isCareless ? 'own.drop' : 'own.touch', 'reads that it was not handed over');
      },
      'own.touch': () => {
        const { owner, version } = this.hand.other;
        if (this.world.owners[owner] === null || this.write(owner, version)) {
          return this.go('own.drop', `touches the record of owner ${owner}`);
        }
        return this.go('own.read', 'finds the record of the old owner changed');
      },
      'own.drop': () => {
        const { hand } = this;
        const record = this.write(hand.owner, hand.version);
        if (record) this.dropIntent(record, (hand.entry as Entry).grant);
        return this.end(record ? 'drops the intent' : 'finds the record changed');
      },
    };
  }

  private poolSteps(): Record<string, (variant: string) => string> {
    const { hand, world, scenario } = this;
    const target = scenario.shrinkTo ?? scenario.size;
    return {
      'shrink.read': () => {
        hand.pool = { version: world.pool.version, size: world.pool.size };
        return this.go('shrink.close', 'reads the pool');
      },
      'shrink.close': () => {
        if (!this.writePool()) return this.again('finds the pool changed', 'shrink.read');
        world.pool.closing = target;
        return this.go('shrink.list', 'closes the range');
      },
      'shrink.list': () => {
        const isBlind = this.mutant === 'shrink without looking for intents';
        for (const [owner, record] of world.owners.entries()) {
          const outside = record?.entries.find((entry) => entry.at + 2 ** entry.order > target);
          if (outside?.phase === 'claimed' || outside?.phase === 'handed') {
            return this.go('shrink.open', 'lists a claim in the range');
          }
          if (record && outside?.phase === 'intended' && !isBlind) {
            hand.other = { owner, version: record.version, grant: outside.grant, uid: 0 };
            return this.go('shrink.drop', 'lists an intent in the range');
          }
        }
        return this.go('shrink.commit', 'lists nothing in the range');
      },
      'shrink.drop': () => {
        const { owner, version, grant } = hand.other;
        const record = this.write(owner, version);
        if (record) this.dropIntent(record, grant);
        return this.go('shrink.list', record ? 'drops the intent' : 'finds the record changed');
      },
      'shrink.open': () => {
        if (this.writePool()) world.pool.closing = null;
        return this.end('opens the range again and refuses');
      },
      'shrink.commit': () => {
        if (!this.writePool()) return this.again('finds the pool changed', 'shrink.read');
        world.pool.size = target;
        world.pool.closing = null;
        return this.end('commits the new size');
      },
      'grow.read': () => {
        hand.pool = { version: world.pool.version, size: world.pool.size };
        return this.go('grow.write', 'reads the pool');
      },
      'grow.write': () => {
        if (!this.writePool()) return this.again('finds the pool changed', 'grow.read');
        world.pool.size = scenario.size;
        world.pool.closing = null;
        return this.end('grows the pool');
      },
    };
  }

  /** From owner 0 to owner 1: its version is read, the new owner's intent is written, and only then is it handed over. */
  private transferSteps(): Record<string, (variant: string) => string> {
    const { hand, world } = this;
    return {
      'transfer.read': () => {
        const entry = this.readOwner();
        if (entry?.phase === 'handed') {
          hand.entry = { ...entry };
          return this.go('transfer.move', 'reads a claim handed over');
        }
        if (entry?.phase !== 'claimed') return this.end('finds nothing to hand over');
        hand.entry = { ...entry };
        return this.go('transfer.to', 'reads the claim');
      },
      'transfer.to': () => {
        const record = world.owners[1];
        if (record?.entries.some((entry) => entry.peer !== hand.entry?.grant && !entry.free)) {
          return this.end('is refused: the new owner has one');
        }
        hand.other = { owner: 1, version: record?.version ?? 0, grant: world.next++, uid: 0 };
        return this.go('transfer.intend', 'reads the record of the new owner');
      },
      'transfer.intend': () => {
        const { grant, version } = hand.other;
        const record = this.write(1, version);
        if (!record) return this.again('finds that record changed', 'transfer.read');
        const from = hand.entry as Entry;
        const entry: Entry = { ...from, grant, phase: 'intended', peer: from.grant };
        record.splice(0, record.length, entry);
        return this.go('transfer.hand', 'writes the intent of the new owner');
      },
      'transfer.hand': () => {
        const entry = this.write(0, hand.version)?.[0];
        if (!entry) return this.again('finds the record of the old owner changed', 'transfer.read');
        entry.phase = 'handed';
        entry.peer = hand.other.grant;
        hand.entry = { ...entry };
        world.truth.held[1] = world.truth.held[0] ?? null;
        world.truth.held[0] = null;
        world.truth.told[1] = [...(world.truth.told[1] ?? []), entry.incarnation];
        return this.go('transfer.move', 'hands the claim over');
      },
      'transfer.move': () => {
        const { at, order, grant, peer } = hand.entry as Entry;
        const name = nameOf(at, order, this.mutant);
        const record = world.addresses[name];
        if (record?.grant === grant) {
          const uid = this.mutant === 'delete by uid alone' ? record.uid : world.next++;
          world.addresses[name] = { uid, owner: 1, grant: peer };
        }
        return this.go('transfer.new', 'writes the new owner into the address');
      },
      'transfer.new': () => {
        const record = world.owners[1];
        const entry = record?.entries.find((one) => one.grant === hand.entry?.peer);
        if (entry?.phase !== 'intended') return this.go('transfer.old', 'finds it confirmed');
        hand.other = { owner: 1, version: record?.version ?? 0, grant: entry.grant, uid: 0 };
        return this.go('transfer.confirm', 'reads the intent of the new owner');
      },
      'transfer.confirm': () => {
        const entry = this.write(1, hand.other.version)?.[0];
        if (!entry) return this.go('transfer.new', 'finds that record changed');
        entry.phase = 'claimed';
        entry.over = false;
        entry.peer = 0;
        return this.go('transfer.old', 'confirms the claim of the new owner');
      },
      'transfer.old': () => {
        const record = world.owners[0];
        const index = record?.entries.findIndex((one) => one.grant === hand.entry?.grant) ?? -1;
        // Read and write are one step here: the entry's grant is never used again.
        if (record && index >= 0) this.write(0, record.version)?.splice(index, 1);
        return this.end('takes the claim out of the old record');
      },
    };
  }

  private get isMixed(): boolean {
    return this.mutant === 'several claim sizes in one pool';
  }

  private get isEager(): boolean {
    return this.mutant === 'address before intent';
  }

  private afterChoice(): string {
    if (this.isEager) return 'claim.create';
    return this.isMixed ? 'claim.intend' : 'claim.size';
  }

  private newEntry(at: number, order: number): Entry {
    const grant = this.world.next++;
    return {
      grant,
      at,
      order,
      phase: 'intended',
      incarnation: 0,
      over: false,
      free: false,
      wasReleased: false,
      peer: 0,
    };
  }

  private readOwner(): Entry | undefined {
    const record = this.world.owners[this.hand.owner];
    this.hand.version = record?.version ?? 0;
    return record?.entries[0];
  }

  /** The entries to change; undefined when the record is not the one that was read. */
  private write(owner: number, version: number): Entry[] | undefined {
    const { owners } = this.world;
    const record = owners[owner] ?? { version: 0, entries: [] };
    if (record.version !== version) return undefined;
    owners[owner] = record;
    record.version++;
    if (owner === this.hand.owner) this.hand.version = record.version;
    return record.entries;
  }

  private writePool(): boolean {
    const { world, hand } = this;
    if (world.pool.version !== hand.pool.version) return false;
    hand.pool.version = ++world.pool.version;
    return true;
  }

  private isInside({ at, order }: Entry): boolean {
    const { size, closing } = this.world.pool;
    return at + 2 ** order <= Math.min(size, closing ?? size);
  }

  /** Whether the address that somebody else's record names may go. */
  private look(clear: string, taken: string): string {
    const { hand, world } = this;
    const record = world.owners[hand.other.owner];
    const entry = record?.entries.find((one) => one.grant === hand.other.grant);
    if (!entry || entry.free) {
      const isKept = this.mutant === 'orphans are never swept';
      return this.go(isKept ? taken : clear, 'reads that nobody has that address');
    }
    const isOver = entry.over && entry.peer === 0 && entry.phase !== 'claimed';
    if (!isOver) return this.go(taken, 'reads that the address is held');
    hand.other.version = record?.version ?? 0;
    return this.go(clear.replace('clear', 'free'), 'reads that its time is over');
  }

  private free(clear: string, again: string): string {
    const { owner, version, grant } = this.hand.other;
    const entries = this.write(owner, version);
    if (!entries) return this.go(again, 'finds that record changed');
    const entry = entries.find((one) => one.grant === grant) as Entry;
    if (entry.phase === 'intended' && !entry.wasReleased) {
      entries.splice(entries.indexOf(entry), 1);
    } else {
      entry.phase = 'released';
      entry.free = true;
    }
    return this.go(clear, 'ends its time');
  }

  private clear(name: string, next: string): string {
    const { uid } = this.hand.other;
    const record = this.world.addresses[name];
    if (record?.uid === uid || this.mutant === 'delete by name without uid') {
      delete this.world.addresses[name];
    }
    return this.go(next, `deletes address ${name} of uid ${uid}`);
  }

  private dropIntent(record: Entry[], grant: number): void {
    const index = record.findIndex((one) => one.grant === grant && one.phase === 'intended');
    const entry = record[index];
    if (!entry) return;
    if (entry.wasReleased) entry.phase = 'released';
    else record.splice(index, 1);
  }

  /** An answer stands from now on: nobody but the owner may end it. */
  private tell(owner: number, entry: Entry): void {
    const { truth } = this.world;
    const before = truth.held[owner];
    if (before && before.at !== entry.at) truth.broken = 'I3: one owner has two addresses';
    for (let at = entry.at; at < entry.at + 2 ** entry.order; at++) {
      const quarantine = truth.quarantine[at];
      if (quarantine && quarantine.owner !== owner) {
        truth.broken = 'I4: an address is given again in its quarantine';
      }
      truth.quarantine[at] = null;
    }
    const { at, order, incarnation } = entry;
    truth.held[owner] = { at, order, incarnation };
    truth.told[owner] = [...(truth.told[owner] ?? []), incarnation];
  }

  private go(step: string, says: string): string {
    if (step === 'end') this.world.agents[this.agent] = null;
    else this.hand.step = step;
    return says;
  }

  private end(says: string): string {
    return this.go('end', says);
  }

  private again(says: string, step = 'claim.read'): string {
    this.hand.tries++;
    this.hand.entry = null;
    this.hand.other = { owner: 0, version: 0, grant: 0, uid: 0 };
    return this.go(this.hand.tries >= MOST_TRIES ? 'end' : step, says);
  }
}
