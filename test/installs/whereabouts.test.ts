import {
  platformFacts,
  type WhereaboutsInstallSettings,
  whereaboutsAccounts,
  whereaboutsParts,
} from 'netloom';
import { manifestsOf } from './support';

const KUBERNETES = platformFacts('kubernetes');

const made = (settings: WhereaboutsInstallSettings = {}, facts = KUBERNETES): Record<string, any> =>
  manifestsOf(whereaboutsParts(facts, settings));
const podOf = (workload: any): any => workload.spec.template.spec;

describe('what is made', () => {
  test('the same bytes for the same settings, in whatever order they are', () => {
    const text = (settings: WhereaboutsInstallSettings): string =>
      JSON.stringify(whereaboutsParts(KUBERNETES, settings));
    const one = text({ version: 'v0.9.4', nodeSlices: true, logLevel: 'debug' });
    expect(text({ logLevel: 'debug', version: 'v0.9.4', nodeSlices: true })).toBe(one);
  });

  test('S3.6 a reconciler of its own, of which there are never two', () => {
    const { spec } = made()['Deployment whereabouts-reconciler'];
    expect([spec.replicas, spec.strategy]).toEqual([1, { type: 'Recreate' }]);
    expect(podOf({ spec }).containers[0].command).toEqual(['/ip-reconciler']);
    expect(podOf(made()['DaemonSet whereabouts']).volumes.map(({ name }: any) => name)).toEqual([
      'cni-bin',
      'whereabouts-conf',
      'flat-file',
    ]);
  });

  test('S3.6 before v0.9.4 the control loop of each node reconciles, by the same schedule', () => {
    const objects = made({ version: 'v0.9.3' });
    expect(Object.keys(objects)).not.toContain('Deployment whereabouts-reconciler');
    const [loop] = podOf(objects['DaemonSet whereabouts']).containers;
    expect(loop.volumeMounts).toContainEqual({
      name: 'schedule',
      mountPath: '/cron-schedule',
      readOnly: true,
    });
  });

  test('S3.7 the schedule is a folder of one file, which is watched', () => {
    const volume = (facts = KUBERNETES): object =>
      podOf(made({}, facts)['Deployment whereabouts-reconciler']).volumes;
    expect(volume()).toEqual([
      {
        name: 'schedule',
        configMap: {
          name: 'whereabouts-config',
          items: [{ key: 'cron-expression', path: 'config' }],
        },
      },
    ]);
    const facts = { ...KUBERNETES, reconcilerKey: 'reconciler_cron_expression' } as const;
    expect(JSON.stringify(volume(facts))).toContain('"key":"reconciler_cron_expression"');
    expect(made({}, facts)['ConfigMap whereabouts-config'].data).toEqual({
      reconciler_cron_expression: '30 4 * * *',
    });
  });

  test('the controller of node slices only where it is asked for', () => {
    const name = 'Deployment whereabouts-controller';
    expect(Object.keys(made())).not.toContain(name);
    const [container] = podOf(made({ nodeSlices: true })[name]).containers;
    expect(container.command).toEqual(['/node-slice-controller']);
  });

  test('images of a registry and a release, or a whole one', () => {
    const images = (settings: WhereaboutsInstallSettings): unknown => {
      const { initContainers, containers } = podOf(made(settings)['DaemonSet whereabouts']);
      return [...new Set([...initContainers, ...containers].map(({ image }) => image))];
    };
    expect(images({})).toEqual(['ghcr.io/k8snetworkplumbingwg/whereabouts:v0.9.4']);
    expect(images({ registry: 'registry.example.com:5000/mirror', version: '0.9.3' })).toEqual([
      'registry.example.com:5000/mirror/k8snetworkplumbingwg/whereabouts:v0.9.3',
    ]);
    expect(images({ image: 'example.com/wb@sha256:00' })).toEqual(['example.com/wb@sha256:00']);
  });
});

describe('folders', () => {
  const hostPaths = (choices: Parameters<typeof platformFacts>[1]): string[] =>
    podOf(made({}, platformFacts('kubernetes', choices))['DaemonSet whereabouts'])
      .volumes.filter(({ hostPath }: any) => hostPath)
      .map(({ hostPath }: any) => hostPath.path);

  test.each([
    { name: 'upstream', choices: {}, want: ['/opt/cni/bin', '/etc/cni/net.d/whereabouts.d'] },
    {
      name: 'CRI-O',
      choices: { cri: 'cri-o' as const },
      want: ['/usr/libexec/cni', '/etc/cni/net.d/whereabouts.d'],
    },
    {
      name: 'one that whereabouts looks at as well',
      choices: { cniConfDir: '/etc/kubernetes/cni/net.d' },
      want: ['/opt/cni/bin', '/etc/kubernetes/cni/net.d/whereabouts.d'],
    },
    {
      name: 'one that it never looks at, so that its own stay where it does',
      choices: { cniConfDir: '/srv/cni/net.d' },
      want: ['/opt/cni/bin', '/etc/cni/net.d/whereabouts.d'],
    },
  ])('$name', ({ choices, want }) => expect(hostPaths(choices)).toEqual(want));

  test('the flat file names the files beside it', () => {
    const { data } = made()['ConfigMap whereabouts-flatfile-config'];
    expect(JSON.parse(data['whereabouts.conf'])).toEqual({
      datastore: 'kubernetes',
      configuration_path: '/etc/cni/net.d/whereabouts.d',
      kubernetes: { kubeconfig: '/etc/cni/net.d/whereabouts.d/whereabouts.kubeconfig' },
    });
  });
});

describe('privileges', () => {
  test('root only for what writes to the host, and nothing is privileged', () => {
    const objects = made({ nodeSlices: true });
    const users = ['DaemonSet whereabouts', 'Deployment whereabouts-reconciler'].concat(
      'Deployment whereabouts-controller',
    );
    const containers = users.flatMap((name) => {
      const { initContainers = [], containers: own } = podOf(objects[name]);
      return [...initContainers, ...own];
    });
    const rootOf = ({ securityContext }: any): boolean => securityContext.runAsUser === 0;
    expect(containers.filter(rootOf).map(({ name }) => name)).toEqual(['install', 'kubeconfig']);
    for (const { securityContext, volumeMounts, ...container } of containers) {
      expect(securityContext).toMatchObject({
        allowPrivilegeEscalation: false,
        capabilities: { drop: ['ALL'] },
        readOnlyRootFilesystem: true,
      });
      const host = volumeMounts.filter((mount: any) => mount.mountPath.startsWith('/host'));
      expect(host.length > 0).toBe(rootOf({ securityContext }));
      expect(container.resources.requests).toBeDefined();
    }
  });

  test('S3.6 calls of each account', () => {
    const calls = (release: string, nodeSlices = false): string[] =>
      whereaboutsAccounts({ namespace: 'kube-system', release, nodeSlices }).flatMap(
        ({ name, everywhere, own }) => [
          ...everywhere.map((one) => `${name} * ${one.resource} ${one.verbs}`),
          ...own.map(
            (one) => `${name} own ${one.resource} ${one.resourceNames ?? ''} ${one.verbs}`,
          ),
        ],
      );
    expect(calls('v0.9.4')).toEqual([
      'whereabouts * ippools list,watch',
      'whereabouts * network-attachment-definitions list,watch',
      'whereabouts * pods get,list,watch',
      'whereabouts * nodes get',
      'whereabouts * events create,patch',
      'whereabouts own ippools  get,create,patch',
      'whereabouts own overlappingrangeipreservations  get,create,delete',
      'whereabouts own leases  create',
      'whereabouts own leases whereabouts get,update',
      'whereabouts-reconciler * ippools list',
      'whereabouts-reconciler * overlappingrangeipreservations list',
      'whereabouts-reconciler * pods get,list',
      'whereabouts-reconciler own ippools  patch',
      'whereabouts-reconciler own overlappingrangeipreservations  delete',
    ]);
    const names = (release: string): string[] => [
      ...new Set(calls(release, true).map((one) => one.split(' ')[0] as string)),
    ];
    expect(names('v0.9.4')).toEqual([
      'whereabouts',
      'whereabouts-reconciler',
      'whereabouts-controller',
    ]);
    expect(names('v0.9.3')).toEqual(['whereabouts', 'whereabouts-controller']);
    expect(calls('v0.9.4', true)).toContain('whereabouts own leases  get,update');
  });

  test('roles say the same', () => {
    const objects = made();
    const { rules } = objects['Role whereabouts-cni'];
    expect(rules).toContainEqual({
      apiGroups: ['coordination.k8s.io'],
      resources: ['leases'],
      resourceNames: ['whereabouts'],
      verbs: ['get', 'update'],
    });
    expect(objects['RoleBinding whereabouts']).toMatchObject({
      metadata: { namespace: 'kube-system' },
      roleRef: { kind: 'Role', name: 'whereabouts-cni' },
      subjects: [{ kind: 'ServiceAccount', name: 'whereabouts', namespace: 'kube-system' }],
    });
  });
});

test('a namespace of its own holds everything but what is of the cluster', () => {
  const objects = whereaboutsParts(KUBERNETES, { namespace: 'networks' }).objects;
  const namespaces = objects.map(({ manifest }) => manifest.metadata.namespace);
  expect([...new Set(namespaces)]).toEqual([undefined, 'networks']);
  const made = objects.filter(({ manifest }) => manifest.kind === 'Namespace');
  expect(made.map(({ manifest }) => manifest.metadata)).toEqual([
    {
      name: 'networks',
      labels: expect.objectContaining({ 'pod-security.kubernetes.io/enforce': 'privileged' }),
    },
  ]);
  const given = { namespace: 'networks', createNamespace: false };
  expect(whereaboutsParts(KUBERNETES, given).objects).toEqual(
    objects.filter(({ manifest }) => manifest.kind !== 'Namespace'),
  );
});
