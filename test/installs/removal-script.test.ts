import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { type PlatformFacts, platformFacts, type RemovalSettings, removalObjects } from 'netloom';
import { findTool } from '../../scripts/tools';
import {
  type ContainerEnd,
  type ContainerOptions,
  containerSkipReason,
  FakeHost,
  type HostContainer,
} from '../support/host-container';
import { describeUnless } from '../support/network-suite';

const CONF = '/etc/cni/net.d';
const BIN = '/opt/cni/bin';
const MASTER = `${CONF}/10-calico.conflist`;

const CALICO = '{"name": "k8s-pod-network", "plugins": [{"type": "calico"}, {"type": "portmap"}]}';
const THIN =
  '{"cniVersion":"0.3.1","name":"multus-cni-network","type":"multus","delegates":[{"cniVersion":"0.3.1","name":"k8s-pod-network","plugins":[{"type":"calico"}]}]}';
const SHIM =
  '{"cniVersion":"0.3.1","name":"multus-cni-network","type":"multus-shim","clusterNetwork":"/host/etc/cni/net.d/10-calico.conflist"}';

/** A program as Go builds it: what it was made from stands somewhere between zeros. */
const program = (of: string): string => `\x7fELF\0\0\0path\0gopkg.in/k8s/${of}.v4/cmd\0`;

/** What Multus and whereabouts leave on a node, of all modes and of older releases. */
const LEFTOVERS: Readonly<Record<string, string>> = {
  [`${CONF}/00-multus.conf`]: SHIM,
  [`${CONF}/00-multus.conflist`]: THIN,
  [`${CONF}/00-multus.conf.new`]: '{"cniVersion":"0.3',
  [`${CONF}/70-multus.conf`]: THIN,
  [`${CONF}/multus.d/multus.kubeconfig`]: 'token: secret',
  [`${CONF}/multus.d/multus.kubeconfig.new`]: '',
  [`${CONF}/whereabouts.d/whereabouts.conf`]: '{}',
  [`${CONF}/whereabouts.d/whereabouts.kubeconfig`]: 'token: secret',
  [`${CONF}/whereabouts.d/nodename`]: 'one',
  [`${BIN}/multus`]: program('multus-cni'),
  [`${BIN}/multus-shim`]: program('multus-cni'),
  [`${BIN}/passthru`]: program('multus-cni'),
  [`${BIN}/whereabouts`]: program('whereabouts'),
  [`${BIN}/.whereabouts.new`]: '',
  [`${BIN}/multus-shim.temp123`]: '',
  [`${BIN}/_multus77`]: '',
  [`${BIN}/_multus`]: '',
  '/var/lib/cni/multus/0a1b': '[{"Name":"k8s-pod-network"}]',
  '/var/lib/cni/multus/results/k8s-pod-network-0a1b-eth0': '{}',
  '/var/lib/cni/results/multus-cni-network-0a1b-eth0': '{}',
  '/etc/cni/multus/certs/multus-client-current.pem': 'key',
};

/** Whose names or folders are near those, and which are somebody else's. */
const FOREIGN: Readonly<Record<string, string>> = {
  [`${CONF}/99-loopback.conf`]: '{"type":"loopback"}',
  [`${CONF}/20-multus.conf`]: '{"name":"mine","type":"bridge"}',
  [`${CONF}/calico-kubeconfig`]: 'token: other',
  [`${CONF}/multus.d/by-hand`]: 'x',
  [`${BIN}/bridge`]: program('plugins'),
  [`${BIN}/calico.temp1`]: '',
  [`${BIN}/_multusish`]: '',
  [`${BIN}/multus.temporary`]: '',
  '/etc/cni/multus/net.d/mine.conf': '{"name":"mine","type":"bridge"}',
  '/var/lib/cni/networks/lan/10.10.0.20': '0a1b',
  '/var/lib/cni/results/k8s-pod-network-99-eth0': '{}',
  '/run/cni/bin/bridge': '',
};

const DONE: RemovalSettings = { dryRun: false };

/** The container that takes files away, as its DaemonSet has it. */
function removal(
  settings: RemovalSettings = DONE,
  facts: PlatformFacts = platformFacts('kubernetes'),
): HostContainer {
  const objects = removalObjects(facts, settings);
  const daemonSet: any = objects.find(({ id }) => id === 'DaemonSet')?.manifest;
  const { initContainers, volumes } = daemonSet.spec.template.spec;
  return { container: initContainers[0], volumes };
}

describeUnless(containerSkipReason(), 'S5.10 the files of a node when Multus goes', () => {
  let host: FakeHost;

  const write = (files: Readonly<Record<string, string>>): void => {
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(path.dirname(host.path(file)), { recursive: true });
      writeFileSync(host.path(file), text);
    }
  };

  /** All files of the node, with their content. */
  function files(folder = '/'): Record<string, string> {
    const found: Record<string, string> = {};
    for (const name of readdirSync(host.path(folder)).sort()) {
      const file = path.join(folder, name);
      if (lstatSync(host.path(file)).isDirectory()) Object.assign(found, files(file));
      else found[file] = readFileSync(host.path(file), 'latin1');
    }
    return found;
  }

  const clean = (
    container: HostContainer = removal(),
    { env = {}, ...options }: ContainerOptions = {},
  ): Promise<ContainerEnd> =>
    host.run(container, { ...options, env: { WAIT_SECONDS: '0', ...env } });

  const OK = { status: 0, stderr: '' };

  beforeEach(() => {
    host = new FakeHost();
    write({ [MASTER]: CALICO });
  });
  afterEach(() => host.remove());

  test('a node that never had Multus stays as it is', async () => {
    expect(await clean()).toMatchObject({ ...OK, stdout: 'netloom: done (all)\n' });
    expect(files()).toEqual({ [MASTER]: CALICO });
  });

  test('everything of Multus and whereabouts goes, and nothing else; again, nothing happens', async () => {
    write({ ...FOREIGN, ...LEFTOVERS });
    expect(await clean()).toMatchObject({ status: 0 });
    expect(files()).toEqual({ [MASTER]: CALICO, ...FOREIGN });
    const again = await clean();
    expect(again).toMatchObject({ status: 0 });
    expect(again.stdout).not.toMatch(/remove|put back/);
  });

  test('folders of its own go, too', async () => {
    write(LEFTOVERS);
    expect(await clean()).toMatchObject(OK);
    const gone = [
      `${CONF}/multus.d`,
      `${CONF}/whereabouts.d`,
      '/etc/cni/multus',
      '/var/lib/cni/multus',
    ];
    expect(gone.filter((folder) => existsSync(host.path(folder)))).toEqual([]);
    expect(files()).toEqual({ [MASTER]: CALICO });
  });

  test('by the shell of busybox, as in the image', async () => {
    if (findTool('busybox') === undefined) return;
    write({ ...FOREIGN, ...LEFTOVERS });
    const { container, volumes } = removal();
    const [, ...rest] = container.command;
    const command = ['busybox', 'sh', ...rest];
    expect(await clean({ container: { ...container, command }, volumes })).toMatchObject({
      status: 0,
    });
    expect(files()).toEqual({ [MASTER]: CALICO, ...FOREIGN });
  });

  test('first only the configuration, so that pods can end', async () => {
    write(LEFTOVERS);
    expect(await clean(removal({ ...DONE, phase: 'config' }))).toMatchObject(OK);
    const gone = ['00-multus.conf', '00-multus.conflist', '00-multus.conf.new', '70-multus.conf'];
    const stays = Object.entries(LEFTOVERS).filter(
      ([file]) => !gone.some((name) => file === `${CONF}/${name}`),
    );
    expect(files()).toEqual({ [MASTER]: CALICO, ...Object.fromEntries(stays) });
  });

  test('a dry run changes nothing, and tells each file that would go', async () => {
    write({ ...FOREIGN, ...LEFTOVERS });
    const before = files();
    const { status, stdout } = await clean(removal({}));
    expect(status).toBe(0);
    expect(files()).toEqual(before);
    expect(stdout).toContain(`netloom: would remove ${CONF}/00-multus.conf\n`);
    expect(stdout).toMatch(/netloom: nothing was changed\n$/);
    const told = [...stdout.matchAll(/would remove (.*)/g)].map(([, file]) => file as string);
    const covered = (file: string) => told.some((one) => `${file}/`.startsWith(`${one}/`));
    expect(Object.keys(LEFTOVERS).filter((file) => !covered(file))).toEqual([]);
    expect(Object.keys(FOREIGN).filter(covered)).toEqual([]);
  });

  test("a 00-multus.conf that is somebody else's stays", async () => {
    const foreign = { [`${CONF}/00-multus.conf`]: '{"name":"x","type":"genie"}' };
    write(foreign);
    const { status, stderr } = await clean();
    expect(status).toBe(0);
    expect(stderr).toBe(`netloom: leave ${CONF}/00-multus.conf: it is not Multus'\n`);
    expect(files()).toEqual({ [MASTER]: CALICO, ...foreign });
  });

  test('programs of the same name stay, and so do links', async () => {
    write({ [`${BIN}/multus`]: '#!/bin/sh\n', '/opt/other/passthru': program('multus-cni') });
    symlinkSync('/opt/other/passthru', host.path(`${BIN}/passthru`));
    const { status, stdout } = await clean();
    expect(status).toBe(0);
    expect(stdout).toContain(`leave ${BIN}/multus: no installer of multus-cni put it there`);
    expect(readdirSync(host.path(BIN)).sort()).toEqual(['multus', 'passthru']);
  });

  test('half a 00-multus.conf, of a daemon that was killed, goes', async () => {
    write({ [`${CONF}/00-multus.conf`]: '' });
    expect(await clean()).toMatchObject(OK);
    expect(files()).toEqual({ [MASTER]: CALICO });
  });

  describe("the cluster network's file, renamed by --rename-conf-file", () => {
    const OLD = `${MASTER}.old`;
    const other = { [`${CONF}/100-crio-bridge.conflist`]: '{"name":"crio","plugins":[]}' };
    let given: Record<string, string>;

    beforeEach(() => {
      host.remove();
      given = { [OLD]: CALICO, [`${CONF}/00-multus.conflist`]: THIN };
    });

    test('comes back', async () => {
      write(given);
      expect(await clean()).toMatchObject(OK);
      expect(files()).toEqual({ [MASTER]: CALICO });
    });

    test("comes back beside others, since Multus' own file says which it was", async () => {
      const hand = { [`${CONF}/05-flannel.conflist.old`]: '{"name":"cbr0","plugins":[]}' };
      write({ ...given, ...other, ...hand });
      expect(await clean()).toMatchObject({ status: 0 });
      expect(files()).toEqual({ [MASTER]: CALICO, ...other, ...hand });
    });

    test('comes back where it is the only one, after Multus took its own file away', async () => {
      write({ [OLD]: CALICO });
      expect(await clean()).toMatchObject(OK);
      expect(files()).toEqual({ [MASTER]: CALICO });
    });

    test('stays where nothing says that it was Multus, unless one is told', async () => {
      write({ [OLD]: CALICO, ...other });
      const { status, stdout } = await clean();
      expect(status).toBe(0);
      expect(stdout).toContain(
        `leave ${OLD}: nothing says that Multus renamed it; see masterCniFile`,
      );
      expect(files()).toEqual({ [OLD]: CALICO, ...other });
      const told = removal({ ...DONE, masterCniFile: path.basename(MASTER) });
      expect(await clean(told)).toMatchObject(OK);
      expect(files()).toEqual({ [MASTER]: CALICO, ...other });
    });

    test('stays where the cluster network has written a new one', async () => {
      write({ ...given, [MASTER]: `${CALICO}\n` });
      expect(await clean()).toMatchObject({ status: 0 });
      expect(files()).toEqual({ [MASTER]: `${CALICO}\n`, [OLD]: CALICO });
    });
  });

  test.each([
    ['there is none', {}, /no cluster network in .* besides Multus: put its configuration/],
    [
      'one of two was renamed, and nothing says which',
      { [`${CONF}/a.conf.old`]: '{}', [`${CONF}/b.conf.old`]: '{}' },
      /nothing says which file it renamed: see masterCniFile/,
    ],
  ])("Multus' file stays while there is no cluster network: %s", async (_name, more, want) => {
    host.remove();
    const given = { ...(more as Record<string, string>), [`${CONF}/00-multus.conf`]: SHIM };
    write(given);
    const { status, stderr } = await clean();
    expect(status).toBe(1);
    expect(stderr).toMatch(want);
    expect(files()).toEqual(given);
  });

  test('waits while pods of the node have networks', async () => {
    const attached = { '/var/lib/cni/multus/results/lan-0a1b-net1': '{}' };
    write({ ...LEFTOVERS, ...attached });
    const before = files();
    const { status, stderr } = await clean();
    expect(status).toBe(1);
    expect(stderr).toMatch(/pods here have 1 interfaces by Multus.*delete these pods/);
    expect(files()).toEqual(before);
    expect(await clean(removal({ ...DONE, force: true }))).toMatchObject(OK);
    expect(files()).toEqual({ [MASTER]: CALICO });
  });

  test('a node that failed leaves interfaces of pods that nobody can delete', async () => {
    const kept = (netns: string): string =>
      JSON.stringify({ kind: 'cniCacheV1', netns, ifName: 'net1' });
    const over = { '/var/lib/cni/multus/results/lan-0a1b-net1': kept('/var/run/netns/cni-1') };
    write({ ...LEFTOVERS, ...over, '/run/netns/cni-2': '' });
    write({ '/var/lib/cni/multus/results/lan-22-net1': kept('/var/run/netns/cni-2') });
    // By a process, as cri-dockerd names it: nothing says that it ended.
    write({ '/var/lib/cni/multus/results/lan-33-net1': kept('/proc/33/ns/net') });
    expect((await clean()).stderr).toMatch(/pods here have 2 interfaces by Multus/);
    rmSync(host.path('/var/lib/cni/multus/results/lan-33-net1'));
    rmSync(host.path('/run/netns/cni-2'));
    expect(await clean()).toMatchObject(OK);
    expect(files()).toEqual({ [MASTER]: CALICO });
  });

  test('does not wait where the runtime does not call Multus any more', async () => {
    write({
      '/var/lib/cni/multus/results/lan-0a1b-net1': '{}',
      [`${BIN}/multus`]: program('multus-cni'),
    });
    expect(await clean()).toMatchObject(OK);
    expect(files()).toEqual({ [MASTER]: CALICO });
  });

  describe('with CRI-O', () => {
    const facts = platformFacts('kubernetes', { cri: 'cri-o' });
    const CRIO = '/etc/crio/crio.conf.d/10-multus.conf';
    const state = { '/var/lib/cni/results/multus-cni-network-0a1b-eth0': '{}' };

    test('its default network is asked for first', async () => {
      write({
        [CRIO]: '[crio.network]\ncni_default_network = "multus-cni-network"\n',
        [`${CONF}/00-multus.conf`]: SHIM,
      });
      const before = files();
      const { status, stderr } = await clean(removal(DONE, facts));
      expect(status).toBe(1);
      expect(stderr).toContain(`CRI-O is told to use Multus in ${CRIO}: take cni_default_network`);
      expect(files()).toEqual(before);
    });

    test('programs stay while pods are there that started with Multus', async () => {
      const plugin = { '/usr/libexec/cni/multus': program('multus-cni') };
      write({ [CRIO]: '# cni_default_network = "multus-cni-network"\n', ...state, ...plugin });
      write({ [`${CONF}/00-multus.conf`]: SHIM });
      const { status, stderr } = await clean(removal(DONE, facts));
      expect(status).toBe(1);
      expect(stderr).toMatch(/CRI-O calls Multus for 1 interfaces of pods that started with it/);
      expect(Object.keys(files())).toEqual(
        expect.arrayContaining(Object.keys({ ...state, ...plugin })),
      );
      expect(existsSync(host.path(`${CONF}/00-multus.conf`))).toBe(false);
    });
  });

  test('the folders of k3s', async () => {
    host.remove();
    const facts = platformFacts('k3s');
    const moved = Object.entries(LEFTOVERS).map(([file, text]): [string, string] => [
      file.replace(CONF, facts.cniConfDir).replace(BIN, facts.cniBinDir),
      text,
    ]);
    const master = { [`${facts.cniConfDir}/10-flannel.conflist`]: CALICO };
    write({ ...master, ...Object.fromEntries(moved), [`${CONF}/whereabouts.d/nodename`]: 'one' });
    expect(await clean(removal(DONE, facts))).toMatchObject(OK);
    expect(files()).toEqual(master);
  });

  test.each([
    [
      CONF,
      '/etc/cni',
      /can not remove \/etc\/cni\/net.d\/00-multus.conf: is its folder read-only\?/,
    ],
    [BIN, BIN, /can not remove \/opt\/cni\/bin\/multus: is its folder read-only\?/],
  ])('%s is read-only: an error that names the file', async (_folder, mount, want) => {
    write(LEFTOVERS);
    const { status, stderr } = await clean(removal(), { readOnly: [mount] });
    expect(status).toBe(1);
    expect(stderr).toMatch(want);
    expect(files()).toMatchObject({ [MASTER]: CALICO });
    expect(await clean()).toMatchObject(OK);
    expect(files()).toEqual({ [MASTER]: CALICO });
  });

  /** Kills all of the container at a change of a file: `before` or `after` the nth one. */
  function killedAt(nth: number, when: 'before' | 'after'): HostContainer {
    const { container, volumes } = removal();
    const [shell, option, script] = container.command;
    const steps = ['rm', 'mv', 'rmdir'].map(
      (name) => `${name}() { stop before; command ${name} "$@" && stop after; }`,
    );
    const stop = `stop() {
  [ "$1" = ${when} ] || return 0
  count=$(cat /host/run/cni/count 2>/dev/null || echo 0)
  printf '%s' $((count + 1)) >/host/run/cni/count
  [ $((count + 1)) -ne ${nth} ] || kill -9 0
}`;
    const command = [shell, option, [stop, ...steps, script].join('\n')];
    return { container: { ...container, command }, volumes };
  }

  test('killed before and after each change, and started again', async () => {
    const given = { ...FOREIGN, ...LEFTOVERS, [`${MASTER}.old`]: CALICO };
    let kills = 0;
    for (let nth = 1; ; nth += 1) {
      const ends = [];
      for (const when of ['before', 'after'] as const) {
        host.remove();
        write(given);
        ends.push((await clean(killedAt(nth, when))).status);
        // There is a cluster network, or a Multus that knows it, at each moment.
        const left = Object.keys(files());
        const works = [MASTER, `${CONF}/00-multus.conf`, `${CONF}/00-multus.conflist`];
        expect(works.filter((file) => left.includes(file))).not.toEqual([]);
        expect(await clean()).toMatchObject({ status: 0 });
        const { '/run/cni/count': _count, ...rest } = files();
        expect(rest).toEqual({ [MASTER]: CALICO, ...FOREIGN });
      }
      kills += ends.filter((status) => status === null).length;
      if (ends.every((status) => status === 0)) break;
    }
    expect(kills).toBeGreaterThan(30);
  }, 120_000);

  test('killed at any moment', async () => {
    for (let delay = 5; delay < 200; delay += 13) {
      host.remove();
      write({ ...FOREIGN, ...LEFTOVERS, [`${MASTER}.old`]: CALICO });
      await clean(removal(), { killAfterMs: delay });
      expect(await clean()).toMatchObject({ status: 0 });
      expect(files()).toEqual({ [MASTER]: CALICO, ...FOREIGN });
    }
  }, 60_000);

  test('a Multus that still runs and writes its file anew: it goes again', async () => {
    write({ [`${CONF}/00-multus.conf`]: SHIM });
    const watching = clean(removal(), { env: { WATCH_SECONDS: '1' }, killAfterMs: 4000 });
    const isGone = async (): Promise<void> => {
      const deadline = Date.now() + 3000;
      while (existsSync(host.path(`${CONF}/00-multus.conf`))) {
        expect(Date.now()).toBeLessThan(deadline);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    };
    await isGone();
    write({ [`${CONF}/00-multus.conf`]: SHIM });
    await isGone();
    expect((await watching).stdout.match(/remove .*00-multus.conf$/gm)).toHaveLength(2);
    expect(statSync(host.path(MASTER)).isFile()).toBe(true);
  }, 10_000);
});
