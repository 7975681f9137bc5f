import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { PulumiStack, pulumiSkipReason } from '../test/support/pulumi-cli';
import { median, type Row } from './figures';
import { AgentFolder } from './servers';

const ROUNDS = 3;
const RESOURCES = 500;

/** A class would be serialized anew for each resource: what is measured is the provider, not that. */
const NOTHING =
  "exports.handler=()=>({check:async(o,n)=>({inputs:n}),diff:async()=>({changes:false}),create:async(i)=>({id:i.owner,outs:{...i,cidrs:['10.0.0.1/8']}}),delete:async()=>{}})";

const PROGRAMS = {
  netloom: (round: number) => `
    const { AddressClaim, AddressPool } = require('netloom/provider');
    const pool = new AddressPool('lan', { pool: 'lan-${round}', subnet: '10.${round}.0.0/16' });
    for (let i = 0; i < ${RESOURCES}; i++) new AddressClaim('claim-' + i, { pool });
  `,
  nothing: (_round: number) => `
    const { CustomResource } = require('@pulumi/pulumi');
    const __provider = ${JSON.stringify(NOTHING)};
    const make = (type, name, inputs) =>
      new CustomResource('pulumi-nodejs:dynamic/nothing:' + type, name, {
        owner: 'organization/demo/dev/' + type + '::' + name, ...inputs, __provider,
      });
    const pool = make('AddressPool', 'lan', { subnets: [{ subnet: '10.0.0.0/16' }] });
    for (let i = 0; i < ${RESOURCES}; i++) make('AddressClaim', 'claim-' + i, { pool: pool.id });
  `,
} as const;

interface Update {
  /** From the first resource that was there to the last. */
  readonly perSecond: number;
  readonly wholeMs: number;
}

/**
 * `pulumi up` of a new stack with the real CLI and a backend of files: claims of a local agent, and
 * resources of a provider that does nothing. No rows where there is no CLI.
 *
 * @throws Error when an update fails, or two claims got the same address
 */
export async function benchPulumiEngine(folder: string): Promise<Row[]> {
  const reason = pulumiSkipReason('pulumi-language-nodejs');
  if (reason !== undefined) {
    console.log(`pulumi up: not measured, ${reason}`);
    return [];
  }
  mkdirSync(folder, { recursive: true });
  const agent = new AgentFolder(path.join(folder, 'agent'));
  const server = await agent.start();
  const { caFile, tokenFile } = agent.connection(server);
  const config = {
    'netloom:agents': JSON.stringify({ bench: server.url }),
    'netloom:caFile': caFile as string,
    'netloom:tokenFile': tokenFile as string,
  };
  const updates = { netloom: [] as Update[], nothing: [] as Update[] };
  try {
    for (let round = 0; round < ROUNDS; round++) {
      for (const name of ['netloom', 'nothing'] as const) {
        updates[name].push(await update(PROGRAMS[name](round), config));
      }
    }
  } finally {
    await server.stop('SIGKILL');
  }
  const of = (key: keyof Update) => ({
    netloom: median(updates.netloom.map((one) => one[key])),
    peer: median(updates.nothing.map((one) => one[key])),
  });
  const what = `pulumi up, ${RESOURCES} resources`;
  return [
    { what: `${what}: made`, ...of('perSecond'), unit: '/s', wanted: 'at least 0.5' },
    { what: `${what}: from start to end`, ...of('wholeMs'), unit: 'ms', wanted: 'at most 2' },
  ];
}

async function update(program: string, config: Readonly<Record<string, string>>): Promise<Update> {
  const stack = new PulumiStack('');
  try {
    stack.javascript(program);
    await stack.init(config);
    const started = performance.now();
    await stack.up();
    const wholeMs = performance.now() - started;
    const made = (await stack.resources()).filter(({ type }) => type.endsWith(':AddressClaim'));
    const given = new Set(made.flatMap(({ id, outputs }) => [id, ...(outputs?.['cidrs'] ?? [])]));
    if (made.length !== RESOURCES) throw new Error(`pulumi up made ${made.length} resources`);
    // The peer gives one address to all.
    if (given.size !== 2 * RESOURCES && given.size !== RESOURCES + 1) {
      throw new Error('pulumi up: an address was given twice');
    }
    const times = made.map(({ created = '' }) => Date.parse(created));
    const seconds = (Math.max(...times) - Math.min(...times)) / 1000;
    return { perSecond: (RESOURCES - 1) / seconds, wholeMs };
  } finally {
    stack.remove();
  }
}
