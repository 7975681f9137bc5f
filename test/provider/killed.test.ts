import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { providerText } from '../../src/provider/dynamic-resource';
import { AgentProcess } from '../support/agent';
import { DynamicProviderProcess } from '../support/dynamic-provider';
import { describeOnKernel } from '../support/network-suite';
import { hasLink, ROOT } from '../support/story';

type Json = Record<string, unknown>;

/** Each takes a second or more: more of them where somebody asks, 100 before a release. */
const RUNS = Number(process.env['NETLOOM_KILLED_RUNS'] ?? 25);
const BRIDGES = ['br-kill-a', 'br-kill-b'];

/** What the engine has written down of a resource: what a killed update left out is not in it. */
interface Kept {
  readonly id: string;
  readonly inputs: Json;
  readonly outs: Json;
}

/** The resources of one deployment, in the order in which they depend on each other. */
const PROGRAM: readonly Json[] = [
  {
    owner: 'acme/kill/dev/AddressPool::vips',
    defaultName: 'vips',
    subnets: [{ subnet: '10.30.0.0/24' }, { subnet: 'fd00:30::/64' }],
    macs: ['02:00:5e:00:00:00/24'],
    __provider: providerText('addressPool'),
  },
  ...[{}, { family: 'dual' }, { prefixLength: 28 }, { wantedMac: true }].map((more, index) => ({
    owner: `acme/kill/dev/AddressClaim::claim-${index}`,
    pool: 'vips',
    ...more,
    __provider: providerText('addressClaim'),
  })),
  ...BRIDGES.map((bridge, index) => ({
    owner: `acme/kill/dev/NodeBridge::${bridge}`,
    agent: 'edge-1',
    bridge,
    addresses: [`10.3${index + 1}.0.1/24`],
    __provider: providerText('nodeBridge'),
  })),
];

/** The same numbers in every run: a failure can be looked at again. */
function* numbers(seed: number): Generator<number> {
  let state = seed;
  for (;;) {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    yield state / 2 ** 31;
  }
}

describeOnKernel('updates that are killed', () => {
  let folder: string;
  let agent: AgentProcess;

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'netloom-killed-'));
    mkdirSync(path.join(folder, 'agent'), { mode: 0o700 });
    agent = new AgentProcess({ dir: path.join(folder, 'agent'), name: 'edge-1' });
    agent.init();
    await agent.start();
  }, 60_000);

  afterAll(async () => {
    await agent?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Brings everything up as the engine would; what was answered before a kill is kept. */
  async function update(
    provider: DynamicProviderProcess,
    state: Map<number, Kept>,
    replaces: (index: number) => boolean,
  ): Promise<void> {
    for (const [index, news] of PROGRAM.entries()) {
      const old = state.get(index);
      const { inputs } = await checked(provider, old?.inputs ?? {}, news);
      const diff = old && (await provider.diff(old.id, old.outs, inputs));
      if (old && diff?.replaces.length === 0 && !replaces(index)) {
        if (!diff.changes) continue;
        const { outs } = await provider.update(old.id, old.outs, inputs);
        state.set(index, { id: old.id, inputs, outs });
        continue;
      }
      const again = await checked(provider, {}, news);
      const { id, outs } = await provider.create(again.inputs);
      state.set(index, { id, inputs: again.inputs, outs });
      if (old) await provider.delete(old.id, old.outs);
    }
  }

  /** All that the agent holds, without the numbers of incarnations. */
  async function objects(): Promise<unknown> {
    const client = agent.client();
    const claims = (await client.claims('vips')).filter(({ state }) => state === 'claimed');
    return {
      pools: (await client.pools()).map(({ name, owner, offered }) => ({ name, owner, offered })),
      claims: claims
        .map(({ owner, addresses, mac }) => [owner, ...addresses, mac].join(' '))
        .sort(),
      bridges: (await client.bridges()).map(({ name, owner }) => `${name} ${owner}`).sort(),
    };
  }

  test(
    `${RUNS} updates killed at random points and repeated end with the same objects, and nothing leaks`,
    async () => {
      const state = new Map<number, Kept>();
      const random = numbers(7);
      let provider = await DynamicProviderProcess.start(ROOT, agent.pulumiConfig);
      await update(provider, state, () => false);
      const wanted = await objects();
      let killed = 0;
      for (let run = 0; run < RUNS; run++) {
        // An update that makes everything anew now and then, or makes it for the first time.
        if (run % 10 === 0) state.clear();
        const lifeMs = 2 + (random.next().value as number) * 120;
        const isReplaced = (): boolean => (random.next().value as number) < 0.5;
        const running = update(provider, state, isReplaced).then(
          () => true,
          () => false,
        );
        const end = new Promise((resolve) => setTimeout(resolve, lifeMs));
        const isDone = await Promise.race([running, end.then(() => undefined)]);
        provider.stop();
        if (isDone !== true) killed += 1;
        await running;
        provider = await DynamicProviderProcess.start(ROOT, agent.pulumiConfig);
        await update(provider, state, () => false);
        expect(await objects()).toEqual(wanted);
      }
      expect(killed).toBeGreaterThan(RUNS / 2);
      for (const index of [...PROGRAM.keys()].reverse()) {
        const { id, outs } = state.get(index) as Kept;
        await provider.delete(id, outs);
      }
      provider.stop();
      expect(await objects()).toEqual({ pools: [], claims: [], bridges: [] });
      for (const bridge of BRIDGES) expect(hasLink(bridge)).toBe(false);
    },
    15 * 60_000,
  );
});

async function checked(
  provider: DynamicProviderProcess,
  olds: Json,
  news: Json,
): Promise<{ inputs: Json }> {
  const { inputs, failures } = await provider.check(olds, news);
  if (failures.length > 0) throw new Error(failures.map(({ reason }) => reason).join());
  return { inputs };
}
