import { type Chart, Testing } from 'cdk8s';
import { HostFiles, MultusRemoval, type MultusRemovalProps, Platform } from 'netloom/constructs';
import { appsChart, type Manifest, objectsOf, placeOf, problemsOfSynth } from './support';

function synth(props: MultusRemovalProps = {}): Chart {
  const chart = appsChart();
  new MultusRemoval(chart, 'removal', props);
  return chart;
}

const problems = (props: MultusRemovalProps): string[] =>
  problemsOfSynth(() => Testing.synth(synth(props))).map(placeOf);

const variablesOf = (container: Manifest): Record<string, string> =>
  Object.fromEntries(container.env.map(({ name, value }: Manifest) => [name, value]));

describe('S5.10 MultusRemoval', () => {
  test('an account without a token and a DaemonSet, which first only tells', () => {
    const written = Testing.synth(synth()) as Manifest[];
    expect(written.map(({ kind, metadata }) => `${kind} ${metadata.namespace}`)).toEqual([
      'ServiceAccount kube-system',
      'DaemonSet kube-system',
    ]);
    const [account, daemonSet] = written;
    const { spec } = daemonSet.spec.template;
    expect([account.automountServiceAccountToken, spec.automountServiceAccountToken]).toEqual([
      false,
      false,
    ]);
    const [init, main] = [spec.initContainers[0], spec.containers[0]].map(variablesOf);
    expect(init).toMatchObject({ DRY_RUN: 'true', PHASE: 'all', WATCH_SECONDS: '0' });
    expect(Number(main?.['WATCH_SECONDS'])).toBeGreaterThan(0);
    expect(daemonSet.metadata.annotations).toEqual({ 'netloom.io/removal': 'dry-run' });
  });

  test("starts on a node whose pod network is broken, with few privileges and Multus' folders", () => {
    const { spec } = objectsOf(synth(), 'DaemonSet').get('multus-removal').spec.template;
    expect(spec).toMatchObject({ hostNetwork: true, tolerations: [{ operator: 'Exists' }] });
    for (const { securityContext } of [...spec.initContainers, ...spec.containers]) {
      expect(securityContext).toMatchObject({
        allowPrivilegeEscalation: false,
        capabilities: { add: ['DAC_OVERRIDE'], drop: ['ALL'] },
        readOnlyRootFilesystem: true,
      });
    }
    expect(spec.volumes.map(({ hostPath }: Manifest) => hostPath.path)).toEqual([
      '/etc/cni',
      '/opt/cni/bin',
      '/var/lib/cni',
      '/run/multus',
      '/run/cni',
      '/run/netns',
    ]);
  });

  test('a Job for each node that is named; another setting is another Job', () => {
    const jobs = (props: MultusRemovalProps) => [...objectsOf(synth(props), 'Job').values()];
    const nodes = ['edge-1.example.com', 'edge-2'];
    const [first, ...others] = jobs({ nodes });
    expect(others).toHaveLength(1);
    const { spec } = first.spec.template;
    const [term] =
      spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms;
    expect(term.matchFields).toEqual([
      { key: 'metadata.name', operator: 'In', values: ['edge-1.example.com'] },
    ]);
    expect(variablesOf(spec.containers[0])).toMatchObject({ WATCH_SECONDS: '0' });
    const names = [...jobs({ nodes }), ...jobs({ nodes, dryRun: false })].map(
      ({ metadata }) => metadata.name,
    );
    expect(new Set(names).size).toBe(4);
    expect(new Set([...names, ...jobs({ nodes }).map((one) => one.metadata.name)]).size).toBe(4);
  });

  test('the folders of the platform', () => {
    const mounts = (platform: Platform): [string[], Record<string, string>] => {
      const { spec } = objectsOf(synth({ platform }), 'DaemonSet').get('multus-removal').spec
        .template;
      const [init] = spec.initContainers;
      return [
        init.volumeMounts.map(
          ({ mountPath, readOnly }: Manifest) => `${mountPath}${readOnly ? ' ro' : ''}`,
        ),
        variablesOf(init),
      ];
    };
    const [k3s, k3sVariables] = mounts(Platform.k3s());
    expect(k3s).toContain('/host/var/lib/rancher/k3s/agent/etc/cni/net.d');
    expect(k3sVariables['WHEREABOUTS_DIRS']).toBe(
      '/var/lib/rancher/k3s/agent/etc/cni/net.d/whereabouts.d /etc/cni/net.d/whereabouts.d',
    );
    const [crio, crioVariables] = mounts(Platform.kubernetes({ cri: 'cri-o' }));
    expect(crio).toContain('/host/etc/crio ro');
    expect(crioVariables['CRIO_DIR']).toBe('/etc/crio');
  });

  test('steps on hosts, where a platform wants them', () => {
    const commands = (platform: Platform): string[] => {
      const chart = synth({ platform });
      Testing.synth(chart);
      return HostFiles.of(chart).steps.flatMap((step) => step.commands.map((one) => one.join(' ')));
    };
    expect(commands(Platform.kubernetes())).toEqual([]);
    expect(commands(Platform.microshift())).toContain('dnf remove -y microshift-multus');
    expect(commands(Platform.rke2())).toContain('systemctl restart rke2-server.service');
    expect(commands(Platform.kubernetes({ cri: 'cri-o' }))).toContain(
      'systemctl restart crio.service',
    );
    expect(Testing.synth(synth({ platform: Platform.microshift() }))).toEqual([]);
  });

  test.each<[name: string, props: MultusRemovalProps, want: string[]]>([
    [
      'OpenShift',
      { platform: Platform.openshift() },
      ['[apps/removal] platform NL_PLATFORM_UNSUPPORTED'],
    ],
    [
      'a setting on MicroShift',
      { platform: Platform.microshift(), force: true },
      ['[apps/removal] force NL_PLATFORM_UNSUPPORTED'],
    ],
    [
      'names that are none',
      {
        nodes: ['Edge_1', 'edge-2', 'edge-2'],
        nodeSelector: {},
        masterCniFile: '../x.conf',
        namespace: 'A',
        image: 'busybox',
      },
      [
        '[apps/removal] masterCniFile NL_NAME_INVALID',
        '[apps/removal] image NL_VALUE_OUT_OF_RANGE',
        '[apps/removal] namespace NL_NAME_INVALID',
        '[apps/removal] nodes[0] NL_NAME_INVALID',
        '[apps/removal] nodes[2] NL_NAME_TWICE',
        '[apps/removal] nodeSelector NL_VALUES_CONFLICT',
      ],
    ],
  ])('refused: %s', (_name, props, want) => {
    expect(problems(props)).toEqual(want);
  });
});
