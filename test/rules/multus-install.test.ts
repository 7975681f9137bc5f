import { checkMultusInstall, type MultusSettings, type PlatformName, platformFacts } from 'netloom';

interface Case {
  name: string;
  given: MultusSettings;
  /** Kubernetes where it says none. */
  on?: PlatformName;
  /** Key and code of each problem. */
  want: string[];
}

const cases: Case[] = [
  { name: 'nothing said', given: {}, want: [] },
  {
    name: 'everything said, and right',
    given: {
      mode: 'thick',
      version: 'v4.2.0',
      registry: 'registry.example.com:5000/mirror',
      pullSecrets: ['mirror'],
      prepareImage: 'registry.example.com/busybox:1.35',
      resources: { requests: { cpu: '1', memory: '400Mi' }, limits: { cpu: '2', memory: '1Gi' } },
      priorityClassName: 'system-node-critical',
      maxUnavailable: 3,
      namespace: 'multus',
      namespaceIsolation: true,
      globalNamespaces: ['default', 'shared'],
      defaultNetworks: ['lan', '/etc/cni/multus/net.d/lan.conf'],
      masterCniFile: '10-calico.conflist',
      readinessIndicatorFile: '/run/calico/ready',
      logLevel: 'debug',
      logFile: '/var/log/multus.log',
      cniVersion: '1.0.0',
    },
    want: [],
  },
  {
    name: 'all that can be wrong, at once',
    given: {
      mode: 'fat' as 'thick',
      version: '4.2.0',
      registry: 'https://registry.example.com/',
      pullSecrets: ['A'],
      prepareImage: 'busybox',
      resources: { requests: { cpu: 'much', memory: '1Gi' }, limits: { memory: '100Mi' } },
      initResources: { limits: { cpu: '0' } },
      priorityClassName: 'High Priority',
      maxUnavailable: '0%',
      namespace: 'Multus',
      globalNamespaces: ['UP'],
      defaultNetworks: ['apps/lan'],
      masterCniFile: '../10-calico.conflist',
      clusterNetwork: '',
      readinessIndicatorFile: 'ready',
      logLevel: 'loud' as 'debug',
      logFile: '/var/log/../multus.log',
      cniVersion: '2',
    },
    want: [
      'mode NL_VALUE_OUT_OF_RANGE',
      'readinessIndicatorFile NL_NAME_INVALID',
      'logFile NL_NAME_INVALID',
      'version NL_VALUE_OUT_OF_RANGE',
      'prepareImage NL_VALUE_OUT_OF_RANGE',
      'registry NL_VALUE_OUT_OF_RANGE',
      'namespace NL_NAME_INVALID',
      'pullSecrets[0] NL_NAME_INVALID',
      'priorityClassName NL_NAME_INVALID',
      'resources.requests.cpu NL_VALUE_OUT_OF_RANGE',
      'resources.requests.memory NL_VALUES_CONFLICT',
      'resources.limits.memory NL_RESOURCES_SMALL',
      'initResources.limits.cpu NL_VALUE_OUT_OF_RANGE',
      'maxUnavailable NL_VALUE_OUT_OF_RANGE',
      'logLevel NL_VALUE_OUT_OF_RANGE',
      'cniVersion NL_VALUE_OUT_OF_RANGE',
      'clusterNetwork NL_NAME_INVALID',
      'defaultNetworks[0] NL_NAME_INVALID',
      'masterCniFile NL_NAME_INVALID',
      'masterCniFile NL_VALUES_CONFLICT',
      'globalNamespaces[0] NL_NAME_INVALID',
      'globalNamespaces NL_VALUES_CONFLICT',
    ],
  },
  {
    name: 'a release that netloom does not know, with its image',
    given: { version: 'v5.0.0', image: 'registry.example.com/multus:v5.0.0' },
    want: [],
  },
  {
    name: 'an image by digest',
    given: { image: `ghcr.io/k8snetworkplumbingwg/multus-cni@sha256:${'0a'.repeat(32)}` },
    want: [],
  },
  {
    name: 'an image of a registry with a port, and no tag',
    given: { image: 'registry.example.com:5000/multus' },
    want: ['image NL_VALUE_OUT_OF_RANGE'],
  },
  {
    name: 'a scheme in front of an image',
    given: { image: 'docker://ghcr.io/multus:v1' },
    want: ['image NL_VALUE_OUT_OF_RANGE'],
  },
  {
    name: 'a release that forgets the address of the cluster network',
    given: { version: 'v4.2.4' },
    want: ['version NL_RELEASE_FAULT'],
  },
  {
    name: 'the same, its cluster network given by a path, which is read in the same way',
    given: { version: 'v4.2.1', clusterNetwork: '/etc/cni/net.d/10-calico.conflist' },
    want: ['version NL_RELEASE_FAULT'],
  },
  {
    name: 'the same, its cluster network given by name',
    given: { version: 'v4.2.4', clusterNetwork: 'k8s-pod-network' },
    want: [],
  },
  { name: 'the same, thin', given: { version: 'v4.2.4', mode: 'thin' }, want: [] },
  { name: 'the release before it', given: { version: 'v4.2.0' }, want: [] },
  {
    name: 'little memory for the thin one, which only copies files',
    given: { mode: 'thin', resources: { limits: { memory: '50Mi' } } },
    want: [],
  },
  {
    name: 'what the thin one has no setting for',
    given: { mode: 'thin', clusterNetwork: 'calico', defaultNetworks: ['lan'] },
    want: ['clusterNetwork NL_VALUES_CONFLICT', 'defaultNetworks NL_VALUES_CONFLICT'],
  },
  { name: 'thin on MicroShift', on: 'microshift', given: { mode: 'thin' }, want: [] },
  {
    name: 'thick on MicroShift',
    on: 'microshift',
    given: { mode: 'thick' },
    want: ['mode NL_PLATFORM_UNSUPPORTED'],
  },
  {
    name: 'thick in the package of Tanzu',
    on: 'tanzu',
    given: { mode: 'thick' },
    want: ['mode NL_PLATFORM_UNSUPPORTED'],
  },
  {
    name: 'settings for the Multus of OpenShift',
    on: 'openshift',
    given: { mode: 'thin', resources: {}, logLevel: 'debug' },
    want: [
      'mode NL_PLATFORM_UNSUPPORTED',
      'resources NL_PLATFORM_UNSUPPORTED',
      'logLevel NL_PLATFORM_UNSUPPORTED',
    ],
  },
  {
    name: 'a release of a chart, which the chart knows',
    on: 'k3s',
    given: { version: 'v9.9.9' },
    want: [],
  },
  {
    name: "a file of Multus' own as cluster network",
    given: { masterCniFile: '00-multus.conflist' },
    want: ['masterCniFile NL_NAME_INVALID'],
  },
];

describe('an install of Multus', () => {
  test.each(cases)('$name', ({ given, on = 'kubernetes', want }) => {
    const problems = checkMultusInstall(platformFacts(on), given);
    expect(problems.map(({ key, code }) => `${key} ${code}`)).toEqual(want);
  });

  test('folders of the platform', () => {
    const facts = platformFacts('kubernetes', {
      cniBinDir: 'opt/cni',
      cniConfDir: '/etc/../net.d',
    });
    expect(checkMultusInstall(facts, {}).map(({ key }) => key)).toEqual([
      'platform.cniBinDir',
      'platform.cniConfDir',
    ]);
  });

  const isolation = { globalNamespaces: ['default', 'shared'] };
  const isolations = [
    { name: 'nothing said of it', given: {}, want: [] },
    { name: 'the same said', given: { globalNamespaces: ['shared', 'default'] }, want: [] },
    { name: 'off', given: { namespaceIsolation: false }, want: ['namespaceIsolation'] },
    { name: 'others', given: { globalNamespaces: ['default'] }, want: ['globalNamespaces'] },
  ];
  test.each(isolations)('on a platform whose namespaces are isolated: $name', ({ given, want }) => {
    const problems = checkMultusInstall(platformFacts('kubernetes'), given, { isolation });
    expect(problems.map(({ key }) => key)).toEqual(want);
  });
});
