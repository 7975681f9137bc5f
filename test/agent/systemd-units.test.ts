import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { runInNewContext } from 'node:vm';
import { unitsOf } from '../../node-agent/src/commands/units';
import { isPlainPath, systemdUnits } from '../../node-agent/src/systemd-units';
import { findTool } from '../../scripts/tools';
import { AgentFolder, refusal } from './support/agent-folder';

const SETTINGS = {
  command: '/usr/bin/netloom-agent',
  configFile: '/etc/netloom/agent.yaml',
  stateDir: '/var/lib/netloom',
  user: 'netloom',
};

const unit = (): string => systemdUnits(SETTINGS).at(-1)?.content ?? '';

test('the agent has a user of its own and CAP_NET_ADMIN, nothing more', () => {
  expect(unit()).toMatch(/^User=netloom$/m);
  expect(unit()).toMatch(/^AmbientCapabilities=CAP_NET_ADMIN$/m);
  expect(unit()).toMatch(/^CapabilityBoundingSet=CAP_NET_ADMIN$/m);
  expect(unit()).toMatch(/^NoNewPrivileges=yes$/m);
});

test('firewalld takes orders from it only where agent.yaml has some', () => {
  const ruleOf = (settings: object): string | undefined =>
    systemdUnits({ ...SETTINGS, ...settings }).find(({ path: file }) => file.includes('polkit'))
      ?.content;
  expect(ruleOf({})).toBeUndefined();
  const judge = (user: string, id: string): unknown => {
    let rule: ((action: object, subject: object) => unknown) | undefined;
    const polkit = { addRule: (given: typeof rule) => (rule = given), Result: { YES: 'yes' } };
    runInNewContext(ruleOf({ usesFirewalld: true }) ?? '', { polkit });
    return rule?.({ id }, { user });
  };
  expect(judge('netloom', 'org.fedoraproject.FirewallD1.config')).toBe('yes');
  expect(judge('somebody', 'org.fedoraproject.FirewallD1.config')).toBeUndefined();
  expect(judge('netloom', 'org.freedesktop.systemd1.manage-units')).toBeUndefined();
});

test('the watchdog is a unit of its own, as confined as the agent, and there before it', () => {
  const watchdog = systemdUnits(SETTINGS).find(({ path: file }) => file.includes('watchdog'));
  expect(watchdog?.path).toBe('/etc/systemd/system/netloom-watchdog.service');
  expect(watchdog?.content).toMatch(/^ExecStart=\/usr\/bin\/netloom-agent watchdog --config /m);
  expect(watchdog?.content).toMatch(/^Before=netloom-agent\.service$/m);
  expect(watchdog?.content).toMatch(/^Restart=always$/m);
  const confined = (text: string): string[] =>
    text
      .split('\n')
      .filter((line) => /^(User|Ambient|Capab|NoNew|Protect|Restrict|System)/.test(line));
  expect(confined(watchdog?.content ?? '')).toEqual(confined(unit()));
  expect(unit()).toMatch(/^After=.*netloom-watchdog\.service$/m);
  // It must not go down with the agent.
  expect(watchdog?.content).not.toMatch(/^(BindsTo|PartOf|Requires)=/m);
});

test('what starts pods waits for the bridges, but not for ever', () => {
  expect(unit()).toMatch(/^Before=kubelet\.service crio\.service containerd\.service/m);
  expect(unit()).toMatch(/^ExecStartPost=-\/usr\/bin\/netloom-agent ready .*--wait 60$/m);
});

test.each(['/a b', '/a%n', '/a$HOME', '/a"', 'relative', '/a\nUser=root', '/a;b'])(
  'the path %j is refused',
  (file) => {
    expect(isPlainPath(file)).toBe(false);
  },
);

test('a user or program that would be read as something else is refused', async () => {
  const folder = await AgentFolder.make();
  try {
    const units = async (command: string, user: string) =>
      unitsOf(folder.configFile, command, user);
    expect(await refusal(units('netloom-agent', 'root\nUser=x'))).toEqual([
      'NL_CONFIG_INVALID --command',
      'NL_CONFIG_INVALID --user',
    ]);
    expect(await refusal(units('/usr/bin/netloom-agent', 'netloom'))).toEqual([]);
  } finally {
    await folder.remove();
  }
});

const analyze = findTool('systemd-analyze');
const verifyTest = analyze === undefined ? test.skip : test;
const reason = analyze === undefined ? ' (skipped: systemd-analyze is not installed)' : '';

verifyTest(`systemd itself finds nothing wrong with the unit${reason}`, () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'netloom-units-'));
  try {
    // Programs and users have to be there for it to be content.
    const program = path.join(folder, 'netloom-agent');
    writeFileSync(program, '#!/bin/sh\n', { mode: 0o755 });
    mkdirSync(path.join(folder, 'root'));
    const settings = { ...SETTINGS, command: program, stateDir: folder, user: 'daemon' };
    const file = path.join(folder, 'netloom-agent.service');
    const other = path.join(folder, 'netloom-watchdog.service');
    writeFileSync(file, systemdUnits(settings).at(-1)?.content ?? '');
    writeFileSync(other, systemdUnits(settings).at(-2)?.content ?? '');
    const { stderr, stdout } = spawnSync(analyze as string, ['verify', '--man=no', file, other], {
      encoding: 'utf8',
    });
    const about = `${stdout}${stderr}`.split('\n').filter((line) => line.includes('netloom'));
    expect(about).toEqual([]);
    writeFileSync(file, 'Nonsense=1\n', { flag: 'a' });
    const wrong = spawnSync(analyze as string, ['verify', '--man=no', file], { encoding: 'utf8' });
    expect(`${wrong.stdout}${wrong.stderr}`).toContain('Nonsense');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
