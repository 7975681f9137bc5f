import type { HostRoot } from './host-files';

/** What each of them leaves on a host while it runs. */
const TRACES: Readonly<Record<string, readonly string[]>> = {
  NetworkManager: ['/run/NetworkManager/devices', '/run/NetworkManager/NetworkManager.pid'],
  'systemd-networkd': ['/run/systemd/netif/state'],
  dhcpcd: ['/run/dhcpcd/pid', '/run/dhcpcd.pid'],
  connman: ['/run/connman'],
};

/** Programs that manage this host's network and may undo what netloom does. */
export function readNetworkManagers(host: HostRoot): string[] {
  return Object.entries(TRACES).flatMap(([name, files]) =>
    files.some((file) => host.exists(file)) ? [name] : [],
  );
}
