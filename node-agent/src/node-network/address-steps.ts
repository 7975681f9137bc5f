import { type AddressStep, addressSteps, ofFamily } from '../bridges';
import type { Difference } from './differences';
import type { HostNetwork } from './host-network';
import type { HostStep } from './host-step';
import { addressCommand, routeCommands, settingKey } from './setting';
import type { WantedNetwork } from './wanted-network';

/** In the declared order; what somebody else put there stays. */
export function allAddressSteps(
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
