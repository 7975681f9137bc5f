import type { AuditSource, Sighting } from 'netloom';

/** One place where addresses that are in use are written down. */
export interface AuditObserver {
  /** What it sees, all of it or nothing. */
  readonly sources: readonly AuditSource[];
  /**
   * All that is in use there now. A place that is not there at all is seen, and empty.
   *
   * @throws Error for what could not be read: unknown is not absent
   */
  look(): Promise<readonly Sighting[]>;
}

/** What all observers saw together. */
export interface Look {
  readonly sightings: readonly Sighting[];
  readonly seen: readonly AuditSource[];
  /** By source, why it was not seen. */
  readonly unseen: Readonly<Record<string, string>>;
}

/** Lets all observers look; one that fails does not keep the others from it. */
export async function lookAround(observers: readonly AuditObserver[]): Promise<Look> {
  const sightings: Sighting[] = [];
  const seen: AuditSource[] = [];
  const unseen: Record<string, string> = {};
  for (const observer of observers) {
    try {
      sightings.push(...(await observer.look()));
      seen.push(...observer.sources);
    } catch (error) {
      for (const source of observer.sources) unseen[source] = (error as Error).message;
    }
  }
  return { sightings, seen, unseen };
}
