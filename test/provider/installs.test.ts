import path from 'node:path';
import { dhcpParts, multusParts, nodeAgentParts, platformFacts, whereaboutsParts } from 'netloom';
import { type EngineResource, type EngineResult, runPulumiProgram } from '../support/pulumi-engine';
import { ROOT } from '../support/story';

function run(
  platform: string,
  program = 'installs.ts',
  mode: 'preview' | 'up' = 'up',
): Promise<EngineResult> {
  return runPulumiProgram({
    program: path.join(__dirname, 'programs', program),
    cwd: ROOT,
    mode,
    config: { 'netloom:platform': platform, 'netloom:status': 'off', 'netloom:offers': 'off' },
    state: [],
  });
}

const inputsOf = ({ state }: EngineResult) =>
  state
    .filter(({ type }) => !type.endsWith('NetworkAttachmentDefinition'))
    .map((one) => one.inputs);

test("installs are the pure builders' objects, one resource each, in their order", async () => {
  const result = await run('kubernetes');
  expect(result).toMatchObject({ ok: true, errors: [], outputs: { ready: true } });
  const facts = platformFacts('kubernetes');
  const parts = [
    multusParts(facts, { mode: 'thick' }),
    whereaboutsParts(facts, { reconcilerCron: '*/15 * * * *' }),
    dhcpParts(facts, {}),
    nodeAgentParts(facts, {
      image: 'registry.example.com/netloom-agent:0.1.0',
      callers: [{ namespace: 'ci', serviceAccount: 'pulumi', verbs: ['read', 'claim'] }],
    }),
  ];
  const wanted = parts.flatMap(({ objects }) => objects.map(({ manifest }) => manifest));
  const sorted = (all: readonly unknown[]) =>
    all.map((one) => JSON.parse(JSON.stringify(one))).sort(byText);
  expect(sorted(inputsOf(result))).toEqual(sorted(wanted));
  expect(result.dependencies['lan']).toEqual(
    expect.arrayContaining(['multus-Crd', 'multus-DaemonSet']),
  );
  const behind = Object.entries(result.dependencies).filter(([, before]) => before.length > 0);
  expect(behind.length).toBeGreaterThanOrEqual(wanted.length - parts.length);
}, 60_000);

function byText(a: any, b: any): number {
  const text = ({ kind, metadata }: any) => `${kind}/${metadata.namespace}/${metadata.name}`;
  return text(a) < text(b) ? -1 : 1;
}

test('on RKE2 the installs set one and the same object of the chart', async () => {
  const result = await run('rke2');
  expect(result.errors).toEqual([]);
  const charts = inputsOf(result).filter((one) => one['kind'] === 'HelmChartConfig');
  expect(charts).toHaveLength(1);
  const text = (charts[0] as any).spec.valuesContent;
  expect(text).toMatch(/rke2-whereabouts:/);
  expect(text).toMatch(/dynamicNetworksController|dhcp|thickPlugin|manifests/);
}, 60_000);

test('S3.3 on OpenShift what installs and networks want is one part of the one object of its operator', async () => {
  const result = await run('openshift', 'operator.ts', 'preview');
  expect(result).toMatchObject({ ok: true, errors: [] });
  const operators = result.state.filter(({ type }) => type.endsWith(':NetworkPatch'));
  expect(operators.map(({ type }) => type)).toEqual([
    'kubernetes:operator.openshift.io/v1:NetworkPatch',
  ]);
  const [operator] = operators as [EngineResource];
  const { metadata, spec } = operator.inputs as any;
  expect(metadata).toEqual({
    name: 'cluster',
    annotations: {
      'pulumi.com/patchFieldManager': 'netloom:acme/netloom-microshift/test/openshift-networks',
    },
  });
  expect(spec.useMultiNetworkPolicy).toBe(undefined);
  expect(spec.additionalNetworks.map((one: any) => `${one.namespace}/${one.name}`)).toEqual([
    'default/dhcp-shim',
    'apps/raw',
    'apps/raw-claimed',
    'default/whereabouts-shim',
  ]);
  expect(JSON.parse(spec.additionalNetworks[1].rawCNIConfig)).toMatchObject({ bridge: 'br0' });
  expect(JSON.parse(spec.additionalNetworks[2].rawCNIConfig)).toMatchObject({
    ipam: { type: 'static' },
  });
  // Pods come after what starts the daemon of their IPAM, and after the network that the operator makes.
  expect(result.dependencies['leased']).toContain('openshift-networks');
  expect(result.dependencies['camera']).toContain('openshift-networks');
}, 60_000);

test("on OpenShift all that is wrong with entries of the operator's list is told", async () => {
  const { ok, errors, state } = await run('openshift', 'operator-wrong.ts');
  expect(ok).toBe(false);
  const text = errors.join('\n');
  expect(text).toMatch(/"lan" for the namespaces "one" and "two".*NL_NAME_TWICE/);
  expect(text).toMatch(/another OpenShiftNetworks.*NL_NAME_TWICE/);
  expect(text).toMatch(
    /the IPAM is whereabouts, and SimpleMacvlan has no words.*NL_VALUES_CONFLICT/,
  );
  expect(state).toEqual([]);
}, 60_000);

test('elsewhere there is no operator that makes networks', async () => {
  const { errors } = await run('kubernetes', 'operator.ts');
  expect(errors.join('\n')).toMatch(
    /additionalNetwork: kubernetes has no Cluster Network Operator/,
  );
}, 60_000);
