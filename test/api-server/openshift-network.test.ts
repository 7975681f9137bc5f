import { type AdditionalNetwork, ipamShim, operatorNetwork } from 'netloom';
import { ApiServer, apiServerSkipReason } from '../support/api-server';
import type { KubernetesObject } from '../support/api-server-client';
import { platformCrds } from '../support/api-server-crds';
import { describeUnless } from '../support/network-suite';

/** The object as its cluster has it, with an entry that an administrator wrote. */
const CLUSTER: KubernetesObject = {
  apiVersion: 'operator.openshift.io/v1',
  kind: 'Network',
  metadata: { name: 'cluster', labels: { whose: 'the-clusters' } },
  spec: {
    clusterNetwork: [{ cidr: '10.128.0.0/14', hostPrefix: 23 }],
    serviceNetwork: ['172.30.0.0/16'],
    defaultNetwork: { type: 'OVNKubernetes' },
    useMultiNetworkPolicy: true,
    additionalNetworks: [
      { name: 'by-hand', namespace: 'default', type: 'Raw', rawCNIConfig: '{}' },
    ],
  },
};

const LAN: AdditionalNetwork = {
  name: 'lan',
  namespace: 'apps',
  type: 'SimpleMacvlan',
  simpleMacvlanConfig: { master: 'eth1', ipamConfig: { type: 'DHCP' } },
};

function fragment(...additionalNetworks: AdditionalNetwork[]): KubernetesObject {
  return operatorNetwork({ additionalNetworks }).manifest as unknown as KubernetesObject;
}

const namesIn = ({ spec }: KubernetesObject): string[] =>
  spec.additionalNetworks.map(({ name }: AdditionalNetwork) => name).sort();

describeUnless(apiServerSkipReason(), 'the part of Network.operator on a real API server', () => {
  let server: ApiServer;
  const shims = [ipamShim('dhcp'), ipamShim('whereabouts')];

  beforeAll(async () => {
    server = await ApiServer.start();
    for (const crd of platformCrds([CLUSTER])) await server.client.establish(crd);
    await server.client.create(CLUSTER);
  }, 120_000);

  afterAll(() => server?.stop());

  const applied = (...networks: AdditionalNetwork[]): Promise<KubernetesObject> =>
    server.client.apply(fragment(...networks));

  test('S3.3 it is added to what is there, and the second time nothing changes', async () => {
    const first = await applied(...shims, LAN);
    expect(namesIn(first)).toEqual(['by-hand', 'dhcp-shim', 'lan', 'whereabouts-shim']);
    const { additionalNetworks, ...rest } = CLUSTER['spec'];
    expect(first['spec']).toMatchObject(rest);
    expect(first['spec'].additionalNetworks).toEqual(expect.arrayContaining(additionalNetworks));
    expect(first.metadata['labels']).toEqual({ whose: 'the-clusters' });
    const second = await applied(LAN, ...shims);
    expect(second.metadata.resourceVersion).toBe(first.metadata.resourceVersion);
  });

  test('S3.3 its own are the entries and its annotations, and nothing else', async () => {
    const { metadata } = await applied(...shims, LAN);
    const ours = metadata['managedFields'].find(({ manager }: any) => manager === 'netloom-test');
    expect(ours.operation).toBe('Apply');
    expect(Object.keys(ours.fieldsV1)).toEqual(['f:metadata', 'f:spec']);
    expect(Object.keys(ours.fieldsV1['f:metadata'])).toEqual(['f:annotations']);
    expect(Object.keys(ours.fieldsV1['f:spec'])).toEqual(['f:additionalNetworks']);
    expect(Object.keys(ours.fieldsV1['f:spec']['f:additionalNetworks']).sort()).toEqual(
      ['dhcp-shim', 'lan', 'whereabouts-shim'].map((name) => `k:{"name":"${name}"}`),
    );
  });

  test('S3.6 what is left out goes, and the entries of others stay', async () => {
    await applied(...shims, LAN);
    expect(namesIn(await applied(shims[1] as AdditionalNetwork))).toEqual([
      'by-hand',
      'whereabouts-shim',
    ]);
    const emptied = await applied();
    expect(emptied['spec']).toEqual(CLUSTER['spec']);
  });
});
