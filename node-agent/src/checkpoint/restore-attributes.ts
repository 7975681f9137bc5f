import type { HostImage, LinkImage, VlanImage } from './host-image';
import { optionWords, portWords } from './link-options';

/** Rounds after which a MAC address is set on an interface that is down: some drivers want it so. */
const PATIENCE = 1;

/** Lines that bring MAC address, MTU, alias, queue and options back. */
export function restoreAttributes(
  before: HostImage,
  now: ReadonlyMap<string, LinkImage>,
  round: number,
): string[] {
  return before.links.flatMap((image) => {
    const link = now.get(image.ifname);
    return link ? linkLines(image, link, round) : [];
  });
}

function linkLines(image: LinkImage, link: LinkImage, round: number): string[] {
  const { ifname } = image;
  const lines: string[] = [];
  const set = (what: string): void => {
    lines.push(`link set dev ${ifname} ${what}`);
  };
  if (link.mtu !== image.mtu) set(`mtu ${image.mtu}`);
  if (image.address !== undefined && link.address !== image.address) {
    if (round > PATIENCE && link.flags.includes('UP')) set('down');
    set(`address ${image.address}`);
  }
  if (link.ifalias !== image.ifalias) set(`alias "${image.ifalias ?? ''}"`);
  if (image.txqlen !== undefined && link.txqlen !== image.txqlen) set(`txqueuelen ${image.txqlen}`);
  const mode = image.inet6_addr_gen_mode;
  if (mode !== undefined && link.inet6_addr_gen_mode !== mode) set(`addrgenmode ${mode}`);
  // One by one: a kernel may lack one of them.
  const kind = image.linkinfo?.info_kind;
  for (const words of optionWords(image, link)) set(`type ${kind} ${words}`);
  for (const words of portWords(image, link)) set(`type bridge_slave ${words}`);
  return lines;
}

/** Lines of `bridge` that bring the VLANs of bridges and their ports back. */
export function restoreVlans(before: HostImage, now: HostImage): string[] {
  const names = new Set([...before.vlans, ...now.vlans].map((one) => one.ifname));
  const links = new Map(now.links.map((link) => [link.ifname, link]));
  return [...names].flatMap((name) => {
    const link = links.get(name);
    if (!link || !before.links.some((one) => one.ifname === name)) return [];
    // The bridge's own membership goes by the word "self".
    const self = link.linkinfo?.info_kind === 'bridge' ? ' self' : '';
    const [had, has] = [entries(before.vlans, name), entries(now.vlans, name)];
    return [
      ...[...has]
        .filter(([vid]) => !had.has(vid))
        .map(([vid]) => `vlan del vid ${vid} dev ${name}${self}`),
      ...[...had]
        .filter(([vid, flags]) => has.get(vid) !== flags)
        .map(([vid, flags]) => `vlan add vid ${vid} dev ${name}${flags}${self}`),
    ];
  });
}

/** Flags by VLAN, in the words of `bridge`; ranges are taken apart. */
function entries(vlans: readonly VlanImage[], name: string): Map<number, string> {
  const found = vlans.find((one) => one.ifname === name)?.vlans ?? [];
  return new Map(
    found.flatMap(({ vlan, vlanEnd = vlan, flags = [] }) => {
      const words = `${flags.includes('PVID') ? ' pvid' : ''}${flags.includes('Egress Untagged') ? ' untagged' : ''}`;
      const count = vlanEnd - vlan + 1;
      return Array.from({ length: count }, (_, index): [number, string] => [vlan + index, words]);
    }),
  );
}
