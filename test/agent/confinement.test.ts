import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { findTool, nodePath } from '../../scripts/tools';
import { AgentProcess, buildAgent, LAUNCHER, runAgent } from './support/agent-process';
import { addressesOf, deleteLinks, hasLink, hasOwnNetwork, networkTest } from './support/network';

const NOBODY = '65534';
const CAPS = '-all,+net_admin';
const setpriv = [findTool('setpriv') ?? 'setpriv', '--no-new-privs', '--bounding-set', CAPS];

/** How the agent runs, as the command in front of it and the user that its files belong to. */
const FORMS = [
  {
    form: 'as systemd runs it: a user of its own with CAP_NET_ADMIN',
    prefix: [
      ...setpriv,
      ...['--inh-caps', CAPS, '--ambient-caps', CAPS],
      ...['--reuid', NOBODY, '--regid', NOBODY, '--clear-groups'],
    ],
    owner: `${NOBODY}:${NOBODY}`,
  },
  {
    form: 'as a pod runs it: UID 0 without any capability but CAP_NET_ADMIN',
    prefix: setpriv,
    owner: '0:0',
  },
];

/** Why it can't be tried here: the namespace may have no second user, the checkout may be private. */
function whyNot(prefix: readonly string[]): string | undefined {
  if (!hasOwnNetwork) return undefined;
  const [command = '', ...args] = [...prefix, nodePath(), LAUNCHER, '--version'];
  const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
  if (status === 0) return undefined;
  return `not to be had here: ${error?.message ?? stderr.trim().split('\n')[0]}`;
}

describe('the agent makes, changes and removes a bridge', () => {
  buildAgent();

  for (const { form, prefix, owner: files } of FORMS) {
    const reason = whyNot(prefix);
    const confinedTest = reason === undefined ? networkTest : test.skip;
    confinedTest(
      `${form}${reason === undefined ? '' : ` (skipped: ${reason})`}`,
      async () => {
        const folder = mkdtempSync(path.join(os.tmpdir(), 'netloom-confined-'));
        const args = ['--dir', folder, '--name', 'edge-1', '--listen', '127.0.0.1:0'];
        expect(runAgent('init', ...args).status).toBe(0);
        execFileSync('chown', ['-R', files, folder]);
        const agent = new AgentProcess(folder, prefix);
        try {
          expect([await agent.isListening(), agent.output]).toEqual([true, expect.any(String)]);
          const client = agent.client();
          const owner = 'stack';
          const spec = { addresses: ['10.80.0.1/24', 'fd00:80::1/64'], mtu: 1400 };
          const { id } = await client.putBridge('nl-conf', { owner, spec });
          expect(addressesOf('nl-conf')).toEqual(spec.addresses);
          const next = { addresses: ['10.80.0.2/24'] };
          expect(await client.putBridge('nl-conf', { owner, id, spec: next })).toMatchObject({
            actual: { mtu: 1500, addresses: next.addresses },
          });
          expect(await client.removeBridge('nl-conf', id, owner)).toBe(true);
          expect(hasLink('nl-conf')).toBe(false);
          await client.close();
          expect(await agent.end('SIGTERM')).toBe(0);
        } finally {
          await agent.end('SIGKILL');
          deleteLinks('nl-conf');
          rmSync(folder, { recursive: true, force: true });
        }
      },
      60_000,
    );
  }
});
