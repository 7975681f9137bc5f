import path from 'node:path';
import { dhcpParts, multusParts, nodeAgentParts, platformFacts, whereaboutsParts } from 'netloom';
import { type EngineResult, runPulumiProgram } from '../support/pulumi-engine';
import { ROOT } from '../support/story';

function run(platform: string): Promise<EngineResult> {
  return runPulumiProgram({
    program: path.join(__dirname, 'programs/installs.ts'),
    cwd: ROOT,
    mode: 'up',
    config: { 'netloom:platform': platform, 'netloom:status': 'off' },
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

test("on OpenShift what is the operator's own object is refused, with the way round", async () => {
  const result = await run('openshift');
  expect(result.ok).toBe(false);
  expect(result.errors.join('\n')).toMatch(/Cdk8sChart.*NL_PLATFORM_UNSUPPORTED/);
}, 60_000);
