import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'undici';
import { makeCertificates } from '../../node-agent/src/commands/certificates';
import { VERBS } from '../../node-agent/src/config';
import { MemoryDisk, MemoryStore } from '../../node-agent/src/store';
import { AgentFolder } from './support/agent-folder';
import { type RawAnswer, rawRequest } from './support/raw-request';
import { sampleRequests } from './support/sample-requests';

const POOL = 'apps/lan';
const samples = sampleRequests(POOL, 'stack/x');
const guarded = samples.filter(({ verbs }) => verbs.length > 0);

describe('every route of the OpenAPI document', () => {
  let folder: AgentFolder;
  let foreign: AgentFolder;
  const disk = new MemoryDisk();
  const files: Record<string, { certFile: string; keyFile: string }> = {};

  beforeAll(async () => {
    folder = await AgentFolder.make();
    foreign = await AgentFolder.make();
    for (const verb of VERBS)
      folder.addToken(`no-${verb}`, { verbs: VERBS.filter((one) => one !== verb) });
    folder.addToken('no-offer-claim', { verbs: ['read', 'bridge'] });
    folder.addToken('elsewhere', { verbs: VERBS, pools: ['other/*'], owners: ['other/*'] });
    folder.addToken('other-pools', { verbs: VERBS, pools: ['other/*'] });
    folder.changeConfig((config) => {
      config.clients = [{ name: 'pulumi', verbs: [...VERBS] }];
    });
    files.foreign = await foreign.addClient('pulumi');
    const made = { folder: folder.folder, name: 'edge-1', addresses: [] };
    const expired = await makeCertificates({ ...made, clients: ['pulumi'], lifeMs: -60_000 });
    files.expired = expired.clients[0] as { certFile: string; keyFile: string };
    // The agent's own certificate is a good one again.
    await makeCertificates({ ...made, clients: [] });
    await folder.start({ openStore: (onFailure) => new MemoryStore(disk, onFailure) });
    await folder
      .client()
      .putPool(POOL, { owner: 'stack/pool', spec: { subnets: [{ subnet: '10.77.0.0/24' }] } });
  });

  afterAll(async () => {
    await folder.remove();
    await foreign.remove();
  });

  const tokenOf = (name: string): string => readFileSync(folder.at(`${name}.token`), 'utf8').trim();

  async function ask(
    { method, path, body }: (typeof samples)[number],
    credential: object = {},
  ): Promise<RawAnswer & { code: string }> {
    const options = {
      method,
      caFile: folder.at('ca.crt'),
      ...(body === undefined ? {} : { body }),
    };
    const answer = await rawRequest(`${folder.url}${path}`, { ...options, ...credential });
    const isProblem = answer.type.startsWith('application/problem+json');
    return { ...answer, code: isProblem ? JSON.parse(answer.text).problems[0].code : '' };
  }

  test('is asked here, with a request that is right', async () => {
    expect(guarded.length).toBeGreaterThan(15);
    const names = guarded.map(({ name }) => name);
    expect(names).toEqual(
      expect.arrayContaining(['listNodeNetworks', 'putNodeNetwork', 'removeNodeNetwork', 'reach']),
    );
    expect(
      samples
        .filter(({ verbs }) => verbs.length === 0)
        .map(({ name }) => name)
        .sort(),
    ).toEqual(['health', 'ready']);
  });

  test.each(guarded)('$name: nobody, and nobody known, gets in', async (sample) => {
    const before = disk.commits;
    const attempts: [string, object][] = [
      ['no credentials', {}],
      ['a wrong token', { token: 'wrong' }],
      ["another agent's token", { token: foreign.token }],
      ['a wrong CA', files.foreign as object],
      ['an expired certificate', files.expired as object],
      ['no bearer token', { headers: { authorization: `Basic ${folder.token}` } }],
      ['an empty token', { headers: { authorization: 'Bearer ' } }],
    ];
    for (const [name, credential] of attempts) {
      const { status, code, headers } = await ask(sample, credential);
      expect([name, status, code]).toEqual([name, 401, 'NL_AGENT_TOKEN']);
      expect(headers['www-authenticate']).toBe('Bearer');
    }
    expect(disk.commits).toBe(before);
  });

  test.each(guarded)('$name: a credential without its verb gets no further', async (sample) => {
    const before = disk.commits;
    const { status, code } = await ask(sample, { token: tokenOf(`no-${sample.verbs.join('-')}`) });
    expect([status, code]).toEqual([403, 'NL_AGENT_FORBIDDEN']);
    expect(disk.commits).toBe(before);
  });

  test.each(guarded.filter(({ isBound }) => isBound))(
    '$name: a credential of other pools and owners gets no further',
    async (sample) => {
      const before = disk.commits;
      const { status, code } = await ask(sample, { token: tokenOf('elsewhere') });
      expect([status, code]).toEqual([403, 'NL_AGENT_FORBIDDEN']);
      expect(disk.commits).toBe(before);
    },
  );

  test('a network that takes addresses of a pool needs that pool, also in a dry run', async () => {
    const before = disk.commits;
    const bridges = [{ name: 'br-x', addressesFrom: [POOL] }];
    for (const path of ['/v1/node-network', '/v1/node-network?dryRun=true']) {
      const body = JSON.stringify({ owner: 'stack/x', spec: { bridges } });
      const asked = { name: 'putNodeNetwork', method: 'PUT', path, body, verbs: [], isBound: true };
      const { status, code } = await ask(asked, { token: tokenOf('other-pools') });
      expect([path, status, code]).toEqual([path, 403, 'NL_AGENT_FORBIDDEN']);
    }
    expect(disk.commits).toBe(before);
  });

  test('a certificate that ends while its connection is open is good no more', async () => {
    const lifeMs = 3_000;
    const started = Date.now();
    const made = { folder: folder.folder, name: 'edge-1', addresses: [], clients: ['pulumi'] };
    const { clients } = await makeCertificates({ ...made, lifeMs });
    const { certFile = '', keyFile = '' } = clients[0] ?? {};
    const client = new Client(folder.url, {
      keepAliveTimeout: 10_000,
      connect: {
        ca: readFileSync(folder.at('ca.crt')),
        cert: readFileSync(certFile),
        key: readFileSync(keyFile),
      },
    });
    const info = async (): Promise<number> => {
      const { statusCode, body } = await client.request({ path: '/v1/info', method: 'GET' });
      await body.dump();
      return statusCode;
    };
    try {
      expect(await info()).toBe(200);
      while (Date.now() < started + lifeMs + 1_500) {
        await sleep(500);
        await info();
      }
      expect(await info()).toBe(401);
    } finally {
      await client.close();
    }
  });
});
