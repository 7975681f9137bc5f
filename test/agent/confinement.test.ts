import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { findTool, nodePath } from '../../scripts/tools';
import { AgentProcess, buildAgent, initAgent, LAUNCHER } from './support/agent-process';
import {
  addressesOf,
  deleteLinks,
  hasLink,
  hasOwnNetwork,
  ip,
  networkTest,
} from './support/network';

const NOBODY = '65534';
const CAPS = '-all,+net_admin';
/** The bit of CAP_NET_ADMIN alone, as /proc shows it. */
const NET_ADMIN = '0000000000001000';
const setpriv = [findTool('setpriv') ?? 'setpriv', '--no-new-privs', '--bounding-set', CAPS];
const unshare = findTool('unshare') ?? 'unshare';

/** A root that can't be written to, but for the agent's own folder. */
const READ_ONLY_ROOT = `mount --bind "$0" "$0"
mount --rbind / /
mount -o remount,bind,ro /
exec "$@"
`;

/** How the agent runs, as the command in front of it and the user that its files belong to. */
const FORMS = [
  {
    form: 'as systemd runs it: a user of its own with CAP_NET_ADMIN',
    prefix: () => [
      ...setpriv,
      ...['--inh-caps', CAPS, '--ambient-caps', CAPS],
      ...['--reuid', NOBODY, '--regid', NOBODY, '--clear-groups'],
    ],
    owner: `${NOBODY}:${NOBODY}`,
    uid: NOBODY,
  },
  {
    form: 'as a pod runs it: UID 0 without any capability but CAP_NET_ADMIN, and a read-only root',
    prefix: (folder: string) => [
      ...[unshare, '--mount', '--propagation', 'private'],
      ...['sh', '-euc', READ_ONLY_ROOT, folder],
      ...setpriv,
    ],
    owner: '0:0',
    uid: '0',
  },
];

/** The run's own folder for temporaries is nobody else's; the agent's user has to get through it. */
function makeFolder(): string {
  const parent = os.tmpdir();
  if (path.basename(parent).startsWith('netloom-run-')) chmodSync(parent, 0o711);
  return mkdtempSync(path.join(parent, 'netloom-confined-'));
}

/** Why it can't be tried here: the namespace may have no second user, the checkout may be private. */
function whyNot(prefix: (folder: string) => readonly string[]): string | undefined {
  if (!hasOwnNetwork) return undefined;
  const folder = makeFolder();
  const [command = '', ...args] = [...prefix(folder), nodePath(), LAUNCHER, '--version'];
  const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
  rmSync(folder, { recursive: true });
  if (status === 0) return undefined;
  return `not to be had here: ${error?.message ?? stderr.trim().split('\n')[0]}`;
}

/** What /proc says of a process. */
function statusOf(pid: number): Map<string, string> {
  const lines = readFileSync(`/proc/${pid}/status`, 'utf8').split('\n');
  return new Map(lines.map((line) => line.split(':\t') as [string, string]));
}

async function until(holds: () => boolean): Promise<void> {
  const end = Date.now() + 20_000;
  while (!holds()) {
    if (Date.now() > end) throw new Error('it did not come true within 20 s');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

describe('the agent does its work', () => {
  buildAgent();

  for (const { form, prefix, owner: files, uid } of FORMS) {
    const reason = whyNot(prefix);
    const confinedTest = reason === undefined ? networkTest : test.skip;
    confinedTest(
      `${form}${reason === undefined ? '' : ` (skipped: ${reason})`}`,
      async () => {
        const folder = makeFolder();
        initAgent(folder);
        execFileSync('chown', ['-R', files, folder]);
        ip('link', 'add', 'nl-conf-p', 'type', 'veth', 'peer', 'name', 'nl-conf-q');
        let agent = new AgentProcess(folder, prefix(folder));
        try {
          expect([await agent.isListening(), agent.output]).toEqual([true, expect.any(String)]);
          const status = statusOf(agent.pid);
          expect(status.get('Uid')?.split('\t')).toEqual([uid, uid, uid, uid]);
          expect(status.get('NoNewPrivs')).toBe('1');
          for (const set of ['CapEff', 'CapPrm', 'CapBnd']) {
            expect([set, status.get(set)]).toEqual([set, NET_ADMIN]);
          }

          let client = agent.client();
          const owner = 'stack';
          const pool = { owner, spec: { subnets: [{ subnet: '10.80.0.0/24' }] } };
          await client.putPool('lan', pool);
          const claim = await client.claim({ pool: 'lan', owner: 'pod' });
          const spec = {
            addresses: ['10.80.0.1/24', 'fd00:80::1/64'],
            ports: ['nl-conf-p'],
            mtu: 1400,
          };
          const { id } = await client.putBridge('nl-conf', { owner, spec });
          expect(addressesOf('nl-conf')).toEqual(spec.addresses);
          // What drifted is repaired.
          ip('addr', 'del', '10.80.0.1/24', 'dev', 'nl-conf');
          await until(() => addressesOf('nl-conf').length === 2);
          // The links outlive the agent, and so do the claims.
          await client.close();
          expect(await agent.end('SIGTERM')).toBe(0);
          expect(hasLink('nl-conf')).toBe(true);
          agent = new AgentProcess(folder, prefix(folder));
          expect(await agent.isListening()).toBe(true);
          client = agent.client();
          expect((await client.claims('lan')).map((one) => one.addresses)).toEqual([
            claim.addresses,
          ]);
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
          deleteLinks('nl-conf', 'nl-conf-p');
          rmSync(folder, { recursive: true, force: true });
        }
      },
      120_000,
    );
  }

  for (const { form, prefix } of FORMS) {
    const reason = whyNot(prefix);
    const confinedTest = reason === undefined ? networkTest : test.skip;
    confinedTest(
      `a ping reaches, or says what it lacks, ${form}${reason === undefined ? '' : ` (skipped: ${reason})`}`,
      async () => {
        const folder = makeFolder();
        const program = path.join(path.dirname(LAUNCHER), '../lib/reach/ping.js');
        const script =
          'require(process.argv[1]).ping("127.0.0.1", 2000).then((view) => console.log(JSON.stringify(view)))';
        const [command = '', ...args] = [...prefix(folder), nodePath(), '-e', script, program];
        ip('link', 'set', 'dev', 'lo', 'up');
        const { stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' });
        rmSync(folder, { recursive: true });
        expect(stderr).toBe('');
        const { result, detail = '' } = JSON.parse(stdout);
        if (result === 'reached') return;
        expect(result).toBe('impossible');
        expect(detail).toMatch(
          /^(ping may open no socket|\S+ping does not start \(EPERM\)): .*net\.ipv4\.ping_group_range, now "\d+ \d+", has to have its group \d+$/,
        );
      },
      60_000,
    );
  }

  const [, pod] = FORMS;
  const reason = pod && whyNot(pod.prefix);
  const podTest = reason === undefined ? networkTest : test.skip;
  podTest(`a pod’s root takes no file${reason ? ` (skipped: ${reason})` : ''}`, async () => {
    const folder = makeFolder();
    const write = (file: string): number | null => {
      const script = "require('fs').writeFileSync(process.argv[1], '')";
      const [command = '', ...args] = [...(pod?.prefix(folder) ?? []), nodePath(), '-e', script];
      return spawnSync(command, [...args, file]).status;
    };
    expect(write(path.join(folder, 'mine'))).toBe(0);
    expect(write(path.join(os.tmpdir(), 'netloom-confined-other'))).not.toBe(0);
    rmSync(folder, { recursive: true });
  });
});
