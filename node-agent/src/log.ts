import { type Logger, pino } from 'pino';

/**
 * JSON lines on standard output, those of one turn of the event loop in one write: each write costs
 * as much as the rest of a line.
 */
export function createLog(): Logger {
  const output = pino.destination({ dest: 1, sync: true });
  let waiting = '';
  const flushSync = (): void => {
    const lines = waiting;
    waiting = '';
    if (lines !== '') output.write(lines);
  };
  const write = (line: string): void => {
    if (waiting === '') setImmediate(flushSync);
    waiting += line;
  };
  process.on('exit', flushSync);
  return pino(
    {
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: ['req.headers.authorization', 'headers.authorization', '*.authorization', '*.token'],
    },
    { write, flushSync } as { write(line: string): void },
  );
}
