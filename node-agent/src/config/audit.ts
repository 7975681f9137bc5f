import { AUDIT_GRACE_MS } from 'netloom';
import { z } from 'zod';
import { HOST_LOCAL_DIRS, SANDBOX_DIRS } from '../audit/places';
import { hostPath, NODE_NAME } from './words';

/** Addresses that are in use, beside those that are claimed: where to look, and how often. */
export const auditSchema = z
  .strictObject({
    /** `whereabouts` and `network-status` need `kubernetes`. */
    sources: z
      .array(z.enum(['host-local', 'whereabouts', 'network-status']))
      // A pod has the host's folders only where they are mounted: elsewhere it would see an empty host.
      .default((): ['host-local'] | [] => (process.env[NODE_NAME] ? [] : ['host-local'])),
    everySeconds: z.number().int().min(1).max(86_400).default(300),
    /** Something is repaired, or given again, when it was found for so long. */
    graceSeconds: z
      .number()
      .int()
      .min(0)
      .max(86_400)
      .default(AUDIT_GRACE_MS / 1000),
    /** Folders of host-local, as they are on the host: also each `dataDir` that networks name. */
    hostLocalDirs: z
      .array(hostPath)
      .min(1)
      .default([...HOST_LOCAL_DIRS]),
    /** Folders in which container runtimes keep a folder for each sandbox, as they are on the host. */
    sandboxDirs: z
      .array(hostPath)
      .min(1)
      .default([...SANDBOX_DIRS]),
  })
  .prefault({});
