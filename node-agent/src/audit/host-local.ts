import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { IpAddress, type Sighting } from 'netloom';
import type { HostRoot } from '../node-facts';
import type { AuditObserver } from './observer';
import { runningSandboxes } from './sandboxes';

/** Where to look on the host. */
export interface HostLocalPlaces {
  readonly host: HostRoot;
  readonly dirs: readonly string[];
  readonly sandboxDirs: readonly string[];
}

/**
 * The addresses that host-local has given on this node: one file each, named by the address, with the
 * container's id and the interface in it.
 *
 * @see https://github.com/containernetworking/plugins/tree/main/plugins/ipam/host-local
 */
export class HostLocalObserver implements AuditObserver {
  readonly sources = ['host-local'] as const;

  constructor(private readonly places: HostLocalPlaces) {}

  async look(): Promise<Sighting[]> {
    const { host, dirs, sandboxDirs } = this.places;
    // Records first: a sandbox that is made afterwards has none among them.
    const records = dirs.flatMap((dir) =>
      namesIn(host.at(dir)).flatMap((network) => recordsOf(host, path.join(dir, network), network)),
    );
    const running = runningSandboxes(host, sandboxDirs);
    return records.map((record) => ({ ...record, isAlive: running?.has(idOf(record.holder)) }));
  }
}

/** The id of a container in the words of a sighting. */
export function idOf(holder: string): string {
  return holder.split(' ')[0] ?? holder;
}

function recordsOf(host: HostRoot, folder: string, network: string): Omit<Sighting, 'isAlive'>[] {
  return namesIn(host.at(folder)).flatMap((name) => {
    const address = IpAddress.tryParse(name);
    // Also there: lock, last_reserved_ip.0.
    if (address === undefined) return [];
    const place = path.join(folder, name);
    const holder = holderIn(host.at(place));
    // Taken back while we looked.
    if (holder === undefined) return [];
    return [{ source: 'host-local', address: String(address), network, holder, place }];
  });
}

/** Container and interface, or the container alone in what releases before 0.8 wrote. */
export function holderIn(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim().split(/\s+/).join(' ');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** @throws Error for a folder that is there and can't be read */
function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    throw error;
  }
}
