import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { AgentClient } from 'netloom/agent-api';
import { refusal } from './support/agent-folder';

const INFO = { name: 'edge-1', version: '1.0.0', store: 'one' };

describe('a connection that breaks under a call', () => {
  let server: http.Server;
  let client: AgentClient;
  let asked: string[];
  let breaks: number;

  beforeEach(async () => {
    asked = [];
    server = http.createServer((request, response) => {
      asked.push(request.method ?? '');
      if (asked.length <= breaks) request.socket.resetAndDestroy();
      else response.end(JSON.stringify(request.method === 'DELETE' ? { removed: true } : INFO));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    client = new AgentClient({ name: 'edge-1', url: `http://127.0.0.1:${port}` });
  });

  afterEach(async () => {
    await client.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  test('is another one for the same call', async () => {
    breaks = 2;
    expect(await client.info()).toEqual(INFO);
    expect(asked).toHaveLength(3);
  });

  test('ends the call when it breaks again and again', async () => {
    breaks = Number.POSITIVE_INFINITY;
    expect(await refusal(client.info())).toEqual(['NL_AGENT_UNREACHABLE agent']);
    expect(asked).toHaveLength(3);
  });

  test('ends a removal: made again, it would say that there was nothing', async () => {
    breaks = 1;
    expect(await refusal(client.release('apps/lan', 'c#1', 'pod/a'))).toEqual([
      'NL_AGENT_UNREACHABLE agent',
    ]);
    expect(asked).toEqual(['DELETE']);
  });

  test('a call that is answered is made once', async () => {
    breaks = 0;
    await client.info();
    await client.release('apps/lan', 'c#1', 'pod/a');
    expect(asked).toEqual(['GET', 'DELETE']);
  });
});
