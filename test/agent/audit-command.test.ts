import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { parse, stringify } from 'yaml';
import { AgentProcess, buildAgent, runAgent } from './support/agent-process';

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

describe('backup, restore, audit and forget on the command line', () => {
  let root: string;
  let running: AgentProcess | undefined;

  beforeAll(() => buildAgent());

  beforeEach(() => {
    root = mkdtempSync(path.join(os.tmpdir(), 'netloom-cli-'));
  });

  afterEach(async () => {
    await running?.end('SIGKILL');
    running = undefined;
    rmSync(root, { recursive: true, force: true });
  });

  test('a store is saved while the agent runs, restored while it does not, and audited before it serves', async () => {
    const folder = path.join(root, 'agent');
    const config = path.join(folder, 'agent.yaml');
    const backup = path.join(root, 'backup.db');
    const port = await freePort();
    runAgent('init', '--dir', folder, '--name', 'edge-1', '--listen', `127.0.0.1:${port}`);
    const host = path.join(root, 'host');
    const networks = path.join(host, 'var/lib/cni/networks/lan');
    mkdirSync(networks, { recursive: true });
    const settings = parse(readFileSync(config, 'utf8'));
    writeFileSync(config, stringify({ ...settings, host: { root: host } }));
    const start = async (): Promise<void> => {
      running = new AgentProcess(folder);
      expect([await running.isListening(), running.output]).toEqual([true, expect.any(String)]);
    };

    await start();
    const spec = { subnets: [{ subnet: '10.10.0.0/24' }] };
    await running?.client().putPool('apps/lan', { owner: 'stack', spec });
    await running?.client().claim({ pool: 'apps/lan', owner: 'a' });
    const saved = runAgent('backup', '--config', config, '--to', backup);
    expect(saved).toMatchObject({ status: 0, stderr: '' });
    expect(saved.stdout).toContain(`${backup}: 1 pools, 1 claims, 0 bridges`);
    expect(runAgent('backup', '--config', config, '--to', backup).status).toBe(2);
    const busy = runAgent('restore', '--config', config, '--from', backup);
    expect([busy.status, busy.stderr]).toEqual([
      3,
      expect.stringContaining('another netloom-agent'),
    ]);

    // Given by host-local after the backup, of all things.
    await running?.client().claim({ pool: 'apps/lan', owner: 'b' });
    await running?.end('SIGKILL');
    writeFileSync(path.join(networks, '10.10.0.2'), 'abc\r\nnet1');
    const restored = runAgent('restore', '--config', config, '--from', backup);
    expect(restored.status).toBe(0);
    expect(restored.stdout).toMatch(
      /1 pools, 1 claims, 0 bridges; epoch 1\n.* is now .*replaced-1/,
    );
    expect(restored.stdout).toContain('gives nothing until an audit');
    await start();
    const audit = runAgent('audit', '--dir', folder);
    expect(audit).toMatchObject({ status: 0, stdout: expect.stringContaining('seen: host-local') });
    const again = await running?.client().claim({ pool: 'apps/lan', owner: 'c' });
    expect(again?.addresses).toEqual(['10.10.0.3']);
    writeFileSync(path.join(networks, '10.10.0.1'), 'def\r\nnet1');
    const trouble = runAgent('audit', '--dir', folder, '-o', 'json');
    expect(trouble.status).toBe(1);
    expect(JSON.parse(trouble.stdout).findings).toMatchObject([
      { kind: 'duplicate', address: '10.10.0.1', pool: 'apps/lan' },
    ]);
    await running?.end('SIGTERM');
    const forgotten = runAgent('forget', '--config', config, '--claim', '1');
    expect(forgotten.stderr).toContain('NL_REQUEST_INVALID');
    expect(forgotten.status).toBe(1);
  }, 120_000);
});
