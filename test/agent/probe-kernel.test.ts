import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import type { AddressProber } from '../../node-agent/src/audit';
import { Iproute2 } from '../../node-agent/src/iproute2';
import { findTool } from '../../scripts/tools';
import { AgentFolder, refusal } from './support/agent-folder';
import { deleteLinks, ip, networkTest } from './support/network';

const BRIDGE = 'br-probe';
const POOL = 'apps/lan';
const MAC = '02:00:00:00:00:77';
const spec = {
  subnets: [
    { subnet: '10.77.0.0/24', ranges: ['10.77.0.20-10.77.0.60'] },
    { subnet: 'fd00:77::/64', ranges: ['fd00:77::20-fd00:77::60'] },
  ],
  probe: BRIDGE,
};

/** A neighbour on the bridge, in a network namespace of its own. */
class Neighbour {
  private readonly holder: ChildProcess;

  constructor() {
    const unshare = findTool('unshare') ?? 'unshare';
    this.holder = spawn(unshare, ['--net', 'sleep', '300'], { stdio: 'ignore' });
  }

  async plug(): Promise<void> {
    ip('link', 'add', BRIDGE, 'type', 'bridge');
    ip('link', 'set', BRIDGE, 'up');
    ip('link', 'add', 'vprobe0', 'type', 'veth', 'peer', 'name', 'vprobe1');
    ip('link', 'set', 'vprobe0', 'master', BRIDGE, 'up');
    await this.hasOwnNetwork();
    ip('link', 'set', 'vprobe1', 'netns', String(this.holder.pid));
    this.run('link', 'set', 'vprobe1', 'address', MAC, 'up');
  }

  run(...args: string[]): void {
    const program = findTool('nsenter') ?? 'nsenter';
    const words = ['-t', String(this.holder.pid), '-n', findTool('ip') ?? 'ip', ...args];
    execFileSync(program, words, { stdio: 'pipe' });
  }

  has(address: string): void {
    this.run('addr', 'add', address, 'dev', 'vprobe1', ...(address.includes(':') ? ['nodad'] : []));
  }

  hasNot(address: string): void {
    this.run('addr', 'del', address, 'dev', 'vprobe1');
  }

  end(): void {
    // Before its network goes, and takes the other end along at some time of its own.
    deleteLinks('vprobe0', BRIDGE);
    this.holder.kill('SIGKILL');
  }

  private async hasOwnNetwork(): Promise<void> {
    const { readlinkSync } = await import('node:fs');
    const own = readlinkSync('/proc/self/ns/net');
    for (let tries = 0; tries < 100; tries++) {
      try {
        if (readlinkSync(`/proc/${this.holder.pid}/ns/net`) !== own) return;
      } catch {
        // Not started yet.
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error('the neighbour has no network of its own');
  }
}

describe('addresses are asked for before they are given', () => {
  let agent: AgentFolder;
  let neighbour: Neighbour;

  const setUp = async (prober?: AddressProber): Promise<void> => {
    neighbour = new Neighbour();
    await neighbour.plug();
    agent = await AgentFolder.make();
    await agent.start(prober === undefined ? {} : { prober });
    await agent.client().putPool(POOL, { owner: 'stack', spec });
  };

  afterEach(async () => {
    await agent?.remove();
    neighbour?.end();
  });

  const claim = (owner: string, more: object = {}) =>
    agent.client().claim({ pool: POOL, owner, ...more });
  const answers = (): object[] =>
    agent.log.map((line) => JSON.parse(line)).filter(({ event }) => event === 'address_answers');

  networkTest(
    'one that answers is set aside, in both families, without an address of our own',
    async () => {
      await setUp();
      neighbour.has('10.77.0.20/24');
      neighbour.has('10.77.0.21/24');
      neighbour.has('fd00:77::20/64');
      expect((await claim('a', { family: 'dual' })).addresses).toEqual([
        '10.77.0.22',
        'fd00:77::22',
      ]);
      expect(answers()).toMatchObject([
        { dev: BRIDGE, address: '10.77.0.20', who: MAC },
        { dev: BRIDGE, address: 'fd00:77::20', who: MAC },
        { dev: BRIDGE, address: '10.77.0.21', who: MAC },
      ]);
      await expect(claim('b', { addresses: ['10.77.0.21'] })).rejects.toThrow(
        `"10.77.0.21" of pool "apps/lan" is in use without a claim (answers as ${MAC})`,
      );
      // What was asked for in vain leaves nothing behind in the kernel.
      expect(ip('neigh', 'show', 'to', '10.77.0.22', 'dev', BRIDGE)).toBe('');
    },
    60_000,
  );

  networkTest(
    'an address that is wanted and in use is refused; the offer of a preview, too',
    async () => {
      await setUp();
      const offer = await agent.client().offer({ pool: POOL, owner: 'a' });
      expect(offer.addresses).toEqual(['10.77.0.20']);
      neighbour.has('10.77.0.20/24');
      expect(await refusal(claim('a', { addresses: offer.addresses }))).toEqual([
        'NL_ADDRESS_NOT_FREE address',
      ]);
      expect((await claim('a')).addresses).toEqual(['10.77.0.21']);
    },
    60_000,
  );

  networkTest(
    'what a claim holds is its own: asked for again it is given without a question',
    async () => {
      await setUp();
      const first = await claim('a');
      neighbour.has(`${first.addresses[0]}/24`);
      const again = await claim('a');
      expect(again.addresses).toEqual(first.addresses);
      expect(answers()).toEqual([]);
    },
    60_000,
  );

  networkTest(
    'an old entry of the neighbour table proves nothing, an address of this host does',
    async () => {
      await setUp();
      ip('neigh', 'replace', '10.77.0.20', 'lladdr', MAC, 'dev', BRIDGE, 'nud', 'stale');
      expect((await claim('a')).addresses).toEqual(['10.77.0.20']);
      ip('addr', 'add', '10.77.0.21/24', 'dev', BRIDGE);
      expect((await claim('b')).addresses).toEqual(['10.77.0.22']);
      expect(answers()).toMatchObject([{ address: '10.77.0.21', who: 'this host' }]);
    },
    60_000,
  );

  networkTest(
    'nobody waits for the questions of others, and each gets an address of its own',
    async () => {
      const questions: (() => void)[] = [];
      await setUp({ whoHas: () => new Promise((go) => questions.push(() => go(undefined))) });
      const plain = { subnets: [{ subnet: '10.88.0.0/24' }] };
      await agent.client().putPool('apps/plain', { owner: 'stack', spec: plain });
      let given = 0;
      const probed = Array.from({ length: 20 }, (_, index) =>
        claim(`p${index}`).then(({ addresses }) => {
          given += 1;
          return addresses[0];
        }),
      );
      while (questions.length < 16) await new Promise((resolve) => setTimeout(resolve, 10));
      await agent.client().claim({ pool: 'apps/plain', owner: 'x' });
      // No more than 16 at a time; the others wait for their turn.
      expect([questions.length, given]).toEqual([16, 0]);
      while (given < 20) {
        questions.shift()?.();
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      expect(new Set(await Promise.all(probed)).size).toBe(20);
    },
    60_000,
  );

  networkTest(
    'where nobody can be asked nothing is given',
    async () => {
      await setUp();
      ip('link', 'set', BRIDGE, 'down');
      expect(await refusal(claim('a'))).toEqual(['NL_PROBE_IMPOSSIBLE probe']);
      ip('link', 'del', 'dev', BRIDGE);
      expect(await refusal(claim('a'))).toEqual(['NL_PROBE_IMPOSSIBLE probe']);
      expect(await agent.client().claimPage({ pool: POOL, state: 'claimed' })).toMatchObject({
        claims: [],
      });
      const batch = {
        mode: 'each' as const,
        steps: [{ verb: 'claim' as const, pool: POOL, owner: 'a' }],
      };
      expect(await refusal(agent.client().batch(batch as never))).toEqual([
        'NL_PROBE_IMPOSSIBLE probe',
      ]);
    },
    60_000,
  );

  networkTest(
    'a router that answers for everything is told of after some addresses',
    async () => {
      await setUp({ whoHas: async () => MAC });
      await expect(claim('a')).rejects.toThrow(
        /8 times in a row an address of pool "apps\/lan" was in use .* proxy ARP/,
      );
      expect(await agent.client().pool(POOL)).toMatchObject({
        claimed: 0,
        offers: 0,
        quarantined: 8,
      });
    },
    60_000,
  );

  networkTest(
    'the question needs CAP_NET_ADMIN and nothing else',
    async () => {
      await setUp();
      neighbour.has('10.77.0.20/24');
      const setpriv = findTool('setpriv');
      if (setpriv === undefined) throw new Error('setpriv is not installed');
      const caps = '-all,+net_admin';
      const restricted = [`--bounding-set=${caps}`, `--inh-caps=${caps}`, `--ambient-caps=${caps}`];
      const run = (...args: string[]): string =>
        execFileSync(setpriv, [...restricted, '--no-new-privs', findTool('ip') ?? 'ip', ...args], {
          encoding: 'utf8',
        });
      run('neigh', 'replace', '10.77.0.20', 'dev', BRIDGE, 'use');
      await new Promise((resolve) => setTimeout(resolve, 300));
      expect(run('neigh', 'show', 'to', '10.77.0.20', 'dev', BRIDGE)).toContain(MAC);
      expect(await new Iproute2(agent.folder).whoHas('10.77.0.20', BRIDGE)).toBe(MAC);
    },
    60_000,
  );
});
