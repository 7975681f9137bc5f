import { readFileSync } from 'node:fs';
import { ApiServer, apiServerSkipReason } from '../support/api-server';
import type { KubernetesObject } from '../support/api-server-client';
import { crdsOf, platformCrds } from '../support/api-server-crds';
import { exampleObjects } from '../support/api-server-examples';
import { ClusterControllers } from '../support/cluster-controllers';
import { describeUnless } from '../support/network-suite';
import { PulumiStack, pulumiSkipReason } from '../support/pulumi-cli';
import { type PulumiExample, pulumiExamples } from '../support/pulumi-examples';

const MINUTES = 60_000;

/** Nobody runs pods here: the Kubernetes provider is told not to wait for them. */
const NOBODY_RUNS_PODS = `
  import { output, runtime } from '@pulumi/pulumi';
  const waits = {
    'core/v1:Pod': { 'pulumi.com/waitFor': 'jsonpath={.metadata.uid}' },
    'apps/v1:Deployment': { 'pulumi.com/skipAwait': 'true' },
    'apps/v1:StatefulSet': { 'pulumi.com/skipAwait': 'true' },
    'apps/v1:DaemonSet': { 'pulumi.com/skipAwait': 'true' },
  } as Record<string, object>;
  runtime.registerStackTransformation(({ type, props, opts }) => {
    const more = waits[type.replace('kubernetes:', '')];
    if (!more) return undefined;
    const metadata = output(props.metadata).apply((known: any) => ({
      ...known,
      annotations: { ...known.annotations, ...more },
    }));
    return { props: { ...props, metadata }, opts };
  });
`;

/** What a platform brings when it starts; the others get it with a package or a chart. */
const WITH_NETWORKS = ['openshift', 'rke2'];

/** The operator's object as its cluster has it: a stack must leave it as it is, but for its own. */
const OPERATOR_NETWORK: KubernetesObject = {
  apiVersion: 'operator.openshift.io/v1',
  kind: 'Network',
  metadata: { name: 'cluster' },
  spec: {
    clusterNetwork: [{ cidr: '10.128.0.0/14', hostPrefix: 23 }],
    defaultNetwork: { type: 'OVNKubernetes' },
    additionalNetworks: [{ name: 'somebody-elses', type: 'Raw', rawCNIConfig: '{}' }],
  },
};

const NAD = 'NetworkAttachmentDefinition';

const skipReason = pulumiSkipReason('pulumi-resource-kubernetes') ?? apiServerSkipReason();

describeUnless(skipReason, 'the examples with the real Pulumi CLI', () => {
  let server: ApiServer;
  let controllers: ClusterControllers;

  beforeEach(async () => {
    server = await ApiServer.start();
    controllers = new ClusterControllers(server);
  }, 4 * MINUTES);

  afterEach(async () => {
    controllers?.stop();
    await server?.stop();
  });

  /** Definitions that the platform has, and namespaces that nothing in the example makes. */
  async function prepare(name: string, objects: readonly KubernetesObject[]): Promise<void> {
    const { client } = server;
    const later = WITH_NETWORKS.includes(name) ? [] : [NAD];
    for (const crd of platformCrds(objects)) {
      if (!later.includes(crd['spec'].names.kind)) await client.establish(crd);
    }
    for (const namespace of ['openshift-multus', 'tkg-system']) {
      await client.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
    }
    if (name === 'openshift') await client.create(OPERATOR_NETWORK);
  }

  /** Pulumi compares lists by position, and those of others come first here: it patches again, with no effect. */
  async function upAgain(stack: PulumiStack): Promise<void> {
    const version = async () =>
      (await server.client.read(OPERATOR_NETWORK))?.metadata.resourceVersion;
    const before = await version();
    expect(await stack.up()).toMatch(/Resources:\n\s+~ 1 updated\n\s+\d+ unchanged/);
    expect(await version()).toBe(before);
  }

  const spec = async (object: KubernetesObject): Promise<any> =>
    (await server.client.read(object))?.['spec'];

  test.each(pulumiExamples().map((example): [string, PulumiExample] => [example.name, example]))(
    '%s: up makes what the example says, then there is nothing to do, and destroy leaves nothing',
    async (name, { program, config }) => {
      const objects = exampleObjects(name);
      // cdk8s has other names for pods and workloads.
      const known = objects.filter(({ kind }) => [NAD, 'Namespace'].includes(kind));
      const text = NOBODY_RUNS_PODS + readFileSync(program, 'utf8');
      const stack = new PulumiStack(text, { KUBECONFIG: server.kubeconfig });
      try {
        await prepare(name, objects);
        await stack.init({ ...config, 'netloom:status': 'off' });
        await stack.run('up', '--yes');
        for (const object of known) {
          expect(await spec(object)).toMatchObject(object['spec'] ?? {});
        }
        if (name === 'openshift') {
          const wanted = objects.find(({ kind }) => kind === 'Network');
          expect((await spec(OPERATOR_NETWORK)).additionalNetworks).toEqual(
            expect.arrayContaining([
              ...OPERATOR_NETWORK['spec'].additionalNetworks,
              ...(wanted?.['spec'].additionalNetworks ?? []),
            ]),
          );
        }
        if (name === 'openshift') await upAgain(stack);
        else await stack.up('--expect-no-changes');
        await stack.run('destroy', '--yes', '--skip-preview');
        const own = crdsOf(objects).map((crd) => crd['spec'].names.kind);
        for (const object of known.filter(({ kind }) => !own.includes(kind))) {
          expect(await server.client.read(object)).toBeUndefined();
        }
        if (name === 'openshift') {
          expect(await spec(OPERATOR_NETWORK)).toEqual(OPERATOR_NETWORK['spec']);
        }
      } finally {
        stack.remove();
      }
    },
    12 * MINUTES,
  );
});
