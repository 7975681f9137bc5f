import { differences } from './differences';
import type { HostNetwork } from './host-network';
import type { HostStep } from './host-step';
import { linkSteps } from './link-steps';
import { type NetworkPlan, remembered } from './network-plan';
import type { SettingKey, SettingPlace, SettingValue } from './setting';
import { settingSteps } from './setting-steps';

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

const prospectOf = remembered((plan, host) => {
  const links = linkSteps(plan, host);
  return { ...links, found: differences(plan, links.after) };
});

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
