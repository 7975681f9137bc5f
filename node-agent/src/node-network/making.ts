import { type HostLink, type HostNetwork, UNFINISHED_GROUP } from './host-network';
import { type HostCommand, type HostStep, ipCommand } from './host-step';
import { addressingCommands, setCommands, settingKey } from './setting';
import { NEW_BRIDGE, type WantedLink } from './wanted-link';

/** Makes a link. Its mark can only follow; until then its group tells whose it is. */
export function makeStep(wanted: WantedLink, alias: string, recreates: boolean): HostStep {
  const { name, peer, before, behind } = wanted;
  const group = `group ${UNFINISHED_GROUP}`;
  const head = ['link add name', name, before, group].filter((part) => part !== '').join(' ');
  const other = peer === undefined ? '' : ` ${group}`;
  return {
    words: `make ${wanted.words}: ${name}${recreates ? ', anew' : ''}`,
    link: name,
    does: [
      ipCommand(`${head} ${behind}${other}`),
      markCommand(name, alias),
      ...(peer === undefined ? [] : [markCommand(peer, alias)]),
    ],
    undo: [ipCommand(`link del dev ${name}`)],
    ...(recreates && { recreates }),
  };
}

export function markCommand(name: string, alias: string): HostCommand {
  return ipCommand(`link set dev ${name} alias ${alias} group 0`);
}

/** Marks a link that a crash left unfinished, or that another owner handed over. */
export function markStep(link: HostLink, alias: string): HostStep {
  const before = ipCommand(
    `link set dev ${link.name} group ${link.group} alias "${link.alias ?? ''}"`,
  );
  return {
    words: `mark ${link.name} as netloom's`,
    link: link.name,
    does: [markCommand(link.name, alias)],
    undo: [before],
  };
}

/** What a link is right after it was made: the link below decides its MTU, and the MAC of a VLAN. */
export function freshLinks(
  wanted: WantedLink,
  alias: string,
  links: ReadonlyMap<string, HostLink>,
): HostLink[] {
  const lower = wanted.lower === undefined ? undefined : links.get(wanted.lower);
  const made: HostLink = {
    name: wanted.name,
    kind: wanted.kind,
    mac: wanted.mac ?? lower?.mac ?? '',
    mtu: lower?.mtu ?? 1500,
    up: false,
    alias,
    group: 0,
    master: undefined,
    lower: wanted.peer ?? wanted.lower,
    options: wanted.options,
    portOptions: NEW_PORT,
    addresses: [],
  };
  if (wanted.peer === undefined) return [made];
  const mac = wanted.peerMac ?? '';
  return [made, { ...made, name: wanted.peer, mac, lower: wanted.name }];
}

/** What the kernel gives a port as it joins a bridge. */
const NEW_PORT = { hairpin: 'off', isolated: 'off' };

/** Deletes a link of ours; undone, it comes back with all that was on it. */
export function deleteStep(link: HostLink, host: HostNetwork, why: string | undefined): HostStep {
  const { name, kind } = link;
  return {
    words: `delete ${kind} ${name}${why === undefined ? '' : ` to make it anew, since ${why}`}`,
    link: name,
    does: [ipCommand(`link del dev ${name}`)],
    undo: remakeCommands(link, host),
    ...(why !== undefined && { recreates: true as const }),
  };
}

/** All that makes a link again as it is, with its ports, addresses and routes. */
function remakeCommands(link: HostLink, host: HostNetwork): HostCommand[] {
  const { name, alias } = link;
  const marks = (one: string): HostCommand[] =>
    alias === undefined
      ? []
      : [ipCommand(`link set dev ${one} group ${link.group} alias "${alias}"`)];
  const ports = [...host.links.values()].filter((one) => one.master === name);
  const ends = link.kind === 'veth' && link.lower !== undefined ? [name, link.lower] : [name];
  const unusual = Object.entries(link.options).filter(
    ([word, value]) => (NEW_BRIDGE[word] ?? value) !== value,
  );
  return [
    ipCommand(remakeLine(link, host)),
    ...ends.flatMap(marks),
    ...(link.kind === 'bridge'
      ? unusual.map(([word, value]) =>
          ipCommand(`link set dev ${name} type bridge ${word} ${value}`),
        )
      : []),
    ...[...ends, ...ports.map((port) => port.name)].flatMap((one) => stateCommands(one, host)),
  ];
}

function stateCommands(name: string, host: HostNetwork): HostCommand[] {
  const link = host.links.get(name);
  if (!link) return [];
  const vlans = host.vlans.get(name);
  const isBridge = link.kind === 'bridge';
  return [
    ipCommand(`link set dev ${name} mtu ${link.mtu}`),
    ...(link.master === undefined
      ? []
      : setCommands(settingKey('master', name), '', link.master, host)),
    ...(vlans === undefined
      ? []
      : setCommands(settingKey('vlans', name, ...(isBridge ? ['self'] : [])), '', vlans, host)),
    ipCommand(`link set dev ${name} ${link.up ? 'up' : 'down'}`),
    ...(link.up ? addressingCommands(name, host) : []),
  ];
}

function remakeLine({ name, kind, mac, lower, options }: HostLink, host: HostNetwork): string {
  const made = `link add name ${name} address ${mac}`;
  switch (kind) {
    case 'veth':
      return `${made} type veth peer name ${lower} address ${host.links.get(lower ?? '')?.mac}`;
    case 'vlan':
      return `link add link ${lower} name ${name} address ${mac} type vlan protocol ${options['protocol']?.toLowerCase()} id ${options['id']}`;
    case 'macvlan':
      return `link add link ${lower} name ${name} address ${mac} type macvlan mode ${options['mode']}`;
    case 'bond':
      return `${made} type bond ${bondWords(options)}`;
    default:
      return `${made} type ${kind}`;
  }
}

function bondWords(options: Readonly<Record<string, string>>): string {
  const words: [string, string][] = [
    ['mode', 'mode'],
    ['miimon', 'miimon'],
    ['updelay', 'updelay'],
    ['downdelay', 'downdelay'],
    ['xmit_hash_policy', 'xmit_hash_policy'],
    ['fail_over_mac', 'fail_over_mac'],
    ['min_links', 'min_links'],
    ['ad_lacp_rate', 'lacp_rate'],
  ];
  const is8023ad = options['mode'] === '802.3ad';
  return words
    .filter(([printed]) => options[printed] !== undefined)
    .filter(([printed]) => printed !== 'ad_lacp_rate' || is8023ad)
    .map(([printed, word]) => `${word} ${options[printed]}`)
    .join(' ');
}
