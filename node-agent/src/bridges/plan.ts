import { InterfaceAddress, type IpFamily } from 'netloom';
import type { BridgeSpec } from 'netloom/agent-api';
import type { ManagedParts } from '../store';
import { addressSteps } from './address-order';
import type { LinkState } from './links';
import type { BridgeMarks } from './marks';

/** One thing to do, in words for people and in lines for `ip -batch`. */
export interface PlanStep {
  readonly words: string;
  readonly lines: readonly string[];
}

/** A bridge as it shall be. */
export interface WantedBridge {
  readonly name: string;
  readonly spec: BridgeSpec;
  readonly marks: BridgeMarks;
  /** What netloom may have put there before. Everything else on the link is left alone. */
  readonly managed: ManagedParts;
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
): PlanStep[] {
  const link = links.get(wanted.name);
  return [
    ...(link ? markSteps(wanted, link) : [makeStep(wanted)]),
    ...mtuSteps(wanted, link),
    ...(link?.up ? [] : [step(`set ${wanted.name} up`, `link set dev ${wanted.name} up`)]),
    ...allAddressSteps(wanted, link),
    ...portSteps(wanted, links),
  ];
}

/** What removes a bridge. The kernel lets go of its ports by itself. */
export function planRemoval(name: string): PlanStep[] {
  return [step(`delete bridge ${name}`, `link del dev ${name}`)];
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

function markSteps({ name, marks }: WantedBridge, link: LinkState): PlanStep[] {
  const steps: PlanStep[] = [];
  if (link.alias !== marks.alias) {
    steps.push(step(`mark ${name} as netloom's`, `link set dev ${name} alias ${marks.alias}`));
  }
  if (link.mac !== marks.mac) {
    steps.push(
      step(
        `set the MAC address of ${name} to ${marks.mac}`,
        `link set dev ${name} address ${marks.mac}`,
      ),
    );
  }
  return steps;
}

function mtuSteps({ name, spec, managed }: WantedBridge, link: LinkState | undefined): PlanStep[] {
  const actual = link?.mtu ?? DEFAULT_MTU;
  const wanted = spec.mtu ?? (actual === managed.mtu ? DEFAULT_MTU : actual);
  if (wanted === actual) return [];
  return [step(`set the MTU of ${name} to ${wanted}`, `link set dev ${name} mtu ${wanted}`)];
}

function allAddressSteps(wanted: WantedBridge, link: LinkState | undefined): PlanStep[] {
  return ([4, 6] as const).flatMap((family) => {
    const mine = (list: readonly string[]): string[] => ofFamily(family, list);
    const steps = addressSteps(
      family,
      mine(wanted.spec.addresses ?? []),
      mine(link?.addresses ?? []),
      mine(wanted.managed.addresses),
    );
    return steps.map(({ action, address }) =>
      action === 'remove'
        ? step(`remove ${address} from ${wanted.name}`, `addr del ${address} dev ${wanted.name}`)
        : step(`${action} ${address} on ${wanted.name}`, addLine(family, address, wanted.name)),
    );
  });
}

/**
 * `replace` gives no error where an earlier, interrupted run was faster. `nodad`: on a bridge
 * without ports duplicate address detection never ends, and the address stays unusable (tentative).
 */
function addLine(family: IpFamily, address: string, name: string): string {
  return `addr replace ${address} dev ${name}${family === 6 ? ' nodad' : ''}`;
}

function portSteps(
  { name, spec, managed }: WantedBridge,
  links: ReadonlyMap<string, LinkState>,
): PlanStep[] {
  const ports = spec.ports ?? [];
  const leaving = managed.ports.filter(
    (port) => !ports.includes(port) && links.get(port)?.master === name,
  );
  const coming = ports.filter((port) => links.get(port)?.master !== name);
  const down = ports.filter((port) => links.get(port)?.up !== true);
  return [
    ...leaving.map((port) =>
      step(`release port ${port} from ${name}`, `link set dev ${port} nomaster`),
    ),
    ...coming.map((port) =>
      step(`make ${port} a port of ${name}`, `link set dev ${port} master ${name}`),
    ),
    ...down.map((port) => step(`set ${port} up`, `link set dev ${port} up`)),
  ];
}

/** Addresses of a family in canonical text, the way the kernel prints them. */
export function ofFamily(family: IpFamily, addresses: readonly string[]): string[] {
  return addresses
    .map((text) => InterfaceAddress.parse(text))
    .filter((parsed) => parsed.family === family)
    .map(String);
}

function step(words: string, line: string): PlanStep {
  return { words, lines: [line] };
}
