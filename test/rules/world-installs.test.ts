import {
  checkObjects,
  type IpamConfig,
  type NetworkDefinition,
  platformFacts,
  type WhereaboutsSettings,
} from 'netloom';
import { network } from './samples';
import { inWorld } from './worlds';

const named = (more: Partial<WhereaboutsSettings> = {}): NetworkDefinition =>
  network({
    ipam: {
      kind: 'whereabouts',
      settings: { range: '10.20.0.0/24', networkName: 'tenant-a', ...more },
    },
  });
const dhcp = network({ ipam: { kind: 'dhcp', settings: {} } as IpamConfig });
const codes = (world: Parameters<typeof inWorld>[0]): string[] =>
  inWorld(world).map(({ code }) => code);

describe('S3.5 reservations of named networks', () => {
  const rows = [
    { name: 'no reconciler', installs: [], want: [] },
    { name: 'only the plugin', installs: [{ part: 'whereabouts' }], want: [] },
    {
      name: 'the reconciler of the newest release',
      installs: [{ part: 'whereabouts', reconciles: true, release: 'v0.9.4' }],
      want: ['NL_NETWORK_NAME'],
    },
    {
      name: 'one whose release is not known',
      installs: [{ part: 'whereabouts', reconciles: true }],
      want: ['NL_NETWORK_NAME'],
    },
    {
      name: 'one that is newer than what is known to be wrong',
      installs: [{ part: 'whereabouts', reconciles: true, release: 'v0.9.5' }],
      want: [],
    },
  ] as const;

  test.each(rows)('$name', ({ installs, want }) =>
    expect(codes({ networks: [named()], installs })).toEqual(want),
  );

  test('what the nodes are said to have counts where the object does not say', () => {
    const installs = [{ part: 'whereabouts', reconciles: true }] as const;
    const targetVersions = { whereabouts: '1.0.0' };
    expect(codes({ networks: [named()], installs, targetVersions })).toEqual([]);
  });

  test('nothing without reservations', () => {
    const installs = [{ part: 'whereabouts', reconciles: true }] as const;
    const networks = [named({ enableOverlappingRanges: false })];
    expect(codes({ networks, installs })).toEqual([]);
  });
});

describe('S3.2 the daemon of dhcp', () => {
  test.each([
    { name: 'nothing is known', given: {}, want: [] },
    {
      name: 'Kubernetes, and no daemon',
      given: { platform: platformFacts('kubernetes') },
      want: ['NL_PLATFORM_MISSING'],
    },
    { name: 'RKE2', given: { platform: platformFacts('rke2') }, want: ['NL_PLATFORM_MISSING'] },
    { name: 'MicroShift has one', given: { platform: platformFacts('microshift') }, want: [] },
    {
      name: "OpenShift's comes with a shim",
      given: { platform: platformFacts('openshift') },
      want: [],
    },
    {
      name: 'a daemon among the objects',
      given: { platform: platformFacts('rke2'), installs: [{ part: 'dhcp-daemon' as const }] },
      want: [],
    },
    {
      name: 'Multus among the objects, and no daemon',
      given: { installs: [{ part: 'multus' as const }] },
      want: ['NL_PLATFORM_MISSING'],
    },
  ])('$name', ({ given, want }) => expect(codes({ networks: [dhcp], ...given })).toEqual(want));
});

describe('whereabouts beside Multus', () => {
  const multus = { part: 'multus' as const };
  test.each([
    { name: 'nothing is known', given: {}, want: [] },
    { name: 'networks alone', given: { platform: platformFacts('kubernetes') }, want: [] },
    { name: 'Multus alone', given: { installs: [multus] }, want: ['NL_PLATFORM_MISSING ipam'] },
    { name: 'both', given: { installs: [multus, { part: 'whereabouts' as const }] }, want: [] },
    {
      name: "OpenShift's Multus",
      given: { installs: [multus], platform: platformFacts('openshift') },
      want: [],
    },
  ])('$name', ({ given, want }) => {
    const found = inWorld({ networks: [named({ networkName: undefined })], ...given });
    expect(found.map(({ code, key }) => `${code} ${key}`)).toEqual(want);
  });
});

describe('what files install', () => {
  const nad = (config: object): object => ({
    apiVersion: 'k8s.cni.cncf.io/v1',
    kind: 'NetworkAttachmentDefinition',
    metadata: { name: 'lan', namespace: 'apps' },
    spec: { config: JSON.stringify({ cniVersion: '0.3.1', name: 'lan', ...config }) },
  });
  const NAMED = nad({
    type: 'macvlan',
    master: 'eth1',
    ipam: { type: 'whereabouts', range: '10.20.0.0/24', network_name: 'tenant-a' },
  });
  const DHCP = nad({ type: 'macvlan', master: 'eth1', ipam: { type: 'dhcp' } });
  const workload = (kind: string, container: object): object => ({
    apiVersion: 'apps/v1',
    kind,
    metadata: { name: 'one', namespace: 'kube-system' },
    spec: { template: { metadata: {}, spec: { containers: [{ name: 'one', ...container }] } } },
  });
  const chart = (valuesContent: string): object => ({
    apiVersion: 'helm.cattle.io/v1',
    kind: 'HelmChartConfig',
    metadata: { name: 'rke2-multus', namespace: 'kube-system' },
    spec: { valuesContent },
  });
  const image = (tag: string): string => `ghcr.io/k8snetworkplumbingwg/whereabouts:${tag}`;
  const found = (...objects: object[]): string[] =>
    checkObjects(objects).map(({ problem }) => problem.code);

  test.each([
    { name: 'nothing', objects: [], want: [] },
    {
      name: "upstream's reconciler",
      objects: [workload('Deployment', { image: image('latest'), command: ['/ip-reconciler'] })],
      want: ['NL_NETWORK_NAME'],
    },
    {
      name: 'one of a release that nothing is known of',
      objects: [workload('Deployment', { image: image('v0.9.9'), command: ['/ip-reconciler'] })],
      want: [],
    },
    {
      name: 'a control loop without a schedule',
      objects: [
        workload('DaemonSet', { image: image('v0.9.4'), args: ['-c', '/ip-control-loop'] }),
      ],
      want: [],
    },
    {
      name: 'a control loop that reconciles',
      objects: [
        workload('DaemonSet', {
          image: 'rancher/hardened-whereabouts:v0.8.0-build20250101',
          args: ['-c', 'SLEEP=false /install-cni.sh && /ip-control-loop -log-level debug'],
          volumeMounts: [{ name: 'cron', mountPath: '/cron-schedule' }],
        }),
      ],
      want: ['NL_NETWORK_NAME'],
    },
    {
      name: 'its schedule',
      objects: [
        {
          apiVersion: 'v1',
          kind: 'ConfigMap',
          metadata: { name: 'whereabouts-config', namespace: 'kube-system' },
          data: { 'cron-expression': '30 4 * * *' },
        },
      ],
      want: ['NL_NETWORK_NAME'],
    },
    {
      name: "RKE2's chart",
      objects: [chart('manifests:\n  dhcpDaemonSet: false\nrke2-whereabouts:\n  enabled: true\n')],
      want: ['NL_NETWORK_NAME'],
    },
    {
      name: "RKE2's chart without whereabouts",
      objects: [chart('rke2-whereabouts:\n  enabled: false\nother:\n  enabled: true\n')],
      want: ['NL_PLATFORM_MISSING'],
    },
    {
      name: 'Multus without whereabouts',
      objects: [workload('DaemonSet', { command: ['/thin_entrypoint'] })],
      want: ['NL_PLATFORM_MISSING'],
    },
    {
      name: 'Multus and a whereabouts that only copies its plugin',
      objects: [
        workload('DaemonSet', { command: ['/thin_entrypoint'] }),
        workload('DaemonSet', {
          image: image('v0.5.4'),
          args: ['-c', 'SLEEP=false /install-cni.sh'],
        }),
      ],
      want: [],
    },
    {
      name: "OpenShift's Multus",
      objects: [
        {
          ...workload('DaemonSet', { command: ['/bin/bash', '-ec', 'exec multus-daemon'] }),
          metadata: { name: 'multus', namespace: 'openshift-multus' },
        },
      ],
      want: [],
    },
  ])('a named network and $name', ({ objects, want }) =>
    expect(found(NAMED, ...objects)).toEqual(want),
  );

  test.each([
    {
      name: 'Multus alone',
      objects: [workload('DaemonSet', { command: ['/usr/src/multus-cni/bin/multus-daemon'] })],
      want: ['NL_PLATFORM_MISSING'],
    },
    {
      name: 'Multus and a daemon',
      objects: [
        workload('DaemonSet', { command: ['/thin_entrypoint'] }),
        workload('DaemonSet', {
          command: ['/bin/sh', '-euc', 'exec "$@"', 'x', '/host/bin/dhcp', 'daemon'],
        }),
      ],
      want: [],
    },
    { name: "RKE2's chart", objects: [chart('manifests:\n  dhcpDaemonSet: true\n')], want: [] },
    {
      name: "RKE2's chart without it",
      objects: [chart('config: {}\n')],
      want: ['NL_PLATFORM_MISSING'],
    },
  ])('a network with dhcp and $name', ({ objects, want }) =>
    expect(found(DHCP, ...objects)).toEqual(want),
  );
});
