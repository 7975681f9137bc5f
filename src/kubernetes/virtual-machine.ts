import { isMembers, type KeyStep } from '../cni';
import { type NamedNetwork, networkReference, parseNetworkReference } from './network-reference';
import { valueAt } from './pods';

/** API group of KubeVirt. */
export const KUBEVIRT_GROUP = 'kubevirt.io';

/** A network of a virtual machine; an interface of the same name connects it. */
export interface VirtualMachineNetwork {
  /** 1 or more of A-Z, a-z, 0-9, `-` and `_`. */
  readonly name: string;
  /** Where it comes from: `pod` is the cluster's network, `other` anything that is not named here. */
  readonly source: 'pod' | 'multus' | 'other' | 'none' | 'several';
  /** As it is written, for `multus`: `<namespace>/<network>`, or the network alone. */
  readonly networkName?: string | undefined;
  /** The network that {@link networkName} means; undefined where it means none. */
  readonly network?: NamedNetwork | undefined;
  /** True where it takes the place of the cluster's network. */
  readonly isDefault: boolean;
}

/** An interface of a virtual machine. */
export interface VirtualMachineInterface {
  readonly name: string;
  /** How it is bound: `bridge`, `masquerade`, `sriov` and so on; undefined for the default. */
  readonly binding?: string | undefined;
  readonly macAddress?: string | undefined;
  /** True for one that is to be unplugged. */
  readonly isAbsent: boolean;
}

/** The networks of a virtual machine. */
export interface VirtualMachineDefinition {
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string | undefined;
  readonly networks: readonly VirtualMachineNetwork[];
  readonly interfaces: readonly VirtualMachineInterface[];
  /** Steps from the object's root to the `spec` with the networks. */
  readonly specPath: readonly KeyStep[];
}

const TEMPLATE: readonly KeyStep[] = ['spec', 'template', 'spec'];

/** Steps to the `spec` of the machines that an object makes. */
const SPEC_PATHS: Readonly<Record<string, readonly KeyStep[]>> = {
  VirtualMachineInstance: ['spec'],
  VirtualMachine: TEMPLATE,
  VirtualMachineInstanceReplicaSet: TEMPLATE,
  VirtualMachinePool: ['spec', 'virtualMachineTemplate', ...TEMPLATE],
};

/** Steps below the `spec`. */
export const VM_NETWORKS: readonly KeyStep[] = ['networks'];
export const VM_INTERFACES: readonly KeyStep[] = ['domain', 'devices', 'interfaces'];

/** The networks of a KubeVirt object; undefined for an object of another kind. */
export function virtualMachineOf(object: unknown): VirtualMachineDefinition | undefined {
  if (!isMembers(object) || typeof object['kind'] !== 'string') return undefined;
  const { kind, apiVersion } = object;
  const specPath = Object.hasOwn(SPEC_PATHS, kind) ? SPEC_PATHS[kind] : undefined;
  const group = typeof apiVersion === 'string' ? apiVersion.split('/')[0] : undefined;
  if (!specPath || !group?.endsWith(KUBEVIRT_GROUP)) return undefined;
  const spec = valueAt(object, specPath);
  return {
    kind,
    name: textOf(valueAt(object, ['metadata', 'name'])) ?? '',
    namespace: textOf(valueAt(object, ['metadata', 'namespace'])),
    networks: membersOf(valueAt(spec, VM_NETWORKS)).map(networkOf),
    interfaces: membersOf(valueAt(spec, VM_INTERFACES)).map(interfaceOf),
    specPath,
  };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** What is no object keeps its place, so that the others keep theirs. */
function membersOf(list: unknown): Record<string, unknown>[] {
  return Array.isArray(list) ? list.map((one) => (isMembers(one) ? one : {})) : [];
}

function networkOf(network: Record<string, unknown>): VirtualMachineNetwork {
  const { name, multus } = network;
  const sources = Object.keys(network).filter((key) => key !== 'name' && network[key] !== null);
  const [source] = sources;
  const networkName = textOf(valueAt(multus, ['networkName']));
  return {
    name: textOf(name) ?? '',
    source:
      sources.length > 1
        ? 'several'
        : source === undefined
          ? 'none'
          : source === 'pod' || source === 'multus'
            ? source
            : 'other',
    networkName,
    network: networkName === undefined ? undefined : parseNetworkReference(networkName),
    isDefault: valueAt(multus, ['default']) === true,
  };
}

/** What stands beside the binding in an interface. */
const NO_BINDINGS: readonly string[] = [
  'name',
  'acpiIndex',
  'bootOrder',
  'dhcpOptions',
  'macAddress',
  'model',
  'pciAddress',
  'ports',
  'state',
  'tag',
];

function interfaceOf(one: Record<string, unknown>): VirtualMachineInterface {
  return {
    name: textOf(one['name']) ?? '',
    binding: Object.keys(one).find((key) => !NO_BINDINGS.includes(key)),
    macAddress: textOf(one['macAddress']),
    isAbsent: one['state'] === 'absent',
  };
}

/** How a virtual machine is attached to a network beside the cluster's. */
export interface VirtualMachineAttachment {
  readonly network: NamedNetwork;
  /** Name of network and interface in the machine's object. @default - the network's, without dots */
  readonly name?: string | undefined;
  /** How the interface is bound. @default bridge */
  readonly binding?: 'bridge' | 'sriov' | undefined;
  /** @default - chosen */
  readonly macAddress?: string | undefined;
}

/** The `networks` and `interfaces` that attach a virtual machine. */
export function virtualMachineNetworks(attachments: readonly VirtualMachineAttachment[]): {
  readonly networks: object[];
  readonly interfaces: object[];
} {
  const named = attachments.map((one) => ({
    ...one,
    name: one.name ?? one.network.name.replaceAll('.', '-'),
  }));
  return {
    networks: named.map(({ name, network }) => ({
      name,
      multus: { networkName: networkReference(network) },
    })),
    interfaces: named.map(({ name, binding = 'bridge', macAddress }) => ({
      name,
      [binding]: {},
      ...(macAddress !== undefined && { macAddress }),
    })),
  };
}
