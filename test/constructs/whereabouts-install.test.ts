import { Chart, Testing } from 'cdk8s';
import {
  Ipam,
  MacvlanNetwork,
  Platform,
  WhereaboutsInstall,
  type WhereaboutsInstallProps,
} from 'netloom/constructs';
import { appsChart, type Manifest, placeOf, problemsOfSynth, warningsTold } from './support';

function installed(props: WhereaboutsInstallProps = {}): Manifest[] {
  const chart = new Chart(Testing.app(), 'infra', { namespace: 'other' });
  new WhereaboutsInstall(chart, 'whereabouts', props);
  return Testing.synth(chart);
}

const found = (props: WhereaboutsInstallProps): string[] =>
  problemsOfSynth(() => installed(props)).map(placeOf);

describe('WhereaboutsInstall', () => {
  test('S3.7 the schedule stands under the key that the reconciler reads', () => {
    const [schedule] = installed({ reconcilerCron: '*/15 * * * *' }).filter(
      ({ metadata }) => metadata.name === 'whereabouts-config',
    );
    expect([schedule.metadata.namespace, schedule.data]).toEqual([
      'kube-system',
      { 'cron-expression': '*/15 * * * *' },
    ]);
  });

  test('objects come behind what they need, and those of the cluster have no namespace', () => {
    const objects = installed();
    expect(objects.map(({ kind }) => kind)).toEqual([
      ...Array(3).fill('CustomResourceDefinition'),
      ...Array(2)
        .fill(['ServiceAccount', 'ClusterRole', 'ClusterRoleBinding', 'Role', 'RoleBinding'])
        .flat(),
      ...['ConfigMap', 'ConfigMap', 'DaemonSet', 'Deployment'],
    ]);
    const namespaces = new Set(objects.map(({ metadata }) => metadata.namespace));
    expect([...namespaces]).toEqual([undefined, 'kube-system']);
  });

  test.each<{ name: string; given: WhereaboutsInstallProps; want: string[] }>([
    {
      name: 'S3.7 a schedule of six fields',
      given: { reconcilerCron: '0 30 4 * * *' },
      want: ['[infra/whereabouts] reconcilerCron NL_CRON_INVALID'],
    },
    {
      name: 'MicroShift, where it has no place',
      given: { platform: Platform.microshift() },
      want: ['[infra/whereabouts] platform NL_PLATFORM_UNSUPPORTED'],
    },
    {
      name: 'a release that starts in another way',
      given: { version: 'v0.5.4' },
      want: ['[infra/whereabouts] version NL_RELEASE_TOO_OLD'],
    },
    {
      name: 'slices of a release that has none',
      given: { version: 'v0.8.0', nodeSlices: true },
      want: ['[infra/whereabouts] version NL_RELEASE_TOO_OLD'],
    },
    {
      name: 'a release that is none',
      given: { version: 'newest' },
      want: ['[infra/whereabouts] version NL_VALUE_OUT_OF_RANGE'],
    },
    {
      name: 'several at once',
      given: {
        image: 'whereabouts',
        registry: 'https://registry.example.com',
        namespace: 'Kube_System',
        resources: { limits: { memory: 'much' } },
      },
      want: [
        '[infra/whereabouts] image NL_VALUE_OUT_OF_RANGE',
        '[infra/whereabouts] registry NL_VALUE_OUT_OF_RANGE',
        '[infra/whereabouts] namespace NL_NAME_INVALID',
        '[infra/whereabouts] resources.limits.memory NL_VALUE_OUT_OF_RANGE',
      ],
    },
  ])('$name', ({ given, want }) => expect(found(given)).toEqual(want));

  test('S3.5 a named network is warned of where the reconciler comes with it', () => {
    const make = (version: string): string[] => {
      const chart = appsChart();
      new WhereaboutsInstall(chart, 'whereabouts', { version });
      const ipam = Ipam.whereabouts({ range: '10.20.0.0/24', networkName: 'tenant-a' });
      new MacvlanNetwork(chart, 'net', { master: 'eth1', ipam });
      Testing.synth(chart);
      return warningsTold().map(placeOf);
    };
    expect(make('v0.9.4')).toEqual(['[apps/net] ipam.networkName NL_NETWORK_NAME']);
    expect(make('v0.9.5')).toEqual([]);
  });
});
