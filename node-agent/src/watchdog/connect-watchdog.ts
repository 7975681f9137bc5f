import type { Logger } from 'pino';
import {
  Checkpoints,
  JournalFolder,
  type ProbeSettings,
  Probes,
  placeOfProcess,
  type StepListener,
} from '../checkpoint';
import type { Iproute2 } from '../iproute2';
import { WatchdogLink } from './watchdog-link';

/** What connects an agent with its watchdog. */
export interface ConnectionParts {
  readonly stateDir: string;
  readonly driver: Iproute2;
  readonly probes?: ProbeSettings | undefined;
  readonly log: Pick<Logger, 'info' | 'warn' | 'error'>;
  readonly step?: StepListener | undefined;
}

/** The agent's checkpoints, and the connection over which the watchdog learns of them. */
export function connectWatchdog(parts: ConnectionParts): {
  checkpoints: Checkpoints;
  link: WatchdogLink;
} {
  const { stateDir, driver, log, step } = parts;
  const place = placeOfProcess();
  const journals = new JournalFolder(stateDir, step);
  const link = new WatchdogLink(journals, place, {
    undone: (id) => {
      checkpoints.undone(id).catch((error) => log.error({ event: 'undo_failed', err: error }));
    },
    connected: (socket) => {
      // Commands that outlive a killed agent keep the watchdog waiting for their end.
      driver.held = socket;
      checkpoints.watchdogLeft(socket !== undefined);
    },
  });
  const probes = new Probes(driver, parts.probes);
  const checkpoints = new Checkpoints({ journals, driver, place, probes, log, step }, link);
  return { checkpoints, link };
}
