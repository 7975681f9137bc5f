import { type AddressStep, addressSteps, ofFamily } from '../bridges';
import { type HostLink, type HostNetwork, UNFINISHED_GROUP } from './host-network';
import { type HostCommand, type HostStep, ipCommand } from './host-step';
import { deleteStep, freshLinks, makeStep, markStep } from './making';
import { isOurs, type LinkMarks } from './ownership';
import {
  addressCommand,
  addressingCommands,
  currentValue,
  placeOf,
  routeCommands,
  type SettingKey,
  type SettingPlace,
  type SettingValue,
  setCommands,
  settingKey,
} from './setting';
import { settingWords } from './setting-words';
import { isAdopted } from './takeover';
import { wrongShape } from './wanted-link';
import type { WantedNetwork } from './wanted-network';

/** What netloom did to a host for one owner, as far as it has to be taken back some day. */
export interface Footprint {
  /** Links it made, or is about to make. */
  readonly made: readonly string[];
  /** Values of the host before they were changed first, on links that were there. */
  readonly before: Readonly<Record<SettingKey, SettingValue>>;
}

/** A wanted network and what it stands on. */
export interface NetworkPlan extends LinkMarks {
  readonly wanted: WantedNetwork;
  readonly footprint: Footprint;
}

/** A setting that is not as it shall be. */
export interface Difference {
  readonly key: SettingKey;
  /** The key in its parts. */
  readonly place: SettingPlace;
  readonly from: SettingValue;
  readonly to: SettingValue;
  /** True when it goes back to what was there before. */
  readonly isBack: boolean;
}

/**
 * What is to be done so that the host has the network as wanted; empty when nothing is. Pure: the steps
 * that a dry run shows are those that are run. What is right is not touched; links go before others
 * come, those below are made before those on them, and a port leaves its old place only for the new.
 */
export function planNetwork(plan: NetworkPlan, host: HostNetwork): HostStep[] {
  const { deletes, makes, after, found } = prospectOf(plan, host);
  const { early, rest } = settingSteps(plan, found, after);
  // The kernel makes no macvlan link on what is still a port.
  return [...deletes, ...early, ...makes, ...rest];
}

/**
 * A plan is checked, asked for its steps and for what they change first: with a thousand links it is work
 * to find the same each time.
 */
function remembered<T>(find: (plan: NetworkPlan, host: HostNetwork) => T): typeof find {
  const found = new WeakMap<NetworkPlan, { readonly host: HostNetwork; readonly value: T }>();
  return (plan, host) => {
    const known = found.get(plan);
    if (known?.host === host) return known.value;
    const value = find(plan, host);
    found.set(plan, { host, value });
    return value;
  };
}

const prospectOf = remembered((plan, host) => {
  const links = linkSteps(plan, host);
  return { ...links, found: differences(plan, links.after) };
});

/** What happens to links themselves, and the host as it then is. */
function linkSteps(
  plan: NetworkPlan,
  host: HostNetwork,
): { deletes: HostStep[]; makes: HostStep[]; after: HostNetwork } {
  const { wanted, alias } = plan;
  const goes = goingLinks(plan, host);
  const deletes = [...goes].map(([name, why]) => deleteStep(mustHave(host, name), host, why));
  const left = without(host, [...goes.keys()]);
  let links = left.links;
  let grown: Map<string, HostLink> | undefined;
  const makes: HostStep[] = [];
  for (const link of wanted.links) {
    const present = links.get(link.name);
    if (!present) {
      makes.push(makeStep(link, alias, goes.get(link.name) !== undefined));
      grown ??= new Map(links);
      for (const fresh of freshLinks(link, alias, grown)) grown.set(fresh.name, fresh);
      links = grown;
      continue;
    }
    const ends = [present, link.peer === undefined ? undefined : links.get(link.peer)];
    for (const end of ends) {
      // The mark of an adopted one is a setting, which goes back.
      if (link.isAdopted && end?.group !== UNFINISHED_GROUP) continue;
      if (end && (end.alias !== alias || end.group !== 0)) makes.push(markStep(end, alias));
    }
  }
  const after = withNewPorts(grown === undefined ? left : { ...left, links }, plan);
  return { deletes, makes, after };
}

/** The kernel gives each new port, and a new bridge itself, the VLAN of the bridge. */
function withNewPorts(host: HostNetwork, { wanted, footprint }: NetworkPlan): HostNetwork {
  const { settings, links } = wanted;
  const isVlans = (key: SettingKey): boolean => key.startsWith('vlans ');
  const counts = Object.keys(footprint.before).some(isVlans) || [...settings.keys()].some(isVlans);
  if (!counts) return host;
  const vlans = new Map(host.vlans);
  const usual = (bridge: string): string => {
    const key = settingKey('option', bridge, 'bridge', 'vlan_default_pvid');
    const id = settings.get(key) ?? host.links.get(bridge)?.options['vlan_default_pvid'] ?? '1';
    return id === '0' ? '' : `${id} pvid untagged`;
  };
  for (const { name, kind } of links) {
    if (kind === 'bridge' && !host.vlans.has(name)) vlans.set(name, usual(name));
  }
  for (const [key, master] of settings) {
    if (!master || !key.startsWith('master ')) continue;
    const { link } = placeOf(key);
    if (host.links.get(link)?.master !== master) vlans.set(link, usual(master));
  }
  return { ...host, vlans };
}

/** Links of ours that are not wanted any more, or wanted otherwise; those on others first. With why. */
export const goingLinks = remembered(findGoing);

function findGoing(
  { wanted, footprint, ...marks }: NetworkPlan,
  host: HostNetwork,
): ReadonlyMap<string, string | undefined> {
  const found = new Map<string, string | undefined>();
  const ends = new Set(wanted.links.flatMap(({ name, peer }) => [name, peer]));
  for (const name of footprint.made) {
    const link = host.links.get(name);
    if (!link || !isOurs(link, marks) || ends.has(name)) continue;
    // One end takes the other along.
    const isEnd = link.kind === 'veth' && link.lower !== undefined && found.has(link.lower);
    if (!isEnd) found.set(name, undefined);
  }
  for (const link of wanted.links) {
    const present = host.links.get(link.name);
    const why = present && isOurs(present, marks) ? wrongShape(link, present) : undefined;
    if (why === undefined) continue;
    if (present?.kind === 'veth' && present.lower !== undefined) found.delete(present.lower);
    found.set(link.name, why);
  }
  if (found.size === 0) return found;
  addThoseOn(found, wanted, marks, host);
  const depth = (name: string, seen: readonly string[] = []): number => {
    const link = host.links.get(name);
    const lower = link?.kind === 'veth' ? undefined : link?.lower;
    return lower === undefined || seen.includes(name) ? 0 : 1 + depth(lower, [...seen, name]);
  };
  return new Map([...found].sort(([a], [b]) => depth(b) - depth(a)));
}

/** The kernel deletes what stands on a link along with it. */
function addThoseOn(
  found: Map<string, string | undefined>,
  { links }: WantedNetwork,
  marks: LinkMarks,
  host: HostNetwork,
): void {
  for (let size = -1; size !== found.size; ) {
    size = found.size;
    for (const link of host.links.values()) {
      const { name, lower, kind } = link;
      if (lower === undefined || kind === 'veth' || !found.has(lower) || found.has(name)) continue;
      if (!isOurs(link, marks)) continue;
      const isWanted = links.some((one) => one.name === name);
      found.set(name, isWanted ? `${lower} below it goes` : undefined);
    }
  }
}

/** Every setting that is not as wanted, or not any more as it was before. */
export const differences = remembered(findDifferences);

function findDifferences(
  { wanted, footprint, ...marks }: NetworkPlan,
  host: HostNetwork,
): Difference[] {
  const found: Difference[] = [];
  for (const [key, to] of wanted.settings) {
    const place = placeOf(key);
    if (!host.links.has(place.link)) continue;
    const from = currentValue(host, key, place);
    // What a kernel does not tell of is tried: it then says itself why not.
    if (from !== to) found.push({ key, place, from: from ?? null, to, isBack: false });
  }
  const former = Object.entries(footprint.before).filter(([key]) => !wanted.settings.has(key));
  const before = former.length === 0 ? NOTHING : new Map(Object.entries(footprint.before));
  for (const [key, value] of former) {
    const to = backTo(key, value, host);
    const place = placeOf(key);
    const from = currentValue(host, key, place);
    const { kind, link } = place;
    if (from === undefined || from === to) continue;
    // One that was given back, or that is by now another one of that name.
    if (isAdopted(link, footprint) && !isOurs(mustHave(host, link), marks)) continue;
    if (to === null && kind !== 'address' && kind !== 'route') continue;
    if ((kind === 'port' || kind === 'vlans') && leaves(link, wanted, before, host)) continue;
    found.push({ key, place, from, to, isBack: true });
  }
  return found;
}

const NOTHING: ReadonlyMap<SettingKey, SettingValue> = new Map();

/** A port that leaves its bridge, or has left it, takes what it had as a port along. */
function leaves(
  link: string,
  wanted: WantedNetwork,
  before: ReadonlyMap<SettingKey, SettingValue>,
  host: HostNetwork,
): boolean {
  const state = host.links.get(link);
  if (state?.kind === 'bridge') return false;
  const key = settingKey('master', link);
  const now = state?.master ?? '';
  return now === '' || (wanted.settings.get(key) ?? before.get(key) ?? now) !== now;
}

/** A port can only go back to a bridge that is still there. */
function backTo(key: SettingKey, to: SettingValue, host: HostNetwork): SettingValue {
  return placeOf(key).kind === 'master' && to && !host.links.has(to) ? '' : to;
}

function settingSteps(
  { wanted }: NetworkPlan,
  found: readonly Difference[],
  host: HostNetwork,
): { early: HostStep[]; rest: HostStep[] } {
  const others = found.filter(({ place }) => place.kind !== 'address');
  const order = new Map(others.map((one) => [one, orderOf(one, wanted)]));
  const sorted = [...others].sort((a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0));
  const within = (from: number, to: number): HostStep[] =>
    sorted
      .filter((one) => {
        const at = order.get(one) ?? 0;
        return at >= from * PHASE_WIDTH && at < to * PHASE_WIDTH;
      })
      .map((one) => settingStep(one, host, wanted));
  return {
    early: within(0, PHASE.sysctl),
    rest: [
      ...within(PHASE.sysctl, PHASE.address),
      ...allAddressSteps(wanted, found, host),
      ...within(PHASE.address, Number.POSITIVE_INFINITY),
    ],
  };
}

/** Room for the ranks of links within a phase. */
const PHASE_WIDTH = 10_000;

/** What comes before what. */
const PHASE = {
  adopt: 0,
  routeGoes: 1,
  release: 2,
  sysctl: 3,
  option: 4,
  mtuDown: 5,
  mtuUp: 6,
  mac: 7,
  join: 8,
  port: 9,
  vlans: 10,
  primary: 11,
  up: 12,
  down: 13,
  routeMoves: 14,
  address: 15,
  route: 16,
  giveBack: 17,
} as const;

function orderOf({ place: where, from, to, isBack }: Difference, { ranks }: WantedNetwork): number {
  const { kind, link, rest } = where;
  const rank = ranks.get(link) ?? 0;
  const at = (phase: keyof typeof PHASE, place: number): number =>
    PHASE[phase] * PHASE_WIDTH + Math.min(place, PHASE_WIDTH - 1);
  switch (kind) {
    case 'route':
      // The way out is without a route for as short as can be.
      if (to === null) return at(isBack ? 'routeGoes' : 'routeMoves', 0);
      return at('route', to.includes('via') ? 1 : 0);
    case 'master':
      return to === '' ? at('release', 0) : at('join', rank);
    case 'alias':
      // Until the mark is gone it is ours, and a crash is made good.
      return at(isBack ? 'giveBack' : 'adopt', 0);
    case 'sysctl':
      return at('sysctl', 0);
    case 'option':
      // The VLAN of new ports can be changed only while nothing is filtered.
      if (rest[1] === 'primary') return at('primary', 0);
      return at('option', rest[1] === 'vlan_filtering' ? 1 : 0);
    case 'mtu':
      // Nothing may be larger than the link below it.
      return Number(to) < Number(from) ? at('mtuDown', 1000 - rank) : at('mtuUp', rank);
    case 'mac':
      return at('mac', rank);
    case 'port':
      return at('port', 0);
    case 'vlans':
      return at('vlans', 0);
    case 'up':
      return to === 'up' ? at('up', rank) : at('down', 1000 - rank);
    case 'address':
      return at('address', 0);
  }
}

/** What brings a setting from one value to another, to the letter where that is known. */
function changeCommands(
  { exact }: WantedNetwork,
  key: SettingKey,
  from: SettingValue,
  to: SettingValue,
  host: HostNetwork,
): readonly HostCommand[] {
  const known = exact.get(key);
  const usual = (): HostCommand[] => setCommands(key, from, to, host);
  if (to === null) return known?.off ?? usual();
  return (from === null ? undefined : known?.again) ?? known?.on ?? usual();
}

function settingStep(change: Difference, host: HostNetwork, wanted: WantedNetwork): HostStep {
  const { key, from, to, isBack } = change;
  const { kind, link } = change.place;
  const mac = kind === 'alias' && !isBack ? host.links.get(link)?.mac : undefined;
  // A MAC address that was set is kept; one that a bridge took from a port goes with the port.
  const keeps = mac === undefined ? [] : [ipCommand(`link set dev ${link} address ${mac}`)];
  const flushes =
    (kind === 'up' && to === 'down') ||
    (kind === 'master' && to !== '' && host.links.get(to ?? '')?.kind === 'bond');
  const isAbsent = from === null && kind !== 'route';
  // Another step's undo may have put a route back already: `replace` does not mind.
  const reached = kind === 'route' && from !== null ? '' : to;
  const undo = isAbsent ? [] : changeCommands(wanted, key, reached, from, host);
  return {
    words: settingWords(key, from, to, isBack),
    link,
    does: [...keeps, ...changeCommands(wanted, key, from, to, host)],
    undo: flushes ? [...undo, ...addressingCommands(link, host)] : undo,
  };
}

/** In the declared order; what somebody else put there stays. */
function allAddressSteps(
  wanted: WantedNetwork,
  found: readonly Difference[],
  host: HostNetwork,
): HostStep[] {
  const changed = new Map<string, Difference[]>();
  for (const one of found) {
    const { kind, link } = one.place;
    if (kind !== 'address') continue;
    const mine = changed.get(link);
    if (mine) mine.push(one);
    else changed.set(link, [one]);
  }
  const { addresses, exact } = wanted;
  // What a port had is on it no more before its bridge has it, and the other way round.
  const losing = [...changed.keys()].filter((name) => changed.get(name)?.every(({ to }) => !to));
  const names = exact.size > 0 ? [...losing, ...addresses.keys()] : [...addresses.keys()];
  return [...new Set([...names, ...changed.keys()])].flatMap((name) => {
    const link = host.links.get(name);
    if (!link) return [];
    const mine = changed.get(name) ?? [];
    // One that is there is in order, whatever else is there.
    if (mine.length === 0 && addresses.get(name)?.length === 1) return [];
    const address = ({ place }: Difference): string => place.rest[0] ?? '';
    const gone = mine.filter(({ to }) => to === null).map(address);
    const back = mine.filter(({ to, isBack }) => to !== null && isBack).map(address);
    const declared = [...(addresses.get(name) ?? []), ...back];
    return ([4, 6] as const).flatMap((family) => {
      const steps = addressSteps(
        family,
        ofFamily(family, declared),
        ofFamily(family, link.addresses),
        ofFamily(family, gone),
      );
      const [removed, added] = split(steps, ({ action }) => action === 'remove');
      // The kernel lists the newest IPv6 address first: undone, the first has to come last.
      const ordered = family === 6 ? [...removed.reverse(), ...added] : steps;
      return ordered.map((step) => addressStep(name, step, host, wanted));
    });
  });
}

function addressStep(
  name: string,
  { action, address }: AddressStep,
  host: HostNetwork,
  { exact }: WantedNetwork,
): HostStep {
  const on = action !== 'remove';
  const words = on ? `${action} ${address} on ${name}` : `remove ${address} from ${name}`;
  const known = exact.get(settingKey('address', name, address));
  const adds = known?.on ?? [addressCommand(name, address, true)];
  const removes = known?.off ?? [addressCommand(name, address, false)];
  // A route goes along with the address that its next hop is reached by.
  const routes = on ? [] : routeCommands(name, host, address);
  return {
    words,
    link: name,
    does: on ? adds : removes,
    undo: [...(on ? removes : adds), ...routes],
  };
}

function split<T>(list: readonly T[], test: (one: T) => boolean): [T[], T[]] {
  return [list.filter(test), list.filter((one) => !test(one))];
}

function mustHave(host: HostNetwork, name: string): HostLink {
  const link = host.links.get(name);
  if (!link) throw new Error(`no link ${name}`);
  return link;
}

/** The host after links went, with what the kernel takes along. */
function without(host: HostNetwork, names: readonly string[]): HostNetwork {
  if (names.length === 0) return host;
  const gone = new Set(names);
  for (const name of names) {
    const link = host.links.get(name);
    if (link?.kind === 'veth' && link.lower !== undefined) gone.add(link.lower);
  }
  const left = [...host.links.values()].filter(({ name }) => !gone.has(name));
  const freed = left.map((link) =>
    link.master !== undefined && gone.has(link.master) ? { ...link, master: undefined } : link,
  );
  return {
    ...host,
    links: new Map(freed.map((link) => [link.name, link])),
    routes: new Map([...host.routes].filter(([, route]) => !gone.has(route.link))),
    vlans: new Map([...host.vlans].filter(([name]) => !gone.has(name))),
  };
}

/**
 * The values that a plan is about to change first, to be written down before it is run. Those of a new
 * link count, too: that is what it has again when a setting is no longer wanted.
 */
export function changedFirst(
  plan: NetworkPlan,
  host: HostNetwork,
): Record<SettingKey, SettingValue> {
  const known = plan.footprint.before;
  const found = prospectOf(plan, host).found.filter(
    ({ key, isBack }) => !isBack && !(key in known),
  );
  return Object.fromEntries(found.map(({ key, place, from }) => [key, from ?? usualOf(place)]));
}

/** What a link gets only as it joins a bridge is off then. */
function usualOf({ kind }: SettingPlace): SettingValue {
  return kind === 'port' ? 'off' : null;
}
