import { IpAddress, incarnationOf, type Problem } from 'netloom';
import type { BridgeView } from 'netloom/agent-api';
import type { BridgeRecord } from '../store';
import type { HostLinks } from './links';
import { ofFamily, type PlanStep } from './step';

/** A bridge as the API shows it. */
export function bridgeView(
  record: BridgeRecord,
  host: HostLinks,
  steps: readonly PlanStep[],
): BridgeView {
  const { name, owner, incarnation, spec } = record;
  const link = host.links.get(name);
  const view = {
    id: `${name}#${incarnation}`,
    name,
    owner,
    spec,
    steps: steps.map((step) => step.words),
    ...(record.images?.bridge && { adopted: true }),
  };
  if (!link) return view;
  const declared = new Set(
    [4, 6].flatMap((family) => ofFamily(family as 4 | 6, spec.addresses ?? [])),
  );
  const present = [4, 6].flatMap((family) => ofFamily(family as 4 | 6, link.addresses));
  return {
    ...view,
    actual: {
      mac: link.mac,
      mtu: link.mtu,
      up: link.up,
      ...(link.stp === undefined ? {} : { stp: link.stp }),
      ...(link.multicastSnooping === undefined
        ? {}
        : { multicastSnooping: link.multicastSnooping }),
      addresses: present.filter((text) => declared.has(text) || !isLinkLocal(text)),
      ports: [...host.links.values()].filter((one) => one.master === name).map((one) => one.name),
    },
  };
}

/** The kernel gives every interface an address of fe80::/10, which nobody asked for. */
function isLinkLocal(text: string): boolean {
  const [address = ''] = text.split('/');
  return address.includes(':') && IpAddress.parse(address).value >> 118n === 0x3fan;
}

/** The number in `<name>#<number>`; undefined when the id is another bridge's or none. */
export function incarnationIn(id: string, name: string): number | undefined {
  return id.startsWith(`${name}#`) ? incarnationOf(id) : undefined;
}

export function bridgeOwned(record: BridgeRecord): Problem {
  return {
    code: 'NL_BRIDGE_OWNED',
    key: 'name',
    found: `bridge "${record.name}" belongs to ${record.owner} (identity "${record.identity}")`,
    allowed: 'a bridge of your own',
    fix: 'choose another name, or change the bridge where it is declared',
  };
}

export function neverAsWanted(record: BridgeRecord, left: readonly PlanStep[]): Problem {
  return {
    code: 'NL_HOST_COMMAND',
    key: 'ip',
    found: `bridge "${record.name}" is not as wanted although every command was carried out; still to do: ${left.map((step) => step.words).join(', ')}`,
    allowed: 'a host on which nothing else changes the bridge at the same time',
    fix: 'see what else manages networks there, such as NetworkManager or systemd-networkd',
  };
}
