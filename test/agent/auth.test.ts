import { existsSync } from 'node:fs';
import { connect } from 'node:tls';
import { matches } from '../../node-agent/src/globs';
import { AgentFolder, refusal } from './support/agent-folder';
import { type RawAnswer, rawRequest } from './support/raw-request';

const spec = { subnets: [{ subnet: '10.10.0.0/24' }] };

describe('who may call', () => {
  let folder: AgentFolder;
  let foreign: AgentFolder;
  const files: Record<string, string> = {};

  beforeAll(async () => {
    folder = await AgentFolder.make();
    foreign = await AgentFolder.make();
    files.reader = folder.addToken('reader', { verbs: ['read'] });
    files.offerer = folder.addToken('offerer', { verbs: ['read', 'offer'] });
    files.apps = folder.addToken('apps', {
      verbs: ['read', 'offer', 'claim', 'bridge'],
      pools: ['apps/*'],
      owners: ['team-a/*'],
    });
    folder.changeConfig((config) => {
      config.clients = [{ name: 'pulumi', verbs: ['read', 'claim'] }];
    });
    await folder.start();
    const admin = folder.client();
    await admin.putPool('apps/lan', { owner: 'team-a/net', spec });
    await admin.putPool('other', { owner: 'stack', spec });
    await admin.claim({ pool: 'apps/lan', owner: 'team-b/pod' });
    await admin.putBridge('br-b', { owner: 'team-b/br', spec: {} });
  });

  afterAll(async () => {
    await folder.remove();
    await foreign.remove();
  });

  const raw = (path: string, options: Partial<Parameters<typeof rawRequest>[1]> = {}) =>
    rawRequest(`${folder.url}${path}`, { caFile: folder.at('ca.crt'), ...options });
  const codeOf = (answer: RawAnswer): string => JSON.parse(answer.text).problems[0].code;

  /** Every route of the contract, with a request that would do. */
  const body = JSON.stringify({ owner: 'team-a/x', spec });
  const claimBody = JSON.stringify({ owner: 'team-a/x', pool: 'apps/lan' });
  const bridgeBody = JSON.stringify({ owner: 'team-a/x', spec: {} });
  const routes = (
    [
      ['GET', '/v1/info'],
      ['GET', '/v1/pools'],
      ['GET', '/v1/pools/apps%2Flan'],
      ['PUT', '/v1/pools/apps%2Fnew', body],
      ['PUT', '/v1/pools/apps%2Fnew?offer=true', body],
      ['DELETE', '/v1/pools/apps%2Flan?id=apps%2Flan%231&owner=team-a%2Fnet'],
      ['POST', '/v1/offers', claimBody],
      ['POST', '/v1/claims', claimBody],
      ['GET', '/v1/claims?pool=apps%2Flan'],
      ['DELETE', '/v1/claims/0123456789abcdef%231?pool=apps%2Flan&owner=team-a%2Fx'],
      ['GET', '/v1/bridges'],
      ['PUT', '/v1/bridges/br-x', bridgeBody],
      ['PUT', '/v1/bridges/br-x?dryRun=true', bridgeBody],
      ['DELETE', '/v1/bridges/br-x?id=br-x%231&owner=team-a%2Fx'],
      ['GET', '/metrics'],
      ['GET', '/v1/nothing'],
    ] as [string, string, string?][]
  ).map(([method, path, text]) => ({ method, path, text }));

  test.each(routes)(
    '$method $path needs a credential of this agent',
    async ({ method, path, text }) => {
      const options = { method, ...(text === undefined ? {} : { body: text }) };
      const { certFile, keyFile } = await clientOf(foreign);
      const attempts = [
        raw(path, options),
        raw(path, { ...options, token: 'wrong' }),
        raw(path, { ...options, token: foreign.token }),
        raw(path, { ...options, headers: { authorization: `Basic ${folder.token}` } }),
        raw(path, { ...options, certFile, keyFile }),
        raw(path, {
          ...options,
          certFile: foreign.at('server.crt'),
          keyFile: foreign.at('server.key'),
        }),
      ];
      for (const answer of await Promise.all(attempts)) {
        expect([answer.status, codeOf(answer)]).toEqual([401, 'NL_AGENT_TOKEN']);
        expect(answer.type).toContain('application/problem+json');
        expect(answer.headers['www-authenticate']).toBe('Bearer');
      }
    },
  );

  const verbs: [string, string[]][] = [
    ['reader', ['GET']],
    ['offerer', ['GET', 'POST /v1/offers', 'PUT /v1/pools/apps%2Fnew?offer=true']],
  ];

  test.each(verbs)('"%s" gets no further than its verbs', async (name, allowed) => {
    const token = require('node:fs')
      .readFileSync(files[name] as string, 'utf8')
      .trim();
    for (const { method, path, text } of routes) {
      const answer = await raw(path, {
        method,
        token,
        ...(text === undefined ? {} : { body: text }),
      });
      const may = allowed.some((one) => `${method} ${path}`.startsWith(one));
      if (may) expect([path, answer.status >= 400 && answer.status !== 404]).toEqual([path, false]);
      else if (answer.status !== 404) {
        expect([path, answer.status, codeOf(answer)]).toEqual([path, 403, 'NL_AGENT_FORBIDDEN']);
        expect(answer.text).toContain(`\\"${name}\\" may not `);
      }
    }
  });

  test('a credential is bound to its pools and owners; the refusal says which', async () => {
    const client = folder.client({ tokenFile: files.apps as string });
    const owner = 'team-a/pod';
    expect(await refusal(client.claim({ pool: 'apps/lan', owner }))).toEqual([]);
    expect(await refusal(client.claim({ pool: 'other', owner }))).toEqual([
      'NL_AGENT_FORBIDDEN pool',
    ]);
    expect(await refusal(client.offer({ pool: 'other', owner }))).toEqual([
      'NL_AGENT_FORBIDDEN pool',
    ]);
    expect(await refusal(client.pool('other'))).toEqual(['NL_AGENT_FORBIDDEN pool']);
    expect(await refusal(client.claims('other'))).toEqual(['NL_AGENT_FORBIDDEN pool']);
    expect(await refusal(client.putPool('x', { owner, spec }))).toEqual([
      'NL_AGENT_FORBIDDEN pool',
    ]);
    const stranger = 'team-b/pod';
    const strange = [
      client.claim({ pool: 'apps/lan', owner: stranger }),
      client.claim({ pool: 'apps/lan', owner, from: stranger }),
      client.release('apps/lan', '0123456789abcdef#1', stranger),
      client.putPool('apps/new', { owner: stranger, spec }),
      client.removePool('apps/lan', 'apps/lan#1', stranger),
      client.putBridge('br-x', { owner: stranger, spec: {} }),
      client.removeBridge('br-b', 'br-b#1', stranger),
    ];
    for (const call of strange) expect(await refusal(call)).toEqual(['NL_AGENT_FORBIDDEN owner']);
    await expect(client.pool('other')).rejects.toThrow('"apps" may not use pool "other"');
  });

  test('a list shows only what the credential is bound to', async () => {
    const client = folder.client({ tokenFile: files.apps as string });
    expect((await client.pools()).map((pool) => pool.name)).toEqual(['apps/lan', 'apps/new']);
    expect((await client.claims('apps/lan')).every((one) => one.owner.startsWith('team-a/'))).toBe(
      true,
    );
    expect(await client.bridges()).toEqual([]);
    expect((await folder.client().bridges()).map((bridge) => bridge.name)).toEqual(['br-b']);
  });

  test('a client certificate is as good as a token, and its name is the identity', async () => {
    const client = folder.client(await clientOf(folder));
    const claim = await client.claim({ pool: 'apps/lan', owner: 'by-cert' });
    expect(claim.state).toBe('claimed');
    expect(await refusal(client.offer({ pool: 'apps/lan', owner: 'x' }))).toEqual([
      'NL_AGENT_FORBIDDEN verb',
    ]);
    const admin = folder.client();
    expect(await refusal(admin.claim({ pool: 'apps/lan', owner: 'by-cert' }))).toEqual([
      'NL_OWNER_IDENTITY owner',
    ]);
    await expect(admin.release('apps/lan', claim.id, 'by-cert')).rejects.toThrow('"cert:pulumi"');
  });

  test('a good certificate whose name is not listed is told so, and a wrong token beside a good one counts', async () => {
    const stranger = await folder.addClient('stranger');
    expect(await refusal(folder.client(stranger).info())).toEqual([
      'NL_AGENT_FORBIDDEN certificate',
    ]);
    const good = await clientOf(folder);
    expect((await raw('/v1/info', { ...good })).status).toBe(200);
    expect((await raw('/v1/info', { ...good, token: 'wrong' })).status).toBe(401);
  });

  test("the agent's own certificate, stolen, is no client certificate", async () => {
    const files = { certFile: folder.at('server.crt'), keyFile: folder.at('server.key') };
    expect((await raw('/v1/info', files)).status).toBe(401);
  });

  test('health and readiness need nobody, and say nothing but that', async () => {
    expect(await raw('/healthz')).toMatchObject({ status: 200, text: 'ok\n' });
    expect(await raw('/readyz')).toMatchObject({ status: 200, text: 'ready\n' });
  });

  test('no token ever stands in the log', async () => {
    await raw('/v1/info', { token: folder.token });
    await raw('/v1/info', { token: `${folder.token}x` });
    expect(folder.log.length).toBeGreaterThan(0);
    expect(folder.log.join('')).not.toContain(folder.token);
    expect(folder.log.join('').toLowerCase()).not.toContain('bearer ');
  });

  test('a TLS version before 1.3 is refused', async () => {
    const port = Number(new URL(folder.url).port);
    const failed = await new Promise<string>((resolve) => {
      const socket = connect({
        port,
        host: '127.0.0.1',
        maxVersion: 'TLSv1.2',
        rejectUnauthorized: false,
      });
      socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
      socket.on('secureConnect', () => resolve('connected'));
    });
    expect(failed).toMatch(/PROTOCOL_VERSION|ECONNRESET/);
  });
});

async function clientOf(folder: AgentFolder): Promise<{ certFile: string; keyFile: string }> {
  const files = {
    certFile: folder.at('client-pulumi.crt'),
    keyFile: folder.at('client-pulumi.key'),
  };
  if (!existsSync(files.certFile)) await folder.addClient('pulumi');
  return files;
}

describe('a glob', () => {
  test.each([
    ['*', '', true],
    ['*', 'apps/lan', true],
    ['apps/*', 'apps/lan', true],
    ['apps/*', 'app', false],
    ['apps/*', 'xapps/lan', false],
    ['*/lan', 'apps/lan', true],
    ['a*b*c', 'a-b-c', true],
    ['a*b*c', 'ac', false],
    ['ab*ba', 'aba', false],
    ['a.c', 'abc', false],
    ['', '', true],
    ['', 'a', false],
  ])('%s on "%s": %s', (glob, text, want) => {
    expect(matches(glob, text)).toBe(want);
  });
});
