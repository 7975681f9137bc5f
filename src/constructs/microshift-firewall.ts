import type { IConstruct } from 'constructs';
import { ipamType, linkType } from '../cni';
import { microshiftDhcpFirewall } from '../installs';
import { clusterOf } from './cluster-facts';
import { addHostParts } from './host-parts';
import { modelOf } from './model';

/** Adds the step for the firewall of a MicroShift host once a bridge's pods lease their addresses. */
export function lookAfterFirewall(scope: IConstruct): void {
  addHostParts(scope, () => ({
    steps: leasesOverBridge(scope) ? [microshiftDhcpFirewall()] : [],
  }));
}

function leasesOverBridge(scope: IConstruct): boolean {
  const { key } = clusterOf(scope);
  return [...modelOf(scope).networks].some(
    ([{ link, ipam }, construct]) =>
      linkType(link) === 'bridge' && ipamType(ipam) === 'dhcp' && clusterOf(construct).key === key,
  );
}
