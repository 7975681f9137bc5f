import { pino } from 'pino';
import { JournalFolder, placeOfProcess } from '../checkpoint';
import { loadConfig } from '../config';
import { Iproute2 } from '../iproute2';
import { Watchdog } from '../watchdog';

/** Watches over the agent of this configuration until SIGTERM or SIGINT. */
export async function watchdog(configFile: string): Promise<void> {
  const { stateDir } = loadConfig(configFile);
  const log = pino({ base: null, timestamp: pino.stdTimeFunctions.isoTime });
  const journals = new JournalFolder(stateDir);
  journals.make();
  const running = await Watchdog.start({
    journals,
    // Batches of its own, beside those of the agent.
    driver: new Iproute2(journals.folder),
    place: placeOfProcess(),
    log,
  });
  log.info({ event: 'watching', folder: journals.folder });
  const stop = (): void => {
    running.stop().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}
