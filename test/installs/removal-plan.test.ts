import fc from 'fast-check';
import {
  EMPTY_CLUSTER,
  PLATFORM_NAMES,
  type PlatformFacts,
  planRemoval,
  platformFacts,
  type RemovalChoices,
  type RemovalCluster,
  type RemovalObject,
  type RemovalStep,
  removalNotes,
} from 'netloom';

const object = (kind: string, name: string, managedBy?: string): RemovalObject => ({
  apiVersion: 'v1',
  kind,
  namespace: 'kube-system',
  name,
  managedBy,
});

const MULTUS = object('DaemonSet', 'kube-multus-ds');

/** A cluster with upstream's Multus and whereabouts, and two pods of one workload. */
const FULL: RemovalCluster = {
  ...EMPTY_CLUSTER,
  hasMultus: true,
  pods: ['db-0', 'db-1'].map((name) => ({
    namespace: 'apps',
    name,
    networks: ['apps/lan'],
    maker: { ...object('StatefulSet', 'db'), namespace: 'apps' },
  })),
  startedWithMultus: 5,
  networks: [object('NetworkAttachmentDefinition', 'lan')],
  daemons: [MULTUS, object('DaemonSet', 'whereabouts')],
  pools: [object('IPPool', '10.20.0.0-24')],
  access: [object('ClusterRole', 'multus')],
  crds: [object('CustomResourceDefinition', 'network-attachment-definitions.k8s.cni.cncf.io')],
};

const idsOf = (steps: readonly RemovalStep[]): string[] => steps.map(({ id }) => id);
const plain = platformFacts('kubernetes');

/** What a step leaves of a cluster. */
function after(cluster: RemovalCluster, step: RemovalStep): RemovalCluster {
  const isGone = (one: RemovalObject) => step.objects.some(({ name }) => name === one.name);
  const left = (objects: readonly RemovalObject[]) =>
    objects.filter(
      (one) => !isGone(one) && !(step.id === 'settings' && one.managedBy !== undefined),
    );
  const remover = [object('DaemonSet', 'multus-removal')];
  switch (step.id) {
    case 'pods':
      return { ...cluster, pods: [] };
    case 'crio':
      return cluster;
    case 'config':
    case 'files':
      return { ...cluster, remover, nodeFiles: step.id === 'config' ? 'config' : 'all' };
    case 'restart':
      return { ...cluster, startedWithMultus: 0 };
    case 'remover':
      return { ...cluster, remover: [], nodeFiles: 'untouched' };
    default: {
      const daemons = left(cluster.daemons);
      return {
        ...cluster,
        settings: step.id === 'settings' ? [] : cluster.settings,
        daemons,
        hasMultus: cluster.hasMultus && daemons.some(({ name }) => name === MULTUS.name),
        networks: left(cluster.networks),
        pools: left(cluster.pools),
        access: left(cluster.access),
        crds: left(cluster.crds),
      };
    }
  }
}

/** All states from a cluster to the end, each with the steps that are left. */
function runs(facts: PlatformFacts, choices: RemovalChoices, start: RemovalCluster) {
  const states = [{ cluster: start, steps: planRemoval(facts, choices, start) }];
  for (const step of states[0]?.steps ?? []) {
    const cluster = after(states.at(-1)?.cluster as RemovalCluster, step);
    states.push({ cluster, steps: planRemoval(facts, choices, cluster) });
  }
  return states;
}

const makers = [undefined, 'Helm release multus in kube-system'];
/** What a platform or a chart made says so; networks and pools are the users'. */
const objects = (kind: string, by: readonly (string | undefined)[] = makers) =>
  fc.uniqueArray(
    fc
      .record({ name: fc.integer({ min: 0, max: 4 }), by: fc.constantFrom(...by) })
      .map((one) => object(kind, `${kind.toLowerCase()}-${one.name}`, one.by)),
    { maxLength: 3, selector: ({ name }) => name },
  );

const clusters: fc.Arbitrary<RemovalCluster> = fc
  .record({
    multus: fc.constantFrom(undefined, MULTUS, { ...MULTUS, managedBy: makers[1] }),
    pods: fc.constantFrom([], FULL.pods),
    startedWithMultus: fc.nat(3),
    networks: objects('Network', [undefined]),
    settings: fc.constantFrom([], [object('HelmChart', 'multus')]),
    others: objects('DaemonSet'),
    pools: objects('IPPool', [undefined]),
    access: objects('ClusterRole'),
    crds: objects('Crd'),
  })
  .map(({ multus, others, ...rest }) => ({
    ...EMPTY_CLUSTER,
    ...rest,
    hasMultus: multus !== undefined,
    daemons: [...(multus ? [multus] : []), ...others],
  }));

const platforms = fc
  .record({ name: fc.constantFrom(...PLATFORM_NAMES), crio: fc.boolean() })
  .map(({ name, crio }) => platformFacts(name, crio ? { criSocket: '/run/crio/crio.sock' } : {}));

const choices: fc.Arbitrary<RemovalChoices> = fc.record({
  deleteWorkloads: fc.boolean(),
  keepNetworks: fc.boolean(),
});

describe('S5.10 the order of a removal', () => {
  test('upstream: pods, configuration, what runs, files, objects, definitions', () => {
    const steps = planRemoval(plain, {}, FULL);
    expect(steps.map(({ id, by }) => `${id} ${by}`)).toEqual([
      'pods person',
      'config nodes',
      'daemons cluster',
      'files nodes',
      'networks cluster',
      'pools cluster',
      'access cluster',
      'crds cluster',
      'remover cluster',
    ]);
    expect(steps[0]?.objects).toHaveLength(1);
    expect(steps[0]?.commands).toEqual([
      ['kubectl', '--namespace', 'apps', 'delete', 'statefulset', 'db'],
    ]);
  });

  test('workloads are deleted when that is asked for', () => {
    expect(planRemoval(plain, { deleteWorkloads: true }, FULL)[0]?.by).toBe('cluster');
  });

  test('networks stay when that is asked for', () => {
    const ids = idsOf(planRemoval(plain, { keepNetworks: true }, FULL));
    expect(ids).toEqual(['pods', 'config', 'daemons', 'files', 'access', 'remover']);
  });

  test('a Multus whose objects somebody deleted: the nodes first, since no pod can end', () => {
    const broken = { ...FULL, hasMultus: false, daemons: [], access: [] };
    expect(idsOf(planRemoval(plain, {}, broken))[0]).toBe('config');
    expect(removalNotes(plain, broken).join()).toContain(
      '2 pods have networks of a Multus that is gone',
    );
    const nothing = { ...EMPTY_CLUSTER, pods: FULL.pods };
    expect(planRemoval(plain, {}, nothing)).toEqual([]);
    expect(idsOf(planRemoval(plain, { leftovers: true }, nothing))).toEqual([
      'config',
      'files',
      'remover',
    ]);
  });

  test('CRI-O: its default network before, and pods that Multus started before Multus goes', () => {
    const facts = platformFacts('kubernetes', { cri: 'cri-o' });
    expect(idsOf(planRemoval(facts, {}, FULL)).slice(0, 5)).toEqual([
      'pods',
      'crio',
      'config',
      'restart',
      'daemons',
    ]);
  });

  const helm = { ...MULTUS, managedBy: 'Helm release rke2-multus in kube-system' };
  const byPlatform: [name: string, facts: PlatformFacts, given: RemovalCluster, want: unknown][] = [
    [
      'k3s: its HelmChart is deleted',
      platformFacts('k3s'),
      { ...FULL, daemons: [helm], settings: [object('HelmChart', 'multus')] },
      { by: 'cluster', commands: [] },
    ],
    [
      'RKE2: its configuration is changed',
      platformFacts('rke2'),
      { ...FULL, daemons: [helm], settings: [object('HelmChart', 'rke2-multus')] },
      {
        by: 'person',
        commands: expect.arrayContaining([['systemctl', 'restart', 'rke2-server.service']]),
      },
    ],
    [
      'a chart of somebody',
      plain,
      { ...FULL, daemons: [helm] },
      {
        by: 'person',
        commands: [['helm', 'uninstall', 'rke2-multus', '--namespace', 'kube-system']],
      },
    ],
    [
      'MicroShift: the package goes from the host',
      platformFacts('microshift'),
      { ...FULL, daemons: [{ ...MULTUS, managedBy: 'the package microshift-multus' }] },
      {
        by: 'person',
        commands: expect.arrayContaining([['dnf', 'remove', '-y', 'microshift-multus']]),
      },
    ],
  ];
  test.each(byPlatform)('%s', (_name, facts, given, want) => {
    const steps = planRemoval(facts, {}, given);
    expect(steps.find(({ id }) => id === 'settings')).toMatchObject(want as object);
  });

  test('OpenShift keeps its Multus: only networks go', () => {
    expect(idsOf(planRemoval(platformFacts('openshift'), {}, { ...FULL, daemons: [] }))).toEqual([
      'pods',
      'networks',
      'pools',
    ]);
  });

  test('stopped after any step and planned anew, it is the rest', () => {
    fc.assert(
      fc.property(platforms, choices, clusters, (facts, given, cluster) => {
        const [first, ...states] = runs(facts, given, cluster);
        const all = idsOf(first?.steps ?? []);
        states.forEach(({ steps }, index) => {
          // CRI-O's own file can't be seen: the step is asked for until the nodes are done.
          const done = all.slice(0, index + 1);
          const rest = all.slice(done.at(-1) === 'crio' ? index : index + 1);
          expect(idsOf(steps)).toEqual(rest);
        });
      }),
      { numRuns: 2000 },
    );
  });

  test('at no moment does a new pod fail, or an old one hang', () => {
    fc.assert(
      fc.property(platforms, choices, clusters, (facts, given, start) => {
        for (const { cluster, steps } of runs(facts, given, start)) {
          const { nodeFiles, hasMultus, startedWithMultus } = cluster;
          const ownsNodes = facts.name !== 'openshift' && facts.name !== 'microshift';
          const isClean = nodeFiles !== 'untouched' || idsOf(steps).length === 0;
          if (ownsNodes && !isClean) {
            // Multus is still called: what it needs is there.
            const { daemons, access, settings, networks } = cluster;
            expect([daemons, access, settings, networks]).toEqual([
              start.daemons,
              start.access,
              start.settings,
              start.networks,
            ]);
          }
          // Pods with networks are gone before anything is taken away from them.
          if (start.hasMultus && cluster.pods.length > 0) {
            expect({ ...cluster, pods: [] }).toEqual({ ...start, pods: [] });
          }
          if (
            ownsNodes &&
            start.hasMultus &&
            /crio/.test(facts.criSocket) &&
            startedWithMultus > 0
          ) {
            expect([hasMultus, nodeFiles]).not.toEqual([true, 'all']);
            expect(hasMultus || idsOf(steps).length === 0).toBe(true);
          }
        }
      }),
      { numRuns: 2000 },
    );
  });

  test('at the end nothing is left, and rights never go before what uses them', () => {
    fc.assert(
      fc.property(platforms, clusters, (facts, start) => {
        const states = runs(facts, {}, start);
        for (const { cluster } of states) {
          if (cluster.access.length < start.access.length && cluster.settings.length === 0) {
            const runsOwn = cluster.daemons.some(({ managedBy }) => managedBy === undefined);
            expect(start.settings.length > 0 || !runsOwn || hasManaged(start)).toBe(true);
          }
        }
        const { cluster } = states.at(-1) as (typeof states)[number];
        expect(cluster).toMatchObject({ networks: [], pools: [], settings: [], remover: [] });
        if (facts.name !== 'openshift') {
          expect(cluster).toMatchObject({ daemons: [], access: [], crds: [], hasMultus: false });
        }
      }),
      { numRuns: 1000 },
    );
  });
});

function hasManaged({ daemons }: RemovalCluster): boolean {
  return daemons.some(({ managedBy }) => managedBy !== undefined);
}
