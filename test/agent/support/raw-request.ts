import { readFileSync } from 'node:fs';
import { request } from 'node:https';

/** What came back, as it was. */
export interface RawAnswer {
  readonly status: number;
  readonly type: string;
  readonly text: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** A request that the client of `netloom/agent-api` would not make. */
export function rawRequest(
  url: string,
  options: {
    method?: string;
    caFile: string;
    token?: string;
    certFile?: string;
    keyFile?: string;
    body?: string;
    type?: string;
    headers?: Record<string, string>;
  },
): Promise<RawAnswer> {
  const {
    method = 'GET',
    caFile,
    token,
    certFile,
    keyFile,
    body,
    type = 'application/json',
  } = options;
  return new Promise((resolve, reject) => {
    const outgoing = request(
      url,
      {
        method,
        ca: readFileSync(caFile),
        agent: false,
        ...(certFile && keyFile
          ? { cert: readFileSync(certFile), key: readFileSync(keyFile) }
          : {}),
        headers: {
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...(body === undefined ? {} : { 'content-type': type }),
          ...options.headers,
        },
      },
      (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (chunk) => {
          text += chunk;
        });
        answer.on('end', () => {
          const { statusCode = 0, headers } = answer;
          resolve({ status: statusCode, type: headers['content-type'] ?? '', text, headers });
        });
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
