import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import type { Sighting } from 'netloom';
import type { AuditReportView } from 'netloom/agent-api';
import { SANDBOX_DIRS, takeBack } from '../../node-agent/src/audit';
import { auditText, hasTrouble } from '../../node-agent/src/commands/audit';
import { HostRoot } from '../../node-agent/src/node-facts';
import { backUp, restoreStore } from '../../node-agent/src/store';
import { findTool } from '../../scripts/tools';
import { describeUnless } from '../support/network-suite';
import { AgentFolder, refusal } from './support/agent-folder';
import { HostLocalHost } from './support/host-local';

const POOL = 'apps/lan';
const spec = { subnets: [{ subnet: '10.10.0.0/24', ranges: ['10.10.0.2-10.10.0.6'] }] };
const missing = [
  ...(HostLocalHost.pluginPath === undefined ? ['containernetworking-plugins'] : []),
  ...(findTool('flock') === undefined ? ['flock'] : []),
];
const reason = missing.length === 0 ? undefined : `${missing.join(', ')} not installed`;

/** Findings in short: `kind address`, with a mark for those that are confirmed. */
function short({ findings }: AuditReportView): string[] {
  return findings.map(
    ({ kind, address, confirmed }) => `${kind} ${address}${confirmed ? '!' : ''}`,
  );
}

describeUnless(reason, 'an agent beside the real host-local plugin', () => {
  let agent: AgentFolder;
  let host: HostLocalHost;

  const setUp = async (audit: object = {}): Promise<void> => {
    agent = await AgentFolder.make();
    const root = agent.at('host');
    mkdirSync(root);
    host = new HostLocalHost(root, [{ subnet: '10.10.0.0/24' }]);
    agent.changeConfig((config) => {
      config.host = { root };
      // By itself only once, at the start: the tests audit when they want.
      config.audit = { everySeconds: 3600, graceSeconds: 0, ...audit };
    });
  };

  const restart = async (): Promise<void> => {
    await agent.stop();
    await agent.start();
  };

  afterEach(() => agent.remove());

  const claim = (owner: string, addresses?: string[]) =>
    agent.client().claim({ pool: POOL, owner, ...(addresses ? { addresses } : {}) });
  const logged = (event: string): Record<string, unknown>[] =>
    agent.log.map((line) => JSON.parse(line)).filter((line) => line.event === event);

  test('a part that becomes claimable while in use: nothing that is in use is given, also after a restart', async () => {
    await setUp();
    const given = [await host.add('one'), await host.add('two')].flat();
    expect(given).toEqual(['10.10.0.2', '10.10.0.3']);
    await agent.start();
    expect(await agent.client().putPool(POOL, { owner: 'stack', spec })).toMatchObject({
      quarantined: 2,
    });
    expect((await claim('a')).addresses).toEqual(['10.10.0.4']);
    await restart();
    await expect(claim('b', ['10.10.0.3'])).rejects.toThrow(
      /"10.10.0.3" of pool "apps\/lan" is in use without a claim \(host-local of "lan": two net1\)/,
    );
    expect((await agent.client().offer({ pool: POOL, owner: 'b' })).addresses).toEqual([
      '10.10.0.5',
    ]);
    // Wider, it is looked at anew; the same again needs no look.
    await host.add('three');
    rmSync(host.file('lan', '10.10.0.4'));
    const wider = { subnets: [{ subnet: '10.10.0.0/24', ranges: ['10.10.0.1-10.10.0.9'] }] };
    expect((await agent.client().putPool(POOL, { owner: 'stack', spec: wider })).quarantined).toBe(
      2,
    );
    expect((await claim('d')).addresses).toEqual(['10.10.0.6']);
  });

  test('an address set aside is given again once it was seen free twice', async () => {
    await setUp();
    host.run('one');
    await host.add('one');
    await agent.start();
    await agent.client().putPool(POOL, { owner: 'stack', spec });
    const audit = () => agent.client().audit();
    expect(short(await audit())).toEqual([]);
    await host.remove('one');
    expect(short(await audit())).toEqual(['free-again 10.10.0.2']);
    expect(await refusal(claim('a', ['10.10.0.2']))).toEqual(['NL_ADDRESS_NOT_FREE address']);
    // In between it is taken again: the count begins anew.
    host.run('two');
    await host.add('two');
    expect(existsSync(host.file('lan', '10.10.0.3'))).toBe(true);
    writeFileSync(host.file('lan', '10.10.0.2'), 'one\r\nnet1');
    expect(short(await audit())).toEqual(['in-use 10.10.0.3']);
    await host.remove('one');
    expect(short(await audit())).toEqual(['free-again 10.10.0.2']);
    const { done } = await audit();
    expect(done).toEqual(['free again: 10.10.0.2 of pool "apps/lan"']);
    expect((await claim('a', ['10.10.0.2'])).addresses).toEqual(['10.10.0.2']);
  });

  test('what can not be seen may be in use: no pool, and nothing is put back', async () => {
    await setUp();
    await host.add('one');
    await agent.start();
    await agent.client().putPool(POOL, { owner: 'stack', spec });
    await host.remove('one');
    await agent.client().audit();
    rmSync(host.dataDir, { recursive: true });
    symlinkSync('networks', host.dataDir);
    const blind = await agent.client().audit();
    expect(blind.unseen['host-local']).toContain('ELOOP');
    expect([short(blind), blind.done, hasTrouble(blind)]).toEqual([[], [], true]);
    const other = { owner: 'stack', spec: { subnets: [{ subnet: '10.20.0.0/24' }] } };
    expect(await refusal(agent.client().putPool('apps/other', other))).toEqual([
      'NL_AUDIT_INCOMPLETE pool',
    ]);
    expect(await refusal(agent.client().offerPool('apps/other', other))).toEqual([
      'NL_AUDIT_INCOMPLETE pool',
    ]);
    expect((await agent.client().pools()).map(({ name }) => name)).toEqual([POOL]);
    // What is there goes on, and its definition may be repeated.
    await agent.client().putPool(POOL, { owner: 'stack', spec });
    await claim('a');
    rmSync(host.dataDir);
    expect(short(await agent.client().audit())).toEqual(['free-again 10.10.0.2!']);
  });

  test('records of containers that are gone are taken back on order, under the lock of host-local', async () => {
    await setUp();
    host.run('alive');
    for (const one of ['alive', 'dead', 'lost']) await host.add(one);
    await agent.start();
    const repair = () => agent.client().audit({ repairRecords: true });
    expect(short(await agent.client().audit())).toEqual([
      'leaked-record 10.10.0.3!',
      'leaked-record 10.10.0.4!',
    ]);
    expect(existsSync(host.file('lan', '10.10.0.3'))).toBe(true);
    // Somebody else got it a moment ago.
    writeFileSync(host.file('lan', '10.10.0.4'), 'new\r\nnet1');
    const { done } = await repair();
    expect(done).toEqual([
      expect.stringMatching(/^taken back: host-local of "lan" keeps 10.10.0.3 for dead net1/),
    ]);
    expect(existsSync(host.file('lan', '10.10.0.2'))).toBe(true);
    expect(existsSync(host.file('lan', '10.10.0.3'))).toBe(false);
    expect(readFileSync(host.file('lan', '10.10.0.4'), 'utf8')).toContain('new');
    // While the plugin is at work nothing is taken.
    const lock = path.join(host.dataDir, 'lan/lock');
    const holder = spawn('flock', ['--exclusive', '--no-fork', lock, 'sleep', '60'], {
      stdio: 'ignore',
    });
    try {
      await new Promise((resolve) => setTimeout(resolve, 300));
      expect((await repair()).done).toEqual([
        expect.stringMatching(/^stays: .*keeps .* locked\)$/),
      ]);
    } finally {
      process.kill(holder.pid as number);
    }
    expect(existsSync(host.file('lan', '10.10.0.4'))).toBe(true);
    expect(logged('record_repair')).toHaveLength(2);
    expect(logged('change').filter(({ change }) => change === 'audit.repair')).toHaveLength(2);
  }, 30_000);

  test('a record stays where its container came back between the look and the repair', async () => {
    await setUp();
    host.run('other');
    await host.add('dead');
    await agent.start();
    await agent.client().audit();
    host.run('dead');
    expect((await agent.client().audit({ repairRecords: true })).done).toEqual([]);
    // Gone again, it is found anew, and only marked.
    host.kill('dead');
    expect((await agent.client().audit({ repairRecords: true })).done).toEqual([]);
    expect(existsSync(host.file('lan', '10.10.0.2'))).toBe(true);
  });

  test('a record is looked at once more under the lock: only that very one goes, and only when its sandbox is gone', async () => {
    await setUp();
    host.run('other');
    await host.add('dead');
    const file = host.file('lan', '10.10.0.2');
    const parts = { host: new HostRoot(host.root), sandboxDirs: [...SANDBOX_DIRS] };
    const record = (holder: string): Sighting => {
      const place = '/var/lib/cni/networks/lan/10.10.0.2';
      const sighting = { address: '10.10.0.2', network: 'lan', holder, place, isAlive: false };
      return { source: 'host-local', ...sighting };
    };
    expect(await takeBack(record('before net1'), parts)).toBe(false);
    host.run('dead');
    expect(await takeBack(record('dead net1'), parts)).toBe(false);
    host.kill('dead');
    const nowhere = { ...parts, sandboxDirs: ['/run/no-runtime'] };
    expect(await takeBack(record('dead net1'), nowhere)).toBe(false);
    expect(existsSync(file)).toBe(true);
    expect(await takeBack(record('dead net1'), parts)).toBe(true);
    expect(existsSync(file)).toBe(false);
    expect(await takeBack(record('dead net1'), parts)).toBe(false);
  });

  test('no sandbox is gone on a node without a runtime, or with one that can not be looked at', async () => {
    await setUp();
    await host.add('one');
    await agent.start();
    expect(short(await agent.client().audit())).toEqual([]);
    const tasks = path.join(host.root, 'run/containerd/io.containerd.runtime.v2.task');
    mkdirSync(tasks, { recursive: true });
    symlinkSync('k8s.io', path.join(tasks, 'k8s.io'));
    expect(short(await agent.client().audit())).toEqual([]);
  });

  test('a grace period has to pass before anything is repaired', async () => {
    await setUp({ graceSeconds: 600 });
    host.run('other');
    await host.add('dead');
    await agent.start();
    await agent.client().audit();
    const report = await agent.client().audit({ repairRecords: true });
    expect([short(report), report.done]).toEqual([['leaked-record 10.10.0.2'], []]);
  });

  test('a restored store serves nothing before an audit, and then nothing that is in use', async () => {
    await setUp();
    await agent.start();
    await agent.client().putPool(POOL, { owner: 'stack', spec });
    const kept = await claim('a');
    const state = agent.at('state');
    const backup = agent.at('backup.db');
    backUp(state, backup);
    const before = await agent.client().info();
    await claim('lost');
    await agent.stop();
    // The address of the lost claim is given by host-local, of all things, and nobody can see it.
    await host.add('x');
    const [second = ''] = await host.add('y');
    expect(second).toBe('10.10.0.3');
    const hidden = `${host.dataDir}.hidden`;
    renameSync(host.dataDir, hidden);
    symlinkSync('networks', host.dataDir);
    restoreStore({ folder: state, from: backup, now: Date.now() });
    await agent.start();
    const { store, epoch } = await agent.client().info();
    expect(epoch).toBe(1);
    expect(store).not.toBe(before.store);
    const changes = (): Promise<unknown>[] => [
      claim('b'),
      agent.client().offer({ pool: POOL, owner: 'b' }),
      agent.client().release(POOL, kept.id, 'a'),
      agent.client().putPool(POOL, { owner: 'stack', spec }),
      agent.client().removePool(POOL, 'apps/lan#1', 'stack'),
    ];
    for (const change of changes()) {
      expect(await refusal(change)).toEqual(['NL_AUDIT_PENDING store']);
    }
    expect(await agent.client().claims(POOL)).toMatchObject([{ owner: 'a', id: kept.id }]);
    expect(Object.keys((await agent.client().audit()).unseen)).toEqual(['host-local']);
    expect(await refusal(claim('b'))).toEqual(['NL_AUDIT_PENDING store']);
    rmSync(host.dataDir);
    renameSync(hidden, host.dataDir);
    await agent.client().audit();
    expect(logged('restored_store_audited')).toHaveLength(1);
    expect((await claim('b')).addresses).toEqual(['10.10.0.4']);
    // It is served for good, also after a restart.
    await restart();
    expect((await claim('c')).addresses).toEqual(['10.10.0.5']);
    expect(logged('restored_store_waits')).toHaveLength(1);
  });

  test('an operator may serve a restored store without an audit, and the log says so', async () => {
    await setUp();
    await agent.start();
    await agent.client().putPool(POOL, { owner: 'stack', spec });
    backUp(agent.at('state'), agent.at('backup.db'));
    await agent.stop();
    mkdirSync(path.dirname(host.dataDir), { recursive: true });
    symlinkSync('networks', host.dataDir);
    const [folder, from] = [agent.at('state'), agent.at('backup.db')];
    restoreStore({ folder, from, now: Date.now(), withoutAudit: 'a drill of 2026' });
    await agent.start();
    await claim('b');
    expect(logged('restored_store_not_audited')).toMatchObject([
      { epoch: 1, released: { by: 'operator', why: 'a drill of 2026' } },
    ]);
  });

  test('who may not see a pool sees nothing of it, and repairs are for those who may do everything', async () => {
    await setUp();
    const narrow = agent.addToken('narrow', { verbs: ['read', 'claim'], pools: ['shop/*'] });
    const reader = agent.addToken('reader', { verbs: ['read'] });
    const lan = agent.addToken('lan', { verbs: ['claim'], pools: [POOL] });
    host.run('other');
    await host.add('dead');
    await agent.start();
    await agent.client().audit();
    expect(short(await agent.client({ tokenFile: narrow }).audit())).toEqual([]);
    expect(short(await agent.client({ tokenFile: reader }).lastAudit())).toHaveLength(1);
    for (const tokenFile of [narrow, reader, lan]) {
      const asked = agent.client({ tokenFile }).audit({ repairRecords: true });
      expect((await refusal(asked))[0]).toMatch(/^NL_AGENT_FORBIDDEN/);
    }
    expect(existsSync(host.file('lan', '10.10.0.2'))).toBe(true);
  });

  test('the report for people has everything, and trouble is what somebody has to look at', async () => {
    await setUp();
    host.run('other');
    await host.add('dead');
    await agent.start();
    const report = await agent.client().audit();
    expect(hasTrouble(report)).toBe(true);
    expect(auditText(report)).toEqual([
      'seen: host-local',
      expect.stringMatching(/^leaked-record: host-local of "lan" keeps 10.10.0.2 .* confirmed$/),
    ]);
  });
});
