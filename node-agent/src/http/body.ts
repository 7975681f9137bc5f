import type { IncomingMessage } from 'node:http';
import { NetloomError } from 'netloom';

/** Most bytes of a request's body, where its route says nothing else. */
export const BODY_LIMIT = 64 * 1024;

/** A body that was not even read to its end, or is no JSON: 400, 413 or 415. */
export class BodyError extends NetloomError {
  constructor(
    readonly status: number,
    found: string,
    limit: number,
  ) {
    super({
      code: 'NL_REQUEST_INVALID',
      key: '',
      found,
      allowed: `JSON of at most ${limit / 1024} KiB, with content-type application/json`,
      fix: 'correct the request',
    });
  }
}

/**
 * Reads a body of JSON.
 *
 * @throws BodyError
 */
export function readJson(request: IncomingMessage, limit: number): Promise<unknown> {
  const problem = checkHeaders(request, limit);
  if (problem) return Promise.reject(problem);
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= limit) chunks.push(chunk);
      else reject(tooBig(limit));
    });
    request.on('end', () => {
      if (size > limit) return;
      try {
        resolve(parse(chunks, limit));
      } catch (error) {
        reject(error);
      }
    });
    request.on('close', () => {
      if (!request.complete) reject(new BodyError(400, 'the body was broken off', limit));
    });
  });
}

function checkHeaders(request: IncomingMessage, limit: number): BodyError | undefined {
  const { 'content-type': type, 'content-length': length } = request.headers;
  if (length !== undefined && Number(length) > limit) return tooBig(limit);
  const isEmpty = length === undefined || length === '0';
  if (type === undefined && isEmpty && request.headers['transfer-encoding'] === undefined)
    return undefined;
  if (type !== undefined && /^application\/json\s*(;|$)/i.test(type)) return undefined;
  return new BodyError(415, `the body is of type "${type ?? 'unknown'}"`, limit);
}

/** Nothing at all is no JSON, and left to the schema, which names what is missing. */
function parse(chunks: readonly Buffer[], limit: number): unknown {
  const [first] = chunks;
  if (first === undefined) return undefined;
  const text = (chunks.length === 1 ? first : Buffer.concat(chunks)).toString();
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new BodyError(400, `the body is no JSON: ${(error as Error).message}`, limit);
  }
}

function tooBig(limit: number): BodyError {
  return new BodyError(413, `the body has more than ${limit} bytes`, limit);
}
