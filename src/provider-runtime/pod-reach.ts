import { type ReachDefinition, type ReachOutcome, reachPort } from '../rules';
import type { Cluster } from './cluster';
import { type ExecAnswer, execInPod } from './pod-exec';

/** A running pod, and which of its containers asks. */
export interface PodPlace {
  readonly namespace: string;
  readonly name: string;
  /** @default - the first */
  readonly container?: string;
}

/** A program that many images have, and what its answers mean. */
interface Tool {
  readonly command: readonly string[];
  /** What it is given to send. @default - nothing */
  readonly input?: string;
  readonly read: (answer: ExecAnswer) => ReachOutcome;
}

/**
 * One try from a pod, with what its image has: `ping`; `nc`; `curl`, `wget` or `nc`. Nothing is copied
 * into it, and no shell runs.
 *
 * @throws NetloomError NL_CLUSTER_UNREACHABLE
 */
export async function reachFromPod(
  cluster: Cluster,
  pod: PodPlace,
  asked: ReachDefinition,
  timeoutMs: number,
): Promise<ReachOutcome> {
  const seconds = String(Math.ceil(timeoutMs / 1000));
  const tools = toolsFor(asked, seconds);
  let broken: ReachOutcome | undefined;
  for (const { command, input, read } of tools) {
    const answer = await execInPod(cluster, pod, command, timeoutMs + 5_000, input);
    if (answer.end === 'no-program') continue;
    if (answer.end === 'not-running') return { result: 'not-running', detail: answer.words };
    if (answer.end === 'late') return { result: 'timeout' };
    if (NO_SUCH_OPTION.test(answer.stderr)) continue;
    // It was killed, or broke, as a static busybox's wget does: that says nothing of the target.
    if (answer.status > 128) {
      broken = { result: 'impossible', detail: `its ${command[0]} ended with ${answer.status}` };
      continue;
    }
    return read(answer);
  }
  if (broken) return broken;
  const names = [...new Set(tools.map(({ command }) => command[0]))].join(' nor ');
  return { result: 'impossible', detail: `the container has no ${names} that can do it` };
}

function toolsFor(asked: ReachDefinition, seconds: string): Tool[] {
  const { kind, target, path = '/', status } = asked;
  const port = String(reachPort(asked));
  if (kind === 'ping') {
    return [{ command: ['ping', '-c', '1', '-W', seconds, target], read: readWords }];
  }
  if (kind === 'tcp') {
    return [
      { command: ['nc', '-z', '-w', seconds, target, port], read: readWords },
      // A busybox without -z: it runs that once it has a connection.
      { command: ['nc', '-w', seconds, target, port, '-e', 'true'], read: readWords },
    ];
  }
  const host = target.includes(':') ? `[${target}]` : target;
  const url = `http://${host}:${port}${path}`;
  const verdict = (found: number | undefined): ReachOutcome => {
    if (found === undefined) return { result: 'no-http' };
    const isWanted = status === undefined ? found >= 200 && found < 400 : found === status;
    return { result: isWanted ? 'reached' : 'wrong-status', status: found };
  };
  return [
    {
      // Releases of 8 say why they could not connect only with -v.
      command: ['curl', '-sSv', '-o', '/dev/null', '-w', '%{http_code}', '-m', seconds, url],
      read: (answer) => {
        const found = Number(/\d{3}$/.exec(answer.stdout)?.[0] ?? 0);
        return found > 0 ? verdict(found) : readWords(answer);
      },
    },
    {
      // Both wgets, GNU's and busybox's, print the status with -S, and fail on those of errors.
      command: ['wget', '-S', '-O', '/dev/null', '-T', seconds, url],
      read: (answer) => {
        const found = /HTTP\/[\d.]+ (\d{3})/.exec(answer.stderr)?.[1];
        if (found !== undefined) return verdict(Number(found));
        return answer.status === 0 ? verdict(undefined) : readWords(answer);
      },
    },
    {
      command: ['nc', '-w', seconds, target, port],
      input: `GET ${path} HTTP/1.0\r\nHost: ${host}:${port}\r\nConnection: close\r\n\r\n`,
      read: (answer) => {
        const found = /^HTTP\/[\d.]+ (\d{3})/.exec(answer.stdout)?.[1];
        if (found !== undefined) return verdict(Number(found));
        return answer.status === 0 ? verdict(undefined) : readWords(answer);
      },
    },
  ];
}

const WORDS: readonly (readonly [RegExp, string])[] = [
  [
    /bad address|name or service not known|could ?n.t resolve|unable to resolve|resolution/i,
    'no-address',
  ],
  [/network is unreachable|net unreachable/i, 'no-route'],
  [/no route to host|host (is )?unreachable/i, 'no-neighbour'],
  [/refused/i, 'refused'],
  [/permission denied|not permitted/i, 'impossible'],
  [/empty reply|reset by peer|not.*http|http\/0\.9|unsupported/i, 'no-http'],
];

/** A program of that name that is made otherwise: the next one may do. */
const NO_SUCH_OPTION = /invalid option|unrecognized option/i;

/** What programs of network say is the C library's, and the same everywhere. */
function readWords({ status, stdout, stderr }: ExecAnswer): ReachOutcome {
  if (status === 0) return { result: 'reached' };
  const text = `${stdout}\n${stderr}`;
  const result = WORDS.find(([pattern]) => pattern.test(text))?.[1] ?? 'timeout';
  const detail = stderr.trim().split('\n').at(-1)?.slice(0, 200);
  return { result, ...(detail && { detail }) };
}
