import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, lstatSync, mkdirSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import {
  claimText,
  listClaims,
  listPools,
  poolText,
  releaseClaim,
  transferClaim,
} from '../../node-agent/src/commands/claims';
import { findTool } from '../../scripts/tools';
import { AgentFolder, refusal } from './support/agent-folder';

const POOL = 'apps/lan';
const spec = { subnets: [{ subnet: '10.10.0.0/24' }] };

/** Status of a request without any credential, over a Unix socket. */
function ask(
  socketPath: string,
  path: string,
  headers: Record<string, string> = {},
): Promise<number> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ socketPath, path, headers, agent: false }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    });
    outgoing.on('error', reject);
    outgoing.end();
  });
}

const SETPRIV = findTool('setpriv') ?? 'setpriv';
const OTHER = '65534';

function asUser(uid: string): string[] {
  return ['--reuid', uid, '--clear-groups'];
}

/** In a user namespace of one user there is nobody else to be. */
const hasOtherUser = spawnSync(SETPRIV, [...asUser(OTHER), 'true']).status === 0;
function otherUserTest(name: string, run: () => Promise<void>): void {
  if (hasOtherUser) test(name, run);
  else test.skip(`${name} (skipped: needs a second user: run jest as root)`, () => {});
}

describe('the Unix socket', () => {
  let folder: AgentFolder;

  beforeEach(async () => {
    folder = await AgentFolder.make();
  });

  afterEach(async () => {
    await folder.remove();
  });

  const socket = (): string => folder.at('state/agent.sock');

  test('needs no token, is for its user alone, and a token counts where one is shown', async () => {
    await folder.start();
    const { mode, isSocket } = {
      mode: lstatSync(socket()).mode & 0o777,
      isSocket: lstatSync(socket()).isSocket(),
    };
    expect([mode, isSocket]).toEqual([0o600, true]);
    expect(await ask(socket(), '/v1/info')).toBe(200);
    expect(await ask(socket(), '/v1/info', { authorization: 'Bearer wrong' })).toBe(401);
    expect(folder.log.join('')).not.toContain('socket_left_out');
    await folder.stop();
    // What a killed agent leaves does not keep the next one from starting.
    await folder.start();
    expect(await ask(socket(), '/v1/info')).toBe(200);
  });

  test('the rights of agent.yaml count on it, and none at all leaves it out', async () => {
    folder.changeConfig((config) => {
      config.socket = { path: 'local/in.sock', verbs: ['read'] };
    });
    mkdirSync(folder.at('local'), { mode: 0o755 });
    await folder.start();
    expect(await ask(folder.at('local/in.sock'), '/v1/pools')).toBe(200);
    const client = folder.client({
      socketPath: folder.at('local/in.sock'),
      url: 'http://localhost',
    });
    expect(await refusal(client.claim({ pool: POOL, owner: 'a' }))).toEqual([
      'NL_AGENT_FORBIDDEN verb',
    ]);
    await folder.stop();
    folder.changeConfig((config) => {
      config.socket = 'none';
    });
    await folder.start();
    await expect(ask(folder.at('local/in.sock'), '/v1/info')).rejects.toThrow(
      /ENOENT|ECONNREFUSED/,
    );
  });

  const unfit: [string, () => void, RegExp][] = [
    [
      'a folder that others may write to',
      () => chmodSync(folder.at('local'), 0o777),
      /written by others/,
    ],
    [
      'a file that is no socket',
      () => writeFileSync(folder.at('local/in.sock'), ''),
      /is no socket/,
    ],
  ];

  test.each(unfit)('%s is refused', async (_name, spoil, message) => {
    folder.changeConfig((config) => {
      config.socket = { path: 'local/in.sock' };
    });
    mkdirSync(folder.at('local'), { mode: 0o755 });
    spoil();
    await expect(folder.start()).rejects.toThrow(message);
  });

  otherUserTest('the kernel keeps other users out', async () => {
    folder.changeConfig((config) => {
      config.socket = { path: 'local/in.sock' };
    });
    mkdirSync(folder.at('local'), { mode: 0o755 });
    chmodSync(folder.folder, 0o755);
    await folder.start();
    const program = `require('node:net').connect(${JSON.stringify(folder.at('local/in.sock'))})
      .on('connect', () => { console.log('in'); process.exit(); })
      .on('error', (error) => console.log(error.code))`;
    const connectAs = (uid: string): Promise<string> =>
      new Promise((resolve) => {
        const args = [...asUser(uid), process.execPath, '-e', program];
        const child = spawn(SETPRIV, args, { stdio: ['ignore', 'pipe', 'inherit'] });
        let text = '';
        child.stdout.on('data', (chunk) => {
          text += chunk;
        });
        child.on('exit', () => resolve(text.trim()));
      });
    expect([await connectAs(OTHER), await connectAs('0')]).toEqual(['EACCES', 'in']);
  });

  test('claims are listed, released and handed over by an operator, whoever made them', async () => {
    await folder.start();
    const client = folder.client();
    await client.putPool(POOL, { owner: 'stack', spec });
    for (const owner of ['a', 'b']) await client.claim({ pool: POOL, owner, reason: 'camera' });
    const config = folder.configFile;
    expect(poolText(await listPools(config))).toMatch(
      /NAME .*\n {2}apps\/lan {2}10\.10\.0\.0\/24 {2}254 {3}2 /,
    );
    expect(claimText(await listClaims(config, { ownerPrefix: 'b' }))).toMatch(
      /POOL .*\n {2}apps\/lan {2}10\.10\.0\.2 {2}claimed {2}b {6}camera$/,
    );
    const found = await listClaims(config, { pool: POOL, address: '10.10.0.1' });
    expect(found).toMatchObject([{ owner: 'a', addresses: ['10.10.0.1'] }]);
    expect(await transferClaim(config, POOL, 'a', 'c')).toBe('10.10.0.1 is held by c');
    expect(await releaseClaim(config, POOL, 'b')).toBe('released 10.10.0.2 of b');
    expect(await refusal(releaseClaim(config, POOL, 'b'))).toEqual(['NL_OFFER_GONE --owner']);
    const left = (await client.claims(POOL)).map(({ owner }) => owner);
    expect(left).toEqual(['c']);
    // It is still the one of the credential that made it.
    expect((await client.claim({ pool: POOL, owner: 'c' })).addresses).toEqual(['10.10.0.1']);
    expect(folder.log.filter((line) => line.includes('"identity":"local"')).join('')).toMatch(
      /"change":"transfer".*"change":"release"/s,
    );
  });
});
