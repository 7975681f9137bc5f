import type { BridgeSpec } from 'netloom/agent-api';
import type { LinkImage, ManagedParts } from '../store';
import type { LinkState } from './links';
import { type PlanStep, step } from './step';

/** Switches of a bridge, by their names in `ip`, and what the kernel gives a new one. */
const OPTIONS = [
  { key: 'stp', word: 'stp_state', about: 'spanning tree protocol', usual: false },
  { key: 'multicastSnooping', word: 'mcast_snooping', about: 'multicast snooping', usual: true },
] as const;

/**
 * What turns the switches of a bridge as wanted.
 *
 * @param image of an adopted bridge
 */
export function optionSteps(
  bridge: { readonly name: string; readonly spec: BridgeSpec; readonly managed: ManagedParts },
  image: LinkImage | undefined,
  link: LinkState | undefined,
): PlanStep[] {
  const { name, spec, managed } = bridge;
  return OPTIONS.flatMap(({ key, word, about, usual }) => {
    const actual = link?.[key] ?? usual;
    const before = image?.[key] ?? usual;
    const wanted = spec[key] ?? (managed[key] === undefined ? actual : before);
    if (wanted === actual) return [];
    return [optionStep(name, about, word, wanted)];
  });
}

/** What gives an adopted bridge the switches back that netloom turned. */
export function optionsBack(
  name: string,
  managed: ManagedParts,
  image: LinkImage,
  link: LinkState,
): PlanStep[] {
  return OPTIONS.flatMap(({ key, word, about, usual }) => {
    const before = image[key] ?? usual;
    const isTurned = managed[key] !== undefined && link[key] !== before;
    return isTurned ? [optionStep(name, about, word, before)] : [];
  });
}

function optionStep(name: string, about: string, word: string, on: boolean): PlanStep {
  return step(
    `turn ${about} of ${name} ${on ? 'on' : 'off'}`,
    `link set dev ${name} type bridge ${word} ${on ? 1 : 0}`,
  );
}
