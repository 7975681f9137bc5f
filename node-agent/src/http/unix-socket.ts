import { chmodSync, chownSync, lstatSync, rmSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import path from 'node:path';
import { NetloomError } from 'netloom';
import type { Rights } from '../credentials';
import { Caller } from './callers';

/** `sun_path` of Linux has room for so many bytes and a zero. */
const PATH_BYTES = 107;

/** Writing for everybody, and for the group. */
const OTHERS_WRITE = 0o002;
const GROUP_WRITE = 0o020;
const STICKY = 0o1000;

/** Where the local command line comes in, and what it may do. */
export interface SocketSettings {
  readonly path: string;
  /** Group whose members may connect, too. @default - root and the agent's own user alone */
  readonly gid?: number | undefined;
  readonly rights: Rights;
}

/**
 * Listens on a Unix socket. Who may connect is checked by the kernel, at the moment of connecting: by
 * the socket's owner, group and mode (unix(7)). Node can't read a peer's credentials (SO_PEERCRED), so
 * the agent makes sure that the file says what is wanted, and that nobody else can put another one in
 * its place.
 *
 * @throws NetloomError NL_CONFIG_INVALID
 */
export async function listenOnSocket(
  { path: file, gid }: SocketSettings,
  onRequest: RequestListener,
): Promise<Server> {
  if (Buffer.byteLength(file) > PATH_BYTES) throw unfit(file, `has more than ${PATH_BYTES} bytes`);
  checkFolder(path.dirname(file));
  removeStale(file);
  const server = createServer(onRequest);
  // Nobody may connect between making it and setting its mode. Binding is done when listen returns.
  const before = process.umask(0o177);
  const bound = new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(unfit(file, `can't be listened on (${error.code ?? error.message})`));
    });
    server.once('listening', resolve);
  });
  try {
    server.listen({ path: file });
  } finally {
    process.umask(before);
  }
  await bound;
  if (gid !== undefined) openToGroup(file, gid);
  return server;
}

/** Who came in by the socket. */
export function localCaller({ rights }: SocketSettings): Caller {
  return new Caller('local', rights, true);
}

function checkFolder(folder: string): void {
  let found: ReturnType<typeof lstatSync>;
  try {
    found = lstatSync(folder);
  } catch (error) {
    throw unfit(folder, `can't be looked at (${(error as NodeJS.ErrnoException).code})`);
  }
  const { mode, uid } = found as { mode: number; uid: number };
  const isOurs = uid === 0 || uid === process.getuid?.();
  const isOpen = (mode & (OTHERS_WRITE | GROUP_WRITE)) !== 0 && (mode & STICKY) === 0;
  if (!isOurs) throw unfit(folder, `belongs to user ${uid}, who could replace the socket`);
  if (isOpen) throw unfit(folder, 'can be written by others, who could replace the socket');
}

/** What a killed agent left. One agent at a time has the state folder, so nobody listens on it. */
function removeStale(file: string): void {
  const found = lstatSync(file, { throwIfNoEntry: false });
  if (found === undefined) return;
  if (!found.isSocket()) throw unfit(file, 'is there and is no socket');
  rmSync(file);
}

function openToGroup(file: string, gid: number): void {
  try {
    chownSync(file, -1, gid);
    chmodSync(file, 0o660);
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code;
    throw unfit(file, `can't be given to group ${gid} (${why}): the agent's user is no member`);
  }
}

function unfit(file: string, why: string): NetloomError {
  return new NetloomError({
    code: 'NL_CONFIG_INVALID',
    key: 'socket.path',
    found: `${file} ${why}`,
    allowed: `a path of at most ${PATH_BYTES} bytes in a folder that only root or the agent's user can write to`,
    fix: 'correct socket in agent.yaml, or write socket: none',
  });
}
