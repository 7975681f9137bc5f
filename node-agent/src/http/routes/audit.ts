import { type AuditReportView, auditReportSchema, auditRequestSchema } from 'netloom/agent-api';
import type { AuditReport } from '../../audit';
import type { Caller } from '../callers';
import { route } from '../route';

/** Claims beside what is in use. */
export const AUDIT_ROUTES = [
  route({
    name: 'lastAudit',
    method: 'GET',
    path: '/v1/audit',
    summary: 'What the last audit found, of pools and owners that the caller may see',
    verbs: ['read'],
    answer: auditReportSchema,
    handle: ({ caller }, { audit }) => viewOf(audit.report, caller),
  }),
  route({
    name: 'audit',
    method: 'POST',
    path: '/v1/audit',
    summary: 'Audits now, and repairs what was confirmed where that is asked for',
    verbs: ['claim'],
    body: auditRequestSchema,
    answer: auditReportSchema,
    handle: async ({ caller, body, audit: line }, { audit }) => {
      const { repairRecords: records, releaseUnused: unusedClaims } = body;
      if (!records && !unusedClaims) return viewOf(await audit.run(), caller);
      // Repairs ask nobody whose the things are.
      caller.requirePool('*');
      caller.requireOwner('*');
      const note = line('audit.repair', {});
      const report = await audit.run({ records, unusedClaims });
      note.after = report.done.join('; ') || 'nothing to do';
      return viewOf(report, caller);
    },
  }),
];

function viewOf(report: AuditReport | undefined, caller: Caller): AuditReportView {
  if (report === undefined) return { findings: [], seen: [], unseen: {}, done: [] };
  const maySeeAll = caller.mayUsePool('*') && caller.mayActFor('*');
  const findings = report.findings.filter(
    ({ pool, claim }) =>
      maySeeAll ||
      (pool !== undefined &&
        caller.mayUsePool(pool) &&
        (claim === undefined || caller.mayActFor(claim.owner))),
  );
  return {
    at: new Date(report.at).toISOString(),
    findings: findings.map(({ kind, address, pool, found, since, confirmed }) => ({
      kind,
      address,
      ...(pool === undefined ? {} : { pool }),
      found,
      since: new Date(since).toISOString(),
      confirmed,
    })),
    seen: [...report.seen],
    unseen: { ...report.unseen },
    done: maySeeAll ? [...report.done] : [],
  };
}
