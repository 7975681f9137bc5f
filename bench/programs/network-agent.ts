/**
 * Runs the agent in the namespace that it runs in, has it make bridges with an address each, and takes
 * links down at random. Lives until its input ends, and the namespace with it.
 */

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AgentClient } from 'netloom/agent-api';

/** From where this is compiled to. */
const LAUNCHER = path.join(__dirname, '../../../node-agent/bin/netloom-agent.js');
const [folder = '', count = '0'] = process.argv.slice(2);
const BRIDGES = Number(count);
const REPAIRS = 100;
const IDLE_MS = 10_000;
/** After a change the agent looks once more, and V8 tidies up. */
const SETTLE_MS = 3_000;
const START_MS = 60_000;
/** How long one repair may take, and between two of them. */
const REPAIR_MS = 60_000;
const PAUSES_MS = [600, 1_300] as const;

const LISTENING = /^.*"event":"listening".*$/m;

async function startAgent(): Promise<{ child: ChildProcess; url: string }> {
  const file = path.join(folder, 'agent.log');
  const log = openSync(file, 'w');
  const args = [LAUNCHER, 'serve', '--config', path.join(folder, 'agent.yaml')];
  const child = spawn(process.execPath, args, { stdio: ['ignore', log, log] });
  closeSync(log);
  for (const end = performance.now() + START_MS; performance.now() < end; await sleep(20)) {
    const [line] = LISTENING.exec(readFileSync(file, 'utf8')) ?? [];
    if (line !== undefined) return { child, url: `https://127.0.0.1:${JSON.parse(line).port}` };
  }
  throw new Error(`the agent does not listen:\n${readFileSync(file, 'utf8')}`);
}

/** CPU time of a process, and of its children that have ended. */
function cpuMs(pid: number): number {
  const [, fields = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ');
  const parts = fields.split(' ').slice(11, 15).map(Number);
  return parts.reduce((sum, one) => sum + one, 0) * 10;
}

/** And of those that run: the agent has one, `ip monitor`. */
function treeCpuMs(pid: number): number {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
  const running = children.filter((one) => one !== '').map(Number);
  return [pid, ...running].reduce((sum, one) => sum + cpuMs(one), 0);
}

/** A link that is down has no route; asking the kernel this way runs no command. */
function hasRoute(name: string): boolean {
  return readFileSync('/proc/net/route', 'utf8').includes(`${name}\t`);
}

async function repairMs(name: string): Promise<number> {
  spawnSync('ip', ['link', 'set', 'dev', name, 'down']);
  const start = performance.now();
  while (!hasRoute(name)) {
    if (performance.now() - start > REPAIR_MS) throw new Error(`${name} was never repaired`);
    await sleep(5);
  }
  return performance.now() - start;
}

async function time(task: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await task();
  return performance.now() - start;
}

async function main(): Promise<object> {
  spawnSync('ip', ['link', 'set', 'dev', 'lo', 'up']);
  const { child, url } = await startAgent();
  const { pid = 0 } = child;
  try {
    const [caFile, tokenFile] = ['ca.crt', 'token'].map((name) => path.join(folder, name));
    const client = new AgentClient({ name: 'bench', url, caFile, tokenFile });
    const bridges = Array.from({ length: BRIDGES }, (_, index) => ({
      name: `nl-b${index}`,
      addresses: [`10.${100 + (index >> 8)}.${index & 255}.1/24`],
    }));
    const asked = { owner: 'bench', spec: { bridges } };
    const putMs = await time(() => client.putNodeNetwork(asked));
    await sleep(SETTLE_MS);
    const againMs = await time(() => client.putNodeNetwork(asked));
    await sleep(SETTLE_MS);
    const before = treeCpuMs(pid);
    await sleep(IDLE_MS);
    const idlePercent = ((treeCpuMs(pid) - before) / IDLE_MS) * 100;
    const repairs: number[] = [];
    for (let repair = 0; repair < REPAIRS; repair++) {
      repairs.push(await repairMs(`nl-b${(repair * 37) % BRIDGES}`));
      const [least, most] = PAUSES_MS;
      await sleep(least + (((repair * 29) % REPAIRS) / REPAIRS) * (most - least));
    }
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const rssMiB = Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
    await client.close();
    return { putMs, againMs, repairMs: repairs, rssMiB, idlePercent };
  } finally {
    child.kill('SIGKILL');
  }
}

main().then(
  (figures) => {
    process.stdout.write(`${JSON.stringify(figures)}\n`);
    process.stdin.resume();
  },
  (error) => {
    console.error(error);
    process.exitCode = 1;
  },
);
