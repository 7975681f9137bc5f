import { spawn } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { findTool } from '../../scripts/tools';
import type { Cluster } from '../../src/provider-runtime/cluster';
import type { ExecAnswer, ExecPlace } from '../../src/provider-runtime/pod-exec';
import { reachFromPod } from '../../src/provider-runtime/pod-reach';

/** What the container's image has: by its name there, the program of this machine. */
let image: Readonly<Record<string, readonly string[]>> = {};

/** No kubelet here: the programs, their arguments and what they read are those of a pod, and run on this machine. */
jest.mock('../../src/provider-runtime/pod-exec', () => ({
  execInPod: (_cluster: Cluster, _pod: ExecPlace, command: readonly string[], ...rest: unknown[]) =>
    execHere(command, rest[1] as string | undefined),
}));

function execHere([name = '', ...args]: readonly string[], input?: string): Promise<ExecAnswer> {
  const found = image[name];
  const nothing = { status: 127, stdout: '', stderr: '', words: '' };
  if (!found) return Promise.resolve({ ...nothing, end: 'no-program' });
  return new Promise((resolve, reject) => {
    const child = spawn(found[0] as string, [...found.slice(1), ...args]);
    const written = { stdout: '', stderr: '' };
    for (const stream of ['stdout', 'stderr'] as const) {
      child[stream].on('data', (piece) => {
        written[stream] += piece;
      });
    }
    // It may have ended by then.
    child.stdin.on('error', () => {});
    // As in a pod, it stays open.
    if (input !== undefined) child.stdin.write(input);
    child.once('error', reject);
    child.once('close', (code, signal) =>
      resolve({ ...nothing, ...written, end: 'ran', status: signal ? 139 : (code ?? 1) }),
    );
  });
}

const busybox = findTool('busybox');
const wget = findTool('wget');
const curl = findTool('curl');
/** As a static busybox's wget does. */
const broken = [process.execPath, '-e', 'process.kill(process.pid, "SIGSEGV")', '--'];

const IMAGES = [
  { name: 'curl', programs: { curl: [curl] } },
  { name: 'GNU wget', programs: { wget: [wget] } },
  { name: 'nc of busybox', programs: { nc: [busybox, 'nc'] } },
  { name: 'a wget that breaks, and nc', programs: { wget: broken, nc: [busybox, 'nc'] } },
].map(({ name, programs }) => {
  const isThere = Object.values<readonly unknown[]>(programs).flat().every(Boolean);
  return { name, programs: programs as unknown as typeof image, isThere };
});

describe('HTTP from a pod, by the programs of its image', () => {
  let server: Server;
  let talker: net.Server;
  let port: number;

  beforeAll(async () => {
    server = createServer((request, response) => {
      response.statusCode = request.url === '/healthz' ? 200 : 404;
      response.end(request.headers.host);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    port = (server.address() as AddressInfo).port;
    talker = net.createServer((socket) => socket.end('hello\n'));
    await new Promise<void>((resolve) => talker.listen(0, '127.0.0.1', resolve));
  });

  afterAll(() => {
    server.closeAllConnections();
    server.close();
    talker.close();
  });

  const reach = (more: { path?: string; status?: number; port?: number } = {}) =>
    reachFromPod(
      {} as Cluster,
      { namespace: 'apps', name: 'web' },
      { kind: 'http', target: '127.0.0.1', port, ...more },
      5_000,
    );

  for (const { name, programs, isThere } of IMAGES) {
    const when = isThere ? test : test.skip;
    const title = isThere ? name : `${name} (skipped: not on this machine)`;
    when(
      title,
      async () => {
        image = programs;
        expect(await reach({ path: '/healthz' })).toEqual({ result: 'reached', status: 200 });
        expect(await reach()).toEqual({ result: 'wrong-status', status: 404 });
        expect(await reach({ status: 404 })).toEqual({ result: 'reached', status: 404 });
        expect(await reach({ port: 1 })).toMatchObject({ result: 'refused' });
        const { port: other } = talker.address() as AddressInfo;
        expect(await reach({ port: other })).toMatchObject({ result: 'no-http' });
      },
      60_000,
    );
  }

  test('an image with nothing that can, and one whose wget breaks', async () => {
    image = {};
    expect(await reach()).toMatchObject({
      result: 'impossible',
      detail: 'the container has no curl nor wget nor nc that can do it',
    });
    image = { wget: broken };
    expect(await reach()).toEqual({ result: 'impossible', detail: 'its wget ended with 139' });
  });
});
