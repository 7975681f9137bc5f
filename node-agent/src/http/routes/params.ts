import { ownerSchema } from 'netloom/agent-api';
import { z } from 'zod';

/** `true` or `false`, in a query. */
export const flagSchema = z.enum(['true', 'false']).optional();

/** A pool or bridge in a path; what names may look like, the services say. */
export const nameParams = z.object({ name: z.string() });

/** The caller will confirm a change within that time; without it probes decide. */
export const confirmQuery = z.coerce.number().int().min(1).max(600).optional();

/** Without the prefix of an IPv4 address on a socket that takes both families. */
export function plainAddress(address: string | undefined): string | undefined {
  return address?.replace(/^::ffff:(?=\d+\.)/i, '');
}

/** What a removal of a pool or bridge says beside its name. */
export const removalQuery = z.strictObject({
  id: z.string().min(1).max(512),
  owner: ownerSchema,
  dryRun: flagSchema,
});
