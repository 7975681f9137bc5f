import type { InterfaceStatus } from './network-status';

/**
 * Interfaces of pods as a state keeps them, by the pod's name: name in the pod, network, addresses, MAC
 * address, MTU, gateways. What is not known at the end is left out, and "" or 0 before that.
 */
export type FoundInterfaces = Readonly<Record<string, readonly InterfaceRow[]>>;

type InterfaceRow = readonly [
  string,
  string,
  (readonly string[])?,
  string?,
  number?,
  (readonly string[])?,
];

/** One interface of one pod. */
export interface FoundInterface extends InterfaceStatus {
  /** Name of the pod. */
  readonly pod: string;
}

/** A pod's interfaces as a state keeps them. */
export function packInterfaces(
  pod: string,
  interfaces: readonly InterfaceStatus[],
): FoundInterfaces {
  return { [pod]: interfaces.map(rowOf) };
}

/** The mirror of {@link packInterfaces}. */
export function unpackInterfaces(packed: FoundInterfaces): FoundInterface[] {
  return Object.keys(packed)
    .sort()
    .flatMap((pod) =>
      (packed[pod] ?? []).map(([name, network, ips = [], mac = '', mtu = 0, gateways = []]) => ({
        ...{ pod, network, name, ips: [...ips] },
        ...(mac !== '' && { mac }),
        ...(mtu !== 0 && { mtu }),
        ...{ isDefault: false, gateways: [...gateways] },
      })),
    );
}

function rowOf({ name, network, ips, mac = '', mtu = 0, gateways }: InterfaceStatus): InterfaceRow {
  const row = [name, network, ips, mac, mtu, gateways];
  const isKnown = (value: unknown): boolean =>
    Array.isArray(value) ? value.length > 0 : value !== '' && value !== 0;
  return row.slice(0, Math.max(2, row.findLastIndex(isKnown) + 1)) as unknown as InterfaceRow;
}
