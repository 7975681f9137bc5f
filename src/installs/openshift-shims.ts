import type { AdditionalNetwork } from './openshift-networks';

/** IPAMs whose daemons the operator starts when one of its own networks uses them. */
export type ShimmedIpam = 'dhcp' | 'whereabouts';

/** All of them. */
export const SHIMMED_IPAMS: readonly ShimmedIpam[] = ['dhcp', 'whereabouts'];

/**
 * A network that is there for OpenShift's operator to start the daemon of an IPAM: it looks at its
 * own list only, never at NetworkAttachmentDefinitions that somebody else made. No pod attaches to it.
 *
 * @see https://docs.redhat.com/en/documentation/openshift_container_platform/4.19/html/multiple_networks/secondary-networks
 */
export function ipamShim(ipam: ShimmedIpam): AdditionalNetwork {
  const name = `${ipam}-shim`;
  const config = { name, cniVersion: '0.3.1', type: 'bridge', ipam: { type: ipam } };
  return {
    name,
    namespace: 'default',
    rawCNIConfig: JSON.stringify(config, undefined, 2),
    type: 'Raw',
  };
}
