import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Feed } from './feed';

/** Media type of lines of JSON. */
export const LINES_TYPE = 'application/x-ndjson';

/** What a slow client may have waiting, in bytes. Who reads more slowly is cut off, and resumes. */
const WAITING_LIMIT = 1024 * 1024;

/** Answers without an end that are being given; each is called to end it. */
export type OpenFeeds = Set<() => void>;

/** Sends the lines of a feed until either side has enough. */
export function serveFeed(
  feed: Feed,
  request: IncomingMessage,
  response: ServerResponse,
  open: OpenFeeds,
): void {
  response.writeHead(200, { 'content-type': LINES_TYPE, 'cache-control': 'no-store' });
  response.flushHeaders();
  request.resume();
  let isOpen = true;
  const end = (): void => {
    isOpen = false;
    response.end();
  };
  open.add(end);
  const stop = feed.start({
    send: (line) => {
      if (!isOpen) return false;
      response.write(`${JSON.stringify(line)}\n`);
      if (response.writableLength <= WAITING_LIMIT) return true;
      isOpen = false;
      response.destroy();
      return false;
    },
    end,
  });
  response.on('close', () => {
    isOpen = false;
    open.delete(end);
    stop();
  });
}
