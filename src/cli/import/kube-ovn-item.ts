import {
  KUBE_OVN_DEFAULT_PROVIDER,
  KUBE_OVN_SUBNET,
  KUBE_OVN_SUBNET_KIND,
  type KubeOvnSubnetDefinition,
  kubeOvnSubnetSpec,
  parseKubeOvnSubnet,
} from '../../kubernetes';
import type { Item, NamedObject } from './item';
import type { PlainItem } from './network-item';
import { isSameJson } from './same-config';
import { isTyped } from './typed-settings';

/** A Subnet of Kube-OVN. */
export interface SubnetItem extends Item {
  readonly of: 'subnet';
  readonly definition: KubeOvnSubnetDefinition;
}

/** Subnets that Kube-OVN makes itself, for the cluster network. */
const OWN_SUBNETS: readonly string[] = ['join', 'ovn-default'];

export function isSubnet({ kind, group }: NamedObject): boolean {
  return kind === KUBE_OVN_SUBNET_KIND && group === 'kubeovn.io';
}

/** What a Subnet becomes; undefined for Kube-OVN's own ones. */
export function subnetItem(named: NamedObject): SubnetItem | PlainItem | undefined {
  const object = { ...named, namespace: undefined };
  const { name, manifest } = object;
  const { spec } = manifest;
  const definition = parseKubeOvnSubnet(name, spec);
  const { provider = KUBE_OVN_DEFAULT_PROVIDER } = definition;
  if (provider === KUBE_OVN_DEFAULT_PROVIDER && OWN_SUBNETS.includes(name)) return undefined;
  const isSaid = isTyped(KUBE_OVN_SUBNET, definition);
  if (isSaid && isSameJson(kubeOvnSubnetSpec(definition), spec)) {
    return { ...object, of: 'subnet', definition };
  }
  return { ...object, of: 'plain', note: 'KubeOvnSubnet has no props for all of it.' };
}
