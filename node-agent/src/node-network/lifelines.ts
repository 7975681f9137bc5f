import { InterfaceAddress, type Problem } from 'netloom';
import { leaseProblem } from '../bridges';
import type { HostImage } from '../checkpoint/host-image';
import { type Difference, differences } from './differences';
import { goingLinks } from './going-links';
import { type HostNetwork, isDefault, MAIN_TABLE, uplinks } from './host-network';
import type { NetworkPlan } from './network-plan';
import { isOurs } from './ownership';
import { placeOf } from './setting';
import { isAdopted } from './takeover';

/** What tells whether a link of the node's own traffic may be changed. */
export interface LifelineGuard {
  /** Address that the request was sent to; undefined where none was. */
  readonly requestAddress?: string | undefined;
  /** Links of the node's own traffic that may be changed: asked for, and allowed. */
  readonly touches: ReadonlySet<string>;
  /** Of ports that are about to be taken with what they have. */
  readonly details?: HostImage | undefined;
}

/** Settings whose change cuts a link off, or moves it elsewhere. */
const CUTTING = ['master', 'mtu', 'mac', 'up'];

/** Why something would cut this host or the caller off, were it touched; undefined when it would not. */
export function lifeline(
  name: string,
  requestAddress: string | undefined,
  host: HostNetwork,
  ways = uplinks(host),
): string | undefined {
  if (ways.includes(name)) return `"${name}" carries a default route of this host`;
  const addresses = host.links.get(name)?.addresses ?? [];
  const holds = addresses.some(
    (text) => String(InterfaceAddress.parse(text).address) === requestAddress,
  );
  if (requestAddress === undefined || !holds) return undefined;
  return `this very request came in on "${name}" (${requestAddress})`;
}

/**
 * What a plan must not do to links of the node's own traffic.
 *
 * @param refused makes the problem of a link
 */
export function checkLifelines(
  plan: NetworkPlan,
  guard: LifelineGuard,
  host: HostNetwork,
  refused: (link: string, found: string) => Problem,
): Problem[] {
  const ways = uplinks(host);
  const problems = new Map<string, Problem>();
  for (const change of differences(plan, host)) {
    const { kind, link: name, rest } = change.place;
    const why = lifeline(name, guard.requestAddress, host, ways);
    if (guard.touches.has(name)) {
      const found = why === undefined ? undefined : unmovable(change, plan, guard);
      if (found !== undefined) problems.set(name, refused(name, found));
      continue;
    }
    const { key, to } = change;
    const isWay = kind === 'route' && isDefault(rest[0] ?? '') && rest[1] === String(MAIN_TABLE);
    const rivals = isWay && to !== null && ways.some((one) => one !== name);
    if (rivals && outbids(host, key)) {
      const found = `a default route out of "${name}" would come before the one that this host has`;
      problems.set(key, refused(name, found));
    }
    if (why !== undefined && cuts(change)) {
      problems.set(name, refused(name, `${why}, which would be cut off`));
    }
  }
  return [...problems.values()];
}

/** Why a link of the node's own traffic can't join what it is asked to, although it may. */
function unmovable(
  { place, to, isBack }: Difference,
  { wanted }: NetworkPlan,
  { details }: LifelineGuard,
): string | undefined {
  const { kind, link: name } = place;
  if (kind !== 'master' || !to || isBack) return undefined;
  if (details !== undefined) {
    const found = leaseProblem(name, details);
    if (found !== undefined) return found;
  }
  if (wanted.moved.has(name)) return undefined;
  return `"${name}" carries this node's own traffic, and "${to}" does not take its addresses and routes`;
}

function cuts({ place, from, to }: Difference): boolean {
  const { kind } = place;
  if (kind === 'address') return to === null && from !== null;
  return CUTTING.includes(kind) && !(kind === 'up' && to === 'up');
}

function outbids(host: HostNetwork, key: string): boolean {
  const [dst = '', , metric] = placeOf(key).rest;
  const others = [...host.routes.values()].filter(
    (one) => one.dst === dst && one.table === MAIN_TABLE,
  );
  return others.some((one) => one.metric >= Number(metric));
}

/**
 * What a plan touches that has to be watched over, in words: links of the node's own traffic, and what
 * others made. Undefined when nothing of that kind.
 */
export function watchedPart(
  plan: NetworkPlan,
  { requestAddress, touches }: LifelineGuard,
  host: HostNetwork,
): string | undefined {
  const ways = uplinks(host);
  for (const name of goingLinks(plan, host).keys()) {
    const why = touches.has(name) ? lifeline(name, requestAddress, host, ways) : undefined;
    if (why !== undefined) return why;
  }
  for (const change of differences(plan, host)) {
    const { kind, link: name } = change.place;
    const why = touches.has(name) ? lifeline(name, requestAddress, host, ways) : undefined;
    if (why !== undefined) return why;
    if (kind === 'alias' && isAdopted(name, plan.footprint)) {
      return `"${name}" was made by somebody else`;
    }
    const master = kind === 'master' && !change.isBack ? change.from : undefined;
    const home = master ? host.links.get(master) : undefined;
    if (home && !isOurs(home, plan)) return `"${name}" is a part of "${master}"`;
  }
  return undefined;
}
