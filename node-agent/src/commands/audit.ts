import type { AuditReportView, AuditRequest } from 'netloom/agent-api';
import { localClient } from './local-agent';

/** Has the agent of this host audit. @param folder the folder that `init` made */
export async function runAudit(folder: string, request: AuditRequest): Promise<AuditReportView> {
  const client = localClient(folder);
  try {
    return await client.audit(request);
  } finally {
    await client.close();
  }
}

/** True when there is something that somebody has to look at. */
export function hasTrouble({ findings, unseen }: AuditReportView): boolean {
  const isTrouble = findings.some(({ kind }) => kind === 'duplicate' || kind === 'leaked-record');
  return isTrouble || Object.keys(unseen).length > 0;
}

/** The report for people. */
export function auditText({ findings, seen, unseen, done }: AuditReportView): string[] {
  return [
    `seen: ${seen.join(', ') || 'nothing'}`,
    ...Object.entries(unseen).map(([source, why]) => `not seen: ${source} (${why})`),
    ...findings.map(
      ({ kind, found, since, confirmed }) =>
        `${kind}: ${found}; since ${since}${confirmed ? ', confirmed' : ''}`,
    ),
    ...done,
    ...(findings.length === 0 ? ['nothing found'] : []),
  ];
}
