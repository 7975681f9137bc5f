import { allAddressSteps } from './address-steps';
import type { Difference } from './differences';
import type { HostNetwork } from './host-network';
import { type HostCommand, type HostStep, ipCommand } from './host-step';
import type { NetworkPlan } from './network-plan';
import { addressingCommands, type SettingKey, type SettingValue, setCommands } from './setting';
import { settingWords } from './setting-words';
import type { WantedNetwork } from './wanted-network';

export function settingSteps(
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
