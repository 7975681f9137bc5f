import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {
  type Firewall,
  FirewallCmd,
  type FirewallScope,
  type Opening,
  settleOpenings,
} from '../../node-agent/src/firewalld';
import { describeUnless } from '../support/network-suite';
import { Firewalld, firewalldSkipReason } from './support/firewalld';

const DHCP = [{ services: ['dhcp'] }];

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'netloom-openings-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const recordFile = (): string => path.join(folder, 'firewalld.json');

/** Keeps what is open, and may die at a change. */
class FakeFirewall implements Firewall {
  readonly opened = new Set<string>();
  changesLeft = Number.POSITIVE_INFINITY;
  running = true;
  changes = 0;

  async isRunning(): Promise<boolean> {
    return this.running;
  }

  async defaultZone(): Promise<string> {
    return 'public';
  }

  async isOpen(opening: Opening, scope: FirewallScope): Promise<boolean> {
    return this.opened.has(this.key(opening, scope));
  }

  async open(opening: Opening, scope: FirewallScope): Promise<void> {
    this.change();
    this.opened.add(this.key(opening, scope));
  }

  async close(opening: Opening, scope: FirewallScope): Promise<void> {
    this.change();
    this.opened.delete(this.key(opening, scope));
  }

  private change(): void {
    if (this.changesLeft === 0) throw new Error('killed');
    this.changesLeft -= 1;
    this.changes += 1;
  }

  private key({ zone, service }: Opening, scope: FirewallScope): string {
    return `${zone}/${service} ${scope}`;
  }
}

describe('services that agent.yaml wants open', () => {
  test('are opened once, and closed when they are wanted no more', async () => {
    const firewall = new FakeFirewall();
    expect(await settleOpenings(folder, DHCP, firewall)).toEqual([
      'opened dhcp in zone public (runtime, permanent)',
    ]);
    expect(await settleOpenings(folder, DHCP, firewall)).toEqual([]);
    expect(firewall.changes).toBe(2);
    expect(await settleOpenings(folder, [], firewall)).toEqual(['closed dhcp of zone public']);
    expect([...firewall.opened]).toEqual([]);
  });

  test('stay open where they were open before, in that scope alone', async () => {
    const firewall = new FakeFirewall();
    firewall.opened.add('public/dhcp permanent');
    expect(await settleOpenings(folder, DHCP, firewall)).toEqual([
      'opened dhcp in zone public (runtime)',
    ]);
    await settleOpenings(folder, [], firewall);
    expect([...firewall.opened]).toEqual(['public/dhcp permanent']);
  });

  test('what somebody closed is opened again, and still closed at the end', async () => {
    const firewall = new FakeFirewall();
    await settleOpenings(folder, DHCP, firewall);
    firewall.opened.delete('public/dhcp runtime');
    expect(await settleOpenings(folder, DHCP, firewall)).toHaveLength(1);
    await settleOpenings(folder, [], firewall);
    expect([...firewall.opened]).toEqual([]);
  });

  test.each([0, 1, 2, 3])('an end after %i changes leaves nothing behind', async (changes) => {
    const firewall = new FakeFirewall();
    firewall.changesLeft = changes;
    await settleOpenings(folder, DHCP, firewall).catch(() => {});
    await settleOpenings(folder, [], firewall).catch(() => {});
    firewall.changesLeft = Number.POSITIVE_INFINITY;
    await settleOpenings(folder, [], firewall);
    expect([...firewall.opened]).toEqual([]);
  });

  test('nothing is done, and nothing forgotten, while firewalld does not run', async () => {
    const firewall = new FakeFirewall();
    await settleOpenings(folder, DHCP, firewall);
    const before = readFileSync(recordFile(), 'utf8');
    firewall.running = false;
    expect(await settleOpenings(folder, [], firewall)).toBeUndefined();
    expect(readFileSync(recordFile(), 'utf8')).toBe(before);
  });

  test('a record that can’t be read is named, and not taken for an empty one', async () => {
    writeFileSync(recordFile(), '{"version":2}');
    await expect(settleOpenings(folder, [], new FakeFirewall())).rejects.toThrow(/NL_STORE_FAILED/);
  });

  test('without firewalld on the host there is nothing to ask', async () => {
    expect(await new FirewallCmd(['/nonexistent/firewall-cmd']).isRunning()).toBe(false);
  });
});

describeUnless(firewalldSkipReason(), 'a real firewalld', () => {
  const firewalld = new Firewalld();
  beforeAll(() => firewalld.start(), 60_000);
  afterAll(() => firewalld.remove());

  const letsDhcpIn = (): boolean => /udp dport 67 accept/.test(firewalld.rules());

  test('lets DHCP in while it is wanted, also after a restart of its own, and not after', async () => {
    const firewall = new FirewallCmd(firewalld.command);
    expect(letsDhcpIn()).toBe(false);
    expect(await settleOpenings(folder, DHCP, firewall)).toEqual([
      'opened dhcp in zone public (runtime, permanent)',
    ]);
    expect(letsDhcpIn()).toBe(true);
    await firewalld.stop();
    expect(await settleOpenings(folder, DHCP, firewall)).toBeUndefined();
    await firewalld.start();
    expect(letsDhcpIn()).toBe(true);
    expect(await settleOpenings(folder, DHCP, firewall)).toEqual([]);
    expect(await settleOpenings(folder, [], firewall)).toEqual(['closed dhcp of zone public']);
    expect(letsDhcpIn()).toBe(false);
    expect(firewalld.says('--permanent', '--zone=public', '--list-services')).not.toMatch(
      /\bdhcp\b/,
    );
  }, 120_000);

  test('says what it does not know', async () => {
    const firewall = new FirewallCmd(firewalld.command);
    for (const wanted of [{ zone: 'nope', services: ['dhcp'] }, { services: ['nope'] }]) {
      const call = settleOpenings(folder, [wanted], firewall);
      await expect(call).rejects.toThrow(/INVALID_(ZONE|SERVICE).*NL_HOST_COMMAND/);
    }
  }, 60_000);
});
