import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findTool } from '../../scripts/tools';
import { AgentProcess } from '../support/agent';
import { describeUnless, kernelSkipReason } from '../support/network-suite';
import { PulumiStack, pulumiSkipReason } from '../support/pulumi-cli';
import { hasLink, ipJson, ROOT } from '../support/story';

const PROGRAM = readFileSync(path.join(__dirname, 'programs/claims.ts'), 'utf8');
const HEAD = `
  import * as pulumi from '@pulumi/pulumi';
  import * as netloom from 'netloom/provider';
  class Group extends pulumi.ComponentResource {
    constructor(name: string) { super('demo:index:Group', name); }
  }
`;

const MINUTES = 60_000;

describeUnless(pulumiSkipReason() ?? kernelSkipReason(), 'the real Pulumi CLI', () => {
  let folder: string;
  let agent: AgentProcess;
  let stack: PulumiStack;

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'netloom-agent-'));
    agent = new AgentProcess({ dir: folder, name: 'edge-1' });
    agent.init();
    appendFileSync(path.join(folder, 'agent.yaml'), 'host: { policy: { adopt: yes } }\n');
    await agent.start();
  }, 2 * MINUTES);

  afterAll(async () => {
    await agent?.stop();
    if (folder) rmSync(folder, { recursive: true, force: true });
  });

  beforeEach(async () => {
    stack = new PulumiStack(PROGRAM);
    await stack.init(agent.pulumiConfig);
    await addresses('10.31.0.1/24');
  }, MINUTES);

  // Each test leaves nothing behind, which is a test by itself.
  afterEach(async () => {
    try {
      await stack.run('destroy', '--yes', '--skip-preview');
      expect(await agent.client().pools()).toEqual([]);
      expect(await agent.client().bridges()).toEqual([]);
    } finally {
      stack.remove();
    }
  }, 2 * MINUTES);

  function addresses(...list: string[]): Promise<string> {
    return stack.run('config', 'set', '--plaintext', 'addresses', JSON.stringify(list));
  }

  async function held(pool: string): Promise<string[]> {
    const claims = await agent.client().claims(pool);
    return claims.map(({ state, owner, addresses: list }) =>
      [state, owner.split('/').slice(3).join('/'), ...list].join(' '),
    );
  }

  test(
    'preview shows the address, up takes that very one, a second preview finds nothing to do',
    async () => {
      expect(await stack.run('preview')).toMatch(/address\s*: "10\.30\.0\.10"/);
      expect(await agent.client().claims('vips')).toMatchObject([{ state: 'offered' }]);
      expect(hasLink('br-cli')).toBe(false);
      await stack.up();
      expect(await stack.outputs()).toEqual({
        address: '10.30.0.10',
        cidrs: ['10.30.0.10/24', 'fd00:30::10/64'],
      });
      expect(hasLink('br-cli')).toBe(true);
      await stack.run('preview', '--expect-no-changes');
      await stack.run('refresh', '--yes', '--expect-no-changes');
      await stack.up('--expect-no-changes');
    },
    3 * MINUTES,
  );

  test(
    'the state holds no secret and little else; nor does what the CLI writes',
    async () => {
      const written = await stack.up('--logtostderr', '-v=9');
      const text = await stack.run('stack', 'export', '--show-secrets');
      const key = readFileSync(path.join(folder, 'server.key'), 'utf8').split('\n')[1] as string;
      for (const secret of [agent.token, key]) {
        expect(text).not.toContain(secret);
        expect(written).not.toContain(secret);
        expect(agent.log).not.toContain(secret);
      }
      const mine = (await stack.resources()).filter((one) =>
        one.type.startsWith('pulumi-nodejs:dynamic/netloom:'),
      );
      expect(mine).toHaveLength(3);
      for (const { stackTrace: _trace, sourcePosition: _position, ...kept } of mine as any[]) {
        expect(JSON.stringify(kept).length).toBeLessThanOrEqual(1536);
      }
    },
    3 * MINUTES,
  );

  test(
    'a changed address changes the bridge in place',
    async () => {
      await stack.up();
      await addresses('10.31.0.1/24', '10.31.0.2/24');
      expect(await stack.up()).toMatch(/1 updated/);
      const v4 = ipJson('addr', 'show', 'br-cli')[0].addr_info.filter(
        (one: any) => one.family === 'inet',
      );
      expect(v4.map((one: any) => one.local)).toEqual(['10.31.0.1', '10.31.0.2']);
    },
    3 * MINUTES,
  );

  test(
    '--target-replace keeps claim, pool and bridge',
    async () => {
      await stack.up();
      const before = await held('vips');
      const urns = (await stack.resources())
        .filter(({ type }) => type.startsWith('pulumi-nodejs:dynamic/netloom:'))
        .map(({ urn }) => urn);
      for (const urn of urns) await stack.up('--target-replace', urn);
      expect(await held('vips')).toEqual(before);
      expect(hasLink('br-cli')).toBe(true);
      await stack.run('preview', '--expect-no-changes');
    },
    5 * MINUTES,
  );

  test(
    'what somebody took away or changed by hand is shown by refresh, and comes back with up',
    async () => {
      await stack.up();
      const before = await held('vips');
      const client = agent.client();
      const [claim] = await client.claims('vips');
      const bridge = (await client.bridges())[0];
      const pool = (await client.pools())[0];
      await client.release('vips', claim?.id as string, claim?.owner as string);
      await client.removeBridge('br-cli', bridge?.id as string, bridge?.owner as string);
      await client.putPool('vips', {
        owner: pool?.owner as string,
        id: pool?.id as string,
        spec: { subnets: [{ subnet: '10.30.0.0/24' }] },
      });
      const seen = await stack.run('refresh', '--yes', '--skip-preview');
      expect(seen).toMatch(/AddressClaim vip deleted/);
      expect(seen).toMatch(/NodeBridge br-cli-edge-1 deleted/);
      expect(seen).toMatch(/AddressPool vips updated/);
      expect(await stack.up()).toMatch(/2 created[\s\S]*1 updated/);
      expect(await held('vips')).toEqual(before);
      expect(hasLink('br-cli')).toBe(true);
      await stack.run('preview', '--expect-no-changes');
    },
    5 * MINUTES,
  );

  test(
    'renamed and moved resources keep their addresses, and renamed pools their claims',
    async () => {
      stack.program(`${HEAD}
      const pool = new netloom.AddressPool('vips', { subnet: '10.30.0.0/24', macs: ['02:00:5e:00:00:00/24'] });
      new netloom.AddressPool('named', { pool: 'by-name', subnet: '10.32.0.0/24' });
      new netloom.AddressClaim('moved', { pool });
      new netloom.AddressClaim('block', { pool, prefixLength: 28 });
      new netloom.AddressClaim('mac', { pool, mac: true });
      new netloom.HostBridge('br-cli', { bridge: 'br-cli' });
    `);
      await stack.up();
      const before = await agent.client().claims('vips');
      expect(before.map(({ cidrs }) => cidrs[0])).toContain('10.30.0.16/28');
      expect(before.map(({ mac }) => mac)).toContain('02:00:5e:00:00:00');
      stack.program(`${HEAD}
      const group = new Group('group');
      const here = { parent: group, aliases: [{ parent: pulumi.rootStackResource }] };
      const pool = new netloom.AddressPool('vips2', { subnet: '10.30.0.0/24', macs: ['02:00:5e:00:00:00/24'] }, { aliases: [{ name: 'vips' }] });
      new netloom.AddressPool('named2', { pool: 'by-name', subnet: '10.32.0.0/24' }, { aliases: [{ name: 'named' }] });
      new netloom.AddressClaim('moved', { pool }, here);
      new netloom.AddressClaim('block2', { pool, prefixLength: 28 }, { aliases: [{ name: 'block' }] });
      new netloom.AddressClaim('mac', { pool, mac: true }, here);
      new netloom.HostBridge('br-cli', { bridge: 'br-cli' }, here);
    `);
      expect(await stack.run('preview')).toMatch(/~ 6 to update\n\s+.* 7 changes/);
      await stack.up();
      const after = await agent.client().claims('vips');
      const addressesOf = (list: typeof after) => list.map(({ cidrs, mac }) => [cidrs, mac]).sort();
      expect(addressesOf(after)).toEqual(addressesOf(before));
      expect((await held('vips')).sort()).toEqual([
        expect.stringMatching(/^claimed AddressClaim::block2 /),
        expect.stringMatching(/^claimed demo:index:Group\$AddressClaim::mac /),
        expect.stringMatching(/^claimed demo:index:Group\$AddressClaim::moved /),
      ]);
      await stack.run('preview', '--expect-no-changes');
    },
    5 * MINUTES,
  );

  test(
    'what exists already is adopted and given back; import is not possible',
    async () => {
      const ip = findTool('ip') as string;
      execFileSync(ip, ['link', 'add', 'br-cli', 'type', 'bridge']);
      try {
        expect(await stack.fail('preview')).toMatch(/br-cli.*adopt: true/);
        stack.program(PROGRAM.replace(`bridge: 'br-cli',`, `bridge: 'br-cli', adopt: true,`));
        await stack.up();
        await stack.run('preview', '--expect-no-changes');
        const type = 'pulumi-nodejs:dynamic/netloom:AddressPool';
        expect(await stack.fail('import', '--yes', type, 'other', 'vips#1')).toMatch(
          /code must be a string, not undefined/,
        );
        await stack.run('destroy', '--yes', '--skip-preview');
        expect(ipJson('addr', 'show', 'br-cli')[0]).toMatchObject({ addr_info: [] });
      } finally {
        execFileSync(ip, ['link', 'del', 'br-cli']);
      }
    },
    4 * MINUTES,
  );

  test(
    'an agent that does not answer is told once in a preview, and fails the update',
    async () => {
      const many = `${HEAD}
      const pool = new netloom.AddressPool('vips', { subnet: '10.30.0.0/24' });
      for (let i = 0; i < 20; i++) new netloom.AddressClaim('claim-' + i, { pool });
    `;
      stack.program(many);
      await agent.stop();
      try {
        const shown = await stack.run('preview');
        expect(shown.match(/NL_AGENT_UNREACHABLE/g)?.length).toBeLessThanOrEqual(2);
        expect(await stack.fail('up', '--yes', '--skip-preview')).toMatch(
          /AddressPool \(vips\):\s+error: .*did not answer \(ECONNREFUSED\)/,
        );
      } finally {
        await agent.start();
        for (const [key, value] of Object.entries(agent.pulumiConfig)) {
          await stack.run('config', 'set', key, '--plaintext', value);
        }
      }
      expect(await stack.up()).toMatch(/21 created/);
    },
    4 * MINUTES,
  );

  test(
    'one node of two fails: the other stays as it was made, and the next update goes on',
    async () => {
      const ip = (...args: string[]): string =>
        execFileSync(findTool('ip') as string, args).toString();
      ip('netns', 'add', 'edge-2');
      const dir = path.join(folder, 'edge-2');
      const node = { netns: 'edge-2', address: '10.99.0.2' };
      const second = new AgentProcess({ dir, name: 'edge-2', node });
      try {
        ip('link', 'add', 'to-edge-2', 'type', 'veth', 'peer', 'name', 'eth0', 'netns', 'edge-2');
        ip('addr', 'add', '10.99.0.1/30', 'dev', 'to-edge-2');
        ip('link', 'set', 'to-edge-2', 'up');
        ip('-n', 'edge-2', 'addr', 'add', '10.99.0.2/30', 'dev', 'eth0');
        ip('-n', 'edge-2', 'link', 'set', 'eth0', 'up');
        mkdirSync(dir, { mode: 0o700 });
        second.init();
        sameTeam(folder, dir, node.address);
        await second.start();
        const agents = (url: string): Promise<string> =>
          stack.run(
            ...['config', 'set', 'netloom:agents', '--plaintext'],
            JSON.stringify({ 'edge-1': agent.url, 'edge-2': url }),
          );
        stack.program(`${HEAD}
        new netloom.HostBridge('br-cli', { bridge: 'br-cli', addresses: ['10.31.0.1/24'] });
      `);
        await agents('https://127.0.0.1:1');
        const failed = await stack.fail('up', '--yes', '--skip-preview', '--continue-on-error');
        expect(failed).toMatch(/NodeBridge br-cli-edge-1 created/);
        expect(failed).toMatch(/NodeBridge \(br-cli-edge-2\):\s+error: .*"edge-2".*did not answer/);
        expect(hasLink('br-cli')).toBe(true);
        await agents(second.url);
        expect(await stack.up()).toMatch(/1 created/);
        expect(ip('-n', 'edge-2', '-br', 'link', 'show', 'br-cli')).toMatch(/^br-cli/);
        await stack.run('destroy', '--yes', '--skip-preview');
      } finally {
        await second.stop();
        ip('netns', 'del', 'edge-2');
      }
    },
    5 * MINUTES,
  );
});

/** Gives the second agent a certificate of the first one's CA, and lets in who has that one's token. */
function sameTeam(from: string, to: string, address: string): void {
  for (const name of ['ca.crt', 'ca.key']) copyFileSync(path.join(from, name), path.join(to, name));
  const args = ['cert', '--dir', to, '--name', 'edge-2', '--address', address];
  execFileSync(process.execPath, [path.join(ROOT, 'node-agent/bin/netloom-agent.js'), ...args]);
  const file = path.join(to, 'agent.yaml');
  const hash = /sha256: .*/.exec(
    readFileSync(path.join(from, 'agent.yaml'), 'utf8'),
  )?.[0] as string;
  writeFileSync(file, readFileSync(file, 'utf8').replace(/sha256: .*/, hash));
}
