import path from 'node:path';
import { type EngineResult, runPulumiProgram } from '../support/pulumi-engine';
import { ROOT } from '../support/story';

function run(config: Record<string, string> = {}): Promise<EngineResult> {
  return runPulumiProgram({
    program: path.join(__dirname, 'programs/cdk8s.ts'),
    cwd: ROOT,
    mode: 'up',
    config,
    state: [],
  });
}

test('charts become resources of their kinds, in the order that their constructs ask for', async () => {
  const { errors, state, dependencies, outputs } = await run();
  expect(errors).toEqual([]);
  const types = Object.fromEntries(state.map(({ name, type }) => [name, type]));
  expect(types).toMatchObject({
    'apps/apps/lan': 'kubernetes:k8s.cni.cncf.io/v1:NetworkAttachmentDefinition',
    'apps/apps/web/Resource': 'kubernetes:core/v1:Pod',
    'apps/apps/settings': 'kubernetes:core/v1:ConfigMap',
    'apps/infra/multus/DaemonSet': 'kubernetes:apps/v1:DaemonSet',
  });
  // The daemon that dhcp needs comes at validation, and is an object like any other.
  const paths = (outputs['paths'] as string[]).map((one) => `apps/${one}`);
  expect(Object.keys(types)).toEqual(expect.arrayContaining(paths));
  expect(paths).toContain('apps/infra/multus/dhcp-daemon/DaemonSet');
  expect(dependencies['apps/apps/lan']).toEqual(
    expect.arrayContaining(['apps/infra/multus/DaemonSet']),
  );
  expect(dependencies['apps/apps/web/Resource']).toEqual(
    expect.arrayContaining(['apps/apps/lan', 'apps/apps/settings']),
  );
  const map = state.find(({ name }) => name === 'apps/apps/settings');
  expect(map?.inputs).toMatchObject({ data: { whole: 'from-an-output', part: 'a text' } });
}, 60_000);

test('what is wrong with a construct ends the program, and nothing is made', async () => {
  const { ok, errors, state } = await run({ 'netloom-microshift:master': 'enp94s0f0np0.100' });
  expect(ok).toBe(false);
  expect(errors.join('\n')).toMatch(/\[apps\/lan\] master: .*16 bytes.*NL_IFNAME_TOO_LONG/);
  expect(state.filter(({ type }) => type.startsWith('kubernetes:'))).toEqual([]);
}, 60_000);

test('an output that became part of a text is refused with its place', async () => {
  const { ok, errors, state } = await run({ 'netloom-microshift:part': 'yes' });
  expect(ok).toBe(false);
  expect(errors.join('\n')).toMatch(/\[apps\/settings\] data\.part: a Pulumi output was made part/);
  expect(state.filter(({ type }) => type.startsWith('kubernetes:'))).toEqual([]);
}, 60_000);
