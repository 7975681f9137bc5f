import { Chart, Testing } from 'cdk8s';
import { NodeAgentInstall, type NodeAgentInstallProps, Platform } from 'netloom/constructs';
import { objectsOf, placeOf, problemsOfSynth } from './support';

const IMAGE = 'registry.example.com/netloom-agent:0.1.0';
const PULUMI = { namespace: 'ci', serviceAccount: 'pulumi', verbs: ['read'] } as const;
const GOOD: NodeAgentInstallProps = { image: IMAGE, callers: [PULUMI] };

function chartWith(...all: object[]): Chart {
  const chart = new Chart(Testing.app(), 'infra');
  for (const [index, props] of all.entries()) {
    new NodeAgentInstall(chart, `agent${index}`, props as NodeAgentInstallProps);
  }
  return chart;
}

const problems = (...all: object[]): string[] =>
  problemsOfSynth(() => Testing.synth(chartWith(...all))).map(placeOf);

test('the agent with its account, its configuration and its rights', () => {
  const chart = chartWith(GOOD);
  expect(Testing.synth(chart).map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual([
    'Namespace netloom-system',
    'ServiceAccount netloom-agent',
    'ClusterRole netloom-agent-reviews',
    'ClusterRoleBinding netloom-agent-reviews',
    'ClusterRole netloom-agent-read',
    'ClusterRoleBinding netloom-agent-read',
    'ConfigMap netloom-agent',
    'DaemonSet netloom-agent',
  ]);
});

test('the platform is that of the scope', () => {
  const app = Testing.app();
  Platform.openshift().applyTo(app);
  const chart = new Chart(app, 'infra');
  new NodeAgentInstall(chart, 'agent', GOOD);
  expect(objectsOf(chart, 'SecurityContextConstraints').size).toBe(1);
});

test.each([
  { name: 'nothing wrong', given: {}, want: [] },
  { name: 'no image', given: { image: undefined }, want: ['image NL_KEY_MISSING'] },
  {
    name: 'an image without a tag',
    given: { image: 'registry.example.com/netloom-agent' },
    want: ['image NL_VALUE_OUT_OF_RANGE'],
  },
  {
    name: 'no source of an audit',
    given: { audit: { sources: [] } },
    want: ['audit.sources NL_KEY_MISSING'],
  },
  {
    name: 'an audit of what there is not, twice, at no time, in no folder',
    given: {
      audit: {
        sources: ['whereabouts', 'dhcp', 'whereabouts'],
        everySeconds: 0,
        graceSeconds: -1,
        hostLocalDirs: ['networks'],
      },
    },
    want: [
      'audit.sources[1] NL_VALUE_OUT_OF_RANGE',
      'audit.sources[2] NL_NAME_TWICE',
      'audit.everySeconds NL_VALUE_OUT_OF_RANGE',
      'audit.graceSeconds NL_VALUE_OUT_OF_RANGE',
      'audit.hostLocalDirs[0] NL_NAME_INVALID',
    ],
  },
  {
    name: 'a store that there is not',
    given: { store: { type: 'etcd' } },
    want: ['store.type NL_VALUE_OUT_OF_RANGE'],
  },
  { name: 'nobody to call', given: { callers: [] }, want: ['callers NL_KEY_MISSING'] },
  {
    name: 'a verb that there is not',
    given: { callers: [{ ...PULUMI, verbs: ['write'] }] },
    want: ['callers[0].verbs[0] NL_VALUE_OUT_OF_RANGE'],
  },
  {
    name: 'no verb',
    given: { callers: [{ ...PULUMI, verbs: [] }] },
    want: ['callers[0].verbs NL_KEY_MISSING'],
  },
  {
    name: 'a caller twice',
    given: { callers: [PULUMI, PULUMI] },
    want: ['callers[1] NL_NAME_TWICE'],
  },
  {
    name: 'tokens without their Secret',
    given: { tokens: [{ name: 'ci', verbs: ['read'] }] },
    want: ['tokenSecret NL_KEY_MISSING'],
  },
  {
    name: 'a key that leads elsewhere',
    given: { tokens: [{ name: 'ci', key: '../tls/tls.key', verbs: ['read'] }], tokenSecret: 'x' },
    want: ['tokens[0].key NL_VALUE_OUT_OF_RANGE'],
  },
  {
    name: 'a monitor without a token of its own',
    given: { serviceMonitor: { token: 'prometheus' } },
    want: ['serviceMonitor.token NL_KEY_MISSING'],
  },
  {
    name: 'a monitor that may not read',
    given: {
      tokens: [{ name: 'prometheus', verbs: ['claim'] }],
      tokenSecret: 'x',
      serviceMonitor: { token: 'prometheus', interval: '1 minute' },
    },
    want: ['serviceMonitor.interval NL_VALUE_OUT_OF_RANGE', 'serviceMonitor.token NL_KEY_MISSING'],
  },
  {
    name: 'numbers, paths and names that do not fit',
    given: { port: 0, stateDir: 'var/lib', tlsSecret: 'TLS', policy: { adopt: 'maybe' } },
    want: [
      'port NL_VALUE_OUT_OF_RANGE',
      'tlsSecret NL_NAME_INVALID',
      'stateDir NL_NAME_INVALID',
      'policy.adopt NL_VALUE_OUT_OF_RANGE',
    ],
  },
  {
    name: 'probes and networks that the agent would not start with',
    given: {
      policy: { reach: ['10.0.0.0/8', '10.0.0.1/8', 'lan'] },
      probes: { gateways: ['10.0.0.*', 'router'], nameServers: true },
    },
    want: [
      'policy.reach[1] NL_VALUE_OUT_OF_RANGE',
      'policy.reach[2] NL_VALUE_OUT_OF_RANGE',
      'probes.gateways[1] NL_VALUE_OUT_OF_RANGE',
      'probes.nameServers NL_VALUE_OUT_OF_RANGE',
    ],
  },
])('$name', ({ given, want }) => {
  expect(problems({ ...GOOD, ...given })).toEqual(want.map((one) => `[infra/agent0] ${one}`));
});

test.each([Platform.kubernetes(), Platform.k3s(), Platform.openshift()])(
  'twice in one cluster, also where others are settings of a chart',
  (platform) => {
    const lines = problems({ ...GOOD, platform }, { ...GOOD, platform });
    expect(lines).toEqual([
      expect.stringMatching(/^\[infra\/agent1\].*infra\/agent0.*NL_NAME_TWICE/),
    ]);
  },
);
