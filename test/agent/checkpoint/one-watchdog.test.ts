import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { pino } from 'pino';
import { JournalFolder, placeOfProcess } from '../../../node-agent/src/checkpoint';
import { Iproute2 } from '../../../node-agent/src/iproute2';
import { Watchdog } from '../../../node-agent/src/watchdog';
import { refusal } from '../support/agent-folder';

describe('one watchdog for each folder', () => {
  let folder: string;
  let journals: JournalFolder;
  let server: Server | undefined;

  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'netloom-one-'));
    journals = new JournalFolder(folder);
    journals.make();
  });

  afterEach(async () => {
    await new Promise((resolve) => (server ? server.close(resolve) : resolve(undefined)));
    server = undefined;
    rmSync(folder, { recursive: true, force: true });
  });

  const watch = (): Promise<Watchdog> => {
    const driver = new Iproute2(journals.folder);
    const log = pino({ level: 'silent' });
    return Watchdog.start({ journals, driver, place: placeOfProcess(), log });
  };

  /** Takes connections as the socket of a process does that was killed, and breaks them after a time. */
  const holdOpen = (breaksAfterMs: number | undefined): Promise<void> => {
    server = createServer((socket) => {
      if (breaksAfterMs !== undefined) setTimeout(() => socket.destroy(), breaksAfterMs);
      else socket.unref();
    });
    return new Promise((resolve) => server?.listen(journals.socket, () => resolve()));
  };

  test('the next one after the first has ended', async () => {
    await (await watch()).stop();
    await (await watch()).stop();
  });

  test('a second one is refused, and the first goes on', async () => {
    const first = await watch();
    expect(await refusal(watch())).toEqual(['NL_CONFIG_INVALID stateDir']);
    expect(await refusal(watch())).toEqual(['NL_CONFIG_INVALID stateDir']);
    await first.stop();
  });

  test('one that was killed, and whose socket is open a moment longer, is none', async () => {
    await holdOpen(200);
    await (await watch()).stop();
  });

  test('one that says nothing is one', async () => {
    await holdOpen(undefined);
    expect(await refusal(watch())).toEqual(['NL_CONFIG_INVALID stateDir']);
    server?.unref();
    server = undefined;
  });
});
