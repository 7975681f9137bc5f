import type { ObjectSpec, WithExtra } from '../cni';
import { isMembers, parse, print } from '../cni/codec';
import { flag, objectSpec, text, texts } from '../cni/spec';

export const KUBE_OVN_IP_POOL_KIND = 'IPPool';

/** Addresses of a Kube-OVN subnet that pods ask for by name (`ip_pool`). */
export interface KubeOvnIpPoolDefinition extends WithExtra {
  /** Name of the object, in the whole cluster. */
  readonly name: string;
  /** Name of the Subnet. Can't be changed. */
  readonly subnet: string;
  /** Addresses, CIDRs, and `FIRST..LAST`. */
  readonly ips: readonly string[];
  /** Namespaces whose pods take from it by themselves. @default - none */
  readonly namespaces?: readonly string[] | undefined;
  /** Makes an address set for OVN's policies of it. @default false */
  readonly enableAddressSet?: boolean | undefined;
}

export const KUBE_OVN_IP_POOL: ObjectSpec = {
  isExact: true,
  ...objectSpec<Omit<KubeOvnIpPoolDefinition, 'name'>>('an IPPool of Kube-OVN', {
    subnet: text({ required: true }),
    ips: texts(),
    namespaces: texts(),
    enableAddressSet: flag(),
  }),
};

/** The `spec` of an IPPool object of Kube-OVN. */
export function kubeOvnIpPoolSpec(definition: KubeOvnIpPoolDefinition): object {
  return print(KUBE_OVN_IP_POOL, definition);
}

/** The pool of an object's `spec`, the mirror of {@link kubeOvnIpPoolSpec}. */
export function parseKubeOvnIpPool(name: string, spec: unknown): KubeOvnIpPoolDefinition {
  const read = parse<KubeOvnIpPoolDefinition>(KUBE_OVN_IP_POOL, isMembers(spec) ? spec : {});
  return { ...read, name, subnet: read.subnet ?? '', ips: read.ips ?? [] };
}
