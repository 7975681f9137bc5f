import { changedLinks } from '../node-network/network-checks';
import type { BridgeRecord, NetworkRecord } from '../store';

/** A file of the host, and what makes a running program read it. */
export interface DropIn {
  readonly path: string;
  readonly content: string;
  /** Command and arguments. */
  readonly reload: readonly string[];
}

/**
 * Files that tell NetworkManager and systemd-networkd to leave bridges, their ports and the links
 * of the node's network alone. Both
 * only read their own section: no other file is overruled, and without them all is as it was.
 *
 * @returns nothing where there is none
 * @see https://networkmanager.dev/docs/api/latest/NetworkManager.conf.html
 * @see https://www.freedesktop.org/software/systemd/man/latest/systemd.network.html
 */
export function dropIns(
  bridges: readonly BridgeRecord[],
  networks: readonly NetworkRecord[] = [],
): DropIn[] {
  const names = [
    ...bridges.flatMap(({ name, spec }) => [name, ...(spec.ports ?? [])]),
    ...networks.flatMap(({ spec, resolved }) =>
      changedLinks(spec, resolved).map((one) => one.name),
    ),
  ];
  const links = [...new Set(names)].sort();
  if (links.length === 0) return [];
  return [
    {
      path: '/etc/NetworkManager/conf.d/90-netloom.conf',
      content: file([
        // A section of its own: `unmanaged-devices` of another file would replace ours.
        '[device-netloom]',
        `match-device=${links.map((name) => `interface-name:${name}`).join(';')}`,
        'managed=0',
      ]),
      reload: ['systemctl', 'reload', 'NetworkManager'],
    },
    {
      // The first file in lexical order that matches a link counts for it.
      path: '/etc/systemd/network/05-netloom.network',
      content: file(['[Match]', `Name=${links.join(' ')}`, '', '[Link]', 'Unmanaged=yes']),
      reload: ['networkctl', 'reload'],
    },
  ];
}

function file(lines: readonly string[]): string {
  return `# Of netloom-agent drop-ins: these links are netloom's.\n${lines.join('\n')}\n`;
}
