import { readFileSync, writeFileSync } from 'node:fs';
import { ApiServer, apiServerSkipReason } from '../support/api-server';
import { AgentFolder, refusal } from './support/agent-folder';
import { installStore, newNamespace } from './support/shared-store';

const skipped = apiServerSkipReason();
const describeServer = skipped ? describe.skip : describe;
const POOL = 'apps/lan';

jest.setTimeout(120_000);

async function agent(name: string, store: object): Promise<AgentFolder> {
  const folder = await AgentFolder.make();
  folder.changeConfig((config) => Object.assign(config, { name, store }));
  return folder;
}

describeServer(`agents with store: kubernetes${skipped ? `: ${skipped}` : ''}`, () => {
  let server: ApiServer;
  let agents: AgentFolder[] = [];

  beforeAll(async () => {
    server = await ApiServer.start();
    await installStore(server);
  });

  afterEach(async () => {
    for (const one of agents.splice(0)) await one.remove();
  });

  afterAll(() => server?.stop());

  test('serve the same pools and claims, before and after a restart', async () => {
    const namespace = await newNamespace(server);
    const store = { type: 'kubernetes', namespace, kubeconfig: server.kubeconfig };
    agents = [await agent('edge-1', store), await agent('edge-2', store)];
    const [one, two] = agents as [AgentFolder, AgentFolder];
    await Promise.all(agents.map((each) => each.start()));
    const spec = { subnets: [{ subnet: '10.20.0.0/24' }] };
    await one.client().putPool(POOL, { owner: 'net', spec });
    const given = await two.client().claim({ pool: POOL, owner: 'web' });
    expect(await one.client().claims(POOL)).toEqual([given]);
    await two.stop();
    const again = await one.client().claim({ pool: POOL, owner: 'web' });
    expect(again.addresses).toEqual(given.addresses);
    await two.start();
    expect(await two.client().claims(POOL)).toEqual([again]);
    expect(await two.client().release(POOL, again.id, 'web')).toBe(true);
    expect(await one.client().claims(POOL)).toEqual([]);
  });

  test('start without an answer of the API server, and refuse all claims', async () => {
    const namespace = await newNamespace(server);
    const deaf = await agent('edge-1', { type: 'kubernetes', namespace, kubeconfig: 'kubeconfig' });
    agents = [deaf];
    const config = JSON.parse(readFileSync(server.kubeconfig, 'utf8'));
    config.clusters[0].cluster.server = 'https://127.0.0.1:1';
    writeFileSync(deaf.at('kubeconfig'), JSON.stringify(config));
    await deaf.start();
    expect(await refusal(deaf.client().claims(POOL))).toEqual(['NL_STORE_FAILED store']);
    expect(deaf.log.some((line) => line.includes('"event":"store_trouble"'))).toBe(true);
  });
});
