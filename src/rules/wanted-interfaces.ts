import type { WantedInterface } from './pod-diagnosis';

/**
 * A wanted interface as a state keeps it: network, name in the pod, addresses (true: those that the pod's own
 * annotation asks for), MAC address. What is not wanted at the end is left out, and `[]` before that.
 */
export type WantedRow = readonly [string, string, (readonly string[] | true)?, string?];

/** The mirror of {@link unpackWanted}. */
export function packWanted(wanted: readonly WantedInterface[]): WantedRow[] {
  return wanted.map(({ network, interface: name, claimed, ips = [], mac }): WantedRow => {
    const addresses = claimed === true ? true : ips;
    if (mac !== undefined) return [network, name, addresses, mac];
    return addresses === true || addresses.length > 0
      ? [network, name, addresses]
      : [network, name];
  });
}

/** What a state's rows stand for. */
export function unpackWanted(rows: readonly WantedRow[]): WantedInterface[] {
  return rows.map(([network, name, addresses = [], mac]) => ({
    ...{ network, interface: name },
    ...(addresses === true ? { claimed: true } : addresses.length > 0 && { ips: addresses }),
    ...(mac !== undefined && { mac }),
  }));
}
