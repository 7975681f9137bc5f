import { App, Chart, Testing } from 'cdk8s';
import {
  BridgeNetwork,
  DhcpDaemon,
  type DhcpDaemonProps,
  Ipam,
  MultusInstall,
  Platform,
} from 'netloom/constructs';
import { type Manifest, placeOf, problemsOfSynth, warningsTold } from './support';

interface Program {
  readonly infra: Chart;
  readonly apps: Chart;
}

function program(platform?: Platform): Program {
  const app = Testing.app();
  platform?.applyTo(app);
  return {
    apps: new Chart(app, 'apps', { namespace: 'apps' }),
    infra: new Chart(app, 'infra', { namespace: 'kube-system' }),
  };
}

const useDhcp = ({ apps }: Program): void => {
  new BridgeNetwork(apps, 'lan', { bridge: 'br-lan', ipam: Ipam.dhcp() });
};
const daemonsOf = (chart: Chart): Manifest[] =>
  (Testing.synth(chart) as Manifest[]).filter(({ metadata }) => metadata.name === 'dhcp-daemon');

describe('S3.2 the daemon comes with the network', () => {
  test('below the install of Multus, whatever was made first', () => {
    const one = program(Platform.kubernetes());
    useDhcp(one);
    new MultusInstall(one.infra, 'multus');
    const other = program(Platform.kubernetes());
    new MultusInstall(other.infra, 'multus');
    useDhcp(other);
    expect(daemonsOf(one.infra)).toHaveLength(1);
    expect(daemonsOf(other.infra)).toEqual(daemonsOf(one.infra));
    warningsTold();
  });

  test('with a platform that only Multus was told of', () => {
    const one = program();
    new MultusInstall(one.infra, 'multus', { platform: Platform.kubernetes() });
    useDhcp(one);
    expect(daemonsOf(one.infra)).toHaveLength(1);
    warningsTold();
  });

  test('once, however often it is synthesized', () => {
    const one = program();
    new MultusInstall(one.infra, 'multus');
    expect(daemonsOf(one.infra)).toHaveLength(0);
    useDhcp(one);
    expect(daemonsOf(one.infra)).toHaveLength(1);
    expect(daemonsOf(one.infra)).toHaveLength(1);
    new DhcpDaemon(one.apps, 'own');
    expect(daemonsOf(one.infra)).toHaveLength(0);
    expect(daemonsOf(one.apps)).toHaveLength(1);
    warningsTold();
  });

  test('not where nobody uses it, or something else brings it', () => {
    const unused = program();
    new MultusInstall(unused.infra, 'multus');
    expect(daemonsOf(unused.infra)).toHaveLength(0);
    const foreign = program(Platform.kubernetes());
    new MultusInstall(foreign.infra, 'multus', { dhcpDaemon: false });
    useDhcp(foreign);
    expect(daemonsOf(foreign.infra)).toHaveLength(0);
    expect(warningsTold().filter((line) => line.includes('NL_PLATFORM_MISSING'))).toEqual([]);
  });

  test("where Multus is, with its secrets, and with its image where that is a site's own", () => {
    const one = program(Platform.kubernetes());
    new MultusInstall(one.infra, 'multus', {
      mode: 'thin',
      version: 'v4.2.4',
      registry: 'mirror.example.com/ghcr',
      pullSecrets: ['mirror'],
      namespace: 'multus',
      nodeSelector: { networks: 'yes' },
    });
    useDhcp(one);
    const [daemon] = daemonsOf(one.infra);
    const { containers, imagePullSecrets, nodeSelector } = daemon.spec.template.spec;
    expect([daemon.metadata.namespace, imagePullSecrets, nodeSelector]).toEqual([
      'multus',
      [{ name: 'mirror' }],
      { networks: 'yes' },
    ]);
    expect(containers.map(({ image }: Manifest) => image)).toEqual([
      'mirror.example.com/ghcr/k8snetworkplumbingwg/multus-cni:v4.2.4-thick',
    ]);
    warningsTold();
  });

  test('nothing is told where the platform brings it, and only Multus knows the platform', () => {
    for (const platform of [Platform.openshift(), Platform.microshift()]) {
      const one = program();
      new MultusInstall(one.infra, 'multus', { platform });
      useDhcp(one);
      Testing.synth(one.apps);
      expect(warningsTold().filter((line) => line.includes('NL_PLATFORM_MISSING'))).toEqual([]);
    }
  });

  test('a value of the chart on RKE2', () => {
    const one = program(Platform.rke2());
    new MultusInstall(one.infra, 'multus');
    useDhcp(one);
    const charts = (Testing.synth(one.infra) as Manifest[]).filter(
      ({ kind }) => kind === 'HelmChartConfig',
    );
    expect(charts.map(({ spec }) => spec.valuesContent)).toEqual([
      expect.stringContaining('dhcpDaemonSet: true'),
    ]);
    warningsTold();
  });

  test('a warning where nothing of the program installs anything', () => {
    const one = program(Platform.kubernetes());
    useDhcp(one);
    Testing.synth(one.apps);
    expect(warningsTold().map(placeOf)).toContain('[apps/lan] ipam NL_PLATFORM_MISSING');
  });
});

describe('DhcpDaemon', () => {
  const found = (props: DhcpDaemonProps): string[] => {
    const chart = new Chart(new App(), 'infra');
    new DhcpDaemon(chart, 'dhcp', props);
    return problemsOfSynth(() => Testing.synth(chart)).map(placeOf);
  };

  test('three capabilities, the host network, and a socket that is removed at each start', () => {
    const chart = new Chart(Testing.app(), 'infra');
    new DhcpDaemon(chart, 'dhcp', { broadcast: true });
    const [daemon] = daemonsOf(chart);
    const { spec } = daemon.spec.template;
    const [container] = spec.containers;
    expect([
      daemon.metadata.namespace,
      spec.hostNetwork,
      spec.automountServiceAccountToken,
    ]).toEqual(['kube-system', true, false]);
    expect(
      container.command.slice(0, 2).concat(container.command.slice(3), container.args),
    ).toEqual(['/bin/sh', '-euc', 'dhcp-daemon', '/host/bin/dhcp', 'daemon', '-broadcast']);
    expect(container.command[2]).toContain('rm -f /run/cni/dhcp.sock');
    expect(container.securityContext).toMatchObject({
      allowPrivilegeEscalation: false,
      capabilities: { add: ['NET_ADMIN', 'NET_RAW', 'SYS_ADMIN'], drop: ['ALL'] },
    });
    // A changed daemon would forget its leases.
    expect(daemon.spec.updateStrategy).toEqual({ type: 'OnDelete' });
  });

  test('folders of CRI-O', () => {
    const chart = new Chart(Testing.app(), 'infra');
    new DhcpDaemon(chart, 'dhcp', { platform: Platform.kubernetes({ cri: 'cri-o' }) });
    const [daemon] = daemonsOf(chart);
    expect(daemon.spec.template.spec.volumes).toContainEqual({
      name: 'plugins',
      hostPath: { path: '/usr/libexec/cni', type: 'Directory' },
    });
  });

  test.each<{ name: string; given: DhcpDaemonProps; want: string[] }>([
    {
      name: 'a path in an image that has no plugins',
      given: { pluginPath: '/opt/dhcp' },
      want: ['[infra/dhcp] image NL_KEY_MISSING'],
    },
    {
      name: 'a path that is none',
      given: { pluginPath: 'dhcp', image: 'example.com/plugins:v1' },
      want: ['[infra/dhcp] pluginPath NL_NAME_INVALID'],
    },
    {
      name: 'settings of what is there anyway',
      given: { platform: Platform.microshift(), image: 'example.com/plugins:v1' },
      want: ['[infra/dhcp] image NL_PLATFORM_UNSUPPORTED'],
    },
  ])('$name', ({ given, want }) => expect(found(given)).toEqual(want));
});
