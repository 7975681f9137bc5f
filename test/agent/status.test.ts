import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { makeAgentFolder } from '../../node-agent/src/commands/init';
import { agentStatus, statusText } from '../../node-agent/src/commands/status';

test('the status of an agent that was never started says so', async () => {
  const folder = path.join(mkdtempSync(path.join(tmpdir(), 'netloom-status-')), 'agent');
  try {
    const options = { folder, name: 'edge-1', listen: '127.0.0.1:0', addresses: [] };
    const { configFile } = await makeAgentFolder(options);
    const status = agentStatus(configFile, 0);
    expect(status).toMatchObject({
      running: false,
      pools: [],
      claims: [],
      bridges: [],
      networks: [],
    });
    expect(statusText(status)).toMatch(/^agent edge-1: never started\n/);
  } finally {
    rmSync(path.dirname(folder), { recursive: true, force: true });
  }
});
