import http from 'node:http';
import net from 'node:net';
import type { ReachView } from 'netloom/agent-api';

/** Where a connection goes to; never a name: it was looked up, and judged, before. */
export interface ReachEndpoint {
  readonly address: string;
  readonly port: number;
  readonly timeoutMs: number;
}

/** A request of HTTP. */
export interface HttpQuestion extends ReachEndpoint {
  /** What the address was asked for, for the header Host. */
  readonly target: string;
  readonly path: string;
  /** @default - any from 200 to 399 */
  readonly status: number | undefined;
}

/** Opens a TCP connection, and closes it without a byte sent. */
export function connectTcp({ address, port, timeoutMs }: ReachEndpoint): Promise<ReachView> {
  return new Promise((resolve) => {
    const socket = net.connect({ host: address, port });
    const end = (view: ReachView): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ ...view, address });
    };
    const timer = setTimeout(() => end({ result: 'timeout' }), timeoutMs);
    socket.once('connect', () => end({ result: 'reached' }));
    socket.once('error', (error) => end(viewOfError(error)));
  });
}

/** Asks with GET; follows nothing, reads no body, and sends no credential. */
export function askHttp(question: HttpQuestion): Promise<ReachView> {
  const { address, port, path, target, timeoutMs, status: wanted } = question;
  const host = target.includes(':') ? `[${target}]` : target;
  return new Promise((resolve) => {
    const request = http.request({
      ...{ host: address, port, path, method: 'GET', agent: false },
      headers: { host: port === 80 ? host : `${host}:${port}`, connection: 'close' },
    });
    const end = (view: ReachView): void => {
      clearTimeout(timer);
      request.destroy();
      resolve({ ...view, address });
    };
    const timer = setTimeout(() => end({ result: 'timeout' }), timeoutMs);
    request.once('response', ({ statusCode: status = 0 }) => {
      const isWanted = wanted === undefined ? status >= 200 && status < 400 : status === wanted;
      end({ result: isWanted ? 'reached' : 'wrong-status', status });
    });
    // Stays: one that is destroyed may still complain.
    request.on('error', (error) => end(viewOfError(error)));
    request.end();
  });
}

function viewOfError(error: NodeJS.ErrnoException): ReachView {
  switch (error.code) {
    case 'ENETUNREACH':
    case 'EADDRNOTAVAIL':
      return { result: 'no-route' };
    case 'EHOSTUNREACH':
    case 'EHOSTDOWN':
      return { result: 'no-neighbour' };
    case 'ECONNREFUSED':
      return { result: 'refused' };
    case 'ETIMEDOUT':
      return { result: 'timeout' };
    case 'ECONNRESET':
    case 'EPIPE':
      return { result: 'no-http' };
    default:
      if (error.code?.startsWith('HPE_')) return { result: 'no-http' };
      return { result: 'impossible', detail: error.code ?? 'unknown error' };
  }
}
