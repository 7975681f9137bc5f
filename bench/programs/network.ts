/**
 * Makes bridges with an address each in the namespace that it runs in: by the agent's own way, from the
 * wanted network to a look that finds nothing to do, or by one `ip -batch` of the same commands. Lives
 * until its input ends, and the namespace with it.
 */

import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { HostCommand, NetworkDriver, NetworkService } from '../../node-agent/src/node-network';

/** From where this is compiled to. */
const AGENT = path.join(__dirname, '../../../node-agent/lib');
const [side = '', folder = '', bridges = '0'] = process.argv.slice(2);
const COMMANDS = path.join(folder, 'commands');

interface Agent {
  Iproute2: new (folder: string) => object;
  NetworkKernel: new (commands: object) => NetworkDriver;
  NetworkService: new (parts: object) => NetworkService;
  MemoryStore: new () => object;
}

function load(): Agent {
  const parts = ['iproute2', 'network-kernel', 'node-network', 'store'];
  return Object.assign({}, ...parts.map((part) => require(path.join(AGENT, part))));
}

async function time(task: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await task();
  return performance.now() - start;
}

/** CPU time of this process in ms, and of its children that have ended; the kernel counts theirs in 10 ms. */
function cpu(): { own: number; children: number } {
  const { user, system } = process.cpuUsage();
  const [, fields = ''] = readFileSync('/proc/self/stat', 'utf8').split(') ');
  const [children = 0, inKernel = 0] = fields.split(' ').slice(13, 15).map(Number);
  return { own: (user + system) / 1000, children: (children + inKernel) * 10 };
}

/** A look is made again and again: the first one of a process says little. */
const LOOKS = 5;

async function medianTime(task: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let look = 0; look < LOOKS; look++) times.push(await time(task));
  return times.sort((a, b) => a - b)[Math.floor(LOOKS / 2)] ?? 0;
}

async function byAgent(): Promise<object> {
  const { Iproute2, NetworkKernel, NetworkService, MemoryStore } = load();
  const kernel = new NetworkKernel(new Iproute2(folder));
  const lines: string[] = [];
  const apply = kernel.applyNetwork.bind(kernel);
  kernel.applyNetwork = async (commands: readonly HostCommand[]) => {
    lines.push(...commands.map((command) => command.line));
    await apply(commands);
  };
  const parts = { node: 'bench', store: new MemoryStore(), kernel, records: [], counter: 0 };
  const service = new NetworkService(parts);
  const spec = {
    bridges: Array.from({ length: Number(bridges) }, (_, index) => ({
      name: `nl-b${index}`,
      addresses: [`10.${100 + (index >> 8)}.${index & 255}.1/24`],
    })),
  };
  const asked = { owner: 'bench', identity: 'bench', spec };
  const before = cpu();
  const makeMs = await time(() => service.put(asked));
  const after = cpu();
  const lookMs = await medianTime(() => service.heal());
  const againMs = await time(() => service.put(asked));
  writeFileSync(COMMANDS, `${lines.join('\n')}\n`);
  const makeCpuMs = after.own - before.own + after.children - before.children;
  return { makeMs, makeCpuMs, lookMs, againMs };
}

async function byBatch(): Promise<object> {
  readFileSync(COMMANDS);
  const before = cpu();
  const makeMs = await time(async () => {
    const { status, stderr } = spawnSync('ip', ['-batch', COMMANDS], { encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
  });
  const makeCpuMs = cpu().children - before.children;
  const lookMs = await medianTime(async () => {
    spawnSync('ip', ['-j', '-d', 'addr', 'show'], { maxBuffer: 64 * 1024 * 1024 });
  });
  return { makeMs, makeCpuMs, lookMs, againMs: lookMs };
}

(side === 'netloom' ? byAgent() : byBatch()).then(
  (figures) => {
    process.stdout.write(`${JSON.stringify(figures)}\n`);
    process.stdin.resume();
  },
  (error) => {
    console.error(error);
    process.exitCode = 1;
  },
);
