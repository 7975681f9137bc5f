import type { BridgeSpec } from 'netloom/agent-api';
import type { HostImage } from '../checkpoint/host-image';
import type { BeforeImages, ManagedParts } from '../store';
import { addressSteps } from './address-order';
import type { LinkState } from './links';
import { type BridgeMarks, kernelMac } from './marks';
import { optionSteps } from './options';
import { releaseSteps } from './removal';
import { addLine, ofFamily, type PlanStep, step } from './step';
import { movedAddresses, routeSteps, takeUplinks, type Uplink, uplinksOf } from './uplink';

/** A bridge as it shall be. */
export interface WantedBridge {
  readonly name: string;
  readonly spec: BridgeSpec;
  readonly marks: BridgeMarks;
  /** What netloom may have put there before. Everything else on the link is left alone. */
  readonly managed: ManagedParts;
  /** Of this boot. */
  readonly images?: BeforeImages | undefined;
}

/** The kernel's MTU of a bridge that nobody chose one for. */
const DEFAULT_MTU = 1500;

/**
 * What is to be done so that the host has the bridge as wanted; empty when nothing is. The guards
 * (foreign links, ports that must not be touched) are checked beforehand.
 */
export function planBridge(
  wanted: WantedBridge,
  links: ReadonlyMap<string, LinkState>,
  details?: HostImage,
): PlanStep[] {
  const uplinks = currentUplinks(wanted);
  const link = links.get(wanted.name);
  return [
    ...(link ? markSteps(wanted, link) : [makeStep(wanted)]),
    ...macSteps(wanted, uplinks, link),
    ...mtuSteps(wanted, link),
    ...optionSteps(wanted, wanted.images?.bridge, link),
    ...(link?.up ? [] : [step(`set ${wanted.name} up`, `link set dev ${wanted.name} up`)]),
    ...takeUplinks(wanted.name, uplinks, links),
    ...allAddressSteps(wanted, uplinks, link),
    ...routeSteps(wanted.name, uplinks, details),
    ...portSteps(wanted, uplinks, links, details),
  ];
}

/** Those that are still wanted as ports. */
function currentUplinks({ spec, images }: WantedBridge): Uplink[] {
  return uplinksOf(images).filter(({ port }) => spec.ports?.includes(port));
}

function makeStep({ name, marks }: WantedBridge): PlanStep {
  return {
    words: `make bridge ${name} with MAC address ${marks.mac}`,
    lines: [
      `link add name ${name} address ${marks.mac} type bridge`,
      // Not taken by the kernel in the first step (tried on 6.18).
      `link set dev ${name} alias ${marks.alias}`,
    ],
  };
}

function markSteps({ name, marks, images }: WantedBridge, link: LinkState): PlanStep[] {
  const steps: PlanStep[] = [];
  if (link.alias !== marks.alias) {
    const alias = `link set dev ${name} alias ${marks.alias}`;
    // A MAC address that was set is kept; one that the bridge took from a port goes with the port.
    const keep = `link set dev ${name} address ${marks.mac}`;
    const words = `mark ${name} as netloom's`;
    if (!images?.bridge) steps.push(step(words, alias));
    else steps.push({ words: `adopt bridge ${name}: ${words}`, lines: [keep, alias] });
    if (images?.bridge) return steps;
  }
  return steps;
}

/** A bridge is made with the MAC address by which it is known, and then gets the one that is wanted. */
function macSteps(
  { name, spec, marks, images }: WantedBridge,
  [uplink]: readonly Uplink[],
  link: LinkState | undefined,
): PlanStep[] {
  const actual = link?.mac ?? marks.mac;
  // The network knows the node by its uplink's, and may let no other pass.
  const usual = images?.bridge ? marks.mac : (uplink?.mac ?? marks.mac);
  const wanted = spec.mac === undefined ? usual : kernelMac(spec.mac);
  if (wanted === actual) return [];
  return [
    step(`set the MAC address of ${name} to ${wanted}`, `link set dev ${name} address ${wanted}`),
  ];
}

function mtuSteps(bridge: WantedBridge, link: LinkState | undefined): PlanStep[] {
  const { name, spec, managed, images } = bridge;
  const usual = images?.bridge?.mtu ?? DEFAULT_MTU;
  const actual = link?.mtu ?? DEFAULT_MTU;
  const wanted = spec.mtu ?? (actual === managed.mtu ? usual : actual);
  if (wanted === actual) return [];
  return [step(`set the MTU of ${name} to ${wanted}`, `link set dev ${name} mtu ${wanted}`)];
}

function allAddressSteps(
  wanted: WantedBridge,
  uplinks: readonly Uplink[],
  link: LinkState | undefined,
): PlanStep[] {
  const { name, spec, images } = wanted;
  const moved = movedAddresses(name, uplinks);
  const managed = {
    ...wanted.managed,
    addresses: [
      ...wanted.managed.addresses,
      // Those of a port that leaves go with it.
      ...movedAddresses(name, uplinksOf(images)).keys(),
    ],
  };
  const declared = [...moved.keys(), ...(spec.addresses ?? [])];
  // What an adopted bridge had stays when it is no longer declared.
  const before = (images?.bridge?.addresses ?? []).filter((one) => managed.addresses.includes(one));
  const stay = [...new Set([...before, ...(managed.keeps ?? [])])];
  return ([4, 6] as const).flatMap((family) => {
    const inOrder = [...new Set(ofFamily(family, [...declared, ...stay]))];
    const present = ofFamily(family, link?.addresses ?? []);
    const steps = addressSteps(family, inOrder, present, ofFamily(family, managed.addresses));
    return steps.map(({ action, address }): PlanStep => {
      if (action === 'remove') {
        return step(`remove ${address} from ${name}`, `addr del ${address} dev ${name}`);
      }
      const line = moved.get(address) ?? addLine(family, address, name);
      const adds = step(`${action} ${address} on ${name}`, line);
      return action === 'put back' ? { ...adds, keeps: address } : adds;
    });
  });
}

function portSteps(
  { name, spec, managed, images }: WantedBridge,
  uplinks: readonly Uplink[],
  links: ReadonlyMap<string, LinkState>,
  details: HostImage | undefined,
): PlanStep[] {
  const taken = new Set(uplinks.map(({ port }) => port));
  const ports = spec.ports ?? [];
  const leaving = managed.ports.filter((port) => !ports.includes(port));
  const coming = ports.filter((port) => !taken.has(port) && links.get(port)?.master !== name);
  const down = ports.filter((port) => links.get(port)?.up !== true);
  return [
    ...leaving.flatMap((port) =>
      releaseSteps(name, links.get(port), images?.ports[port], links, details),
    ),
    ...coming.map((port) =>
      step(`make ${port} a port of ${name}`, `link set dev ${port} master ${name}`),
    ),
    ...down.map((port) => step(`set ${port} up`, `link set dev ${port} up`)),
  ];
}
