import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { DynamicProviderProcess } from './dynamic-provider';
import type { EngineRequest, EngineResource, EngineResult } from './pulumi-engine';

type Json = Record<string, unknown>;

const DYNAMIC = 'pulumi-nodejs:dynamic/netloom:';

/** One run of a program: see `runPulumiProgram`. */
class Engine {
  readonly errors: string[] = [];
  readonly warnings: string[] = [];
  readonly operations: string[] = [];
  readonly dependencies: Record<string, string[]> = {};
  readonly state = new Map<string, EngineResource>();
  private readonly before: Map<string, EngineResource>;
  private readonly seen = new Set<string>();

  constructor(
    private readonly request: EngineRequest,
    private readonly provider: DynamicProviderProcess,
  ) {
    this.before = new Map(request.state.map((resource) => [keyOf(resource), resource]));
    for (const [key, resource] of this.before) this.state.set(key, resource);
  }

  async register(type: string, name: string, inputs: Json): Promise<{ id?: string; state: Json }> {
    this.seen.add(keyOf({ type, name }));
    if (!type.startsWith(DYNAMIC)) return this.record(type, name, inputs);
    const old = this.before.get(keyOf({ type, name }));
    const checked = await this.provider.check(old?.inputs ?? {}, inputs);
    if (checked.failures.length > 0) {
      for (const failure of checked.failures) this.errors.push(`${name}: ${failure.reason}`);
      throw new Error(`${name} has a problem`);
    }
    if (this.request.mode === 'preview') {
      return { ...(old && { id: old.id }), state: checked.inputs };
    }
    try {
      return await this.apply(type, name, checked.inputs, old);
    } catch (error) {
      this.errors.push(`${name}: ${(error as { details?: string }).details ?? error}`);
      throw error;
    }
  }

  private async apply(type: string, name: string, inputs: Json, old: EngineResource | undefined) {
    const diff = old && (await this.provider.diff(old.id, old.outputs, inputs));
    if (old && !diff?.changes) return { id: old.id, state: old.outputs };
    if (old && diff?.replaces.length === 0) {
      const { outs } = await this.provider.update(old.id, old.outputs, inputs);
      this.operations.push(`update ${name}`);
      this.keep({ type, name, id: old.id, inputs, outputs: outs });
      return { id: old.id, state: outs };
    }
    const { id, outs } = await this.provider.create(inputs);
    this.operations.push(`${old ? 'replace' : 'create'} ${name}`);
    this.keep({ type, name, id, inputs, outputs: outs });
    if (old) await this.provider.delete(old.id, old.outputs);
    return { id, state: outs };
  }

  private record(type: string, name: string, inputs: Json): { id: string; state: Json } {
    const resource = { type, name, id: name, inputs, outputs: inputs };
    this.keep(resource);
    return { id: name, state: inputs };
  }

  private keep(resource: EngineResource): void {
    this.state.set(keyOf(resource), resource);
  }

  /** Deletes what the program no longer has, newest first. */
  async sweep(): Promise<void> {
    for (const [key, resource] of [...this.state].reverse()) {
      if (this.seen.has(key)) continue;
      if (resource.type.startsWith(DYNAMIC)) {
        await this.provider.delete(resource.id, resource.outputs);
        this.operations.push(`delete ${resource.name}`);
      }
      this.state.delete(key);
    }
  }
}

function keyOf({ type, name }: { type: string; name: string }): string {
  return `${type}::${name}`;
}

async function run(
  request: EngineRequest,
  provider: DynamicProviderProcess,
): Promise<Omit<EngineResult, 'notes'>> {
  const engine = new Engine(request, provider);
  let outputs: Json = {};
  let ok = true;
  if (request.mode !== 'destroy') {
    try {
      outputs = await runProgram(request, engine);
      ok = engine.errors.length === 0;
    } catch (error) {
      ok = false;
      if (engine.errors.length === 0) engine.errors.push(String((error as Error).message));
    }
  }
  if (ok && request.mode !== 'preview') await engine.sweep();
  const { errors, warnings, operations, dependencies } = engine;
  return {
    ok,
    errors,
    warnings,
    operations,
    dependencies,
    outputs,
    state: [...engine.state.values()],
  };
}

async function runProgram(request: EngineRequest, engine: Engine): Promise<Json> {
  const load = createRequire(path.join(request.cwd, 'index.js'));
  const pulumi = load('@pulumi/pulumi') as typeof import('@pulumi/pulumi');
  const failed = new Promise<never>((_, reject) => {
    process.on('uncaughtException', reject);
    process.on('unhandledRejection', reject);
  });
  for (const [key, value] of Object.entries(request.config)) pulumi.runtime.setConfig(key, value);
  recordDependencies(load, engine);
  await pulumi.runtime.setMocks(
    {
      call: ({ inputs }) => inputs,
      newResource: async ({ type, name, inputs, custom }) => {
        if (!custom) return { id: undefined, state: inputs };
        return engine.register(type, name, inputs) as Promise<{ id: string; state: Json }>;
      },
    },
    'netloom-microshift',
    'test',
    request.mode === 'preview',
    'acme',
  );
  const errorLog = console.error;
  console.error = (...words: unknown[]) => {
    const text = words.join(' ');
    if (text.startsWith('error:')) engine.errors.push(text.slice('error:'.length).trim());
    else errorLog(...words);
  };
  const warningLog = console.warn;
  console.warn = (...words: unknown[]) => {
    const text = words.join(' ');
    if (text.startsWith('warning:')) engine.warnings.push(text.slice('warning:'.length).trim());
    else warningLog(...words);
  };
  let exports: Json = {};
  const finished = pulumi.runtime.runInPulumiStack(async () => {
    // The stack's own outputs are all unknown as soon as one of them is.
    exports = load(request.program);
    return exports;
  });
  await Promise.race([finished, failed]);
  await Promise.race([pulumi.runtime.disconnect(), failed]);
  return Promise.race([plain(pulumi, exports), failed]);
}

/** What each resource was registered behind; mocks are not told, the monitor under them is. */
function recordDependencies(load: NodeJS.Require, engine: Engine): void {
  const { MockMonitor } = load('@pulumi/pulumi/runtime/mocks');
  const register = MockMonitor.prototype.registerResource;
  MockMonitor.prototype.registerResource = function (request: any, callback: unknown) {
    const urns: string[] = request.getDependenciesList();
    engine.dependencies[request.getName()] = urns.map((urn) => urn.split('::').at(-1) as string);
    return register.call(this, request, callback);
  };
}

/** The values of a program's exports; unknown ones are left out. */
async function plain(pulumi: typeof import('@pulumi/pulumi'), exports: Json): Promise<Json> {
  const values: Json = {};
  for (const [name, value] of Object.entries(exports ?? {})) {
    const output = pulumi.output(value) as unknown as {
      promise(): Promise<unknown>;
      isKnown: Promise<boolean>;
    };
    if (await output.isKnown) values[name] = await output.promise();
  }
  return values;
}

async function main(): Promise<void> {
  let text = '';
  for await (const chunk of process.stdin) text += chunk;
  const request = JSON.parse(text) as EngineRequest;
  const provider = await DynamicProviderProcess.start(request.cwd, request.config);
  try {
    const result = await run(request, provider);
    writeFileSync(process.argv[2] as string, JSON.stringify({ ...result, notes: provider.stderr }));
  } finally {
    provider.stop();
  }
  process.exit(0);
}

void main();
