import type { HostNetwork } from './host-network';
import type { LinkMarks } from './ownership';
import type { SettingKey, SettingValue } from './setting';
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

/**
 * A plan is checked, asked for its steps and for what they change first: with a thousand links it is work
 * to find the same each time.
 */
export function remembered<T>(find: (plan: NetworkPlan, host: HostNetwork) => T): typeof find {
  const found = new WeakMap<NetworkPlan, { readonly host: HostNetwork; readonly value: T }>();
  return (plan, host) => {
    const known = found.get(plan);
    if (known?.host === host) return known.value;
    const value = find(plan, host);
    found.set(plan, { host, value });
    return value;
  };
}
