import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { parseAllDocuments } from 'yaml';
import { cniPath, findTool } from '../../scripts/tools';
import { AgentProcess } from './agent';
import { inPod, type Manifest, MultusRuntime, type RunningPod } from './multus';
import { type EngineResource, type EngineResult, runPulumiProgram } from './pulumi-engine';

const run = promisify(execFile);

/** The checkout. */
export const ROOT = path.join(__dirname, '../..');
const BIN = path.join(ROOT, 'node_modules/.bin');
const PROGRAM = path.join(ROOT, 'examples/microshift/index.ts');

/** One answer to a ping. */
export interface Ping {
  readonly from: string;
  readonly to: string;
  readonly ok: boolean;
  readonly ms: number;
}

/**
 * The MicroShift story on real parts: cdk8s CLI, agent, Pulumi's dynamic provider, CNI plugins and
 * kernel. To be run in a network namespace of its own.
 */
export class MicroShiftStory {
  readonly agent: AgentProcess;
  private state: readonly EngineResource[] = [];
  private readonly servers: ChildProcess[] = [];
  private runtime: MultusRuntime | undefined;

  /** @param folder empty folder for all that the story writes */
  constructor(private readonly folder: string) {
    mkdirSync(path.join(folder, 'agent'), { recursive: true, mode: 0o700 });
    this.agent = new AgentProcess({
      dir: path.join(folder, 'agent'),
      name: 'edge-1',
      dropPrivileges: true,
    });
  }

  /** The cdk8s front end: the real CLI through cdk8s.yaml. Gives files by name. */
  async synth(name: string): Promise<Map<string, string>> {
    const out = path.join(this.folder, name);
    const env = {
      ...process.env,
      PATH: `${BIN}:${process.env['PATH']}`,
      CDK8S_CHECK_UPGRADE: 'false',
    };
    await run(path.join(BIN, 'cdk8s'), ['synth', '--output', out], { cwd: ROOT, env });
    return new Map(
      readdirSync(out)
        .filter((file) => file.endsWith('.yaml'))
        .sort()
        .map((file) => [file, readFileSync(path.join(out, file), 'utf8')]),
    );
  }

  async startAgent(): Promise<void> {
    this.agent.init();
    await this.agent.start();
  }

  /** The Pulumi front end, as `pulumi preview`: nothing is made. */
  preview(): Promise<EngineResult> {
    return this.pulumi('preview');
  }

  /** As `pulumi up`. */
  async deploy(): Promise<EngineResult> {
    const result = await this.pulumi('up');
    this.state = result.state;
    return result;
  }

  /** As `pulumi destroy`. */
  async destroy(): Promise<EngineResult> {
    const result = await this.pulumi('destroy');
    this.state = result.state;
    return result;
  }

  private pulumi(mode: 'preview' | 'up' | 'destroy'): Promise<EngineResult> {
    return runPulumiProgram({
      program: PROGRAM,
      cwd: ROOT,
      mode,
      config: {
        ...this.agent.pulumiConfig,
        'netloom:platform': 'microshift',
        'netloom:status': 'off',
      },
      state: this.state,
    });
  }

  /** Starts the pods of a manifest with exactly its networks and annotations. */
  async startPods(manifests: readonly Manifest[]): Promise<RunningPod[]> {
    this.runtime ??= new MultusRuntime(manifests, cniPath() as string);
    const pods: RunningPod[] = [];
    for (const pod of manifests.filter((one) => one.kind === 'Pod')) {
      pods.push(await this.runtime.start(pod));
    }
    return pods;
  }

  /** Serves the page from a pod, as its container would. */
  async servePage(pod: RunningPod, page: string): Promise<void> {
    const script = `require('http').createServer((_,r)=>r.end(${JSON.stringify(page)})).listen(8080,'::',()=>console.log('up'))`;
    const child = spawn(
      findTool('ip') as string,
      ['netns', 'exec', pod.netns, process.execPath, '-e', script],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    this.servers.push(child);
    await new Promise((resolve) => child.stdout?.once('data', resolve));
  }

  async stopPods(): Promise<void> {
    for (const server of this.servers.splice(0)) {
      const gone = new Promise((resolve) => server.once('exit', resolve));
      server.kill('SIGKILL');
      await gone;
    }
    await this.runtime?.stopAll();
  }

  /** Ends and removes everything, whatever state it is in. */
  async close(): Promise<void> {
    await this.stopPods();
    await this.agent.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** The objects of YAML texts. */
export function objectsOf(texts: Iterable<string>): Manifest[] {
  return [...texts].flatMap((text) =>
    parseAllDocuments(text).map((document) => document.toJS() as Manifest),
  );
}

/** The Kubernetes objects that a Pulumi program made. */
export function pulumiObjects(state: readonly EngineResource[]): Manifest[] {
  return state
    .filter((resource) => resource.type.startsWith('kubernetes:'))
    .map((resource) => resource.inputs as unknown as Manifest);
}

/** One echo request from the host or from a pod. Neighbour discovery may take a moment at first. */
export async function ping(from: RunningPod | undefined, to: string): Promise<Ping> {
  const args = ['-c', '1', '-W', '3', ...(to.includes(':') ? ['-6'] : []), to];
  const file = findTool('ping') as string;
  const name = from?.name ?? 'host';
  try {
    const out = from ? await inPod(from, file, args) : (await run(file, args)).stdout;
    return { from: name, to, ok: true, ms: Number(/time=([\d.]+)/.exec(out)?.[1] ?? 0) };
  } catch {
    return { from: name, to, ok: false, ms: 0 };
  }
}

/** `ip -j` in the host's namespace. */
export function ipJson(...args: string[]): any[] {
  const out = execFileSync(findTool('ip') as string, ['-j', ...args], { encoding: 'utf8' });
  return out.trim() === '' ? [] : JSON.parse(out);
}

/** True when the host has a link of that name. */
export function hasLink(name: string): boolean {
  return ipJson('link').some((link) => link.ifname === name);
}

/** Files below a folder; empty when it is not there. */
export function filesBelow(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
}
