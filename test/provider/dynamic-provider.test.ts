import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { providerText } from '../../src/provider/dynamic-resource';
import { AgentProcess } from '../support/agent';
import { DynamicProviderProcess } from '../support/dynamic-provider';
import { describeOnKernel } from '../support/network-suite';
import { stateBytes } from '../support/state-bytes';
import { hasLink, ipJson, ROOT } from '../support/story';

type Json = Record<string, unknown>;

/** What stands for an input that a preview can't know yet; Pulumi's own constant. */
const UNKNOWN = '04da6b54-80e4-46f7-96ec-b56ff0331ba9';

const pool = (name: string, ranges: string[] = ['10.30.0.10-10.30.0.13']): Json => ({
  owner: `acme/demo/dev/AddressPool::${name}`,
  pool: name,
  subnets: [{ subnet: '10.30.0.0/24', ranges }],
  __provider: providerText('addressPool'),
});

const claim = (name: string, from: string, more: Json = {}): Json => ({
  owner: `acme/demo/dev/AddressClaim::${name}`,
  pool: from,
  ...more,
  __provider: providerText('addressClaim'),
});

const bridge = (name: string, more: Json = {}): Json => ({
  owner: `acme/demo/dev/HostBridge$NodeBridge::${name}`,
  agent: 'edge-1',
  bridge: name,
  ...more,
  __provider: providerText('nodeBridge'),
});

const POOL = {
  pool: [
    'urn:pulumi:dev::netloom-demo::netloom:index:BridgeNetwork$pulumi-nodejs:dynamic/netloom:AddressPool::lan-pool',
  ],
};

const RUNTIME_NAMES = [
  'addressClaim',
  'addressPool',
  'connectivityProbe',
  'networkStatus',
  'nodeBridge',
  'nodeNetwork',
] as const;

test('the text that stands in every state never changes', () => {
  expect(RUNTIME_NAMES.map(providerText)).toEqual(
    RUNTIME_NAMES.map(
      (name) =>
        `exports.handler=()=>require('module').createRequire(process.cwd()+'/index.js')('netloom/provider-runtime').${name}`,
    ),
  );
  expect(providerText('addressClaim').length).toBeLessThanOrEqual(200);
});

describeOnKernel('the dynamic provider process', () => {
  let folder: string;
  let agent: AgentProcess;
  let provider: DynamicProviderProcess;

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'netloom-provider-'));
    mkdirSync(path.join(folder, 'agent'), { mode: 0o700 });
    agent = new AgentProcess({ dir: path.join(folder, 'agent'), name: 'edge-1' });
    agent.init();
    await agent.start();
    provider = await DynamicProviderProcess.start(ROOT, agent.pulumiConfig);
  }, 60_000);

  afterAll(async () => {
    provider?.stop();
    await agent?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Makes a pool as a deployment would. */
  async function makePool(name: string, ranges?: string[]): Promise<{ id: string; outs: Json }> {
    const { inputs, failures } = await provider.check({}, pool(name, ranges));
    expect(failures).toEqual([]);
    return provider.create(inputs);
  }

  async function makeClaim(inputs: Json): Promise<{ id: string; inputs: Json; outs: Json }> {
    const checked = await provider.check({}, inputs);
    expect(checked.failures).toEqual([]);
    return { inputs: checked.inputs, ...(await provider.create(checked.inputs)) };
  }

  test('an address is known at check, and create takes that very one', async () => {
    const made = await makePool('known');
    const { inputs, failures } = await provider.check({}, claim('a', 'known'));
    expect(failures).toEqual([]);
    expect(inputs['cidrs']).toEqual(['10.30.0.10/24']);
    // A second preview is offered the same; another owner is not.
    expect((await provider.check({}, claim('a', 'known'))).inputs['cidrs']).toEqual([
      '10.30.0.10/24',
    ]);
    expect((await provider.check({}, claim('b', 'known'))).inputs['cidrs']).toEqual([
      '10.30.0.11/24',
    ]);
    const { id, outs } = await provider.create(inputs);
    expect(outs).toMatchObject({ cidrs: ['10.30.0.10/24'] });
    expect(await provider.diff(id, outs, inputs)).toEqual({ changes: false, replaces: [] });
    expect(
      stateBytes({ type: 'AddressClaim', id, inputs, outputs: outs, dependencies: POOL }),
    ).toBeLessThanOrEqual(1536);
    const { id: poolId, outs: outputs } = made;
    expect(
      stateBytes({ type: 'AddressPool', id: poolId, inputs: pool('known'), outputs }),
    ).toBeLessThanOrEqual(1536);
    expect(JSON.stringify([inputs, outs])).not.toContain(agent.token);
  });

  test('a pool with reserved and MAC addresses: what changes in them is a change of the pool', async () => {
    const mixed = (macs: string[], reserved: string[]): Json => ({
      ...pool('mixed'),
      subnets: [{ subnet: '10.30.0.0/24', ranges: ['10.30.0.10-10.30.0.13'], reserved }],
      macs,
    });
    const inputs = mixed(['02:00:5e:00:00:00/40'], ['10.30.0.10']);
    expect((await provider.check({}, inputs)).failures).toEqual([]);
    const made = await provider.create(inputs);
    const client = agent.client();
    const held = await client.pool('mixed');
    expect(held?.spec).toEqual({ subnets: inputs['subnets'], macs: inputs['macs'] });
    expect(await provider.read(made.id, made.outs)).toEqual({ id: made.id, props: made.outs });
    const both = await client.claim({ pool: 'mixed', owner: 'x', mac: true });
    expect(both).toMatchObject({ addresses: ['10.30.0.11'], mac: '02:00:5e:00:00:00' });
    expect(await provider.diff(made.id, made.outs, inputs)).toEqual({
      changes: false,
      replaces: [],
    });
    for (const other of [
      mixed(['02:00:5e:00:00:00/32'], ['10.30.0.10']),
      mixed(['02:00:5e:00:00:00/40'], ['10.30.0.12']),
      { ...inputs, probe: 'br-test' },
    ])
      expect(await provider.diff(made.id, made.outs, other)).toEqual({
        changes: true,
        replaces: [],
      });
    await client.close();
  });

  test('the first preview of a new stack: claims are offered from a pool that is only offered', async () => {
    await provider.check({}, pool('offered'));
    const { inputs, failures } = await provider.check({}, claim('a', 'offered'));
    expect(failures).toEqual([]);
    expect(inputs['cidrs']).toEqual(['10.30.0.10/24']);
  });

  test('replacement order (check, create, delete of the old id) keeps the claim', async () => {
    await makePool('replaced');
    const old = await makeClaim(claim('a', 'replaced'));
    const again = await makeClaim(claim('a', 'replaced'));
    expect(again.outs['cidrs']).toEqual(old.outs['cidrs']);
    expect(again.id).not.toBe(old.id);
    await provider.delete(old.id, old.outs);
    expect(await provider.read(again.id, again.outs)).toMatchObject({ id: again.id });
    const held = await agent.client().claims('replaced');
    expect(held.map((one) => [one.state, one.addresses])).toEqual([['claimed', ['10.30.0.10']]]);
    await provider.delete(again.id, again.outs);
    expect((await provider.read(again.id, again.outs)).id).toBe('');
    // Gone already: still a success.
    await provider.delete(again.id, again.outs);
  });

  test('another wanted address is a replacement, and only the old address comes free', async () => {
    await makePool('moved');
    const old = await makeClaim(claim('a', 'moved'));
    const { inputs } = await provider.check(
      old.inputs,
      claim('a', 'moved', { addresses: ['10.30.0.13'] }),
    );
    expect(await provider.diff(old.id, old.outs, inputs)).toEqual({
      changes: true,
      replaces: ['cidrs'],
    });
    const moved = await makeClaim(claim('a', 'moved', { addresses: ['10.30.0.13'] }));
    await provider.delete(old.id, old.outs);
    const held = await agent.client().claims('moved');
    expect(held.map((one) => one.addresses)).toEqual([['10.30.0.13']]);
    expect(moved.outs['cidrs']).toEqual(['10.30.0.13/24']);
  });

  test('a renamed resource keeps its address', async () => {
    await makePool('renamed');
    const old = await makeClaim(claim('before', 'renamed'));
    const checked = await provider.check(old.inputs, claim('after', 'renamed'));
    expect(checked.inputs['cidrs']).toEqual(old.outs['cidrs']);
    expect(await provider.diff(old.id, old.outs, checked.inputs)).toEqual({
      changes: true,
      replaces: [],
    });
    const { outs } = await provider.update(old.id, old.outs, checked.inputs);
    expect(await provider.read(old.id, outs)).toMatchObject({ id: old.id });
    const held = await agent.client().claims('renamed');
    expect(held.map((one) => [one.owner, one.addresses])).toEqual([
      ['acme/demo/dev/AddressClaim::after', ['10.30.0.10']],
    ]);
    await provider.delete(old.id, outs);
    expect(await agent.client().claims('renamed')).toEqual([]);
  });

  test('a renamed pool keeps its name on the agent, and with it the claims', async () => {
    const { pool: _, ...rest } = pool('former');
    const { inputs } = await provider.check({}, { ...rest, defaultName: 'former' });
    expect(inputs).toMatchObject({ pool: 'former' });
    expect(inputs).not.toHaveProperty('defaultName');
    const old = await provider.create(inputs);
    await makeClaim(claim('a', 'former'));
    const owner = 'acme/demo/dev/AddressPool::latter';
    const checked = await provider.check(inputs, { ...rest, owner, defaultName: 'latter' });
    expect(checked).toMatchObject({ failures: [], inputs: { pool: 'former', owner } });
    expect(await provider.diff(old.id, old.outs, checked.inputs)).toEqual({
      changes: true,
      replaces: [],
    });
    const { outs } = await provider.update(old.id, old.outs, checked.inputs);
    expect(await provider.read(old.id, outs)).toMatchObject({ id: old.id });
  });

  test('a block, a MAC address beside an address, and one alone', async () => {
    const wide = { ...pool('wide'), macs: ['02:00:5e:00:00:00/24'] };
    const subnets = [{ subnet: '10.33.0.0/24', reserved: ['10.33.0.7'] }];
    await provider.create((await provider.check({}, { ...wide, subnets })).inputs);
    const block = await makeClaim(claim('block', 'wide', { prefixLength: 28 }));
    expect(block.outs['cidrs']).toEqual([expect.stringMatching(/^10\.33\.0\.\d+\/28$/)]);
    const both = await makeClaim(claim('both', 'wide', { wantedMac: true }));
    expect(both.outs).toMatchObject({ mac: '02:00:5e:00:00:00' });
    const alone = await makeClaim(claim('alone', 'wide', { family: 'none' }));
    expect(alone.outs).toMatchObject({ cidrs: [], mac: '02:00:5e:00:00:01' });
    for (const { id, inputs, outs } of [block, both, alone]) {
      expect((await provider.check(inputs, inputs)).inputs).toEqual(inputs);
      expect(await provider.diff(id, outs, inputs)).toEqual({ changes: false, replaces: [] });
      expect(await provider.read(id, outs)).toMatchObject({ id, props: outs });
    }
    const other = await provider.check(block.inputs, claim('block', 'wide', { prefixLength: 29 }));
    expect(other.inputs['cidrs']).toEqual([expect.stringMatching(/\/29$/)]);
    const named = claim('block', 'wide', { prefixLength: 28, labels: { team: 'net' } });
    const labelled = await provider.check(block.inputs, named);
    expect(labelled.inputs['cidrs']).toEqual(block.outs['cidrs']);
    expect(await provider.diff(block.id, block.outs, labelled.inputs)).toMatchObject({
      replaces: ['labels'],
    });
  });

  test('a MAC address that is dropped comes free, and the address stays', async () => {
    const macs = ['02:00:5e:00:01:00'];
    await provider.create((await provider.check({}, { ...pool('bare'), macs })).inputs);
    for (const wantedMac of [undefined, false]) {
      const name = `drops-${wantedMac}`;
      const wanted = { addresses: [`10.30.0.1${wantedMac === undefined ? 0 : 1}`] };
      // The first one's is in quarantine, so its owner alone has it.
      const owner = { ...claim('drops', 'bare'), owner: `acme/demo/dev/AddressClaim::drops` };
      const old = await makeClaim({ ...owner, ...wanted, wantedMac: macs[0] });
      expect([name, old.outs['mac']]).toEqual([name, macs[0]]);
      const bare = { ...owner, ...wanted, ...(wantedMac === undefined ? {} : { wantedMac }) };
      const checked = await provider.check(old.inputs, bare);
      expect(checked.failures).toEqual([]);
      expect(checked.inputs['cidrs']).toEqual(old.outs['cidrs']);
      expect(checked.inputs).not.toHaveProperty('mac');
      expect(await provider.diff(old.id, old.outs, checked.inputs)).toMatchObject({
        changes: true,
        replaces: ['mac'],
      });
      // Nothing is given back for a preview.
      const held = (): Promise<[string[], string | undefined][]> =>
        agent
          .client()
          .claims('bare', `acme/demo/dev/AddressClaim::drops`)
          .then((claims) => claims.map((one) => [one.addresses, one.mac]));
      expect(await held()).toContainEqual([wanted.addresses, macs[0]]);
      const made = await provider.create(checked.inputs);
      // Broken off before the state had it, and made once more.
      const again = await provider.create(checked.inputs);
      await provider.delete(old.id, old.outs);
      expect(await held()).toContainEqual([wanted.addresses, undefined]);
      expect(made.outs).not.toHaveProperty('mac');
      expect(again.outs).toEqual(made.outs);
      expect(await provider.read(again.id, again.outs)).toMatchObject({ props: again.outs });
      expect((await provider.read(again.id, old.outs)).props).not.toHaveProperty('mac');
      expect((await provider.check(checked.inputs, bare)).inputs).toEqual(checked.inputs);
      expect(await provider.diff(again.id, again.outs, checked.inputs)).toEqual({
        changes: false,
        replaces: [],
      });
    }
    const other = claim('other', 'bare', { family: 'none', wantedMac: macs[0] });
    expect((await provider.check({}, other)).failures[0]?.reason).toMatch(
      /02:00:5e:00:01:00.*NL_ADDRESS_NOT_FREE/,
    );
  });

  test('a claim that is renamed as its MAC address is dropped gives it back with the next update', async () => {
    const macs = ['02:00:5e:00:02:00/40'];
    await provider.create((await provider.check({}, { ...pool('later'), macs })).inputs);
    const old = await makeClaim(claim('before', 'later', { wantedMac: true }));
    const bare = claim('after', 'later');
    const moved = await provider.check(old.inputs, bare);
    expect(await provider.diff(old.id, old.outs, moved.inputs)).toEqual({
      changes: true,
      replaces: [],
    });
    const { outs } = await provider.update(old.id, old.outs, moved.inputs);
    expect(outs['mac']).toBe(old.outs['mac']);
    const next = await provider.check(moved.inputs, bare);
    expect(await provider.diff(old.id, outs, next.inputs)).toMatchObject({ replaces: ['mac'] });
    const made = await provider.create(next.inputs);
    expect(made.outs).toMatchObject({ cidrs: old.outs['cidrs'] });
    const held = await agent.client().claims('later');
    expect(held.map(({ owner, addresses, mac }) => [owner, addresses, mac])).toEqual([
      ['acme/demo/dev/AddressClaim::after', ['10.30.0.10'], undefined],
    ]);
  });

  test('claims that a broken off update left in a pool: told what to do, or given back when told to', async () => {
    const { id, outs } = await makePool('left');
    await makeClaim(claim('a', 'left'));
    await expect(provider.delete(id, outs)).rejects.toThrow(
      /pool "left" still has 1 claim: .*Fix: run `pulumi up` once more.*NL_POOL_IN_USE/,
    );
    const config = { ...agent.pulumiConfig, 'netloom:leftovers': 'release' };
    const releasing = await DynamicProviderProcess.start(ROOT, config);
    try {
      await releasing.delete(id, outs);
      expect(releasing.stderr).toMatch(/pool "left": left over .*10\.30\.0\.10/);
      // Somebody else's stay.
      const shared = await makePool('shared');
      await makeClaim({ ...claim('a', 'shared'), owner: 'acme/other/dev/AddressClaim::a' });
      await expect(releasing.delete(shared.id, shared.outs)).rejects.toThrow(/NL_POOL_IN_USE/);
    } finally {
      releasing.stop();
    }
  });

  test('50 parallel reads right after the start all run configured', async () => {
    await makePool('parallel');
    const { id, outs } = await makeClaim(claim('a', 'parallel'));
    const fresh = await DynamicProviderProcess.start(ROOT, agent.pulumiConfig);
    try {
      const answers = await Promise.all(Array.from({ length: 50 }, () => fresh.read(id, outs)));
      expect(answers.map((answer) => answer.id)).toEqual(Array.from({ length: 50 }, () => id));
    } finally {
      fresh.stop();
    }
  });

  test.each([
    ['the root', ROOT],
    ['examples/microshift', path.join(ROOT, 'examples/microshift')],
  ])('the runtime is found from %s', async (_name, cwd) => {
    const elsewhere = await DynamicProviderProcess.start(cwd, agent.pulumiConfig);
    try {
      const { failures } = await elsewhere.check({}, pool('located'));
      expect(failures).toEqual([]);
    } finally {
      elsewhere.stop();
    }
  });

  test('unknown inputs of a preview are passed on, and nobody is asked', async () => {
    const { inputs, failures } = await provider.check({}, claim('a', UNKNOWN));
    expect(failures).toEqual([]);
    expect(inputs).not.toHaveProperty('cidrs');
    expect(inputs['pool']).toBe(UNKNOWN);
  });

  test('a bridge: planned at check, made at create, changed in place, removed at delete', async () => {
    const checked = await provider.check({}, bridge('br-pulumi', { addresses: ['10.31.0.1/24'] }));
    expect(checked.failures).toEqual([]);
    expect(hasLink('br-pulumi')).toBe(false);
    const made = await provider.create(checked.inputs);
    expect(hasLink('br-pulumi')).toBe(true);
    const { id: bridgeId, outs: outputs } = made;
    expect(
      stateBytes({ type: 'NodeBridge', id: bridgeId, inputs: checked.inputs, outputs }),
    ).toBeLessThanOrEqual(1536);

    const wider = bridge('br-pulumi', { addresses: ['10.31.0.1/24', '10.31.0.2/24'] });
    expect(await provider.diff(made.id, made.outs, wider)).toEqual({ changes: true, replaces: [] });
    const { outs } = await provider.update(made.id, made.outs, wider);
    const addresses = ipJson('addr', 'show', 'br-pulumi')[0].addr_info.filter(
      (one: any) => one.family === 'inet',
    );
    expect(addresses.map((one: any) => one.local)).toEqual(['10.31.0.1', '10.31.0.2']);
    expect(await provider.read(made.id, outs)).toMatchObject({
      id: made.id,
      props: { addresses: ['10.31.0.1/24', '10.31.0.2/24'] },
    });

    // The id of the create still removes it after the update.
    await provider.delete(made.id, outs);
    expect(hasLink('br-pulumi')).toBe(false);
    expect((await provider.read(made.id, outs)).id).toBe('');
  });

  test("a node's network: planned at check, made at create, changed in place, removed at delete", async () => {
    const network = (more: Json): Json => ({
      owner: 'acme/demo/dev/NodeNetwork::edge-1',
      agent: 'edge-1',
      spec: more,
      __provider: providerText('nodeNetwork'),
    });
    const first = network({ bridges: [{ name: 'br-node', addresses: ['10.34.0.1/24'] }] });
    const checked = await provider.check({}, first);
    expect(checked.failures).toEqual([]);
    expect(hasLink('br-node')).toBe(false);
    const made = await provider.create(checked.inputs);
    expect(hasLink('br-node')).toBe(true);
    expect(await provider.diff(made.id, made.outs, checked.inputs)).toMatchObject({
      changes: false,
    });
    const second = network({ bridges: [{ name: 'br-node', addresses: ['10.34.0.2/24'] }] });
    expect(await provider.diff(made.id, made.outs, second)).toEqual({
      changes: true,
      replaces: [],
    });
    const { outs } = await provider.update(made.id, made.outs, second);
    const [link] = ipJson('addr', 'show', 'br-node');
    expect(link.addr_info.map((one: any) => one.local)).toContain('10.34.0.2');
    expect(await provider.read(made.id, outs)).toMatchObject({ id: made.id, props: outs });
    const wrong = network({ vlans: [{ name: 'v', link: 'nosuch0', id: 7 }] });
    expect((await provider.check(second, wrong)).failures[0]?.reason).toMatch(/nosuch0/);
    await provider.delete(made.id, outs);
    expect(hasLink('br-node')).toBe(false);
    expect((await provider.read(made.id, outs)).id).toBe('');
  });

  test('what a node would refuse is refused at check', async () => {
    const { failures } = await provider.check({}, bridge('br-pulumi', { ports: ['nosuch0'] }));
    expect(failures).toEqual([
      { property: '', reason: expect.stringMatching(/nosuch0.*NL_BRIDGE_PORT/) },
    ]);
  });

  test('two claims for one address, and one outside of the pool, are refused at check', async () => {
    await makePool('wanted');
    await makeClaim(claim('a', 'wanted', { addresses: ['10.30.0.10'] }));
    const second = await provider.check({}, claim('b', 'wanted', { addresses: ['10.30.0.10'] }));
    expect(second.failures[0]?.reason).toMatch(
      /address: .*"edge-1".*"10\.30\.0\.10" of pool "wanted" is claimed by acme\/demo\/dev\/AddressClaim::a.*NL_ADDRESS_NOT_FREE/,
    );
    const outside = await provider.check({}, claim('b', 'wanted', { addresses: ['10.30.0.99'] }));
    expect(outside.failures[0]?.reason).toMatch(
      /"10\.30\.0\.99".*10\.30\.0\.10-10\.30\.0\.13.*NL_CLAIM_OUTSIDE_CLAIMABLE/,
    );
  });

  test('a full pool: the message names the agent, the pool and what to do', async () => {
    await makePool('full', ['10.30.0.10']);
    await makeClaim(claim('a', 'full'));
    const { failures } = await provider.check({}, claim('b', 'full'));
    expect(failures[0]?.reason).toMatch(
      /"edge-1".*pool "full" has no free IPv4 address: 1 claimed.*Fix: widen the pool.*NL_POOL_FULL/,
    );
    await expect(provider.create(claim('b', 'full'))).rejects.toThrow(
      /"edge-1".*pool "full".*NL_POOL_FULL/,
    );
  });

  describe('with a configuration that is wrong', () => {
    let wrong: DynamicProviderProcess | undefined;

    afterEach(() => {
      wrong?.stop();
      wrong = undefined;
    });

    test('no agent at the URL: a preview goes on and says so, a deployment names the agent', async () => {
      const config = {
        ...agent.pulumiConfig,
        'netloom:agents': '{"edge-1":"https://127.0.0.1:1"}',
      };
      wrong = await DynamicProviderProcess.start(ROOT, config);
      const { inputs, failures } = await wrong.check({}, claim('a', 'known'));
      expect(failures).toEqual([]);
      expect(inputs).not.toHaveProperty('cidrs');
      expect(wrong.stderr).toMatch(
        /"edge-1" \(https:\/\/127\.0\.0\.1:1\) did not answer \(ECONNREFUSED\)/,
      );
      await expect(wrong.create(inputs)).rejects.toThrow(
        /"edge-1".*pool "known".*Fix: see that netloom-agent runs there/,
      );
    });

    test('netloom:offers required makes that a failure of the preview', async () => {
      const config = {
        ...agent.pulumiConfig,
        'netloom:agents': '{"edge-1":"https://127.0.0.1:1"}',
        'netloom:offers': 'required',
      };
      wrong = await DynamicProviderProcess.start(ROOT, config);
      const { failures } = await wrong.check({}, claim('a', 'known'));
      expect(failures[0]?.reason).toMatch(/NL_AGENT_UNREACHABLE/);
    });

    test('netloom:offers off asks nobody', async () => {
      wrong = await DynamicProviderProcess.start(ROOT, {
        ...agent.pulumiConfig,
        'netloom:offers': 'off',
      });
      const { inputs } = await wrong.check({}, claim('a', 'known'));
      expect(inputs).not.toHaveProperty('cidrs');
      expect(wrong.stderr).toBe('');
    });

    test('a wrong token: the message names the agent and what to do, and not the token', async () => {
      const { writeFileSync } = await import('node:fs');
      const file = path.join(folder, 'wrong-token');
      writeFileSync(file, 'not-the-token\n');
      wrong = await DynamicProviderProcess.start(ROOT, {
        ...agent.pulumiConfig,
        'netloom:tokenFile': file,
      });
      const { failures } = await wrong.check({}, claim('a', 'known'));
      expect(failures[0]?.reason).toMatch(/"edge-1".*Fix: .*NL_AGENT_TOKEN/);
      expect(failures[0]?.reason).not.toContain('not-the-token');
      await expect(wrong.create(claim('a', 'known'))).rejects.toThrow(/NL_AGENT_TOKEN/);
    });

    test("a CA that did not sign the agent's certificate is told as such", async () => {
      const other = path.join(folder, 'other');
      mkdirSync(other, { mode: 0o700 });
      new AgentProcess({ dir: other, name: 'other' }).init();
      wrong = await DynamicProviderProcess.start(ROOT, {
        ...agent.pulumiConfig,
        'netloom:caFile': path.join(other, 'ca.crt'),
      });
      await expect(wrong.create(claim('a', 'known'))).rejects.toThrow(/Fix: set netloom:caFile/);
    });

    test('several agents and none named: the message lists them', async () => {
      const agents = JSON.stringify({ 'edge-1': agent.url, 'edge-2': agent.url });
      wrong = await DynamicProviderProcess.start(ROOT, {
        ...agent.pulumiConfig,
        'netloom:agents': agents,
      });
      const { failures } = await wrong.check({}, claim('a', 'known'));
      expect(failures[0]?.reason).toMatch(/one of edge-1, edge-2.*NL_AGENT_AMBIGUOUS/);
    });
  });
});
