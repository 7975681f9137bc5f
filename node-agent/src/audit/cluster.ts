import type { AuditSource, Sighting } from 'netloom';
import type { ApiServer } from '../cluster';
import {
  type AuditIpPool,
  type AuditPod,
  type AuditReservation,
  allocationsOf,
  PodsSeen,
  reservationsOf,
} from './cluster-records';
import type { AuditObserver } from './observer';

/** The objects of whereabouts. */
export const WHEREABOUTS = '/apis/whereabouts.cni.cncf.io/v1alpha1';

/**
 * What pods have, as their network-status says, and what whereabouts has given. A cluster without
 * whereabouts has given nothing with it.
 */
export class ClusterObserver implements AuditObserver {
  constructor(
    private readonly server: Pick<ApiServer, 'list'>,
    readonly sources: readonly AuditSource[],
  ) {}

  async look(): Promise<Sighting[]> {
    const { server } = this;
    // Records before pods: a pod that is missing in the later list had gone before, and one that was
    // made in between has no record in the earlier one.
    const pools = ((await server.list(`${WHEREABOUTS}/ippools`)) ?? []) as AuditIpPool[];
    const kept = await server.list(`${WHEREABOUTS}/overlappingrangeipreservations`);
    const pods = new PodsSeen((await this.pods()) as AuditPod[]);
    const all = [
      ...allocationsOf(pools, pods),
      ...reservationsOf((kept ?? []) as AuditReservation[], pools, pods),
      ...pods.sightings(),
    ];
    return all.filter(({ source }) => this.sources.includes(source));
  }

  private async pods(): Promise<unknown[]> {
    const pods = await this.server.list('/api/v1/pods');
    // A server without pods is none, or the wrong one.
    if (pods === undefined) throw new Error('the API server knows no pods');
    return pods;
  }
}
