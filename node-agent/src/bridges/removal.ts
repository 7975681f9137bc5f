import type { HostImage } from '../checkpoint/host-image';
import type { BeforeImages, LinkImage, ManagedParts } from '../store';
import { addressSteps } from './address-order';
import type { LinkState } from './links';
import { type BridgeMarks, isMarked } from './marks';
import { optionsBack } from './options';
import { addLine, ofFamily, type PlanStep, step } from './step';
import { giveUplinkBack, movedAddresses, uplinksOf } from './uplink';

/** A bridge that shall be as it was before netloom came. */
export interface UnwantedBridge {
  readonly name: string;
  readonly marks: BridgeMarks;
  readonly managed: ManagedParts;
  readonly images: BeforeImages | undefined;
}

/**
 * What brings back what was there before: a bridge that netloom made goes, an adopted one is given
 * back, ports return to where they were. A link that is not marked as ours is left alone.
 */
export function planRemoval(
  bridge: UnwantedBridge,
  links: ReadonlyMap<string, LinkState>,
  details?: HostImage,
): PlanStep[] {
  const { name, marks, managed, images } = bridge;
  const link = links.get(name);
  const isOurs = link !== undefined && isMarked(link, marks);
  const gives = images?.bridge !== undefined;
  const removes = isOurs && !gives;
  const ports = [...new Set([...Object.keys(images?.ports ?? {}), ...managed.ports])];
  const release = ports.flatMap((port) => {
    const state = links.get(port);
    // The kernel lets go of the ports of a bridge that is deleted by itself.
    const now = removes && state?.master === name ? { ...state, master: undefined } : state;
    const mayRelease = isOurs || now?.master !== name;
    return mayRelease ? releaseSteps(name, now, images?.ports[port], links, details) : [];
  });
  if (removes) return [step(`delete bridge ${name}`, `link del dev ${name}`), ...release];
  if (!isOurs || !images?.bridge) return release;
  return giveBackSteps(bridge, images.bridge, link, release);
}

/** What brings a port back to where it was; without an image it is only let go of. */
export function releaseSteps(
  bridge: string,
  port: LinkState | undefined,
  image: LinkImage | undefined,
  links: ReadonlyMap<string, LinkState>,
  details?: HostImage,
): PlanStep[] {
  if (!port || image?.master === bridge) return [];
  const { name } = port;
  const home = image?.master !== undefined && links.has(image.master) ? image.master : undefined;
  const isFree = port.master === undefined || port.master === bridge;
  const steps: PlanStep[] = [];
  if (isFree && home !== undefined) {
    steps.push(step(`make ${name} a port of ${home} again`, `link set dev ${name} master ${home}`));
  } else if (port.master === bridge) {
    steps.push(step(`release port ${name} from ${bridge}`, `link set dev ${name} nomaster`));
  }
  if (isFree) steps.push(...giveUplinkBack(port, image?.uplink, details));
  if (image?.up === false && port.up && (isFree || port.master === home)) {
    steps.push(step(`set ${name} down, as it was`, `link set dev ${name} down`));
  }
  return steps;
}

/** The alias comes last: until then the bridge is marked as ours, and a crash is made good. */
function giveBackSteps(
  { name, managed, images }: UnwantedBridge,
  image: LinkImage,
  link: LinkState,
  release: readonly PlanStep[],
): PlanStep[] {
  // What came with an uplink leaves before it returns there.
  const moved = [...movedAddresses(name, uplinksOf(images)).keys()];
  const had = { ...managed, addresses: [...managed.addresses, ...moved] };
  const addresses = addressesBack(name, had, image, link);
  const steps = moved.length > 0 ? [...addresses, ...release] : [...release, ...addresses];
  const set = (words: string, what: string): void => {
    steps.push(step(words, `link set dev ${name} ${what}`));
  };
  if (managed.mtu !== undefined && link.mtu !== image.mtu) {
    set(`set the MTU of ${name} back to ${image.mtu}`, `mtu ${image.mtu}`);
  }
  steps.push(...optionsBack(name, managed, image, link));
  if (link.mac !== image.mac) {
    set(`set the MAC address of ${name} back to ${image.mac}`, `address ${image.mac}`);
  }
  if (!image.up && link.up) set(`set ${name} down, as it was`, 'down');
  if (link.alias !== image.alias) {
    set(`take netloom's mark off ${name}`, `alias "${image.alias ?? ''}"`);
  }
  return steps;
}

function addressesBack(
  name: string,
  managed: ManagedParts,
  image: LinkImage,
  link: LinkState,
): PlanStep[] {
  // Link-local ones are the kernel's own, unless they were declared.
  const before = image.addresses.filter(
    (text) => !/^fe[89ab]/i.test(text) || managed.addresses.includes(text),
  );
  return ([4, 6] as const).flatMap((family) =>
    addressSteps(
      family,
      ofFamily(family, before),
      ofFamily(family, link.addresses),
      ofFamily(family, managed.addresses),
    ).map(({ action, address }) =>
      action === 'remove'
        ? step(`remove ${address} from ${name}`, `addr del ${address} dev ${name}`)
        : step(`put ${address} back on ${name}`, addLine(family, address, name)),
    ),
  );
}
