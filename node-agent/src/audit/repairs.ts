import { rmSync } from 'node:fs';
import path from 'node:path';
import { IpAddress, type Sighting } from 'netloom';
import type { ApiServer } from '../cluster';
import type { HostRoot } from '../node-facts';
import { WHEREABOUTS } from './cluster';
import { type AuditIpPool, type AuditPod, PodsSeen } from './cluster-records';
import { withLock } from './held-lock';
import { holderIn, idOf } from './host-local';
import { runningSandboxes } from './sandboxes';

/** Who can take records of others back. */
export interface RepairParts {
  readonly host: HostRoot;
  readonly sandboxDirs: readonly string[];
  /** @default - none: what the cluster keeps stays */
  readonly server?: Pick<ApiServer, 'read' | 'patch' | 'remove'> | undefined;
}

/**
 * Takes a record back whose holder is gone. All is looked at once more, right before, and under the
 * lock or version that its IPAM uses: a record that somebody has changed meanwhile stays.
 *
 * @returns false for one that stays
 * @throws Error for what can't be read or changed
 */
export async function takeBack(sighting: Sighting, parts: RepairParts): Promise<boolean> {
  switch (sighting.source) {
    case 'host-local':
      return takeFile(sighting, parts);
    case 'whereabouts':
      return takeAllocation(sighting, parts);
    case 'reservation':
      return takeReservation(sighting, parts);
    case 'network-status':
      return false;
  }
}

function takeFile({ place, holder }: Sighting, { host, sandboxDirs }: RepairParts) {
  const file = host.at(place);
  return withLock(path.join(path.dirname(file), 'lock'), () => {
    const running = runningSandboxes(host, sandboxDirs);
    if (running === undefined || running.has(idOf(holder))) return false;
    if (holderIn(file) !== holder) return false;
    rmSync(file);
    return true;
  });
}

async function takeAllocation(
  { address, place, holder }: Sighting,
  { server }: RepairParts,
): Promise<boolean> {
  const [, namespace, name, offset] = /^(.+)\/(.+) allocations\/(\d+)$/.exec(place) ?? [];
  if (server === undefined || offset === undefined) return false;
  const object = `${WHEREABOUTS}/namespaces/${namespace}/ippools/${name}`;
  const pool = (await server.read(object)) as (AuditIpPool & Versioned) | undefined;
  if (pool?.spec.allocations?.[offset]?.podref !== holder) return false;
  const base = IpAddress.tryParse(pool.spec.range.split('/')[0] as string);
  if (String(base?.plus(BigInt(offset))) !== address) return false;
  if (!(await isGone(server, holder, address))) return false;
  return server.patch(object, [
    { op: 'test', path: '/metadata/resourceVersion', value: pool.metadata.resourceVersion },
    { op: 'remove', path: `/spec/allocations/${offset}` },
  ]);
}

async function takeReservation(
  { address, place, holder }: Sighting,
  { server }: RepairParts,
): Promise<boolean> {
  if (server === undefined) return false;
  const [namespace, name] = place.split('/');
  const object = `${WHEREABOUTS}/namespaces/${namespace}/overlappingrangeipreservations/${name}`;
  const kept = (await server.read(object)) as
    | ({ spec: { podref?: string } } & Versioned)
    | undefined;
  if (kept?.spec.podref !== holder) return false;
  if (!(await isGone(server, holder, address))) return false;
  const { uid, resourceVersion } = kept.metadata;
  return server.remove(object, { uid, resourceVersion });
}

interface Versioned {
  readonly metadata: { readonly uid: string; readonly resourceVersion: string };
}

/** Only the server's own word counts: an error is thrown, and nothing is taken back. */
async function isGone(
  server: Pick<ApiServer, 'read'>,
  podref: string,
  address: string,
): Promise<boolean> {
  const [namespace, name] = podref.split('/');
  const pod = (await server.read(`/api/v1/namespaces/${namespace}/pods/${name}`)) as
    | AuditPod
    | undefined;
  return new PodsSeen(pod === undefined ? [] : [pod]).has(podref, address) === false;
}
