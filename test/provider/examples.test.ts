import { exampleObjects } from '../support/api-server-examples';
import { runPulumiProgram } from '../support/pulumi-engine';
import { type PulumiExample, pulumiExamples } from '../support/pulumi-examples';

const NETWORKS = 'k8s.v1.cni.cncf.io/networks';
const WITH_PODS = ['Pod', 'Deployment', 'StatefulSet', 'DaemonSet'];
/** What cdk8s-plus makes beside a StatefulSet. */
const BESIDE = 'Service';

/** What a front end decides of an object; the rest of a pod and of a workload is the user's own. */
function essence({ apiVersion, kind, metadata, ...rest }: any): [string, unknown] {
  const { name, namespace, annotations = {} } = metadata;
  const read = rest.spec?.template?.metadata?.annotations ?? annotations;
  if (kind === 'Namespace') return [`${kind} ${name}`, null];
  // cdk8s has names of its own for them.
  if (WITH_PODS.includes(kind) && read[NETWORKS]) {
    return [`${kind} ${namespace} ${networksOf(read)}`, rest.spec.replicas ?? null];
  }
  return [`${apiVersion} ${kind} ${namespace ?? ''}/${name}`, rest];
}

/** What Multus and Kube-OVN read. */
function networksOf(annotations: Record<string, string>): string {
  const read = Object.entries(annotations).filter(
    ([key]) => key === NETWORKS || key.includes('.kubernetes.io/ip_'),
  );
  return JSON.stringify(read.sort());
}

const essences = (objects: readonly any[]): object =>
  JSON.parse(
    JSON.stringify(Object.fromEntries(objects.filter(({ kind }) => kind !== BESIDE).map(essence))),
  );

test.each(pulumiExamples().map((example): [string, PulumiExample] => [example.name, example]))(
  'examples/%s: both front ends make the same objects',
  async (name, { folder, program, config }) => {
    const { errors, warnings, state } = await runPulumiProgram({
      program,
      cwd: folder,
      mode: 'up',
      config: { ...config, 'netloom:status': 'off' },
      state: [],
    });
    expect({ errors, warnings }).toEqual({ errors: [], warnings: [] });
    const objects = exampleObjects(name);
    expect(objects).not.toEqual([]);
    const made = state.filter(({ type }) => type.startsWith('kubernetes:'));
    expect(essences(made.map((one) => one.inputs))).toEqual(essences(objects));
  },
  60_000,
);

test('every document with a deploy step has its example as a Pulumi program', () => {
  expect(pulumiExamples().map(({ name }) => name)).toEqual(
    expect.arrayContaining(['kube-ovn', 'openshift', 'rke2', 'tanzu']),
  );
});
