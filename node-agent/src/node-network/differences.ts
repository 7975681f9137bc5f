import { type HostNetwork, linkNamed } from './host-network';
import { type NetworkPlan, remembered } from './network-plan';
import { isOurs } from './ownership';
import {
  currentValue,
  placeOf,
  type SettingKey,
  type SettingPlace,
  type SettingValue,
  settingKey,
} from './setting';
import { isAdopted } from './takeover';
import type { WantedNetwork } from './wanted-network';

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

const NOTHING: ReadonlyMap<SettingKey, SettingValue> = new Map();

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
    if (isAdopted(link, footprint) && !isOurs(linkNamed(host, link), marks)) continue;
    if (to === null && kind !== 'address' && kind !== 'route') continue;
    if ((kind === 'port' || kind === 'vlans') && leaves(link, wanted, before, host)) continue;
    found.push({ key, place, from, to, isBack: true });
  }
  return found;
}

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
