import { X509Certificate } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { AgentClient, agentConnections, environmentSettings } from 'netloom/agent-api';
import { AgentFolder } from './support/agent-folder';

const NAMES = ['edge-1', 'edge-2'] as const;

describe('agents whose certificates come from different CAs', () => {
  const folders = new Map<string, AgentFolder>();
  const clients: AgentClient[] = [];

  beforeAll(async () => {
    for (const name of NAMES) folders.set(name, await AgentFolder.make());
    for (const folder of folders.values()) await folder.start();
  }, 60_000);

  afterAll(async () => {
    for (const client of clients) await client.close();
    for (const folder of folders.values()) await folder.remove();
  });

  const at = (name: string): AgentFolder => folders.get(name) as AgentFolder;

  /** A client of each agent, all with one and the same `netloom:caFile`. */
  function clientsWith(authorities: readonly string[]): Map<string, AgentClient> {
    const { folder } = at('edge-1');
    const caFile = `${folder}/bundle-of-${authorities.length}.crt`;
    writeFileSync(caFile, authorities.join(''));
    // Each agent has its own token; what is under test is the one file of CAs.
    const made = NAMES.map((name): [string, AgentClient] => {
      const agents = Object.fromEntries(NAMES.map((one) => [one, at(one).url]));
      const settings = environmentSettings({
        NETLOOM_AGENTS: JSON.stringify(agents),
        NETLOOM_CA_FILE: caFile,
        NETLOOM_TOKEN_FILE: at(name).at('token'),
      });
      const connection = agentConnections(settings).get(name);
      if (!connection) throw new Error(`${name} is not configured`);
      return [name, new AgentClient(connection)];
    });
    clients.push(...made.map(([, client]) => client));
    return new Map(made);
  }

  const authorityOf = (name: string): string => readFileSync(at(name).at('ca.crt'), 'utf8');

  /** Whether an agent answered, and took the claim of a pool of its own. */
  async function claimAt(client: AgentClient | undefined, pool: string): Promise<string[]> {
    const spec = { subnets: [{ subnet: '10.60.0.0/24' }] };
    await client?.putPool(pool, { owner: 'net', spec });
    return (await client?.claim({ pool, owner: 'web' }))?.addresses ?? [];
  }

  test('one file with both CAs reaches both, in either order', async () => {
    const authorities = NAMES.map(authorityOf);
    // Both folders were made for the same name: the CAs differ in their keys alone.
    const subjects = authorities.map((pem) => new X509Certificate(pem).subject);
    expect(subjects).toEqual(['CN=netloom edge-1 CA', 'CN=netloom edge-1 CA']);
    expect(new Set(authorities).size).toBe(2);
    for (const bundle of [authorities, authorities.toReversed()]) {
      for (const [name, client] of clientsWith(bundle)) {
        expect([name, await claimAt(client, `of-${name}`)]).toEqual([name, ['10.60.0.1']]);
      }
    }
  });

  test('with the CA of one, the other is refused, and the setting is named', async () => {
    const made = clientsWith([authorityOf('edge-1')]);
    expect(await claimAt(made.get('edge-1'), 'of-edge-1')).toEqual(['10.60.0.1']);
    await expect(made.get('edge-2')?.info()).rejects.toThrow(
      /netloom:caFile.*NL_AGENT_UNREACHABLE/s,
    );
  });
});
