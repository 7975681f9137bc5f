import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { buildCli, type Finished, startCli } from './support/cli';

const NADS = '/apis/k8s.cni.cncf.io/v1/network-attachment-definitions';
const PODS = '/api/v1/pods';
const NODES = '/api/v1/nodes';
const MACHINES = '/apis/kubevirt.io/v1/virtualmachines';
const TOKEN = 'secret-of-the-test';

/** A text is sent as it is. */
type Answer = [status: number, body: object | string];

/** What the server has, by path; a function decides by itself. */
type Answers = Record<string, object[] | ((query: URLSearchParams) => Answer)>;

interface Seen {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly token: string | undefined;
}

let folder: string;
let server: http.Server;
let answers: Answers;
let seen: Seen[];

beforeAll(() => buildCli());

beforeEach(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'netloom-cluster-'));
  [answers, seen] = [{}, []];
  server = http.createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url as string, 'http://server');
    seen.push({ path: pathname, query: searchParams, token: request.headers.authorization });
    const [status, body] = answer(pathname.replace('/prefix', ''), searchParams);
    const [type, text] =
      typeof body === 'string' ? ['text/plain', body] : ['application/json', JSON.stringify(body)];
    response.writeHead(status, { 'content-type': type }).end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

/** As the real server: a Status of what a group does not have, plain text for a group of nobody. */
function answer(name: string, query: URLSearchParams): Answer {
  if (name === '/version' && !answers['/version']) return [200, { gitVersion: 'v1.34.1' }];
  const own = answers[name];
  const resources = resourcesIn(name);
  if (own === undefined && resources.length > 0) {
    return [200, { kind: 'APIResourceList', resources }];
  }
  if (own === undefined) return [404, '404 page not found\n'];
  if (typeof own === 'function') return own(query);
  const limit = Number(query.get('limit'));
  const from = Number(query.get('continue') ?? 0);
  const next = from + limit < own.length ? String(from + limit) : '';
  const [apiVersion, kind] =
    path.basename(name) === 'pods'
      ? ['v1', 'PodList']
      : ['k8s.cni.cncf.io/v1', 'NetworkAttachmentDefinitionList'];
  return [
    200,
    { apiVersion, kind, metadata: { continue: next }, items: own.slice(from, from + limit) },
  ];
}

function resourcesIn(version: string): { name: string }[] {
  return Object.keys(answers)
    .filter((name) => path.dirname(name) === version)
    .map((name) => ({ name: path.basename(name) }));
}

/** What the server answers to those who must not: also for what is not there. */
const forbidden = (): Answer => [
  403,
  {
    kind: 'Status',
    apiVersion: 'v1',
    status: 'Failure',
    message: 'this is forbidden: User "me" cannot list it at the cluster scope',
    reason: 'Forbidden',
    code: 403,
  },
];

function check(...args: string[]): Promise<Finished> {
  const { port } = server.address() as AddressInfo;
  const cluster = { server: `http://127.0.0.1:${port}/prefix`, 'insecure-skip-tls-verify': true };
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'test', cluster }],
    users: [{ name: 'me', user: { token: TOKEN } }],
    contexts: [{ name: 'default', context: { cluster: 'test', user: 'me' } }],
    'current-context': 'default',
  };
  writeFileSync(path.join(folder, 'config'), JSON.stringify(config));
  return startCli(['check', '--kubeconfig', 'config', ...args], folder);
}

const network = (name: string, bridge = 'br0') => ({
  metadata: { name, namespace: 'prod', managedFields: [{ manager: 'kubectl' }] },
  spec: {
    config: JSON.stringify(
      {
        name,
        type: 'bridge',
        bridge,
        ipam: { type: 'host-local', ranges: [[{ subnet: '10.0.0.0/24' }]] },
      },
      undefined,
      2,
    ),
  },
});

describe('a live cluster', () => {
  test('objects are named, and shown with the place in them, without lines', async () => {
    answers = { [NADS]: [network('good'), network('bad', 'this-name-is-too-long')] };
    const { status, stdout, stderr } = await check();
    expect(stderr).toBe('');
    expect(stdout).toMatch(
      /^NetworkAttachmentDefinition prod\/bad: error: "this-name-is-too-long" is 21 bytes/m,
    );
    expect(stdout).toContain('      |       "bridge": "this-name-is-too-long",\n');
    expect(stdout).toContain(`      | ${' '.repeat(6)}${'^'.repeat(33)}\n`);
    expect(stdout).toContain('2 objects checked');
    expect(stdout).not.toContain('good');
    expect(status).toBe(1);
  });

  test.each<[name: string, answer: Answer, said: string]>([
    ['knows no path', [404, '404 page not found\n'], '404'],
    ['is another one', [200, { hello: 'world' }], 'something else'],
    ['fails', [502, '<html><title>502 Bad Gateway</title></html>'], '502'],
  ])('a server that %s is no cluster without objects', async (_name, given, said) => {
    answers = { '/version': () => given };
    const { status, stdout, stderr } = await check();
    expect(stdout).toBe('');
    expect(stderr).toContain(`/prefix/version: ${said}: this does not look like the API of a`);
    expect(status).toBe(2);
  });

  test('a server that tells nobody what it is may be one', async () => {
    answers = { '/version': forbidden, [NADS]: [network('good')] };
    const { status, stdout } = await check();
    expect(stdout).toContain('1 object checked');
    expect(status).toBe(0);
  });

  test('a configuration in one line stays in one line', async () => {
    const bad = network('bad', 'this-name-is-too-long');
    const { bridge, ...rest } = JSON.parse(bad.spec.config);
    const config = JSON.stringify({ note: 'a b '.repeat(30), bridge, ...rest });
    answers = { [NADS]: [{ ...bad, spec: { config } }] };
    const { stdout } = await check();
    expect(stdout).toMatch(/\|.*a b a b .*"bridge":"this-name-is-too-long","name".*\n/);
  });

  test.each(['json', 'sarif', 'github'])('%s has no file and no line', async (format) => {
    answers = { [NADS]: [network('bad', 'this-name-is-too-long')] };
    const { stdout } = await check('--format', format);
    expect(stdout).toContain('prod');
    if (format === 'json') {
      const [finding] = JSON.parse(stdout).findings;
      expect(finding).toMatchObject({ file: null, line: null, column: null, endColumn: null });
      expect(finding.object).toEqual({
        kind: 'NetworkAttachmentDefinition',
        namespace: 'prod',
        name: 'bad',
      });
    } else if (format === 'sarif') {
      const [{ locations }] = JSON.parse(stdout).runs[0].results;
      expect(Object.keys(locations[0])).toEqual(['logicalLocations']);
    } else {
      expect(stdout).toMatch(
        /^::error title=NL_IFNAME_TOO_LONG NetworkAttachmentDefinition prod\/bad::/m,
      );
    }
  });

  test('long lists come page by page, with the token each time', async () => {
    answers = {
      [PODS]: Array.from({ length: 1_201 }, (_, n) => ({ metadata: { name: `p${n}` } })),
    };
    const { status, stdout } = await check();
    expect([status, stdout]).toEqual([0, '1201 objects checked: 0 errors, 0 warnings\n']);
    const pages = seen.filter(({ path: name }) => name.endsWith(PODS));
    expect(pages.map(({ query }) => query.get('continue'))).toEqual([null, '500', '1000']);
    expect(new Set(seen.map(({ token }) => token))).toEqual(new Set([`Bearer ${TOKEN}`]));
  });

  test('a page that the server has forgotten: the list is begun anew', async () => {
    let asked = 0;
    answers[PODS] = (query) => {
      asked += 1;
      if (asked === 2) return [410, { message: 'expired' }];
      const next = query.has('continue') ? '' : 'more';
      return [
        200,
        {
          kind: 'PodList',
          apiVersion: 'v1',
          metadata: { continue: next },
          items: [{ metadata: {} }],
        },
      ];
    };
    expect((await check()).stdout).toMatch(/^2 objects checked/);
    expect(asked).toBe(4);
  });

  test('what is a copy of another object is left out', async () => {
    const owned = (kind: string, controller = true) => ({
      metadata: { name: kind, ownerReferences: [{ kind, controller }] },
    });
    answers = {
      [PODS]: [owned('ReplicaSet'), owned('MyOperator'), owned('Job', false), { metadata: {} }],
    };
    expect((await check()).stdout).toMatch(/^3 objects checked/);
  });

  test('an older version of a kind is asked for where the first is not known', async () => {
    answers = {
      '/apis/k8s.cni.cncf.io/v1beta2/multi-networkpolicies': [{ metadata: { name: 'p' } }],
    };
    expect((await check()).stdout).toMatch(/^1 object checked/);
  });

  test.each([
    [403, 'pods is forbidden: User "me" cannot list', /\/api\/v1\/pods: 403 pods is forbidden/],
    [401, 'Unauthorized', /401 Unauthorized/],
    [500, 'etcd is gone', /500 etcd is gone/],
  ])(
    'status %i of one list: what was not seen is not taken for absent',
    async (code, message, says) => {
      answers = {
        [NADS]: [network('bad', 'this-name-is-too-long')],
        [PODS]: () => [code, { message }],
      };
      const { status, stdout, stderr } = await check();
      expect(stderr).toMatch(says);
      expect(stderr).not.toContain(TOKEN);
      expect([status, stdout]).toEqual([2, '']);
    },
  );

  test('a group that nobody serves is answered with a plain text', async () => {
    answers = { [NADS]: [network('bad', 'this-name-is-too-long')] };
    const { status, stdout, stderr } = await check();
    expect([status, stderr]).toEqual([1, '']);
    expect(stdout).toContain('1 object checked');
  });

  test('the page of a proxy is told in one line', async () => {
    const page =
      '<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<hr>nginx</body></html>';
    answers = { [PODS]: () => [502, page] };
    const { status, stdout, stderr } = await check();
    expect(stderr).toMatch(/^netloom: http:[^ ]+\/api\/v1\/pods: 502 Bad Gateway\n$/);
    expect([status, stdout]).toEqual([2, '']);
  });

  test('a list that is forbidden: what to do is said', async () => {
    answers = { [PODS]: forbidden };
    const { status, stdout, stderr } = await check('--context', 'default');
    expect(stderr).toMatch(
      /\/pods: 403 this is forbidden: User "me" cannot .* scope; for a namespace that you may read: netloom check --kubeconfig config --context default --namespace NS\n$/,
    );
    expect([status, stdout]).toEqual([2, '']);
  });

  test('a list that is forbidden and not there is none', async () => {
    answers = { [PODS]: [{ metadata: { name: 'p' } }], [MACHINES]: forbidden };
    const served = await check();
    expect([served.status, served.stderr]).toEqual([2, expect.stringMatching(/machines: 403 /)]);
    answers['/apis/kubevirt.io/v1'] = () => [404, '404 page not found\n'];
    expect(await check()).toMatchObject({ status: 0, stdout: expect.stringMatching(/^1 object /) });
    answers['/apis/kubevirt.io/v1'] = () => [200, { resources: [{ name: 'kubevirts' }] }];
    expect(await check()).toMatchObject({ status: 0, stdout: expect.stringMatching(/^1 object /) });
    answers['/apis/kubevirt.io/v1'] = forbidden;
    expect((await check()).status).toBe(2);
  });

  test('a server that is not there, and a context that is not', async () => {
    const absent = await check('--context', 'other');
    expect(absent.stderr).toMatch(
      /^netloom: config: no context "other" with a cluster; there is: default\n$/,
    );
    expect(absent.status).toBe(2);
    const pending = check();
    server.closeAllConnections();
    server.close();
    const { status, stdout, stderr } = await pending;
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(
      /^netloom: http:\/\/127\.0\.0\.1:\d+\/prefix\/version: connect ECONNREFUSED/,
    );
  });
});

describe('some namespaces of a cluster', () => {
  const inNamespace = (list: string, namespace: string) =>
    list.replace(/\/([^/]+)$/, `/namespaces/${namespace}/$1`);
  const pod = (name: string, networks: string) => ({
    metadata: {
      name,
      namespace: 'prod',
      annotations: { 'k8s.v1.cni.cncf.io/networks': networks },
    },
  });

  test('their own lists are asked for alone, once each', async () => {
    answers = {
      [PODS]: forbidden,
      [NODES]: forbidden,
      [inNamespace(NADS, 'prod')]: [network('lan')],
      [inNamespace(PODS, 'prod')]: [{ metadata: { name: 'a' } }],
      [inNamespace(PODS, 'test')]: [{ metadata: { name: 'b' } }],
    };
    const options = ['--namespace', 'prod', '--namespace', 'test,prod'];
    const { status, stdout, stderr } = await check(...options);
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^3 objects checked: 0 errors/m);
    const paths = seen.map((one) => one.path.replace('/prefix', ''));
    expect(paths.filter((one) => one.endsWith('/pods'))).toEqual([
      inNamespace(PODS, 'prod'),
      inNamespace(PODS, 'test'),
    ]);
    // Subnets and the like are in no namespace.
    expect(paths.filter((one) => !one.includes('/namespaces/'))).toEqual(['/version', NODES]);
  });

  test('networks of other namespaces are not taken for absent', async () => {
    const pods = [pod('a', 'infra/lan')];
    answers = { [PODS]: pods, [inNamespace(PODS, 'prod')]: pods };
    const all = await check();
    expect([all.status, all.stdout]).toEqual([1, expect.stringContaining('NL_NETWORK_NOT_FOUND')]);
    const some = await check('--namespace', 'prod');
    expect([some.status, some.stdout]).toEqual([0, expect.stringContaining('NL_NETWORK_UNSEEN')]);
  });

  test('one of their lists is forbidden: told without advice that was followed', async () => {
    answers = { [inNamespace(PODS, 'prod')]: forbidden };
    const { status, stdout, stderr } = await check('--namespace', 'prod');
    expect(stderr).toMatch(/\/namespaces\/prod\/pods: 403 this is forbidden.* scope\n$/);
    expect([status, stdout]).toEqual([2, '']);
  });
});

describe('how many nodes there are', () => {
  const node = (unschedulable?: boolean) => ({ metadata: { name: 'n' }, spec: { unschedulable } });
  const macvlan = {
    metadata: { name: 'lan', namespace: 'prod' },
    spec: {
      config: JSON.stringify({
        cniVersion: '0.3.1',
        name: 'lan',
        type: 'macvlan',
        master: 'eth1',
        ipam: { type: 'host-local', ranges: [[{ subnet: '10.0.0.0/24' }]] },
      }),
    },
  };

  test.each<[what: string, nodes: Answers[string] | undefined, args: string[], warns: boolean]>([
    ['one', [node()], [], false],
    ['one that takes pods', [node(), node(true)], [], false],
    ['several pages', Array.from({ length: 501 }, (_, at) => node(at < 499)), [], true],
    ['one on the second page', Array.from({ length: 501 }, (_, at) => node(at < 500)), [], false],
    ['none that takes pods', [node(true)], [], true],
    ['not to be known', forbidden, [], true],
    ['one, and told otherwise', [node()], ['--nodes', '3'], true],
    ['two, and told otherwise', [node(), node()], ['--nodes', '1'], false],
  ])('%s', async (_what, nodes, args, warns) => {
    answers = { [NADS]: [macvlan], ...(nodes && { [NODES]: nodes }) };
    const { status, stdout, stderr } = await check(...args);
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout.includes('NL_HOST_LOCAL_NODES')).toBe(warns);
    expect(stdout).toContain('1 object checked');
    expect(seen.some((one) => one.path.endsWith(NODES))).toBe(args.length === 0);
  });

  test('a server that fails at it is told', async () => {
    answers = { [NADS]: [macvlan], [NODES]: () => [500, { message: 'etcd is gone' }] };
    const { status, stderr } = await check();
    expect([status, stderr]).toEqual([2, expect.stringMatching(/nodes: 500 etcd is gone/)]);
  });
});
