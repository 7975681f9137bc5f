import { Chart, Testing } from 'cdk8s';
import { ApiServer, apiServerSkipReason } from '../support/api-server';
import { type AccessRequest, type KubernetesObject, until } from '../support/api-server-client';
import { exampleNames, exampleObjects } from '../support/api-server-examples';
import { describeUnless } from '../support/network-suite';
import { NOBODY, SERVICE_ACCOUNT_CALLS } from './service-account-calls';

const ACCESS = ['ClusterRole', 'ClusterRoleBinding', 'Role', 'RoleBinding'];

function manifestsOf(install: (chart: Chart) => void): KubernetesObject[] {
  const chart = new Chart(Testing.app(), 'install');
  install(chart);
  return Testing.synth(chart);
}

/** `<namespace>/<name>` of the ServiceAccounts among objects that are bound to anything. */
function accountsOf(objects: readonly KubernetesObject[]): string[] {
  const subjects = objects.flatMap((one) => (one['subjects'] as Subject[] | undefined) ?? []);
  const accounts = subjects.filter(({ kind }) => kind === 'ServiceAccount');
  return [...new Set(accounts.map(({ namespace, name }) => `${namespace}/${name}`))];
}

interface Subject {
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
}

const made = [
  ...exampleNames().map((name) => ({ from: `the example ${name}`, objects: exampleObjects(name) })),
  ...SERVICE_ACCOUNT_CALLS.map(({ name, install }) => ({
    from: `the install of ${name}`,
    objects: manifestsOf(install),
  })),
];

test.each(made)('the calls of every account of $from are known', ({ objects }) => {
  const known = SERVICE_ACCOUNT_CALLS.map(({ account }) => account);
  expect(accountsOf(objects).filter((account) => !known.includes(account))).toEqual([]);
});

describeUnless(apiServerSkipReason(), 'RBAC of a real API server lets', () => {
  let server: ApiServer;

  beforeAll(async () => {
    server = await ApiServer.start();
    for (const name of ['my-packages', 'netloom-system', 'shop']) {
      await server.client.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    }
  }, 120_000);

  afterAll(() => server?.stop());

  /** As a token of the account says it. */
  function allowed(account: string, access: AccessRequest): Promise<boolean> {
    const [namespace, name] = account.split('/') as [string, string];
    const groups = [
      'system:serviceaccounts',
      `system:serviceaccounts:${namespace}`,
      'system:authenticated',
    ];
    return server.client.isAllowed(`system:serviceaccount:${namespace}:${name}`, groups, access);
  }

  async function those(
    account: string,
    calls: readonly AccessRequest[],
    answer: boolean,
  ): Promise<string[]> {
    const answers = await Promise.all(calls.map((call) => allowed(account, call)));
    return calls.filter((_, at) => answers[at] === answer).map((call) => JSON.stringify(call));
  }

  test.each(SERVICE_ACCOUNT_CALLS)('$name do what it does, and nothing near to it', async (one) => {
    const access = manifestsOf(one.install).filter(({ kind }) => ACCESS.includes(kind));
    // The authorizer learns of a binding, and of its end, a moment later.
    const isAble = async () => (await those(one.account, one.needed, false)).length === 0;
    try {
      for (const object of access) await server.client.apply(object);
      await until(isAble, `the rights of ${one.account}`).catch(() => {});
      expect(await those(one.account, one.needed, false)).toEqual([]);
      expect(await those(one.account, [...one.refused, ...NOBODY], true)).toEqual([]);
    } finally {
      for (const object of access) await server.client.remove(object);
      const isUnable = async () => (await those(one.account, one.needed, true)).length === 0;
      await until(isUnable, `the end of the rights of ${one.account}`);
    }
  });
});
