import { Readable, Writable } from 'node:stream';
import type { V1Status } from '@kubernetes/client-node' with { 'resolution-mode': 'import' };
import { NetloomError, type Problem } from '../errors';
import type { Cluster } from './cluster';
import type { LivePod } from './pods';

/** A container of a pod. */
export interface ExecPlace {
  readonly namespace: string;
  readonly name: string;
  /** @default - the first */
  readonly container?: string;
}

/** How a command in a pod ended. */
export interface ExecAnswer {
  readonly end: 'ran' | 'no-program' | 'not-running' | 'late';
  /** Exit status of one that ran. */
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Why nothing ran. */
  readonly words: string;
}

/** More of an answer is not kept. */
const MOST_OUTPUT = 8_192;
const NOTHING = { status: 1, stdout: '', stderr: '', words: '' };

/**
 * Runs a command in a container of a running pod through the API server.
 *
 * @param command program and arguments; no shell is between
 * @param input what it reads. @default - nothing
 * @throws NetloomError NL_CLUSTER_UNREACHABLE
 */
export async function execInPod(
  cluster: Cluster,
  { namespace, name, container }: ExecPlace,
  command: readonly string[],
  timeoutMs: number,
  input?: string,
): Promise<ExecAnswer> {
  const place = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(name)}`;
  const pod = (await cluster.read(place)) as unknown as LivePod | undefined;
  const phase = pod ? (pod.status?.phase ?? 'Pending') : 'not there';
  if (phase !== 'Running') return { ...NOTHING, end: 'not-running', words: `it is ${phase}` };
  const { Exec } = await import('@kubernetes/client-node');
  const { containers = [] } = (pod?.spec ?? {}) as { containers?: { name: string }[] };
  if (container !== undefined && !containers.some((one) => one.name === container)) {
    return { ...NOTHING, end: 'not-running', words: `it has no container "${container}"` };
  }
  const into = container ?? containers[0]?.name ?? '';
  const stdout = new Kept();
  const stderr = new Kept();
  const stdin = input === undefined ? null : staysOpen(input);
  let timer: NodeJS.Timeout | undefined;
  let close = (): void => {};
  try {
    const ended = new Promise<V1Status>((resolve, reject) => {
      new Exec(cluster.config)
        .exec(namespace, name, into, [...command], stdout, stderr, stdin, false, resolve)
        .then((socket) => {
          close = () => socket.close();
          socket.addEventListener('close', () => reject(new Error('the connection was closed')));
        }, reject);
    });
    const late = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => resolve(undefined), timeoutMs);
    });
    const status = await Promise.race([ended, late]);
    if (!status) return { ...NOTHING, end: 'late' };
    return { ...endOf(status), stdout: stdout.text, stderr: stderr.text };
  } catch (error) {
    throw new NetloomError(refused(cluster, `${namespace}/${name}`, error), { cause: error });
  } finally {
    clearTimeout(timer);
    stdin?.destroy();
    close();
  }
}

function endOf({
  status,
  reason,
  message = '',
  details,
}: V1Status): Omit<ExecAnswer, 'stdout' | 'stderr'> {
  if (status === 'Success') return { end: 'ran', status: 0, words: '' };
  const code = details?.causes?.find((cause) => cause.reason === 'ExitCode')?.message;
  // Runtimes tell a program that is not there in words of their own; 126 and 127 are the shells'.
  const isAbsent = /executable file not found|no such file or directory/.test(message);
  if (isAbsent || code === '126' || code === '127')
    return { end: 'no-program', status: 127, words: message };
  if (reason === 'NonZeroExitCode') return { end: 'ran', status: Number(code ?? 1), words: '' };
  return { end: 'not-running', status: 1, words: message.slice(0, 200) };
}

function refused({ server }: Cluster, pod: string, error: unknown): Problem {
  const { message = '' } = error as { message?: string };
  return {
    code: 'NL_CLUSTER_UNREACHABLE',
    key: 'pod',
    found: `the API server at ${server} did not let a command run in pod ${pod} (${message.split('\n')[0]?.slice(0, 200)})`,
    allowed: 'a user that may get and create pods/exec in that namespace',
    fix: 'give that right to the user of netloom:kubeconfig, or probe from a node: agent instead of pod',
  };
}

/** With most API servers the end of what is read would end the whole connection. */
function staysOpen(text: string): Readable {
  const stream = new Readable({ read() {} });
  stream.push(text);
  return stream;
}

/** The beginning of what is written. */
class Kept extends Writable {
  text = '';

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    if (this.text.length < MOST_OUTPUT) this.text += chunk;
    done();
  }
}
