import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { cacheFolder, findTool } from '../../../scripts/tools';
import { hasOwnNetwork } from './network';

/** Debian's Python, for which its packages are. */
const PYTHON = '/usr/bin/python3';
const BUS = `<busconfig><type>system</type><listen>unix:path=SOCKET</listen><auth>EXTERNAL</auth>
<policy context="default"><allow user="*"/><allow own="*"/><allow send_destination="*"/>
<allow receive_sender="*"/></policy></busconfig>`;

/** Where firewalld is: installed, or unpacked by set-up into the cache folder. */
function root(): string | undefined {
  return ['/', cacheFolder()].find((folder) =>
    existsSync(path.join(folder, 'usr/lib/firewalld/services/dhcp.xml')),
  );
}

function environment(folder: string): NodeJS.ProcessEnv {
  const modules = path.join(root() ?? '/', 'usr/lib/python3/dist-packages');
  const bus = `unix:path=${path.join(folder, 'bus')}`;
  return { ...process.env, DBUS_SYSTEM_BUS_ADDRESS: bus, PYTHONPATH: modules };
}

/** Why there can be no firewalld here; undefined when there can. */
export function firewalldSkipReason(): string | undefined {
  if (!hasOwnNetwork) return 'needs a network namespace of its own: run npm test';
  if (root() === undefined) return 'firewalld is not installed, nor unpacked by set-up';
  if (findTool('dbus-daemon') === undefined) return 'dbus-daemon is not installed';
  const modules = ['-c', 'import dbus, gi, nftables, firewall'];
  const { status } = spawnSync(PYTHON, modules, { env: environment('/') });
  return status === 0 ? undefined : 'python3-dbus, python3-gi or python3-nftables is not installed';
}

/** A real firewalld on a bus of its own, in this network namespace. */
export class Firewalld {
  private readonly folder = mkdtempSync(path.join(os.tmpdir(), 'netloom-firewalld-'));
  private readonly env = environment(this.folder);
  private bus: ChildProcess | undefined;
  private daemon: ChildProcess | undefined;

  /** Starts it, with Debian's own zones. @throws Error when it does not come up within 30 s */
  async start(): Promise<void> {
    const from = root() ?? '/';
    const settings = path.join(this.folder, 'etc');
    if (!existsSync(settings)) {
      mkdirSync(settings);
      cpSync(path.join(from, 'etc/firewalld'), settings, { recursive: true });
      const config = path.join(this.folder, 'bus.conf');
      writeFileSync(config, BUS.replace('SOCKET', path.join(this.folder, 'bus')));
      const args = [`--config-file=${config}`, '--nofork', '--nopidfile'];
      this.bus = spawn(findTool('dbus-daemon') as string, args, { stdio: 'ignore' });
    }
    const program = path.join(from, 'usr/sbin/firewalld');
    const folders = [
      '--system-config',
      settings,
      '--default-config',
      path.join(from, 'usr/lib/firewalld'),
    ];
    const args = [program, '--nofork', '--nopid', ...folders];
    this.daemon = spawn(PYTHON, args, { env: this.env, stdio: 'ignore' });
    const end = Date.now() + 30_000;
    while (!this.says('--state').includes('running')) {
      if (Date.now() > end) throw new Error('firewalld does not come up');
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }

  /** `firewall-cmd` of this firewalld, as a command with its first arguments. */
  get command(): string[] {
    const { DBUS_SYSTEM_BUS_ADDRESS, PYTHONPATH } = this.env;
    const variables = [
      `DBUS_SYSTEM_BUS_ADDRESS=${DBUS_SYSTEM_BUS_ADDRESS}`,
      `PYTHONPATH=${PYTHONPATH}`,
    ];
    return ['/usr/bin/env', ...variables, PYTHON, path.join(root() ?? '/', 'usr/bin/firewall-cmd')];
  }

  /** What `firewall-cmd` prints; nothing where it fails. */
  says(...args: string[]): string {
    const [program = '', ...first] = this.command;
    return spawnSync(program, [...first, ...args], { encoding: 'utf8' }).stdout.trim();
  }

  /** The rules that the kernel has of it. */
  rules(): string {
    return execFileSync(findTool('nft') as string, ['list', 'ruleset'], { encoding: 'utf8' });
  }

  async stop(): Promise<void> {
    await ended(this.daemon);
    this.daemon = undefined;
  }

  async remove(): Promise<void> {
    await this.stop();
    await ended(this.bus);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

async function ended(child: ChildProcess | undefined): Promise<void> {
  if (!child || child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await gone;
}
