import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { inside } from './namespaces';
import type { PluginHost } from './plugins';

const START_LIMIT_MS = 5_000;
const POLL_MS = 10;

const RANGE = '10.5.0.100,10.5.0.150,255.255.255.0,10m';

/**
 * What dnsmasq hands out: a router and, to who asks, a name server, a route and an option of a
 * number without a name.
 */
const OPTIONS = [
  'option:router,10.5.0.1',
  'option:dns-server,10.5.0.53',
  '121,10.6.0.0/16,10.5.0.6',
];

/**
 * A real DHCP server at the other end of a host's `eth1`, and the daemon of the `dhcp` plugin on
 * the host. Both end with {@link stop}.
 */
export class DhcpNetwork {
  private readonly children: ChildProcess[] = [];

  private constructor(private readonly folder: string) {
    mkdirSync(folder, { recursive: true });
  }

  static async start(host: PluginHost, cniPath: string): Promise<DhcpNetwork> {
    const dhcp = new DhcpNetwork(`/run/${host.name}`);
    try {
      const server = await host.addNamespace();
      await host.ip([`link set eth1-peer netns ${server}`]);
      await host.ip(['link set eth1-peer up', 'addr add 10.5.0.1/24 dev eth1-peer'], server);
      await dhcp.startServer(server);
      await dhcp.startDaemon(host.name, cniPath);
      return dhcp;
    } catch (error) {
      await dhcp.stop();
      throw error;
    }
  }

  /** Ends both, however they are. */
  async stop(): Promise<void> {
    await Promise.all(this.children.splice(0).map(end));
  }

  private async startServer(namespace: string): Promise<void> {
    const log = path.join(this.folder, 'dnsmasq.log');
    // With --no-daemon it stays who it is: in a user namespace there is nobody else to become.
    this.spawn(namespace, 'dnsmasq', [
      ...['--no-daemon', '--conf-file=/dev/null', '--port=0', '--no-ping', '--log-dhcp'],
      ...['--interface=eth1-peer', '--bind-interfaces', `--dhcp-range=${RANGE}`],
      ...OPTIONS.map((option) => `--dhcp-option=${option}`),
      ...[`--dhcp-leasefile=${path.join(this.folder, 'leases')}`, `--log-facility=${log}`],
    ]);
    await this.until(
      'dnsmasq',
      () => existsSync(log) && /IP range/.test(readFileSync(log, 'utf8')),
    );
  }

  private async startDaemon(namespace: string, cniPath: string): Promise<void> {
    const socket = path.join(this.folder, 'dhcp.sock');
    this.spawn(namespace, path.join(cniPath, 'dhcp'), ['daemon', '-socketpath', socket]);
    await this.until('the dhcp daemon', () => existsSync(socket));
  }

  private spawn(namespace: string, file: string, args: readonly string[]): void {
    const [program = '', ...first] = [...inside(namespace), file, ...args];
    this.children.push(spawn(program, first, { stdio: 'ignore' }));
  }

  private async until(who: string, ready: () => boolean): Promise<void> {
    const limit = Date.now() + START_LIMIT_MS;
    while (!ready()) {
      if (this.children.some(hasEnded) || Date.now() > limit)
        throw new Error(`${who} does not start`);
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

/** nsenter becomes the program that it starts, so its process id is that of the program. */
async function end(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await gone;
}
