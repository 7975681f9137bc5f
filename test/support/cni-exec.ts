import { spawn } from 'node:child_process';
import path from 'node:path';

/** One call of a plugin. */
export interface PluginCall {
  /** Folder of the plugins. */
  readonly cniPath: string;
  /** Name of the plugin. */
  readonly type: string;
  /** `ADD` or another command of the specification. */
  readonly command: string;
  /** The other variables that the specification names, such as CNI_NETNS. */
  readonly env: Readonly<Record<string, string>>;
  /** What it reads from standard input. */
  readonly config: object;
  /**
   * Program and arguments that the plugin is started through, e.g. `nsenter`.
   *
   * @default - none
   */
  readonly through?: readonly string[];
}

/** What a plugin said. */
export interface PluginAnswer {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a plugin to its end. */
export function execPlugin(call: PluginCall): Promise<PluginAnswer> {
  const words = [...(call.through ?? []), path.join(call.cniPath, call.type)];
  const child = spawn(words[0] as string, words.slice(1), {
    env: {
      PATH: process.env['PATH'] ?? '',
      CNI_COMMAND: call.command,
      CNI_PATH: call.cniPath,
      ...call.env,
    },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  // A plugin may end without having read it.
  child.stdin.on('error', () => {});
  child.stdin.end(JSON.stringify(call.config));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => resolve({ status, stdout, stderr }));
  });
}

/** The plugins of a configuration with what libcni injects. */
export function pluginsOf(config: any): any[] {
  const { cniVersion, name } = config;
  if (!Array.isArray(config.plugins)) return [config];
  return config.plugins.map((plugin: any) => ({ ...plugin, cniVersion, name }));
}
