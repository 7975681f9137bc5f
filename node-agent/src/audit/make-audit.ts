import type { AuditSource } from 'netloom';
import type { AddressService } from '../address-service';
import type { Clock } from '../book-steps';
import { ApiServer } from '../cluster';
import { type AgentConfig, apiServerOf } from '../config';
import { HostRoot } from '../node-facts';
import { type AuditLog, AuditService } from './audit-service';
import { ClusterObserver } from './cluster';
import { HostLocalObserver } from './host-local';
import type { AuditObserver } from './observer';
import { takeBack } from './repairs';

/** An agent's audit and what closes its connections. */
export interface MadeAudit {
  readonly audit: AuditService;
  readonly close: () => void;
}

/** The audit that a configuration asks for. */
export function makeAudit(
  config: AgentConfig,
  addresses: AddressService,
  log: AuditLog,
  clock: Clock,
): MadeAudit {
  const { sources, hostLocalDirs, sandboxDirs, everySeconds, graceSeconds } = config.audit;
  const host = new HostRoot(config.host.root);
  const server = clusterOf(config);
  const observers: AuditObserver[] = [];
  if (sources.includes('host-local')) {
    observers.push(new HostLocalObserver({ host, dirs: hostLocalDirs, sandboxDirs }));
  }
  const ofCluster = sources.flatMap((source): AuditSource[] => {
    if (source === 'host-local') return [];
    return source === 'whereabouts' ? ['whereabouts', 'reservation'] : [source];
  });
  if (server !== undefined && ofCluster.length > 0) {
    observers.push(new ClusterObserver(server, ofCluster));
  }
  const audit = new AuditService({
    addresses,
    observers,
    takeBack: (sighting) => takeBack(sighting, { host, sandboxDirs, server }),
    log,
    clock,
    graceMs: graceSeconds * 1000,
    everyMs: everySeconds * 1000,
  });
  return { audit, close: () => server?.close() };
}

function clusterOf(config: AgentConfig): ApiServer | undefined {
  const apiServer = apiServerOf(config);
  if (config.kubernetes === undefined || apiServer === undefined) return undefined;
  const { caFile, tokenFile } = config.kubernetes;
  return new ApiServer({ apiServer, caFile, tokenFile });
}
