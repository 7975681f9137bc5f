import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { imageSkipReason, makeImage } from '../../scripts/image';
import { findTool } from '../../scripts/tools';
import { describeUnless } from '../support/network-suite';
import { neededLibraries } from './support/elf';
import { readTar, type TarEntry } from './support/tar';

const ROOT = path.join(__dirname, '../..');

interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly platform?: { readonly architecture: string; readonly os: string };
}

function digestOf(content: Buffer): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`;
}

describeUnless(imageSkipReason(), 'the container image', () => {
  let archive: Buffer;
  let digest: string;
  let files: Map<string, TarEntry>;
  const used = new Set<string>(['oci-layout', 'index.json']);

  beforeAll(() => {
    ({ archive, digest } = makeImage());
    files = readTar(archive);
  }, 300_000);

  function json(name: string): any {
    return JSON.parse(String(files.get(name)?.content));
  }

  /** What a descriptor names, after a look whether it is that. */
  function blob({ digest: wanted, size }: Descriptor): Buffer {
    const name = `blobs/${wanted.replace(':', '/')}`;
    const content = files.get(name)?.content ?? Buffer.alloc(0);
    expect([digestOf(content), content.length]).toEqual([wanted, size]);
    used.add(name);
    return content;
  }

  const read = (descriptor: Descriptor): any => JSON.parse(String(blob(descriptor)));

  function manifests(): { architecture: string; config: any; layers: Buffer[] }[] {
    const [index] = json('index.json').manifests;
    return read(index).manifests.map((descriptor: Descriptor) => {
      const manifest = read(descriptor);
      return {
        architecture: descriptor.platform?.architecture ?? '',
        config: read(manifest.config),
        layers: manifest.layers.map(blob),
      };
    });
  }

  /** All files of a platform, as a container sees them. */
  function rootOf({ layers }: { layers: Buffer[] }): Map<string, TarEntry> {
    return new Map(layers.flatMap((layer) => [...readTar(gunzipSync(layer))]));
  }

  test('is an OCI layout with both platforms, each digest right, and nothing else in it', () => {
    expect(json('oci-layout')).toEqual({ imageLayoutVersion: '1.0.0' });
    const [index] = json('index.json').manifests;
    expect(index.digest).toBe(digest);
    const all = manifests();
    expect(all.map(({ architecture }) => architecture)).toEqual(['amd64', 'arm64']);
    for (const { architecture, config, layers } of all) {
      expect([config.architecture, config.os]).toEqual([architecture, 'linux']);
      expect(config.rootfs.diff_ids).toEqual(layers.map((one) => digestOf(gunzipSync(one))));
      expect(config.history).toHaveLength(layers.length);
    }
    const kept = [...files].filter(([, { type }]) => type === 'file').map(([name]) => name);
    expect(kept.filter((name) => !used.has(name))).toEqual([]);
  });

  test('runs as nobody in particular, and says what it runs', () => {
    for (const { config } of manifests()) {
      expect(config.config).toMatchObject({
        User: '65532:65532',
        Entrypoint: ['/usr/bin/netloom-agent'],
        Cmd: ['serve', '--config', '/etc/netloom/agent.yaml'],
      });
    }
  });

  test('the Dockerfile starts the same', () => {
    const text = readFileSync(path.join(ROOT, 'Dockerfile'), 'utf8');
    const { User, Entrypoint, Cmd, Env, StopSignal } = manifests()[0]?.config.config ?? {};
    const value = (word: string) => new RegExp(`^${word} (.*)$`, 'm').exec(text)?.[1];
    expect(value('USER')).toBe(User);
    expect(JSON.parse(value('ENTRYPOINT') ?? '')).toEqual(Entrypoint);
    expect(JSON.parse(value('CMD') ?? '')).toEqual(Cmd);
    expect(value('ENV')).toBe(Env.join(' '));
    expect(value('STOPSIGNAL')).toBe(StopSignal);
  });

  test('everything in it is root’s, from no time, and below its root', () => {
    for (const platform of manifests()) {
      for (const [name, { type, uid, gid, mtime, mode }] of rootOf(platform)) {
        const others = type === 'link' ? 0 : mode & 0o6022;
        expect([name, uid, gid, mtime, others]).toEqual([name, 0, 0, 0, 0]);
        expect(name).not.toMatch(/^\/|(^|\/)\.\.(\/|$)/);
      }
    }
  });

  test('has every library that its programs need, of their own processor', () => {
    for (const platform of manifests()) {
      const root = rootOf(platform);
      const names = [...root.keys()].map((name) => path.basename(name));
      let seen = 0;
      for (const [name, { content, type }] of root) {
        if (type !== 'file') continue;
        const elf = neededLibraries(content);
        if (!elf) continue;
        seen += 1;
        expect([name, elf.machine]).toEqual([name, platform.architecture]);
        expect([name, elf.needed.filter((one) => !names.includes(one))]).toEqual([name, []]);
      }
      expect(seen).toBeGreaterThan(10);
    }
  });

  test('holds no path of this machine and no key', () => {
    for (const platform of manifests()) {
      for (const [name, { content }] of rootOf(platform)) {
        if (!name.startsWith('opt/')) continue;
        expect([name, content.includes(`${ROOT}/`)]).toEqual([name, false]);
        expect([name, content.includes('-----BEGIN PRIVATE')]).toEqual([name, false]);
      }
    }
  });

  test('the same sources are the same bytes', () => {
    expect(makeImage().digest).toBe(digest);
  }, 300_000);

  const own = { x64: 'amd64', arm64: 'arm64' }[process.arch as string];
  const canEnter = process.getuid?.() === 0 && findTool('unshare') !== undefined;
  const enterTest = own !== undefined && canEnter ? test : test.skip;

  /** Writes what a container of this machine sees. */
  function unpack(folder: string): string {
    const root = path.join(folder, 'root');
    mkdirSync(root);
    const platform = manifests().find(({ architecture }) => architecture === own);
    for (const layer of platform?.layers ?? []) {
      execFileSync('tar', ['-xzf', '-', '-C', root], { input: layer });
    }
    return root;
  }

  enterTest(
    `starts the agent${canEnter ? '' : ' (skipped: needs root, also that of a namespace)'}`,
    () => {
      const folder = mkdtempSync(path.join(os.tmpdir(), 'netloom-image-'));
      try {
        const root = unpack(folder);
        const run = (...args: string[]) => {
          const command = ['--mount', '--root', root, '/usr/bin/netloom-agent', ...args];
          const env = { PATH: '/usr/sbin:/usr/bin' };
          return spawnSync(findTool('unshare') as string, command, { encoding: 'utf8', env });
        };
        expect(run('--version')).toMatchObject({ status: 0, stdout: '0.1.0\n' });
        const init = ['--dir', '/tmp/agent', '--name', 'edge-1', '--listen', '127.0.0.1:0'];
        expect(run('init', ...init)).toMatchObject({ status: 0, stderr: '' });
        const status = run('status', '--config', '/tmp/agent/agent.yaml', '-o', 'json');
        expect(status.stderr).toBe('');
        const ip = spawnSync('chroot', [root, '/usr/bin/ip', '-j', 'link', 'show', 'lo'], {
          encoding: 'utf8',
        });
        expect(JSON.parse(ip.stdout)[0].ifname).toBe('lo');
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
    120_000,
  );

  const [why] = [
    own === undefined ? 'no image for this processor' : undefined,
    canEnter ? undefined : 'needs root, also that of a namespace',
    ...['setpriv', 'ip'].map((tool) => (findTool(tool) ? undefined : `${tool} not installed`)),
  ].filter((one) => one !== undefined);

  (why === undefined ? test : test.skip)(
    `asks targets by ping as a pod does, or says what is missing${why ? ` (skipped: ${why})` : ''}`,
    () => {
      const folder = mkdtempSync(path.join(os.tmpdir(), 'netloom-image-'));
      try {
        const root = unpack(folder);
        expect(pingsInside(root, '')).toEqual([
          expect.stringMatching(
            /^impossible: ping may open no socket: the agent has no CAP_NET_RAW \(.*\), and net\.ipv4\.ping_group_range, now "\d+ 0", has to have its group 0$/,
          ),
          expect.stringMatching(/^impossible: /),
          expect.stringMatching(/^impossible: /),
        ]);
        expect(pingsInside(root, '0 0')).toEqual(['reached', 'reached', 'no-route']);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
    120_000,
  );
});

/** The image's folders of the kernel, a network of its own, and which groups may send echoes there. */
const PREPARE = `mount --rbind /proc "$0/proc"
mount --rbind /dev "$0/dev"
"$1" link set dev lo up
if [ -n "$2" ]; then echo "$2" > /proc/sys/net/ipv4/ping_group_range; fi
shift 2
exec "$@"
`;

const ASK = `const { ping } = require('/opt/netloom/node_modules/netloom-agent/lib/reach/ping.js');
(async () => {
  for (const address of process.argv.slice(1)) {
    const { result, detail } = await ping(address, 2000);
    console.log(detail === undefined ? result : result + ': ' + detail);
  }
})();`;

/** What the agent's own code sees of targets: UID 0, CAP_NET_ADMIN and the right to enter the root. */
function pingsInside(root: string, groups: string): string[] {
  const unshare = findTool('unshare') as string;
  const caps = '-all,+net_admin,+sys_chroot';
  const { stdout, stderr } = spawnSync(
    unshare,
    [
      ...['--mount', '--propagation', 'private', '--net', 'sh', '-euc', PREPARE, root],
      ...[findTool('ip') as string, groups],
      ...[findTool('setpriv') as string, '--no-new-privs', '--bounding-set', caps],
      ...[unshare, '--root', root, '/usr/bin/node', '-e', ASK],
      ...['127.0.0.1', '::1', '10.9.9.9'],
    ],
    { encoding: 'utf8' },
  );
  expect(stderr).toBe('');
  return stdout.trim().split('\n');
}
