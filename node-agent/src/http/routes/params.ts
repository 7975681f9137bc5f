import { ownerSchema } from 'netloom/agent-api';
import { z } from 'zod';

/** `true` or `false`, in a query. */
export const flagSchema = z.enum(['true', 'false']).optional();

/** A pool or bridge in a path; what names may look like, the services say. */
export const nameParams = z.object({ name: z.string() });

/** What a removal of a pool or bridge says beside its name. */
export const removalQuery = z.strictObject({
  id: z.string().min(1).max(512),
  owner: ownerSchema,
  dryRun: flagSchema,
});
