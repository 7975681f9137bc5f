import { ApiServer, apiServerSkipReason } from '../support/api-server';
import type { KubernetesObject } from '../support/api-server-client';
import { crdsOf, platformCrds } from '../support/api-server-crds';
import { exampleNames, exampleObjects } from '../support/api-server-examples';
import { describeUnless } from '../support/network-suite';

/** Namespaces that every cluster has. */
const GIVEN = ['default', 'kube-system', 'kube-public', 'kube-node-lease'];

/** The operator's object as its cluster has it: an example must leave it as it is, but for its own. */
const OPERATOR_NETWORK: KubernetesObject = {
  apiVersion: 'operator.openshift.io/v1',
  kind: 'Network',
  metadata: { name: 'cluster' },
  spec: {
    clusterNetwork: [{ cidr: '10.128.0.0/14', hostPrefix: 23 }],
    serviceNetwork: ['172.30.0.0/16'],
    defaultNetwork: { type: 'OVNKubernetes' },
    additionalNetworks: [{ name: 'somebody-elses', type: 'Raw', rawCNIConfig: '{}' }],
  },
};

describeUnless(apiServerSkipReason(), 'a real API server takes', () => {
  let server: ApiServer;

  beforeAll(async () => {
    server = await ApiServer.start();
  }, 120_000);

  afterAll(() => server?.stop());

  /** What has to be there before: namespaces that nothing here makes, and the operator's object. */
  function surroundings(objects: readonly KubernetesObject[]): KubernetesObject[] {
    const made = objects.filter(({ kind }) => kind === 'Namespace');
    const known = new Set([...GIVEN, ...made.map(({ metadata }) => metadata.name)]);
    const used = new Set(objects.flatMap(({ metadata }) => metadata.namespace ?? []));
    const missing = [...used].filter((name) => !known.has(name));
    const around: KubernetesObject[] = missing.map((name) => ({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name },
    }));
    return objects.some(isOperatorNetwork) ? [...around, OPERATOR_NETWORK] : around;
  }

  async function applyAll(objects: readonly KubernetesObject[]): Promise<KubernetesObject[]> {
    const applied: KubernetesObject[] = [];
    for (const crd of crdsOf(objects)) await server.client.establish(crd);
    // What the server adds to a definition by itself comes after it is established.
    for (const object of objects) applied.push(await server.client.apply(object));
    return applied;
  }

  test.each(exampleNames())(
    'the output of the example %s, and the second time without a change',
    async (name) => {
      const { client } = server;
      const objects = exampleObjects(name);
      expect(objects.length).toBeGreaterThan(0);
      const around = surroundings(objects);
      const definitions = platformCrds([...objects, ...around]);
      try {
        for (const crd of definitions) await client.establish(crd);
        for (const object of around) await client.create(object);
        const first = await applyAll(objects);
        const second = await applyAll(objects);
        expect(second.map(versionOf)).toEqual(first.map(versionOf));
        await expectOperatorsOwn(objects);
      } finally {
        // Definitions take their objects along. A namespace stays: no controller empties it.
        const removable = [...definitions, ...objects].filter(({ kind }) => kind !== 'Namespace');
        const last = crdsOf(removable);
        const others = objects.filter((one) => removable.includes(one) && !last.includes(one));
        for (const object of [...others.reverse(), ...last]) await client.remove(object);
      }
    },
    120_000,
  );

  test('no key that a schema does not know', async () => {
    const { client } = server;
    const bridge = exampleObjects('microshift').find(
      ({ kind }) => kind === 'NetworkAttachmentDefinition',
    );
    const definitions = platformCrds([bridge as KubernetesObject]);
    try {
      for (const crd of definitions) await client.establish(crd);
      const wrong = { ...bridge, spec: { ...bridge?.['spec'], cniVersion: '1.0.0' } };
      const refused = client.apply(wrong as KubernetesObject);
      await expect(refused).rejects.toThrow('.spec.cniVersion: field not declared in schema');
    } finally {
      for (const crd of definitions) await client.remove(crd);
    }
  });

  async function expectOperatorsOwn(objects: readonly KubernetesObject[]): Promise<void> {
    if (!objects.some(isOperatorNetwork)) return;
    const { spec } = (await server.client.read(OPERATOR_NETWORK)) as KubernetesObject;
    const { additionalNetworks, ...rest } = OPERATOR_NETWORK['spec'];
    expect(spec).toMatchObject(rest);
    expect(spec.additionalNetworks).toEqual(expect.arrayContaining(additionalNetworks));
  }
});

function isOperatorNetwork({ apiVersion, kind }: KubernetesObject): boolean {
  return apiVersion === OPERATOR_NETWORK.apiVersion && kind === OPERATOR_NETWORK.kind;
}

function versionOf({ kind, metadata }: KubernetesObject): string {
  return `${kind} ${metadata.name} ${metadata.resourceVersion}`;
}
