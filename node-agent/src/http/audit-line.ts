import type { Outcome } from './exchange';

/** The part of a logger that is needed here. */
export interface RequestLog {
  debug(line: object): void;
  info(line: object): void;
  warn(line: object): void;
  error(line: object): void;
}

/** Who, what, before and after, result. Reads are worth a line only when one looks for trouble. */
export function writeAuditLine(log: RequestLog, outcome: Outcome): void {
  const { request, route, identity, status, audit, refusal, fault, elapsedMs } = outcome;
  if (fault !== undefined) log.error({ event: 'request_failed', err: fault });
  const line = {
    event: audit ? 'change' : 'request',
    identity,
    peer: request.socket.remoteAddress,
    method: request.method,
    route: route?.path,
    ...audit,
    status,
    ...(refusal === undefined ? {} : { refusal }),
    ms: Math.round(elapsedMs * 10) / 10,
  };
  if (status === 401 || status === 403) log.warn(line);
  else if (audit) log.info(line);
  else log.debug(line);
}
