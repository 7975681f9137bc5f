import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findTool } from '../../scripts/tools';
import { kernelSkipReason } from './network-suite';

/** A container and the volumes of its pod, as a manifest has them. */
export interface HostContainer {
  readonly container: any;
  readonly volumes: readonly any[];
}

/** How a container ended, or was ended. */
export interface ContainerEnd {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ContainerOptions {
  /** Folders of the host that are read-only there, e.g. `/opt/cni/bin`. @default - none */
  readonly readOnly?: readonly string[];
  /** In place of what the manifest says. @default - none */
  readonly env?: Readonly<Record<string, string>>;
  /** @default - it runs to its end */
  readonly killAfterMs?: number;
}

/** Why containers can't be tried here; undefined when they can. */
export function containerSkipReason(): string | undefined {
  const missing = ['chroot', 'mount', 'unshare'].filter((tool) => findTool(tool) === undefined);
  return missing.length === 0 ? kernelSkipReason() : `${missing.join(', ')} not installed`;
}

/**
 * Sets up mounts in a namespace of its own, then runs the rest of its arguments in the new root.
 * Arguments: root, number of mounts, `SOURCE TARGET ro|rw` for each, command.
 */
const ENTER = `set -eu
root=$1; count=$2; shift 2
mount -t tmpfs tmpfs "$root"
for name in bin lib lib64 usr; do
  if [ -L "/$name" ]; then cp -P "/$name" "$root/$name"
  elif [ -d "/$name" ]; then mkdir "$root/$name"; mount --rbind "/$name" "$root/$name"; fi
done
mkdir "$root/dev" "$root/proc"
touch "$root/dev/null"; mount --bind /dev/null "$root/dev/null"
mount --rbind /proc "$root/proc"
while [ "$count" -gt 0 ]; do
  mkdir -p "$root$2"
  mount --bind "$1" "$root$2"
  if [ "$3" = ro ]; then mount -o remount,bind,ro,nosuid,nodev "$root$2"; fi
  shift 3; count=$((count - 1))
done
exec chroot "$root" "$@"`;

/**
 * A folder that stands for the root of a node, and containers on it that see of it what their
 * manifest mounts: in a mount namespace and a root of their own, without a container runtime. The
 * programs of the image are those of this machine.
 */
export class FakeHost {
  readonly root = mkdtempSync(path.join(tmpdir(), 'netloom-host-'));

  /** A path of the node on this machine. */
  path(hostPath: string): string {
    return path.join(this.root, hostPath);
  }

  /** Folders of the node are made where the manifest says so (`DirectoryOrCreate`). */
  run(
    { container, volumes }: HostContainer,
    options: ContainerOptions = {},
  ): Promise<ContainerEnd> {
    const { readOnly = [], env = {}, killAfterMs } = options;
    const mounts = container.volumeMounts.flatMap((mount: any) => {
      const { path: hostPath } = volumes.find(({ name }) => name === mount.name).hostPath;
      mkdirSync(this.path(hostPath), { recursive: true });
      return [this.path(hostPath), mount.mountPath, readOnly.includes(hostPath) ? 'ro' : 'rw'];
    });
    const variables = Object.fromEntries(container.env.map((one: any) => [one.name, one.value]));
    const command = [...container.command, ...(container.args ?? [])];
    const root = mkdtempSync(path.join(tmpdir(), 'netloom-root-'));
    const unshare = ['--mount', '--propagation', 'private', 'sh', '-c', ENTER, 'sh'];
    const child = spawn(
      findTool('unshare') as string,
      [...unshare, root, String(mounts.length / 3), ...mounts, ...command],
      { env: { PATH: process.env['PATH'] ?? '', ...variables, ...env }, detached: true },
    );
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
    });
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    const kill = (): void => {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    };
    const timer = killAfterMs === undefined ? undefined : setTimeout(kill, killAfterMs);
    return new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (status) => {
        clearTimeout(timer);
        rmSync(root, { recursive: true });
        resolve({ status, stdout, stderr });
      });
    });
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
