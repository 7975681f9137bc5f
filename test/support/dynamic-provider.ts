import { type ChildProcess, spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';

type Json = Record<string, unknown>;

/** A check failure as the engine would print it. */
export interface Failure {
  readonly property: string;
  readonly reason: string;
}

/**
 * The real dynamic provider process of @pulumi/pulumi, driven over its gRPC as the engine drives it.
 *
 * It resolves `netloom/provider-runtime` from its working directory, as in a real deployment.
 */
export class DynamicProviderProcess {
  /** What it wrote to stderr: the engine shows that beside the resource. */
  stderr = '';

  private constructor(
    private readonly child: ChildProcess,
    private readonly client: any,
    private readonly messages: any,
    private readonly struct: any,
  ) {
    child.stderr?.on('data', (chunk) => {
      this.stderr += chunk;
    });
  }

  /**
   * @param cwd folder of the program
   * @param config the stack's configuration, `netloom:agents` and so on
   * @param env additions to the environment
   */
  static async start(
    cwd: string,
    config: Record<string, string>,
    env: Record<string, string> = {},
  ): Promise<DynamicProviderProcess> {
    // All from the tree of the one @pulumi/pulumi: two copies of grpc do not take each other's objects.
    const load = createRequire(path.join(cwd, 'index.js'));
    const pulumi = createRequire(load.resolve('@pulumi/pulumi'));
    const grpc = pulumi('@grpc/grpc-js');
    const services = pulumi('@pulumi/pulumi/proto/provider_grpc_pb');
    const messages = pulumi('@pulumi/pulumi/proto/provider_pb');
    const struct = pulumi('google-protobuf/google/protobuf/struct_pb');
    const main = load.resolve('@pulumi/pulumi/cmd/dynamic-provider');
    const child = spawn(process.execPath, [main, '127.0.0.1:1'], {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    try {
      const port = await firstLine(child);
      const credentials = grpc.credentials.createInsecure();
      const client = new services.ResourceProviderClient(`127.0.0.1:${port}`, credentials);
      const provider = new DynamicProviderProcess(child, client, messages, struct);
      await provider.configure(config);
      return provider;
    } catch (error) {
      child.kill('SIGKILL');
      throw error;
    }
  }

  private async configure(config: Record<string, string>): Promise<void> {
    const request = new this.messages.ConfigureRequest();
    request.setArgs(this.struct.Struct.fromJavaScript(config));
    await this.call('configure', request);
  }

  async check(olds: Json, news: Json): Promise<{ inputs: Json; failures: Failure[] }> {
    const request = new this.messages.CheckRequest();
    request.setOlds(this.struct.Struct.fromJavaScript(olds));
    request.setNews(this.struct.Struct.fromJavaScript(news));
    const response = await this.call('check', request);
    return {
      inputs: response.getInputs().toJavaScript(),
      failures: response.getFailuresList().map((failure: any) => ({
        property: failure.getProperty(),
        reason: failure.getReason(),
      })),
    };
  }

  async diff(
    id: string,
    olds: Json,
    news: Json,
  ): Promise<{ changes: boolean; replaces: string[] }> {
    const request = new this.messages.DiffRequest();
    request.setId(id);
    request.setOlds(this.struct.Struct.fromJavaScript(olds));
    request.setNews(this.struct.Struct.fromJavaScript(news));
    const response = await this.call('diff', request);
    return { changes: response.getChanges() === 2, replaces: response.getReplacesList() };
  }

  async create(inputs: Json): Promise<{ id: string; outs: Json }> {
    const request = new this.messages.CreateRequest();
    request.setProperties(this.struct.Struct.fromJavaScript(inputs));
    const response = await this.call('create', request);
    return { id: response.getId(), outs: response.getProperties().toJavaScript() };
  }

  async read(id: string, props: Json): Promise<{ id: string; props: Json }> {
    const request = new this.messages.ReadRequest();
    request.setId(id);
    request.setProperties(this.struct.Struct.fromJavaScript(props));
    const response = await this.call('read', request);
    return { id: response.getId(), props: response.getProperties().toJavaScript() };
  }

  async update(id: string, olds: Json, news: Json): Promise<{ outs: Json }> {
    const request = new this.messages.UpdateRequest();
    request.setId(id);
    request.setOlds(this.struct.Struct.fromJavaScript(olds));
    request.setNews(this.struct.Struct.fromJavaScript(news));
    const response = await this.call('update', request);
    return { outs: response.getProperties().toJavaScript() };
  }

  async delete(id: string, props: Json): Promise<void> {
    const request = new this.messages.DeleteRequest();
    request.setId(id);
    request.setProperties(this.struct.Struct.fromJavaScript(props));
    await this.call('delete', request);
  }

  /** Ends the process. */
  stop(): void {
    this.client.close();
    this.child.kill('SIGKILL');
  }

  private call(method: string, request: unknown): Promise<any> {
    return new Promise((resolve, reject) => {
      this.client[method](request, (error: Error | null, response: unknown) => {
        if (error) reject(error);
        else resolve(response);
      });
    });
  }
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout?.on('data', (chunk) => {
      text += chunk;
      const end = text.indexOf('\n');
      if (end >= 0) resolve(text.slice(0, end).trim());
    });
    child.once('exit', (code) => reject(new Error(`the provider process ended with ${code}`)));
    child.once('error', reject);
  });
}
