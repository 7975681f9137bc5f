import path from 'node:path';
import { exampleObjects } from '../support/api-server-examples';
import { runPulumiProgram } from '../support/pulumi-engine';
import { ROOT } from '../support/story';

const NETWORKS = 'k8s.v1.cni.cncf.io/networks';

/** What a front end decides of an object; the rest of a pod is the user's own. */
function essence(objects: readonly any[]): Record<string, unknown> {
  const entries = objects.flatMap(({ kind, metadata, spec }): [string, unknown][] => {
    const name = `${kind}/${metadata.name}`;
    if (kind === 'NetworkAttachmentDefinition' || kind === 'HelmChartConfig') return [[name, spec]];
    if (kind === 'Pod') return [[name, metadata.annotations[NETWORKS]]];
    if (kind === 'Deployment') return [[kind, spec.template.metadata.annotations[NETWORKS]]];
    return [];
  });
  return Object.fromEntries(entries);
}

test('examples/rke2: both front ends make the same networks, annotations and settings of the chart', async () => {
  const folder = path.join(ROOT, 'examples/rke2/pulumi');
  const { errors, state } = await runPulumiProgram({
    program: path.join(folder, 'index.ts'),
    cwd: folder,
    mode: 'up',
    config: { 'netloom:platform': 'rke2', 'netloom:status': 'off' },
    state: [],
  });
  expect(errors).toEqual([]);
  const objects = exampleObjects('rke2');
  expect(objects).not.toEqual([]);
  expect(
    essence(state.filter(({ type }) => type.startsWith('kubernetes:')).map((one) => one.inputs)),
  ).toEqual(essence(objects));
}, 60_000);
