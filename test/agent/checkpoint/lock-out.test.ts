import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { buildAgent } from '../support/agent-process';
import { hostText } from '../support/host-text';
import { deleteLinks, hasOwnNetwork, ip, networkTest } from '../support/network';
import { CheckpointProcess } from './checkpoint-process';

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const CHANGES = 20;
const CONFIRM_SECONDS = 1;

const taking = { name: 'lk-br', ports: [{ link: 'route:default' }], uplink: true };

/**
 * Changes after which nobody gets through: ports that listen for half a minute, the gateway's own address,
 * the way out that is set down. Of a bridge, and of a node's network.
 */
const BAD = [
  { spec: { ports: ['lk-up'], uplink: true, stp: true } },
  { spec: { ports: ['lk-up'], uplink: true, addresses: ['10.95.0.1/24'] } },
  { kind: 'network', spec: { bridges: [{ ...taking, stp: true }] } },
  { kind: 'network', spec: { bridges: [{ ...taking, addresses: ['10.95.0.1/24'] }] } },
  { kind: 'network', spec: { interfaces: [{ link: 'lk-up', up: false, uplink: true }] } },
] as const;

/** Other tests make links here, too. */
const ours = (): string => hostText((name) => name.startsWith('lk-'));

describe('a node whose only way out is the interface that is enslaved', () => {
  let folder: string;
  let watchdog: CheckpointProcess;

  const reaches = (): boolean => {
    try {
      const ping = ['ping', '-c', '1', '-W', '1', '-n', '10.95.0.5'];
      execFileSync('ip', ['netns', 'exec', 'lk-gw', ...ping], { stdio: 'pipe' });
      return true;
    } catch {
      return false;
    }
  };

  beforeAll(async () => {
    if (!hasOwnNetwork) return;
    if (process.env.NETLOOM_BUILT === undefined) buildAgent();
    folder = mkdtempSync(path.join(os.tmpdir(), 'netloom-lockout-'));
    ip('netns', 'add', 'lk-gw');
    ip('link', 'add', 'lk-up', 'type', 'veth', 'peer', 'name', 'lk-far');
    ip('link', 'set', 'lk-far', 'netns', 'lk-gw');
    ip('-n', 'lk-gw', 'addr', 'add', '10.95.0.1/24', 'dev', 'lk-far');
    ip('-n', 'lk-gw', 'link', 'set', 'lk-far', 'up');
    ip('link', 'set', 'lk-up', 'up');
    ip('addr', 'add', '10.95.0.5/24', 'dev', 'lk-up');
    ip('route', 'add', 'default', 'via', '10.95.0.1', 'metric', '95');
    watchdog = new CheckpointProcess(folder, { mode: 'watch' });
    await watchdog.says('watching');
  }, 300_000);

  afterAll(async () => {
    if (!hasOwnNetwork) return;
    await watchdog.kill();
    // With the namespace first, the kernel would take the other end away at a moment of its own.
    deleteLinks('lk-br', 'lk-up');
    ip('netns', 'del', 'lk-gw');
    rmSync(folder, { recursive: true, force: true });
  });

  networkTest(
    `${CHANGES} bad changes: it can be reached again within the time to confirm and two seconds more`,
    async () => {
      const before = ours();
      const took: number[] = [];
      for (let change = 0; change < CHANGES; change++) {
        const bad = BAD[change % BAD.length];
        const given = { how: 'hang', ...bad, seconds: CONFIRM_SECONDS } as const;
        const agent = new CheckpointProcess(folder, { mode: 'change', bridge: 'lk-br', ...given });
        await agent.says('guarded');
        const since = performance.now();
        await agent.says('applied');
        // Right after the change in half of them.
        if (change % 4 < 2) await agent.kill();
        else expect(reaches()).toBe(false);
        while (!reaches()) {
          if (performance.now() - since > 30_000) throw new Error(`locked out: ${watchdog.output}`);
        }
        took.push(performance.now() - since);
        await agent.kill();
        // Routes come back behind the addresses, and who is killed over it leaves that to the watchdog.
        for (let look = 0; look < 200 && ours() !== before; look++) await wait(10);
        expect(ours()).toBe(before);
      }
      console.log(`lock-out: back after ${took.map((ms) => Math.round(ms)).join(', ')} ms`);
      expect(Math.max(...took)).toBeLessThan(CONFIRM_SECONDS * 1000 + 2_000);
    },
    180_000,
  );
});
