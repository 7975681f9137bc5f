import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type NodeAgentSettings, nodeAgentParts, platformFacts } from 'netloom';
import type { AuditReportView } from 'netloom/agent-api';
import { parse } from 'yaml';
import { AgentFolder } from '../agent/support/agent-folder';
import { ApiServer, apiServerSkipReason } from '../support/api-server';
import { type KubernetesObject, until } from '../support/api-server-client';
import { objectsBelow } from '../support/api-server-crds';
import { describeUnless } from '../support/network-suite';

const SETTINGS: NodeAgentSettings = {
  image: 'registry.example.com/netloom-agent:0.1.0',
  clients: [{ name: 'admin', verbs: ['read'] }],
  store: { type: 'kubernetes' },
  audit: { sources: ['whereabouts', 'network-status'], graceSeconds: 0, everySeconds: 3600 },
};
const POOL = 'apps/lan';

jest.setTimeout(120_000);

function objectsOf(settings: NodeAgentSettings): KubernetesObject[] {
  const { objects } = nodeAgentParts(platformFacts('kubernetes'), settings);
  return objects.map(({ manifest }) => manifest as unknown as KubernetesObject);
}

function short({ findings }: AuditReportView): string[] {
  return findings.map(({ kind, address }) => `${kind} ${address}`);
}

describeUnless(apiServerSkipReason(), 'an install with its store in etcd and an audit', () => {
  let server: ApiServer;
  const agents: AgentFolder[] = [];

  const whereabouts = objectsBelow(path.join(__dirname, '../support/crds')).filter(({ metadata }) =>
    metadata.name.endsWith('whereabouts.cni.cncf.io'),
  );

  function ipPool(): KubernetesObject {
    return {
      apiVersion: 'whereabouts.cni.cncf.io/v1alpha1',
      kind: 'IPPool',
      metadata: { name: '10.10.0.0-24', namespace: 'kube-system' },
      spec: {
        range: '10.10.0.0/24',
        allocations: { '100': { id: 'a', podref: 'default/gone', ifname: 'net1' } },
      },
    };
  }

  /** In the order in which cdk8s and Pulumi apply them. */
  async function install(settings: NodeAgentSettings): Promise<void> {
    for (const object of objectsOf(settings)) {
      if (object.kind === 'CustomResourceDefinition') await server.client.establish(object);
      else await server.client.apply(object);
    }
  }

  /** An agent with the configuration of the ConfigMap, and the token of its ServiceAccount. */
  async function startAgent(name: string): Promise<AgentFolder> {
    const map = objectsOf(SETTINGS).find(({ kind }) => kind === 'ConfigMap');
    const { store, audit, kubernetes } = parse(map?.['data']['agent.yaml']);
    const agent = await AgentFolder.make();
    agents.push(agent);
    const { cluster } = JSON.parse(readFileSync(server.kubeconfig, 'utf8')).clusters[0];
    writeFileSync(agent.at('cluster-token'), await ownToken());
    agent.changeConfig((config) => {
      const apiServer = cluster.server;
      const caFile = cluster['certificate-authority'];
      Object.assign(config, { name, store, audit });
      config.kubernetes = { ...kubernetes, apiServer, caFile, tokenFile: 'cluster-token' };
    });
    await agent.start();
    return agent;
  }

  async function ownToken(): Promise<string> {
    const at = '/api/v1/namespaces/netloom-system/serviceaccounts/netloom-agent/token';
    const { status, body } = await server.client.request('POST', at, {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: { expirationSeconds: 3600 },
    });
    if (status !== 201) throw new Error(JSON.stringify(body));
    return body.status.token;
  }

  beforeAll(async () => {
    server = await ApiServer.start();
    for (const crd of whereabouts) await server.client.establish(crd);
    await server.client.apply(ipPool());
    await install(SETTINGS);
    // The authorizer learns of a binding a moment later.
    const user = 'system:serviceaccount:netloom-system:netloom-agent';
    const list = { verb: 'list', group: '', resource: 'pods' };
    await until(() => server.client.isAllowed(user, [], list), 'the rights of the agent');
  });

  afterEach(async () => {
    for (const agent of agents.splice(0)) await agent.remove();
  });

  afterAll(() => server?.stop());

  test('has agents that serve one store with the rights of their ServiceAccount', async () => {
    const [one, two] = [await startAgent('edge-1'), await startAgent('edge-2')];
    const spec = { subnets: [{ subnet: '10.10.0.0/24' }] };
    await one.client().putPool(POOL, { owner: 'net', spec });
    const given = await two.client().claim({ pool: POOL, owner: 'web' });
    expect(await one.client().claims(POOL)).toEqual([given]);
    // What is given back ends as a record, too: that is where a right to delete is needed.
    expect(await one.client().release(POOL, given.id, 'web')).toBe(true);
    expect(await two.client().claims(POOL)).toEqual([]);
    const records = '/apis/netloom.io/v1alpha1/namespaces/netloom-system/addressrecords';
    const { body } = await server.client.request('GET', records);
    expect(body.items.length).toBeGreaterThan(0);
  });

  test('audits what the cluster knows, and may not take any of it back', async () => {
    const agent = await startAgent('edge-1');
    const spec = { subnets: [{ subnet: '10.10.0.0/24' }] };
    await agent.client().putPool(POOL, { owner: 'net', spec });
    const report = await agent.client().audit();
    expect([report.unseen, short(report)]).toEqual([{}, ['leaked-record 10.10.0.100']]);
    const refused = await agent.client().audit({ repairRecords: true });
    expect(refused.done.join()).not.toContain('taken back');
    expect(await server.client.read(ipPool())).toMatchObject({ spec: ipPool()['spec'] });
  });

  test('takes records back where that was asked for', async () => {
    await install({ ...SETTINGS, audit: { sources: ['whereabouts'], repair: true } });
    const agent = await startAgent('edge-1');
    const spec = { subnets: [{ subnet: '10.10.0.0/24' }] };
    await agent.client().putPool(POOL, { owner: 'net', spec });
    await agent.client().audit();
    await until(async () => {
      const { done } = await agent.client().audit({ repairRecords: true });
      return done.join().includes('taken back: whereabouts');
    }, 'the record to be taken back');
    expect((await server.client.read(ipPool()))?.['spec'].allocations).toEqual({});
  });
});
