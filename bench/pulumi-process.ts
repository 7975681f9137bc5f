import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { AgentClient } from 'netloom/agent-api';
import { DynamicProviderProcess } from '../test/support/dynamic-provider';
import { median, type Row } from './figures';
import { AgentFolder } from './servers';

const ROUNDS = 3;
const RESOURCES = 500;
/** What the engine has in flight: four for each of four processors. */
const PARALLEL = 16;
const ROOT = path.join(__dirname, '..');

type Json = Record<string, unknown>;

const OURS =
  "exports.handler=()=>require('module').createRequire(process.cwd()+'/index.js')('netloom/provider-runtime').addressClaim";
const NOTHING =
  "exports.handler=()=>({check:async(o,n)=>({inputs:n}),create:async(i)=>({id:i.owner,outs:{...i,cidrs:['10.0.0.1/8']}})})";

/**
 * Resources through Pulumi's dynamic provider process, each looked at and created as an update does it:
 * claims of a local agent, and resources of a provider that does nothing.
 *
 * @throws Error when two claims got the same address
 */
export async function benchPulumiProcess(folder: string): Promise<Row[]> {
  mkdirSync(folder, { recursive: true });
  const agent = new AgentFolder(path.join(folder, 'agent'));
  const server = await agent.start();
  const connection = agent.connection(server);
  const client = new AgentClient(connection);
  const perSecond = { netloom: [] as number[], nothing: [] as number[] };
  const stateBytes = { netloom: 0, nothing: 0 };
  try {
    const provider = await DynamicProviderProcess.start(ROOT, {
      'netloom:agents': JSON.stringify({ bench: server.url }),
      'netloom:caFile': connection.caFile as string,
      'netloom:tokenFile': connection.tokenFile as string,
    });
    try {
      for (let round = 0; round <= ROUNDS; round++) {
        const pool = `bench/pulumi-${round}`;
        const spec = { subnets: [{ subnet: `10.${round}.0.0/16` }] };
        await client.putPool(pool, { owner: 'bench/pool', spec });
        for (const [name, text] of [
          ['netloom', OURS],
          ['nothing', NOTHING],
        ] as const) {
          const { seconds, states } = await deploy(provider, pool, text);
          // The first round warms both up.
          if (round > 0) perSecond[name].push(RESOURCES / seconds);
          stateBytes[name] = Math.max(...states.map((state) => JSON.stringify(state).length));
          if (name === 'netloom') mustDiffer(states);
        }
      }
    } finally {
      provider.stop();
    }
  } finally {
    await client.close();
    await server.stop('SIGKILL');
  }
  const what = `pulumi, ${RESOURCES} resources`;
  return [
    {
      what: `${what}: made by an update`,
      netloom: median(perSecond.netloom),
      peer: median(perSecond.nothing),
      unit: '/s',
      wanted: 'at least 0.5',
    },
    {
      what: `${what}: state of each`,
      netloom: stateBytes.netloom,
      peer: stateBytes.nothing,
      unit: 'B',
      wanted: 'at most 1,536 B',
    },
  ];
}

/** An update of a new stack, so many resources at a time as the engine has. */
async function deploy(
  provider: DynamicProviderProcess,
  pool: string,
  __provider: string,
): Promise<{ seconds: number; states: Json[] }> {
  const states: Json[] = [];
  const started = performance.now();
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < RESOURCES) {
      const owner = `acme/bench/dev/netloom:index:Group$AddressClaim::claim-${next++}`;
      const { inputs } = await provider.check({}, { owner, pool, __provider });
      const { id, outs } = await provider.create(inputs);
      states.push(stateOf(id, inputs, outs));
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, work));
  return { seconds: (performance.now() - started) / 1000, states };
}

/** A resource's entry in the state as Pulumi writes it. */
function stateOf(id: string, inputs: Json, outputs: Json): Json {
  const stack = 'urn:pulumi:dev::netloom-bench';
  const name = String(inputs['owner']).split('::').at(-1);
  const pool = `${stack}::netloom:index:BridgeNetwork$pulumi-nodejs:dynamic/netloom:AddressPool::lan-pool`;
  return {
    urn: `${stack}::netloom:index:Group$pulumi-nodejs:dynamic/netloom:AddressClaim::${name}`,
    custom: true,
    id,
    type: 'pulumi-nodejs:dynamic/netloom:AddressClaim',
    inputs,
    outputs,
    parent: `${stack}::pulumi:pulumi:Stack::netloom-bench-dev`,
    dependencies: [pool],
    provider: `${stack}::pulumi:providers:pulumi-nodejs::default::b5b6273f-564d-4f9c-9c18-43ea48d00b35`,
    propertyDependencies: { owner: [], pool: [pool] },
    created: '2026-11-21T06:26:39.039043504Z',
    modified: '2026-11-21T06:26:39.039043504Z',
  };
}

function mustDiffer(states: readonly Json[]): void {
  const given = states.flatMap(({ outputs }) => (outputs as { cidrs: string[] }).cidrs);
  if (new Set(given).size !== RESOURCES) throw new Error('pulumi: an address was given twice');
}
