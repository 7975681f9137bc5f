import { type App, Chart, JsonPatch, Testing } from 'cdk8s';
import { ipamShim, operatorNetwork } from 'netloom';
import {
  AddressClaim,
  BridgeNetwork,
  DhcpDaemon,
  GitOps,
  Ipam,
  MacvlanNetwork,
  MultiNetPod,
  MultusInstall,
  Network,
  OpenShiftNetworks,
  Platform,
  Warnings,
  WhereaboutsInstall,
  WhereaboutsPool,
} from 'netloom/constructs';
import { type Manifest, placeOf, problemsOfSynth, warningsTold } from './support';

const CONTAINERS = { containers: [{ image: 'nginx:1.27' }] };
const SCHEDULE = { range: '192.0.2.192/27' };

/** All operator objects of an app, as `chart: object`. */
function operatorObjects(app: App): [string, Manifest][] {
  return app.charts.flatMap((chart) =>
    (Testing.synth(chart) as Manifest[])
      .filter(({ apiVersion }) => apiVersion === 'operator.openshift.io/v1')
      .map((object): [string, Manifest] => [chart.node.id, object]),
  );
}

function openshiftApp(): App {
  const app = Testing.app();
  Platform.openshift().applyTo(app);
  return app;
}

const dhcp = (chart: Chart, id: string, props = {}): MacvlanNetwork =>
  new MacvlanNetwork(chart, id, { master: 'eth1', ipam: Ipam.dhcp(), ...props });
const whereabouts = (chart: Chart, id: string): MacvlanNetwork =>
  new MacvlanNetwork(chart, id, {
    master: 'eth1',
    ipam: Ipam.whereabouts(new WhereaboutsPool(chart, `${id}-pool`, { ranges: [SCHEDULE] })),
  });
const namesIn = (object: Manifest): string[] =>
  object.spec.additionalNetworks.map(({ name }: Manifest) => name);

describe('shims', () => {
  test('S3.3 a network with dhcp starts the daemon of the operator', () => {
    const app = openshiftApp();
    const chart = new Chart(app, 'apps', { namespace: 'apps', labels: { team: 'a' } });
    dhcp(chart, 'office');
    const [[, object]] = operatorObjects(app) as [[string, Manifest]];
    expect(object).toEqual({
      apiVersion: 'operator.openshift.io/v1',
      kind: 'Network',
      metadata: {
        name: 'cluster',
        annotations: operatorNetwork({}).manifest.metadata.annotations,
      },
      spec: {
        additionalNetworks: [
          {
            name: 'dhcp-shim',
            namespace: 'default',
            type: 'Raw',
            rawCNIConfig: ipamShim('dhcp').rawCNIConfig,
          },
        ],
      },
    });
  });

  test('S3.6 one with whereabouts starts the reconciler', () => {
    const app = openshiftApp();
    whereabouts(new Chart(app, 'apps', { namespace: 'apps' }), 'storage');
    const [[, object]] = operatorObjects(app) as [[string, Manifest]];
    expect(namesIn(object)).toEqual(['whereabouts-shim']);
    expect(JSON.parse(object.spec.additionalNetworks[0].rawCNIConfig)).toEqual({
      name: 'whereabouts-shim',
      cniVersion: '0.3.1',
      type: 'bridge',
      ipam: { type: 'whereabouts' },
    });
  });

  test('S3.3 none for networks of other IPAMs, and none on other platforms', () => {
    const app = openshiftApp();
    const chart = new Chart(app, 'apps', { namespace: 'apps' });
    new MacvlanNetwork(chart, 'fixed', { master: 'eth1', ipam: Ipam.static() });
    expect(operatorObjects(app)).toEqual([]);
    const other = Testing.app();
    Platform.kubernetes().applyTo(other);
    dhcp(new Chart(other, 'apps', { namespace: 'apps' }), 'office');
    expect(operatorObjects(other)).toEqual([]);
    warningsTold(); // that there is no daemon
  });

  test('S3.3 a platform that comes after the networks counts, too', () => {
    const app = Testing.app();
    dhcp(new Chart(app, 'apps', { namespace: 'apps' }), 'office');
    expect(operatorObjects(app)).toEqual([]);
    Platform.openshift().applyTo(app);
    expect(operatorObjects(app)).toHaveLength(1);
  });
});

describe('one object', () => {
  const pieces: readonly ((app: App) => void)[] = [
    (app) => dhcp(new Chart(app, 'b-apps', { namespace: 'b' }), 'office'),
    (app) => whereabouts(new Chart(app, 'c-apps', { namespace: 'c' }), 'storage'),
    (app) =>
      dhcp(new Chart(app, 'd-apps', { namespace: 'd' }), 'plant', { additionalNetwork: 'Raw' }),
    (app) => {
      new OpenShiftNetworks(new Chart(app, 'infra'), 'networks', { useMultiNetworkPolicy: true });
    },
  ];

  test('S3.3 of all charts, with the same bytes whatever came first', () => {
    const made = [
      [0, 1, 2, 3],
      [3, 2, 1, 0],
      [2, 0, 3, 1],
    ].map((order) => {
      const app = openshiftApp();
      for (const index of order) pieces[index]?.(app);
      return operatorObjects(app);
    });
    const [[home, object]] = made[0] as [[string, Manifest]];
    expect(home).toBe('infra');
    expect(namesIn(object)).toEqual(['dhcp-shim', 'plant', 'whereabouts-shim']);
    expect(object.spec.useMultiNetworkPolicy).toBe(true);
    for (const other of made) expect(JSON.stringify(other)).toBe(JSON.stringify(made[0]));
  });

  test('S3.3 without a construct that holds it, in the first chart by its path', () => {
    for (const order of [
      [0, 1],
      [1, 0],
    ]) {
      const app = openshiftApp();
      for (const index of order) pieces[index]?.(app);
      expect(operatorObjects(app).map(([chart]) => chart)).toEqual(['b-apps']);
    }
  });

  test('S3.3 for each cluster', () => {
    const app = Testing.app();
    for (const id of ['east', 'west']) {
      const chart = new Chart(app, id, { namespace: 'apps' });
      Platform.openshift({ cluster: id }).applyTo(chart);
      dhcp(chart, 'office');
    }
    expect(operatorObjects(app).map(([chart]) => chart)).toEqual(['east', 'west']);
  });

  test('two constructs that hold it', () => {
    const app = openshiftApp();
    const chart = new Chart(app, 'infra');
    new OpenShiftNetworks(chart, 'one');
    new OpenShiftNetworks(chart, 'two');
    const problems = problemsOfSynth(() => app.synth());
    expect(problems).toEqual([expect.stringMatching(/^\[infra\/two\] .*NL_NAME_TWICE/)]);
  });

  test('an empty one is written, too: it takes back what was applied before', () => {
    const app = openshiftApp();
    const networks = new OpenShiftNetworks(new Chart(app, 'infra'), 'networks');
    networks.apiObject.addJsonPatch(JsonPatch.add('/metadata/labels', { patched: 'yes' }));
    const [[, object]] = operatorObjects(app) as [[string, Manifest]];
    expect(object.spec ?? {}).toEqual({});
    expect(object.metadata.labels).toEqual({ patched: 'yes' });
  });
});

describe('networks that the operator makes', () => {
  test('S3.1 Raw: the configuration that the object would have', () => {
    const made = (additionalNetwork?: 'Raw'): Manifest[] => {
      const chart = new Chart(openshiftApp(), 'apps', { namespace: 'apps' });
      const addresses = [{ address: '10.1.2.3/24', gateway: '10.1.2.1' }];
      const lan = new MacvlanNetwork(chart, 'lan', {
        master: 'eth1',
        ipam: Ipam.static({ addresses }),
        ...(additionalNetwork && { additionalNetwork }),
      });
      new MultiNetPod(chart, 'web', CONTAINERS).attach(lan);
      return Testing.synth(chart) as Manifest[];
    };
    const [network, pod] = made() as [Manifest, Manifest];
    const [samePod, object] = made('Raw') as [Manifest, Manifest];
    expect(samePod).toEqual(pod);
    const [{ rawCNIConfig, ...entry }] = object.spec.additionalNetworks;
    expect(entry).toEqual({ name: 'lan', namespace: 'apps', type: 'Raw' });
    expect(rawCNIConfig).toBe(network.spec.config);
  });

  test('S3.1 SimpleMacvlan: static with addresses, routes and DNS', () => {
    const app = openshiftApp();
    const chart = new Chart(app, 'apps', { namespace: 'apps' });
    new MacvlanNetwork(chart, 'lan', {
      master: 'eth1',
      mode: 'vepa',
      mtu: 9000,
      ipam: Ipam.static({
        addresses: [{ address: '191.168.1.7/24', gateway: '191.168.1.1' }],
        routes: [{ dst: '192.168.17.0/24', gw: '191.168.1.1' }],
        dns: { nameservers: ['10.0.0.2'], domain: 'example.org', search: ['example.org'] },
      }),
      additionalNetwork: 'SimpleMacvlan',
    });
    const [[, object]] = operatorObjects(app) as [[string, Manifest]];
    expect(object.spec.additionalNetworks).toEqual([
      {
        name: 'lan',
        namespace: 'apps',
        simpleMacvlanConfig: {
          master: 'eth1',
          mode: 'VEPA',
          mtu: 9000,
          ipamConfig: {
            type: 'Static',
            staticIPAMConfig: {
              addresses: [{ address: '191.168.1.7/24', gateway: '191.168.1.1' }],
              routes: [{ destination: '192.168.17.0/24', gateway: '191.168.1.1' }],
              dns: { nameservers: ['10.0.0.2'], domain: 'example.org', search: ['example.org'] },
            },
          },
        },
        type: 'SimpleMacvlan',
      },
    ]);
  });

  test('S3.2 the operator counts its own networks: no shim beside them', () => {
    const app = openshiftApp();
    const chart = new Chart(app, 'apps', { namespace: 'apps' });
    dhcp(chart, 'office', { additionalNetwork: 'SimpleMacvlan' });
    const [[, object]] = operatorObjects(app) as [[string, Manifest]];
    expect(namesIn(object)).toEqual(['office']);
    expect(object.spec.additionalNetworks[0].simpleMacvlanConfig.ipamConfig).toEqual({
      type: 'DHCP',
    });
  });

  test('a network with a twin and groups of nodes is an entry for each', () => {
    const app = openshiftApp();
    const chart = new Chart(app, 'apps', { namespace: 'apps' });
    const pool = new WhereaboutsPool(chart, 'pool', {
      ranges: [{ range: '10.20.0.0/24' }],
      claimable: ['10.20.0.128/25'],
    });
    const network = new MacvlanNetwork(chart, 'storage', {
      masterByNodeGroup: {
        a: { master: 'eth1', nodeSelector: { rack: 'a' } },
        b: { master: 'ens5', nodeSelector: { rack: 'b' } },
      },
      ipam: Ipam.whereabouts(pool),
      additionalNetwork: 'Raw',
    });
    const claim = new AddressClaim(chart, 'claim', { network, address: '10.20.0.130' });
    new MultiNetPod(chart, 'web', CONTAINERS).attach(network, { nodeGroup: 'a', claim });
    const [[, object]] = operatorObjects(app) as [[string, Manifest]];
    expect(namesIn(object)).toEqual([
      'storage-a',
      'storage-a-claimed',
      'storage-b',
      'storage-b-claimed',
    ]);
    const kinds = (Testing.synth(chart) as Manifest[]).map(({ kind }) => kind);
    expect(kinds).toContain('ValidatingAdmissionPolicy');
    expect(kinds).not.toContain('NetworkAttachmentDefinition');
  });

  test.each([
    {
      name: 'on another platform',
      platform: Platform.kubernetes(),
      make: (chart: Chart) => dhcp(chart, 'lan', { additionalNetwork: 'Raw', ipam: Ipam.static() }),
      want: ['[apps/lan] additionalNetwork NL_PLATFORM_UNSUPPORTED'],
    },
    {
      name: 'a resource, which is an annotation',
      make: (chart: Chart) =>
        dhcp(chart, 'lan', { additionalNetwork: 'Raw', resourceName: 'vendor.com/nic' }),
      want: ['[apps/lan] resourceName NL_VALUES_CONFLICT'],
    },
    {
      name: 'SimpleMacvlan for a bridge',
      make: (chart: Chart) =>
        new BridgeNetwork(chart, 'lan', {
          ipam: Ipam.static(),
          additionalNetwork: 'SimpleMacvlan',
        }),
      want: ['[apps/lan] additionalNetwork NL_VALUES_CONFLICT'],
    },
    {
      name: 'SimpleMacvlan with what it has no words for',
      make: (chart: Chart) =>
        dhcp(chart, 'lan', {
          additionalNetwork: 'SimpleMacvlan',
          linkInContainer: true,
          ipam: Ipam.none(),
          cniVersion: '1.0.0',
        }).patchCni(JsonPatch.add('/x', 1)),
      want: [
        '[apps/lan] cniVersion NL_VALUES_CONFLICT',
        '[apps/lan] ipam NL_VALUES_CONFLICT',
        '[apps/lan] linkInContainer NL_VALUES_CONFLICT',
        '[apps/lan] patchCni NL_VALUES_CONFLICT',
      ],
    },
    {
      name: 'a mistake of the network itself, told at its own path',
      make: (chart: Chart) =>
        dhcp(chart, 'lan', { additionalNetwork: 'Raw', master: 'x'.repeat(16) }),
      want: ['[apps/lan] master NL_IFNAME_TOO_LONG'],
    },
  ])('refused: $name', ({ platform = Platform.openshift(), make, want }) => {
    const app = Testing.app();
    platform.applyTo(app);
    make(new Chart(app, 'apps', { namespace: 'apps' }));
    expect(
      problemsOfSynth(() => app.synth())
        .map(placeOf)
        .sort(),
    ).toEqual(want);
  });

  test('refused: no namespace, where the operator has another default than kubectl', () => {
    const app = openshiftApp();
    dhcp(new Chart(app, 'apps'), 'lan', { additionalNetwork: 'Raw' });
    expect(problemsOfSynth(() => app.synth()).map(placeOf)).toEqual([
      '[apps/lan] namespace NL_KEY_MISSING',
    ]);
  });

  test.each([
    { name: 'told at its path', isSilent: false, want: ['[apps/lan] ipam NL_DHCP_SERVER'] },
    { name: 'silenced at the network', isSilent: true, want: [] },
  ])('warnings of it are $name', ({ isSilent, want }) => {
    const app = openshiftApp();
    const network = new BridgeNetwork(new Chart(app, 'apps', { namespace: 'apps' }), 'lan', {
      bridge: 'br-lan',
      ipam: Ipam.dhcp(),
      additionalNetwork: 'Raw',
    });
    if (isSilent) Warnings.of(network).silence('NL_DHCP_SERVER', 'the router is a port of it');
    app.synth();
    expect(warningsTold().map(placeOf)).toEqual(want);
  });

  test('refused: one name in two namespaces', () => {
    const app = openshiftApp();
    for (const namespace of ['a', 'b']) {
      dhcp(new Chart(app, namespace, { namespace }), 'lan', { additionalNetwork: 'Raw' });
    }
    expect(problemsOfSynth(() => app.synth()).map(placeOf)).toEqual(['[b/lan] name NL_NAME_TWICE']);
  });
});

test("S3.5 pods keep to their namespace's networks and the global ones, as the operator sets it", () => {
  const app = openshiftApp();
  const chart = new Chart(app, 'apps', { namespace: 'apps' });
  const reference = (namespace: string) =>
    Network.fromName(chart, namespace, { name: 'lan', namespace });
  new MultiNetPod(chart, 'web', CONTAINERS)
    .attach(reference('default'))
    .attach(reference('openshift-cnv'))
    .attach(reference('other'));
  expect(problemsOfSynth(() => app.synth()).map(placeOf)).toEqual([
    '[apps/web] attachments[2] NL_NAMESPACE_ISOLATED',
  ]);
  expect(warningsTold()).toEqual([]);
});

describe('installs', () => {
  test('S3.7 the schedule, and one shim for install and networks', () => {
    const app = openshiftApp();
    const infra = new Chart(app, 'infra');
    new MultusInstall(infra, 'multus');
    new WhereaboutsInstall(infra, 'whereabouts', { reconcilerCron: '*/15 * * * *' });
    new DhcpDaemon(infra, 'dhcp');
    whereabouts(new Chart(app, 'apps', { namespace: 'apps' }), 'storage');
    const [[home, object], ...others] = operatorObjects(app) as [[string, Manifest]];
    expect([home, others]).toEqual(['infra', []]);
    expect(namesIn(object)).toEqual(['dhcp-shim', 'whereabouts-shim']);
    const made = (Testing.synth(infra) as Manifest[]).map(({ kind, data }) => [kind, data]);
    expect(made).toEqual([
      ['ConfigMap', { reconciler_cron_expression: '*/15 * * * *' }],
      ['Network', undefined],
    ]);
  });

  test('S3.7 a sixth field', () => {
    const app = openshiftApp();
    const infra = new Chart(app, 'infra');
    new WhereaboutsInstall(infra, 'whereabouts', { reconcilerCron: '0 */15 * * * *' });
    expect(problemsOfSynth(() => app.synth()).map(placeOf)).toEqual([
      '[infra/whereabouts] reconcilerCron NL_CRON_INVALID',
    ]);
  });

  test('one program for all platforms: a platform of its own, and none on the networks', () => {
    const app = Testing.app();
    const platform = Platform.openshift();
    const infra = new Chart(app, 'infra');
    new MultusInstall(infra, 'multus', { platform });
    dhcp(new Chart(app, 'apps', { namespace: 'apps' }), 'office');
    const made = operatorObjects(app).map(([chart, object]) => [chart, namesIn(object)]);
    expect(made).toEqual([['apps', ['dhcp-shim']]]);
    // For networks of another cluster, too, nobody knows.
    new MultusInstall(new Chart(app, 'east'), 'multus', { platform: Platform.kubernetes() });
    expect(operatorObjects(app)).toEqual([]);
    warningsTold();
  });

  test('Argo CD applies the object before networks, and keeps its hands off the rest of it', () => {
    const app = openshiftApp();
    const chart = new Chart(app, 'apps', { namespace: 'apps' });
    whereabouts(chart, 'storage');
    GitOps.argoCd(app);
    const waveOf = (kind: string): number => {
      const objects = Testing.synth(chart) as Manifest[];
      const { annotations } = objects.find((one) => one.kind === kind).metadata;
      return Number(annotations['argocd.argoproj.io/sync-wave']);
    };
    expect(waveOf('Network')).toBeLessThan(waveOf('NetworkAttachmentDefinition'));
    const [[, object]] = operatorObjects(app) as [[string, Manifest]];
    const options = object.metadata.annotations['argocd.argoproj.io/sync-options'].split(',');
    expect(options).toEqual(
      expect.arrayContaining(['ServerSideApply=true', 'Prune=false', 'Delete=false']),
    );
  });
});
