/** One interface of a pod, as Multus reports it. */
export interface InterfaceStatus {
  /** `<namespace>/<network>`; for the cluster network the name in its own configuration. */
  readonly network: string;
  /** Name in the pod, e.g. `net1`; empty where the plugin made none. */
  readonly name: string;
  /** Without prefix lengths. */
  readonly ips: string[];
  readonly mac?: string;
  /** Bytes; only where plugins report it (CNI 1.1). */
  readonly mtu?: number;
  /** True for the cluster network. */
  readonly isDefault: boolean;
  readonly gateways: string[];
}

/**
 * Reads a pod's `network-status` annotation. Empty for a pod that has none yet, and for a text that
 * is no list: Multus may not have written it, and its releases differ in what they leave out.
 */
export function parseNetworkStatus(text: string | undefined): InterfaceStatus[] {
  if (text === undefined) return [];
  let elements: unknown;
  try {
    elements = JSON.parse(text);
  } catch {
    return [];
  }
  return Array.isArray(elements) ? elements.filter(isObject).map(interfaceStatus) : [];
}

function isObject(element: unknown): element is Record<string, unknown> {
  return typeof element === 'object' && element !== null;
}

function interfaceStatus(element: Record<string, unknown>): InterfaceStatus {
  const { name, interface: ifname, ips, mac, mtu, gateway } = element;
  return {
    network: typeof name === 'string' ? name : '',
    name: typeof ifname === 'string' ? ifname : '',
    ips: texts(ips),
    ...(typeof mac === 'string' && { mac }),
    ...(typeof mtu === 'number' && { mtu }),
    isDefault: element.default === true,
    // thin Multus prints Go's nil of a missing gateway
    gateways: texts(gateway).filter((one) => one !== '<nil>'),
  };
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];
}
