import { isMembers, type ObjectSpec, stepsOf } from '../cni';
import { parse, wireSteps } from '../cni/codec';
import { flag, integer, mapOf, objectSpec, TEXT, text, texts } from '../cni/spec';
import {
  type HostBridgeDefinition,
  KUBE_OVN_API_VERSION,
  KUBE_OVN_IP_POOL,
  KUBE_OVN_IP_POOL_KIND,
  KUBE_OVN_SUBNET,
  KUBE_OVN_SUBNET_KIND,
  MULTI_NETWORK_POLICY_GROUP,
  MULTI_NETWORK_POLICY_KIND,
  type MultiNetworkPolicyDefinition,
  NETLOOM_API_VERSION,
  POLICY_FOR_ANNOTATION,
  parseKubeOvnIpPool,
  parseKubeOvnSubnet,
  parsePolicyFor,
  VM_INTERFACES,
  virtualMachineOf,
} from '../kubernetes';
import { checkHostBridge } from './host-bridge';
import { checkKeys } from './keys';
import { checkKubeOvnSubnet } from './kube-ovn-subnet';
import { placeBelow, placedAt } from './placed';
import { checkMultiNetworkPolicy } from './policies';
import { groupOf, type Manifest, namesOf, type Part, type ReadObject, textAt } from './read-object';
import { checkVirtualMachine } from './virtual-machines';

const [NETLOOM_GROUP] = NETLOOM_API_VERSION.split('/');
const [KUBE_OVN_GROUP] = KUBE_OVN_API_VERSION.split('/');

const only = (part: Part): ReadObject => ({ parts: [part], problems: [] });

const HOST_BRIDGE: ObjectSpec = {
  isExact: true,
  ...objectSpec<HostBridgeDefinition>('a HostBridge', {
    bridge: text({ required: true }),
    addresses: texts(),
    ports: texts(),
    mtu: integer(68, 65535, 'an MTU in bytes'),
    mac: text(),
    stp: flag(),
    multicastSnooping: flag(),
    adopt: flag(),
    uplink: flag(),
    nodeSelector: mapOf(TEXT),
  }),
};

/** Reads a HostBridge of netloom; undefined for an object of another kind. */
export function readHostBridge(object: Manifest): ReadObject | undefined {
  if (object.kind !== 'HostBridge' || groupOf(object) !== NETLOOM_GROUP) return undefined;
  const { spec } = object;
  const read = parse<HostBridgeDefinition>(HOST_BRIDGE, isMembers(spec) ? spec : {});
  const definition = { ...read, bridge: read.bridge ?? '' };
  return only({
    list: 'bridges',
    definition,
    check: () => [
      ...checkKeys(HOST_BRIDGE, read, { verbatim: true }).filter(({ key }) => key !== 'mtu'),
      ...(read.bridge === undefined ? [] : checkHostBridge(definition)),
    ],
    place: placeBelow(['spec'], (steps) => wireSteps(HOST_BRIDGE, steps)),
  });
}

/** Reads a Subnet or an IPPool of Kube-OVN; undefined for an object of another kind. */
export function readKubeOvn(object: Manifest): ReadObject | undefined {
  if (groupOf(object) !== KUBE_OVN_GROUP) return undefined;
  const { kind, spec } = object;
  const { name } = namesOf(object);
  if (kind === KUBE_OVN_SUBNET_KIND) {
    const definition = parseKubeOvnSubnet(name, spec);
    return only({
      list: 'subnets',
      definition,
      check: () => checkKubeOvnSubnet(definition),
      place: placeBelow(['spec'], (steps) => wireSteps(KUBE_OVN_SUBNET, steps)),
    });
  }
  if (kind !== KUBE_OVN_IP_POOL_KIND) return undefined;
  const definition = parseKubeOvnIpPool(name, spec);
  return only({
    list: 'ipPools',
    definition,
    check: () => checkKeys(KUBE_OVN_IP_POOL, definition, { verbatim: true }),
    place: placeBelow(['spec'], (steps) => wireSteps(KUBE_OVN_IP_POOL, steps)),
  });
}

/** Reads a MultiNetworkPolicy; undefined for an object of another kind. */
export function readPolicy(object: Manifest): ReadObject | undefined {
  if (object.kind !== MULTI_NETWORK_POLICY_KIND) return undefined;
  if (groupOf(object) !== MULTI_NETWORK_POLICY_GROUP) return undefined;
  const path = ['metadata', 'annotations', POLICY_FOR_ANNOTATION];
  const policyFor = textAt(object, path);
  const definition: MultiNetworkPolicyDefinition = { ...namesOf(object), policyFor };
  return only({
    list: 'policies',
    definition,
    check: () => checkMultiNetworkPolicy(definition),
    place: (problem) => {
      const [, index] = stepsOf(problem.key);
      const span =
        typeof index === 'number' ? parsePolicyFor(policyFor ?? '')[index]?.span : undefined;
      return placedAt(span ? { path, span } : { path }, problem);
    },
  });
}

/** Reads the networks of a virtual machine of KubeVirt; undefined for an object of another kind. */
export function readVirtualMachine(object: Manifest): ReadObject | undefined {
  const definition = virtualMachineOf(object);
  if (!definition) return undefined;
  return only({
    list: 'virtualMachines',
    definition,
    check: () => checkVirtualMachine(definition),
    place: placeBelow(definition.specPath, ([first, ...rest]) =>
      first === 'interfaces' ? [...VM_INTERFACES, ...rest] : [first ?? '', ...rest],
    ),
  });
}
