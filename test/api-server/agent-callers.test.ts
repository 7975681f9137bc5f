import { readFileSync, writeFileSync } from 'node:fs';
import { type NodeAgentSettings, nodeAgentParts, platformFacts } from 'netloom';
import { parse } from 'yaml';
import { ReviewedServiceAccounts } from '../../node-agent/src/cluster';
import { AgentFolder } from '../agent/support/agent-folder';
import { rawRequest } from '../agent/support/raw-request';
import { ApiServer, apiServerSkipReason } from '../support/api-server';
import { type KubernetesObject, until } from '../support/api-server-client';
import { describeUnless } from '../support/network-suite';

const SETTINGS: NodeAgentSettings = {
  image: 'registry.example.com/netloom-agent:0.1.0',
  callers: [
    { namespace: 'ci', serviceAccount: 'pulumi', verbs: ['read', 'claim'], pools: ['apps/*'] },
    { namespace: 'ops', serviceAccount: 'viewer', verbs: ['read'] },
  ],
};
const ACCESS = ['Namespace', 'ServiceAccount', 'ClusterRole', 'ClusterRoleBinding'];
const AUDIENCE = 'netloom-agent';
const spec = { subnets: [{ subnet: '10.10.0.0/24' }] };

describeUnless(apiServerSkipReason(), 'an agent in a real cluster', () => {
  let server: ApiServer;
  let folder: AgentFolder;
  let objects: KubernetesObject[];

  /** A token of a ServiceAccount, as the kubelet projects it into a pod. */
  async function tokenOf(account: string, audience?: string): Promise<string> {
    const [namespace, name] = account.split('/');
    const request = {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: { expirationSeconds: 3600, ...(audience ? { audiences: [audience] } : {}) },
    };
    const at = `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`;
    const { status, body } = await server.client.request('POST', at, request);
    if (status !== 201) throw new Error(JSON.stringify(body));
    return body.status.token;
  }

  beforeAll(async () => {
    server = await ApiServer.start();
    const { objects: all } = nodeAgentParts(platformFacts('kubernetes'), SETTINGS);
    objects = all
      .map(({ manifest }) => manifest as unknown as KubernetesObject)
      .filter(({ kind }) => ACCESS.includes(kind));
    for (const name of ['ci', 'ops']) {
      await server.client.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    }
    for (const object of objects) await server.client.apply(object);
    for (const [namespace, name] of [
      ['ci', 'pulumi'],
      ['ops', 'viewer'],
      ['ops', 'stranger'],
    ] as const) {
      const metadata = { name, namespace };
      await server.client.create({ apiVersion: 'v1', kind: 'ServiceAccount', metadata });
    }
    folder = await AgentFolder.make();
    await writeAccess();
    folder.changeConfig((config) => {
      const { accounts } = parse(configText()).kubernetes;
      config.kubernetes = {
        apiServer: serverUrl(),
        caFile: 'cluster-ca.crt',
        tokenFile: 'cluster-token',
        accounts: [...accounts, { name: 'ops/stranger' }],
      };
    });
    await folder.start();
    // The authorizer learns of a binding a moment later.
    const isKnown = async (): Promise<boolean> =>
      (await ask('GET', '/v1/info', await tokenOf('ops/viewer', AUDIENCE))).status === 200;
    await until(isKnown, 'the callers’ rights');
  }, 120_000);

  afterAll(async () => {
    await folder?.remove();
    await server?.stop();
  });

  function configText(): string {
    const { objects: all } = nodeAgentParts(platformFacts('kubernetes'), SETTINGS);
    const map = all.find(({ manifest }) => manifest.kind === 'ConfigMap')?.manifest as any;
    return map.data['agent.yaml'];
  }

  function cluster(): { server: string; 'certificate-authority': string } {
    return JSON.parse(readFileSync(server.kubeconfig, 'utf8')).clusters[0].cluster;
  }

  const serverUrl = (): string => cluster().server;

  /** What the kubelet puts into the agent's pod. */
  async function writeAccess(): Promise<void> {
    writeFileSync(folder.at('cluster-token'), await tokenOf('netloom-system/netloom-agent'));
    writeFileSync(folder.at('cluster-ca.crt'), readFileSync(cluster()['certificate-authority']));
  }

  async function ask(method: string, at: string, token: string, body?: object) {
    const options = { method, token, caFile: folder.at('ca.crt') };
    const text = body === undefined ? {} : { body: JSON.stringify(body) };
    const { status, text: answer } = await rawRequest(`${folder.url}${at}`, {
      ...options,
      ...text,
    });
    const code = status >= 400 ? (JSON.parse(answer).problems[0].code as string) : '';
    return { status, code, answer };
  }

  test('takes a token of its audience, with the verbs that RBAC gives', async () => {
    const pulumi = await tokenOf('ci/pulumi', AUDIENCE);
    const claim = { owner: 'acme/shop', pool: 'apps/lan' };
    expect(
      await ask('PUT', '/v1/pools/apps%2Flan', pulumi, { owner: 'acme/net', spec }),
    ).toMatchObject({ status: 200 });
    expect(await ask('POST', '/v1/claims', pulumi, claim)).toMatchObject({ status: 200 });
    const offer = await ask('POST', '/v1/offers', pulumi, claim);
    expect(offer).toMatchObject({ status: 403, code: 'NL_AGENT_FORBIDDEN' });
    expect(offer.answer).toMatch(/system:serviceaccount:ci:pulumi.* may not offer.*ClusterRole/);
    const bridge = { owner: 'acme/br', spec: {} };
    expect(await ask('PUT', '/v1/bridges/br-x', pulumi, bridge)).toMatchObject({ status: 403 });
    const viewer = await tokenOf('ops/viewer', AUDIENCE);
    expect(await ask('GET', '/v1/bridges', viewer)).toMatchObject({ status: 200 });
    expect(await ask('POST', '/v1/claims', viewer, claim)).toMatchObject({ status: 403 });
  });

  test('keeps a ServiceAccount to its pools', async () => {
    const pulumi = await tokenOf('ci/pulumi', AUDIENCE);
    const answer = await ask('PUT', '/v1/pools/other', pulumi, { owner: 'acme/net', spec });
    expect(answer).toMatchObject({ status: 403, code: 'NL_AGENT_FORBIDDEN' });
    expect(answer.answer).toContain('apps/*');
  });

  test.each([
    ['of the API server’s own audience', () => tokenOf('ci/pulumi')],
    ['of another audience', () => tokenOf('ci/pulumi', 'vault')],
    [
      'with a signature of somebody else',
      async () => `${(await tokenOf('ci/pulumi', AUDIENCE)).split('.').slice(0, 2).join('.')}.c2ln`,
    ],
    ['that is none', async () => 'a.b.c'],
  ])('refuses a token %s', async (_name, make) => {
    const answer = await ask('GET', '/v1/info', await make());
    expect(answer).toMatchObject({ status: 401, code: 'NL_AGENT_TOKEN' });
  });

  test('somebody known, without any right, gets nothing', async () => {
    const token = await tokenOf('ops/stranger', AUDIENCE);
    expect(await ask('GET', '/v1/info', token)).toMatchObject({ status: 403 });
  });

  test('a right that is taken away, and an account that is deleted, end', async () => {
    let now = Date.now();
    const access = {
      apiServer: serverUrl(),
      caFile: folder.at('cluster-ca.crt'),
      tokenFile: folder.at('cluster-token'),
    };
    const accounts = new ReviewedServiceAccounts(
      { ...access, audience: AUDIENCE, agent: 'edge-1' },
      () => now,
    );
    const metadata = { name: 'short', namespace: 'ops' };
    const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata };
    await server.client.create(account);
    const token = await tokenOf('ops/short', AUDIENCE);
    try {
      expect((await accounts.holderOf(token))?.user).toBe('system:serviceaccount:ops:short');
      await server.client.remove(account);
      // It is asked about again after a while.
      await until(async () => {
        now += 60_000;
        return (await accounts.holderOf(token)) === undefined;
      }, 'the end of the token');
    } finally {
      accounts.close();
    }
  });

  test('while nobody can say who calls, static tokens go on, and nobody else gets in', async () => {
    const fresh = await tokenOf('ci/pulumi', AUDIENCE);
    writeFileSync(folder.at('cluster-token'), 'none');
    try {
      const answer = await ask('GET', '/v1/info', fresh);
      expect(answer).toMatchObject({ status: 503, code: 'NL_CLUSTER_UNREACHABLE' });
      expect(answer.answer).not.toContain(fresh);
      expect(await ask('GET', '/v1/info', folder.token)).toMatchObject({ status: 200 });
    } finally {
      await writeAccess();
    }
    expect(await ask('GET', '/v1/info', fresh)).toMatchObject({ status: 200 });
    expect(folder.log.join('\n')).not.toContain(fresh);
  });
});
