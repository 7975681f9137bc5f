import { type ChildProcess, spawn } from 'node:child_process';
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { isNetloomError } from 'netloom';
import type { AgentClient, BridgeSpec, ClaimView } from 'netloom/agent-api';
import { SqliteStore } from '../../node-agent/src/store';
import { nodePath } from '../../scripts/tools';
import { AgentProcess, buildAgent, initAgent, LAUNCHER } from './support/agent-process';
import {
  addressesOf,
  deleteLinks,
  hasLink,
  hasOwnNetwork,
  ip,
  linkText,
  networkTest,
} from './support/network';
import { generator } from './support/random';

const KILLS = 50;
const WRITERS = 8;
const OWNERS_EACH = 5;
const POOL = 'apps/lan';
const BRIDGE = 'nl-crash';
const FOREIGN = 'nl-foreign';
/** Made by somebody else, adopted and given back. */
const ADOPTED = 'nl-adopt';
const BRIDGE_OWNER = 'stack/bridge';

const SPECS: BridgeSpec[] = [
  { addresses: ['10.50.0.1/20', 'fd00:50::1/64'] },
  { addresses: ['10.50.0.2/20', '10.60.0.1/24', '10.50.0.1/20'], mtu: 1400 },
  { addresses: ['fd00:50::2/64', 'fd00:50::1/64', '10.50.0.2/20'], ports: ['nl-port'] },
  { mac: '02:00:00:00:00:50', stp: true, multicastSnooping: false },
];

const ADOPTING: BridgeSpec[] = [
  { adopt: true, addresses: ['10.97.0.9/24', '10.97.0.1/24'], mtu: 1400, stp: true },
  { adopt: true, addresses: ['10.98.0.9/24'], ports: ['nl-port2'] },
];

/** What an owner was told, and what was still under way when the agent was killed. */
interface OwnerState {
  held: ClaimView | undefined;
  asked: 'claim' | 'release' | undefined;
}

interface BridgeState {
  readonly name: string;
  readonly specs: readonly BridgeSpec[];
  id: string | undefined;
  spec: BridgeSpec | undefined;
  asked: { spec: BridgeSpec | undefined } | undefined;
}

/** Killed between a change and its confirmation, the agent is not there to be told. */
const SOON = { confirmSeconds: 2 };
const GONE: readonly string[] = ['NL_AGENT_UNREACHABLE', 'NL_CHECKPOINT_GONE'];

/** Clients that write until the agent is gone, and remember what it acknowledged. */
class Writers {
  readonly owners = new Map<string, OwnerState>();
  readonly bridges = [
    { name: BRIDGE, specs: SPECS },
    { name: ADOPTED, specs: ADOPTING },
  ].map((one): BridgeState => ({ ...one, id: undefined, spec: undefined, asked: undefined }));
  acknowledged = 0;
  interrupted = 0;

  constructor(private readonly random: () => number) {
    for (let writer = 0; writer < WRITERS; writer++) {
      for (let owner = 0; owner < OWNERS_EACH; owner++) {
        this.owners.set(`pod-${writer}-${owner}`, { held: undefined, asked: undefined });
      }
    }
  }

  /** Resolves when every writer has met the end of the agent. */
  async run(client: AgentClient): Promise<void> {
    const writers = Array.from({ length: WRITERS }, (_, writer) => this.write(client, writer));
    const changes = this.bridges.map((bridge) => this.changeBridge(client, bridge));
    await Promise.all([...writers, ...changes]);
  }

  private async write(client: AgentClient, writer: number): Promise<void> {
    for (;;) {
      const owner = `pod-${writer}-${Math.floor(this.random() * OWNERS_EACH)}`;
      const state = this.owners.get(owner) as OwnerState;
      const { held } = state;
      const releases = held !== undefined && this.random() < 0.5;
      state.asked = releases ? 'release' : 'claim';
      const done = await this.attempt(async () => {
        if (releases) {
          expect(await client.release(POOL, held.id, owner)).toBe(true);
          state.held = undefined;
        } else {
          const claim = await client.claim({ pool: POOL, owner });
          if (held) expect(claim.addresses).toEqual(held.addresses);
          state.held = claim;
        }
      });
      if (!done) return;
      state.asked = undefined;
    }
  }

  private async changeBridge(client: AgentClient, bridge: BridgeState): Promise<void> {
    const { name, specs } = bridge;
    for (;;) {
      const removes = bridge.spec !== undefined && this.random() < 0.3;
      const spec = removes
        ? undefined
        : (specs[Math.floor(this.random() * specs.length)] as BridgeSpec);
      bridge.asked = { spec };
      const done = await this.attempt(async () => {
        const body = spec && { owner: BRIDGE_OWNER, spec };
        if (body) bridge.id = (await client.putBridge(name, body, SOON)).id;
        else
          expect(await client.removeBridge(name, bridge.id ?? '', BRIDGE_OWNER, SOON)).toBe(true);
        bridge.spec = spec;
      });
      if (!done) return;
      bridge.asked = undefined;
    }
  }

  /** False when the agent was gone: nobody knows then whether it was done. */
  private async attempt(run: () => Promise<void>): Promise<boolean> {
    try {
      await run();
      this.acknowledged += 1;
      return true;
    } catch (error) {
      if (!isNetloomError(error) || !GONE.includes(error.problems[0]?.code ?? '')) throw error;
      this.interrupted += 1;
      return false;
    }
  }
}

/** All that the kernel tells of a link, less what it decides by itself as ports come and go. */
function lasting(name: string): string {
  return linkText(name).replace(/ tentative|\b(bridge_id|designated_root|state) \S+/g, '');
}

/** Compares what was told with what is there, and goes on from what is there. */
async function verify(
  writers: Writers,
  client: AgentClient,
  foreign: readonly string[],
): Promise<void> {
  const claims = await client.claims(POOL);
  const addresses = claims.flatMap((claim) => claim.addresses);
  expect(new Set(addresses).size).toBe(addresses.length);
  expect(new Set(claims.map((claim) => claim.owner)).size).toBe(claims.length);
  for (const [owner, state] of writers.owners) {
    const found = claims.find((claim) => claim.owner === owner);
    const { held, asked } = state;
    if (held && asked === 'release') expect([held, undefined]).toContainEqual(found);
    else if (held && asked === 'claim') expect(found?.addresses).toEqual(held.addresses);
    else if (held || asked === undefined) expect(found).toEqual(held);
    state.held = found;
    state.asked = undefined;
  }
  for (const bridge of writers.bridges) await verifyBridge(bridge, client, foreign);
  expect(lasting(FOREIGN)).toBe(foreign[0]);
}

async function verifyBridge(
  state: BridgeState,
  client: AgentClient,
  foreign: readonly string[],
): Promise<void> {
  const { name } = state;
  const found = await client.bridge(name);
  const may = [state.spec, ...(state.asked ? [state.asked.spec] : [])];
  expect(may).toContainEqual(found?.spec);
  if (found) {
    const { addresses = [], ports = [], mtu = 1500, stp = false, adopt } = found.spec;
    const pods = name === ADOPTED ? ['nl-pod3'] : [];
    const all = [...pods, ...ports].sort();
    expect([...(found.actual?.ports ?? [])].sort()).toEqual(all);
    expect(found.actual).toMatchObject({ mtu, stp, up: true });
    expect(found.adopted === true).toBe(adopt === true);
    for (const family of [4, 6]) {
      const of = (list: string[]): string[] =>
        list.filter((one) => one.includes(':') === (family === 6));
      const mine = of(addressesOf(name)).filter((one) => addresses.includes(one));
      expect(mine).toEqual(of(addresses));
      if (!adopt) expect(of(addressesOf(name))).toEqual(mine);
    }
  } else if (name === ADOPTED) {
    expect([lasting(name), lasting('nl-port2')]).toEqual(foreign.slice(1));
  } else {
    expect(hasLink(name)).toBe(false);
  }
  Object.assign(state, { id: found?.id, spec: found?.spec, asked: undefined });
}

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe('the agent process', () => {
  let folder: string;
  let running: AgentProcess | undefined;
  let watchdog: ChildProcess | undefined;

  beforeAll(() => {
    buildAgent();
    folder = mkdtempSync(path.join(os.tmpdir(), 'netloom-crash-'));
    initAgent(folder);
    // Gateways that other tests make are none of this node's.
    const host = 'host: { policy: { adopt: yes }, probes: { gateways: [], nameServers: no } }\n';
    appendFileSync(path.join(folder, 'agent.yaml'), host);
    if (!hasOwnNetwork) return;
    // What others made is adopted under a watchdog only.
    const config = ['--config', path.join(folder, 'agent.yaml')];
    watchdog = spawn(nodePath(), [LAUNCHER, 'watchdog', ...config], { stdio: 'ignore' });
    ip('link', 'add', 'nl-port', 'type', 'veth', 'peer', 'name', 'nl-peer');
    ip('link', 'add', FOREIGN, 'type', 'bridge');
    ip('addr', 'add', '10.99.0.1/24', 'dev', FOREIGN);
    ip('link', 'add', 'nl-port2', 'type', 'veth', 'peer', 'name', 'nl-peer2');
    ip('link', 'set', 'dev', 'nl-port2', 'up');
    ip('link', 'set', 'dev', 'nl-port2', 'down');
    ip('link', 'add', ADOPTED, 'type', 'bridge');
    ip('link', 'set', 'dev', ADOPTED, 'up');
    // A pod, that the bridge has its MAC address and its carrier from.
    ip('link', 'add', 'nl-pod3', 'up', 'type', 'veth', 'peer', 'name', 'nl-peer3');
    ip('link', 'set', 'dev', 'nl-peer3', 'up');
    ip('link', 'set', 'dev', 'nl-pod3', 'master', ADOPTED);
    ip('addr', 'add', '10.97.0.1/24', 'dev', ADOPTED);
    ip('addr', 'add', '10.97.0.2/24', 'dev', ADOPTED);
  });

  afterAll(async () => {
    await running?.end('SIGKILL');
    watchdog?.kill('SIGKILL');
    if (hasOwnNetwork) deleteLinks(BRIDGE, FOREIGN, ADOPTED, 'nl-port', 'nl-port2', 'nl-pod3');
    rmSync(folder, { recursive: true, force: true });
  });

  networkTest(
    'kill -9 at 50 random moments: no acknowledged claim lost, none given twice',
    async () => {
      const seed = Number(process.env.NETLOOM_SEED ?? Math.floor(Math.random() * 2 ** 31));
      console.log(`kill -9: NETLOOM_SEED=${seed}`);
      const random = generator(seed);
      const writers = new Writers(random);
      const foreign = [FOREIGN, ADOPTED, 'nl-port2'].map(lasting);
      let began = false;
      for (let kill = 0; kill < KILLS; kill++) {
        running = new AgentProcess(folder);
        if (began && random() < 0.2) {
          // While it starts: loading, or bringing the bridges back.
          await wait(random() * 450);
          await running.end('SIGKILL');
          continue;
        }
        expect([await running.isListening(), running.output]).toEqual([true, expect.any(String)]);
        const client = running.client();
        if (!began) {
          const spec = { subnets: [{ subnet: '10.50.0.0/20' }] };
          await client.putPool(POOL, { owner: 'stack', spec });
          began = true;
        }
        await verify(writers, client, foreign);
        const writing = writers.run(client);
        await wait(20 + random() * 230);
        await running.end('SIGKILL');
        await writing;
        await client.close();
      }
      running = new AgentProcess(folder);
      expect(await running.isListening()).toBe(true);
      const client = running.client();
      await verify(writers, client, foreign);
      // That the test can fail at all: kills have met calls, and many were answered before.
      expect(writers.interrupted).toBeGreaterThan(KILLS * 2);
      expect(writers.acknowledged).toBeGreaterThan(KILLS * 4);
      console.log(
        `kill -9: ${writers.acknowledged} calls acknowledged, ${writers.interrupted} cut off`,
      );
      for (const [owner, { held }] of writers.owners) {
        if (held) expect(await client.release(POOL, held.id, owner)).toBe(true);
      }
      for (const { name, id } of writers.bridges) {
        if (id) expect(await client.removeBridge(name, id, BRIDGE_OWNER)).toBe(true);
      }
      await client.close();
      expect(await running.end('SIGTERM')).toBe(0);
      expect(hasLink(BRIDGE)).toBe(false);
      expect([FOREIGN, ADOPTED, 'nl-port2'].map(lasting)).toEqual(foreign);
      const { bridges, claims } = SqliteStore.read(path.join(folder, 'state'));
      expect(bridges).toEqual([]);
      expect(claims.filter((claim) => claim.state === 'claimed')).toEqual([]);
    },
    240_000,
  );
});
