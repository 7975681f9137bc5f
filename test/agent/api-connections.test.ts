import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeCertificates } from '../../node-agent/src/commands/certificates';
import { accessByFiles } from '../../node-agent/src/store/kubernetes';
import { ApiClient } from '../../node-agent/src/store/kubernetes/api-client';

/** Longer than certificates count as the present ones without another look. */
const LOOK_MS = 1_200;

describe('the connections to an API server', () => {
  let folder: string;
  let server: https.Server;
  let client: ApiClient;
  let opened: number;
  const file = (name: string): string => path.join(folder, name);

  /** Of a CA of their own, whose certificate becomes the one that is trusted. */
  async function newCertificates(): Promise<{ key: Buffer; cert: Buffer }> {
    const own = mkdtempSync(file('ca-'));
    const request = { folder: own, name: 'server', addresses: [], clients: [] };
    const { caFile, keyFile, certFile } = await makeCertificates(request);
    copyFileSync(caFile, file('ca.crt'));
    return { key: readFileSync(keyFile), cert: readFileSync(certFile) };
  }

  beforeEach(async () => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'netloom-connections-'));
    writeFileSync(file('token'), 'secret');
    opened = 0;
    server = https.createServer(await newCertificates(), (_request, response) =>
      response.end('{}'),
    );
    server.on('secureConnection', () => {
      opened += 1;
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    client = new ApiClient(
      accessByFiles(`https://127.0.0.1:${port}`, file('ca.crt'), file('token')),
    );
  });

  afterEach(async () => {
    client.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    rmSync(folder, { recursive: true, force: true });
  });

  const ask = async (): Promise<number> => (await client.request('GET', '/version')).status;

  test('stay open from one request to the next', async () => {
    expect([await ask(), await ask(), await ask()]).toEqual([200, 200, 200]);
    expect(opened).toBe(1);
  });

  test('are new ones after the CA was renewed', async () => {
    await ask();
    server.setSecureContext(await newCertificates());
    await sleep(LOOK_MS);
    expect(await ask()).toBe(200);
    expect(opened).toBe(2);
    expect(client.repeated).toBe(0);
  });

  test('are none to a server of another CA', async () => {
    const impatient = { attemptMs: 300, deadlineMs: 1_000 };
    const access = accessByFiles(client.server, file('ca.crt'), file('token'));
    await newCertificates();
    const other = new ApiClient(access, impatient);
    await expect(other.request('GET', '/version')).rejects.toThrow('NL_STORE_FAILED');
    other.close();
    expect(opened).toBe(0);
  });
});
