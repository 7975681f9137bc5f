import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { cniPath } from '../../../scripts/tools';
import { execPlugin } from '../../support/cni-exec';

/** The real host-local plugin over a host's root of our own, as a runtime calls it. */
export class HostLocalHost {
  /** @param root stands for the root of the host */
  constructor(
    readonly root: string,
    private readonly ranges: readonly object[],
  ) {}

  /** Undefined where the plugin is not installed. */
  static readonly pluginPath = cniPath();

  get dataDir(): string {
    return path.join(this.root, 'var/lib/cni/networks');
  }

  file(network: string, address: string): string {
    return path.join(this.dataDir, network, address);
  }

  /** Gives a container its addresses. */
  add(container: string, network = 'lan'): Promise<string[]> {
    return this.call('ADD', container, network);
  }

  /** Takes them back. */
  async remove(container: string, network = 'lan'): Promise<void> {
    await this.call('DEL', container, network);
  }

  /** Makes a sandbox run, as containerd shows it. */
  run(container: string): void {
    mkdirSync(this.sandbox(container), { recursive: true });
  }

  /** Ends a sandbox without a word to the plugin, as a reboot does. */
  kill(container: string): void {
    rmSync(this.sandbox(container), { recursive: true });
  }

  private sandbox(container: string): string {
    const tasks = 'run/containerd/io.containerd.runtime.v2.task/k8s.io';
    return path.join(this.root, tasks, container);
  }

  private async call(command: string, container: string, name: string): Promise<string[]> {
    const { status, stdout } = await execPlugin({
      cniPath: HostLocalHost.pluginPath as string,
      type: 'host-local',
      command,
      env: { CNI_CONTAINERID: container, CNI_NETNS: '/none', CNI_IFNAME: 'net1' },
      config: {
        cniVersion: '1.0.0',
        name,
        type: 'bridge',
        ipam: { type: 'host-local', dataDir: this.dataDir, ranges: [this.ranges] },
      },
    });
    if (status !== 0) throw new Error(stdout);
    if (stdout.trim() === '') return [];
    const { ips } = JSON.parse(stdout) as { ips: { address: string }[] };
    return ips.map(({ address }) => address.split('/')[0] as string);
  }
}
