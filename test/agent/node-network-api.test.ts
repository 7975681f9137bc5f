import type { NodeNetworkSpec } from 'netloom/agent-api';
import { agentStatus, statusText } from '../../node-agent/src/commands/status';
import { AgentFolder, refusal } from './support/agent-folder';
import {
  addressesOf,
  deleteLinks,
  hasLink,
  hasOwnNetwork,
  ip,
  networkTest,
} from './support/network';
import { rawRequest } from './support/raw-request';

const OWNER = 'acme/shop/network';
const LINKS = ['na-br', 'na-p', 'na-d'];

describe("a node's network over the API", () => {
  let folder: AgentFolder;

  beforeEach(async () => {
    folder = await AgentFolder.make();
    if (hasOwnNetwork) ip('link', 'add', 'na-p', 'type', 'veth', 'peer', 'name', 'na-q');
  });

  afterEach(async () => {
    await folder.remove();
    if (hasOwnNetwork) deleteLinks(...LINKS);
  });

  networkTest(
    'dry run, put, list, the second writer, drift, remove; each change with its audit line',
    async () => {
      await folder.start();
      const client = folder.client();
      const spec: NodeNetworkSpec = {
        bridges: [{ name: 'na-br', ports: [{ link: 'na-p' }], addresses: ['10.85.0.1/24'] }],
      };
      const dry = await client.putNodeNetwork({ owner: OWNER, spec }, { dryRun: true });
      expect(hasLink('na-br')).toBe(false);
      expect(await client.nodeNetworks()).toEqual([]);
      const made = await client.putNodeNetwork({ owner: OWNER, spec });
      expect(made.steps).toEqual(dry.steps);
      expect(made.steps[0]).toMatchObject({
        words: 'make bridge: na-br',
        link: 'na-br',
        undo: ['ip link del dev na-br'],
      });
      expect(await client.nodeNetwork(OWNER)).toMatchObject({ id: made.id, spec });
      const other = { owner: 'acme/other', spec };
      await expect(client.putNodeNetwork(other)).rejects.toThrow(
        `"na-br" belongs to ${OWNER} (identity "admin") already`,
      );
      expect(
        await refusal(
          client.putNodeNetwork({ owner: OWNER, spec: { dummies: [{ name: 'x y' }] } }),
        ),
      ).toEqual(['NL_IFNAME_INVALID spec.dummies[0].name']);
      ip('addr', 'flush', 'dev', 'na-br');
      ip('link', 'set', 'na-p', 'nomaster');
      // The agent of this test has no events of this kernel: it looks again when it starts.
      await folder.stop();
      await folder.start();
      expect(addressesOf('na-br')).toEqual(['10.85.0.1/24']);
      expect(ip('link', 'show', 'na-p')).toContain('master na-br');
      const again = folder.client();
      const gone = await again.nodeNetworkRemoval(made.id, OWNER, { dryRun: true });
      expect(gone.removed).toBe(true);
      expect(gone.steps.map(({ words }) => words)).toContain('delete bridge na-br');
      expect([hasLink('na-br'), (await again.nodeNetwork(OWNER))?.id]).toEqual([true, made.id]);
      expect(await again.nodeNetworkRemoval(made.id, OWNER)).toEqual(gone);
      expect(await again.removeNodeNetwork(made.id, OWNER)).toBe(false);
      expect(hasLink('na-br')).toBe(false);
      const changes = folder.log
        .map((line) => JSON.parse(line))
        .filter(({ event, status }) => event === 'change' && status === 200)
        .map(({ change, owner }) => `${change} ${owner}`);
      expect(changes).toEqual([
        `network.put ${OWNER}`,
        `network.remove ${OWNER}`,
        `network.remove ${OWNER}`,
      ]);
    },
    30_000,
  );

  networkTest(
    'metrics count networks and the repairs of their links, and the status lists them',
    async () => {
      folder.changeConfig((config) => Object.assign(config, { host: { scanSeconds: 1 } }));
      await folder.start();
      const figure = async (name: string): Promise<number> => {
        const access = { caFile: folder.at('ca.crt'), token: folder.token };
        const { text } = await rawRequest(`${folder.url}/metrics`, access);
        return Number(new RegExp(`^netloom_${name} (\\d+)$`, 'm').exec(text)?.[1]);
      };
      const spec: NodeNetworkSpec = {
        bridges: [{ name: 'na-br', ports: [{ link: 'na-p' }], addresses: ['10.85.0.1/24'] }],
      };
      await folder.client().putNodeNetwork({ owner: OWNER, spec });
      expect([await figure('node_networks'), await figure('link_repairs_total')]).toEqual([1, 0]);
      ip('addr', 'flush', 'dev', 'na-br');
      while ((await figure('link_repairs_total')) === 0) {
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
      expect(addressesOf('na-br')).toEqual(['10.85.0.1/24']);
      expect([await figure('links_failed'), await figure('links_contended')]).toEqual([0, 0]);
      await folder.stop();
      const status = agentStatus(folder.configFile, Date.now());
      expect(status.networks).toEqual([{ owner: OWNER, links: 'na-br na-p', state: 'done' }]);
      expect(statusText(status)).toContain(`\n\nnetworks\n  OWNER `);
    },
    60_000,
  );

  networkTest(
    'one address per node comes from a pool of the agent, and goes back with the link',
    async () => {
      await folder.start();
      const client = folder.client();
      await client.putPool('infra/nodes', {
        owner: 'acme/pool',
        spec: {
          subnets: [{ subnet: '10.86.0.0/24', ranges: ['10.86.0.10-10.86.0.19'] }],
        },
      });
      const body = {
        owner: OWNER,
        spec: {
          bridges: [{ name: 'na-br', addresses: ['10.85.0.1/24'], addressesFrom: ['infra/nodes'] }],
        },
      };
      const dry = await client.putNodeNetwork(body, { dryRun: true });
      expect((await client.claims('infra/nodes')).length).toBe(0);
      const made = await client.putNodeNetwork(body);
      expect(made.claimed).toEqual({ 'na-br': ['10.86.0.10/24'] });
      expect(dry.claimed).toEqual(made.claimed);
      expect(addressesOf('na-br')).toEqual(['10.85.0.1/24', '10.86.0.10/24']);
      expect((await client.putNodeNetwork(body)).steps).toEqual([]);
      expect((await client.claims('infra/nodes')).map(({ owner }) => owner)).toEqual([
        'netloom-agent/edge-1/na-br',
      ]);
      const elsewhere = {
        ...body,
        spec: { bridges: [{ name: 'na-br', addressesFrom: ['no/pool'] }] },
      };
      expect(await refusal(client.putNodeNetwork(elsewhere))).toEqual(['NL_POOL_UNKNOWN pool']);
      const without = { ...body, spec: { bridges: [{ name: 'na-br' }] } };
      expect((await client.putNodeNetwork(without)).claimed).toEqual({});
      expect(await client.claims('infra/nodes')).toEqual([]);
      expect(addressesOf('na-br')).toEqual([]);
    },
    30_000,
  );
});
