import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type NodeNetworkSpec, normalNodeNetwork } from 'netloom/agent-api';
import { Iproute2 } from '../../../node-agent/src/iproute2';
import { NetworkKernel } from '../../../node-agent/src/network-kernel';
import { NetworkService } from '../../../node-agent/src/node-network';
import { MemoryStore } from '../../../node-agent/src/store/memory';

// The program of the virtual machine: /out/specs.json to /out/outcomes.json.

/** What one spec led to. */
export interface VmOutcome {
  /** Steps in words, or why it was refused. */
  readonly steps: readonly string[];
  /** The host afterwards: `ip` and `bridge` in their own words. */
  readonly host: string;
  /** Steps of the very same request again: none, when all is right. */
  readonly again: readonly string[];
  /** Repairs after what is done to the host, by link. */
  readonly repairs: Readonly<Record<string, readonly string[]>>;
}

/** One request, and what somebody then does to the host. */
export interface VmTrial {
  readonly spec: NodeNetworkSpec;
  readonly drift?: readonly (readonly string[])[];
}

const ASKER = { owner: 'stack/vm', identity: 'admin' };

function run(command: string, ...args: string[]): string {
  return execFileSync(command, args, { encoding: 'utf8' });
}

function hostText(): string {
  return [run('ip', '-d', 'addr'), run('bridge', 'vlan'), run('ip', 'route')].join('\n');
}

async function main(): Promise<void> {
  const trials = JSON.parse(readFileSync('/out/specs.json', 'utf8')) as VmTrial[];
  const folder = mkdtempSync(path.join(tmpdir(), 'network-'));
  const kernel = new NetworkKernel(new Iproute2(folder));
  const store = new MemoryStore();
  const service = new NetworkService({ node: 'edge-1', store, kernel, records: [], counter: 0 });
  for (const port of ['eth1', 'eth2', 'eth3']) {
    run('ip', 'link', 'add', port, 'type', 'veth', 'peer', 'name', `${port}x`);
    run('ip', 'link', 'set', `${port}x`, 'up');
  }
  const outcomes: VmOutcome[] = [];
  for (const { spec, drift = [] } of trials) {
    const asked = { ...ASKER, spec: normalNodeNetwork(spec) };
    const words = async (): Promise<string[]> => {
      try {
        return (await service.put(asked)).steps.map((step) => step.words);
      } catch (error) {
        return [`refused: ${(error as Error).message}`];
      }
    };
    const steps = await words();
    const host = hostText();
    const again = await words();
    for (const [command = '', ...args] of drift) run(command, ...args);
    const { repairs } = await service.heal();
    outcomes.push({ steps, host, again, repairs: Object.fromEntries(repairs) });
  }
  writeFileSync('/out/outcomes.json', JSON.stringify(outcomes));
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
