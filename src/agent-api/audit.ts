import { z } from 'zod';

/** `POST /v1/audit`: an audit, and what it may do beyond setting addresses in use aside. */
export const auditRequestSchema = z.strictObject({
  /** Takes back records of host-local and whereabouts whose holders are gone, once confirmed. */
  repairRecords: z.boolean().optional(),
  /** Releases claims that no pod uses, once confirmed: also those of things that are no pods. */
  releaseUnused: z.boolean().optional(),
});

export const findingSchema = z.object({
  kind: z.enum(['leaked-record', 'duplicate', 'in-use', 'unused-claim', 'free-again']),
  address: z.string(),
  /** Absent for an address of no pool. */
  pool: z.string().optional(),
  /** In words, with everybody who is involved. */
  found: z.string(),
  /** When it was found first, RFC 3339. */
  since: z.string(),
  /** Found again and again for the grace period: a repair may be made. */
  confirmed: z.boolean(),
});

/** `GET /v1/audit`, the last one; `POST /v1/audit`, a new one. */
export const auditReportSchema = z.object({
  /** RFC 3339; absent before the first one has ended. */
  at: z.string().optional(),
  findings: z.array(findingSchema),
  /** Sources that were seen whole. */
  seen: z.array(z.string()),
  /** By source, why it was not seen: what it would show is unknown, not absent. */
  unseen: z.record(z.string(), z.string()),
  /** What was done, in words. */
  done: z.array(z.string()),
});

export type AuditRequest = z.infer<typeof auditRequestSchema>;
export type AuditReportView = z.infer<typeof auditReportSchema>;
