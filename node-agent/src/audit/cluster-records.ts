import { IpAddress, parseNetworkStatus, type Sighting } from 'netloom';

/** What of a pod tells whether it has an address. */
export interface AuditPod {
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly status?: { readonly phase?: string };
}

/** A pool of whereabouts. */
export interface AuditIpPool {
  readonly metadata: AuditMetadata;
  readonly spec: {
    readonly range: string;
    readonly allocations?: Readonly<
      Record<string, { readonly id?: string; readonly podref?: string; readonly ifname?: string }>
    >;
  };
}

/** A record by which whereabouts keeps an address once over all ranges that overlap. */
export interface AuditReservation {
  readonly metadata: AuditMetadata;
  readonly spec: { readonly podref?: string; readonly ifname?: string };
}

interface AuditMetadata {
  readonly name: string;
  readonly namespace: string;
}

const STATUS = 'k8s.v1.cni.cncf.io/network-status';

/** Pods by `namespace/name`, and what each of them has. */
export class PodsSeen {
  private readonly pods: ReadonlyMap<string, AuditPod>;

  constructor(pods: readonly AuditPod[]) {
    this.pods = new Map(pods.map((pod) => [`${pod.metadata.namespace}/${pod.metadata.name}`, pod]));
  }

  /** The addresses of secondary interfaces of all pods that have not ended. */
  sightings(): Sighting[] {
    return [...this.pods].flatMap(([holder, pod]) =>
      hasEnded(pod)
        ? []
        : statusOf(pod).flatMap(({ network, ips }) =>
            ips.flatMap((ip): Sighting[] => {
              const address = IpAddress.tryParse(ip);
              if (address === undefined) return [];
              const place = `pod ${holder}`;
              const text = String(address);
              const source = 'network-status';
              return [{ source, address: text, network, holder, place, isAlive: true }];
            }),
          ),
    );
  }

  /**
   * Whether a pod has an address: no for one that is not there, that has ended, or that runs with other
   * addresses (a new pod of the same name). Undefined while it is being made.
   */
  has(podref: string, address: string): boolean | undefined {
    const pod = this.pods.get(podref);
    if (pod === undefined || hasEnded(pod)) return false;
    const status = statusOf(pod);
    const ips = status.flatMap((one) => one.ips.map((ip) => String(IpAddress.tryParse(ip) ?? ip)));
    if (ips.includes(address)) return true;
    return pod.status?.phase === 'Running' && status.length > 0 ? false : undefined;
  }
}

/** What whereabouts has given, one sighting each. */
export function allocationsOf(pools: readonly AuditIpPool[], pods: PodsSeen): Sighting[] {
  return pools.flatMap(({ metadata: { name, namespace }, spec }) => {
    const [base = ''] = spec.range.split('/');
    const network = IpAddress.tryParse(base);
    return Object.entries(spec.allocations ?? {}).flatMap(([offset, { podref }]) => {
      const address = /^\d+$/.test(offset) ? network?.plus(BigInt(offset)) : undefined;
      if (address === undefined || podref === undefined) return [];
      const text = String(address);
      const place = `${namespace}/${name} allocations/${offset}`;
      return [
        {
          source: 'whereabouts' as const,
          address: text,
          network: name,
          holder: podref,
          place,
          isAlive: pods.has(podref, text),
        },
      ];
    });
  });
}

/**
 * The reservations whose address can be told from their name, which begins with the `network_name` where
 * the network has one.
 *
 * @param networkNames those that occur in the names of pools
 */
export function reservationsOf(
  reservations: readonly AuditReservation[],
  pools: readonly AuditIpPool[],
  pods: PodsSeen,
): Sighting[] {
  const networkNames = networkNamesOf(pools);
  return reservations.flatMap(({ metadata: { name, namespace }, spec: { podref } }) => {
    const { address, network } = addressIn(name, networkNames);
    if (address === undefined || podref === undefined) return [];
    return [
      {
        source: 'reservation' as const,
        address,
        network,
        holder: podref,
        place: `${namespace}/${name}`,
        isAlive: pods.has(podref, address),
      },
    ];
  });
}

/** What stands in front of the range in the names of pools, the longest first. */
function networkNamesOf(pools: readonly AuditIpPool[]): string[] {
  const names = pools.flatMap(({ metadata: { name }, spec: { range } }) => {
    const tail = range.replace(/[:/]/g, '-');
    return name.endsWith(`-${tail}`) ? [name.slice(0, -tail.length - 1)] : [];
  });
  return [...new Set(names)].sort((one, other) => other.length - one.length);
}

function addressIn(name: string, networkNames: readonly string[]) {
  for (const network of ['', ...networkNames]) {
    if (network !== '' && !name.startsWith(`${network}-`)) continue;
    const text = network === '' ? name : name.slice(network.length + 1);
    const address = IpAddress.tryParse(text.includes('.') ? text : text.replaceAll('-', ':'));
    if (address) return { address: String(address), network };
  }
  return { address: undefined, network: '' };
}

function statusOf(pod: AuditPod) {
  return parseNetworkStatus(pod.metadata.annotations?.[STATUS]).filter((one) => !one.isDefault);
}

function hasEnded({ status }: AuditPod): boolean {
  return status?.phase === 'Succeeded' || status?.phase === 'Failed';
}
