import {
  appendFileSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { connect } from 'node:tls';
import { AgentClient } from 'netloom/agent-api';
import { makeCertificates } from '../../node-agent/src/commands/certificates';
import { writePrivate } from '../../node-agent/src/commands/files';
import { MemoryDisk, MemoryStore } from '../../node-agent/src/store';
import { AgentFolder, refusal } from './support/agent-folder';
import { rawRequest } from './support/raw-request';

/** One each second; `NETLOOM_SOAK=1` does it for a minute. */
const ROTATIONS = process.env.NETLOOM_SOAK ? 60 : 4;

/** Serial number of the certificate that a new connection is shown. */
function shownSerial(folder: AgentFolder): Promise<string> {
  return new Promise((resolve, reject) => {
    const { port } = new URL(folder.url);
    const options = {
      host: '127.0.0.1',
      port: Number(port),
      ca: readFileSync(folder.at('ca.crt')),
    };
    const socket = connect(options, () => {
      resolve(socket.getPeerCertificate().serialNumber);
      socket.destroy();
    });
    socket.on('error', reject);
  });
}

async function until(holds: () => Promise<boolean> | boolean): Promise<void> {
  const end = Date.now() + 5_000;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error('it did not come true within 5 s');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe('while the agent runs', () => {
  let folder: AgentFolder;

  beforeEach(async () => {
    folder = await AgentFolder.make();
    folder.changeConfig((config) => {
      (config.tokens as object[]).push({ name: 'filed', file: 'filed.token', verbs: ['read'] });
    });
    writeFileSync(folder.at('filed.token'), 'first-token\n');
    await folder.start({ watchIntervalMs: 20 });
  });

  afterEach(() => folder.remove());

  const renewed = (): number =>
    folder.log.filter((line) => line.includes('"credentials_renewed"')).length;

  test('a new certificate is shown to new connections, and no call fails meanwhile', async () => {
    const client = folder.client();
    const before = await shownSerial(folder);
    let isOver = false;
    let calls = 0;
    const calling = (async () => {
      while (!isOver) {
        await client.info();
        await folder.client().info();
        calls += 2;
      }
    })();
    await makeCertificates({ folder: folder.folder, name: 'edge-1', addresses: [], clients: [] });
    await until(async () => (await shownSerial(folder)) !== before);
    isOver = true;
    await calling;
    expect(calls).toBeGreaterThan(0);
  });

  test(
    `certificates and tokens change every second for ${ROTATIONS} s, and no call fails`,
    async () => {
      const tokenFile = folder.at('filed.token');
      const failures: unknown[] = [];
      const serials = new Set<string>();
      let calls = 0;
      let isOver = false;
      const calling = async (isNewEachTime: boolean): Promise<void> => {
        const kept = folder.client({ tokenFile });
        while (!isOver) {
          const client = isNewEachTime ? new AgentClient(kept.connection) : kept;
          await client.info().catch((error) => failures.push(error));
          if (isNewEachTime) await client.close();
          calls += 1;
        }
      };
      const callers = [false, false, false, true, true].map(calling);
      for (let count = 0; count < ROTATIONS; count++) {
        await makeCertificates({
          folder: folder.folder,
          name: 'edge-1',
          addresses: [],
          clients: [],
        });
        writePrivate(tokenFile, `token-${count}-${'x'.repeat(count % 7)}\n`);
        await new Promise((resolve) => setTimeout(resolve, 1_000));
        serials.add(await shownSerial(folder));
      }
      isOver = true;
      await Promise.all(callers);
      if (process.env.NETLOOM_SOAK)
        process.stdout.write(
          `rotation: ${serials.size} certificates, ${calls} calls, ${failures.length} failed\n`,
        );
      expect(failures).toEqual([]);
      expect(calls).toBeGreaterThan(10 * ROTATIONS);
      expect(serials.size).toBe(ROTATIONS);
    },
    (ROTATIONS + 60) * 1000,
  );

  test('half a rotation keeps the old certificate, and is taken once it is whole', async () => {
    const before = await shownSerial(folder);
    const key = readFileSync(folder.at('server.key'));
    await makeCertificates({ folder: folder.folder, name: 'edge-1', addresses: [], clients: [] });
    renameSync(folder.at('server.key'), folder.at('new.key'));
    writeFileSync(folder.at('server.key'), key);
    await until(() => folder.log.some((line) => line.includes('credentials_not_renewed')));
    expect(await shownSerial(folder)).toBe(before);
    renameSync(folder.at('new.key'), folder.at('server.key'));
    await until(async () => (await shownSerial(folder)) !== before);
  });

  test('a token file that changes changes who may call', async () => {
    const client = folder.client({ tokenFile: folder.at('filed.token') });
    expect(await refusal(client.info())).toEqual([]);
    writeFileSync(folder.at('old.token'), 'first-token\n');
    writeFileSync(folder.at('filed.token'), 'second-token-of-another-length\n');
    await until(() => renewed() > 0);
    expect(await refusal(client.info())).toEqual([]);
    const old = folder.client({ tokenFile: folder.at('old.token') });
    expect(await refusal(old.info())).toEqual(['NL_AGENT_TOKEN credential']);
  });

  test('a token that is added to agent.yaml may call; a broken file changes nothing', async () => {
    const file = folder.addToken('added', { verbs: ['read'] });
    await until(() => renewed() > 0);
    expect(await refusal(folder.client({ tokenFile: file }).info())).toEqual([]);
    appendFileSync(folder.configFile, '\nunknown: 1\n');
    await until(() => folder.log.some((line) => line.includes('credentials_not_renewed')));
    expect(await refusal(folder.client({ tokenFile: file }).info())).toEqual([]);
  });
});

describe('a call whose token is replaced while it is on its way', () => {
  /** Answers in turn; what comes after a refusal has another token. */
  async function asked(answers: readonly { status: number; replaces: boolean }[]) {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'netloom-token-'));
    const tokenFile = path.join(folder, 'token');
    const tokens: (string | undefined)[] = [];
    writeFileSync(tokenFile, 'token-0\n');
    const server = http.createServer(({ headers }, response) => {
      const { status, replaces } = answers[tokens.length] ?? { status: 500, replaces: false };
      tokens.push(headers.authorization);
      if (replaces) writeFileSync(tokenFile, `token-${tokens.length}\n`);
      const problem = {
        code: 'NL_AGENT_TOKEN',
        key: 'credential',
        found: 'x',
        allowed: 'y',
        fix: 'z',
      };
      const body =
        status === 200 ? { pools: [] } : { type: 't', title: 'x', status, problems: [problem] };
      response.writeHead(status, { 'retry-after': '0' }).end(JSON.stringify(body));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const client = new AgentClient({ name: 'a', url: `http://127.0.0.1:${port}`, tokenFile });
    try {
      return { found: await refusal(client.pools()), tokens: tokens.map((one) => one?.slice(7)) };
    } finally {
      await client.close();
      server.close();
      rmSync(folder, { recursive: true });
    }
  }

  test('is made again, also when that happens once more or after it came too often', async () => {
    const answers = [
      { status: 401, replaces: true },
      { status: 401, replaces: true },
      { status: 429, replaces: true },
      { status: 401, replaces: true },
      { status: 200, replaces: false },
    ];
    expect(await asked(answers)).toEqual({
      found: [],
      tokens: ['token-0', 'token-1', 'token-2', 'token-3', 'token-4'],
    });
  });

  test('is refused at once where the token is the same as before', async () => {
    expect(await asked([{ status: 401, replaces: false }])).toEqual({
      found: ['NL_AGENT_TOKEN credential'],
      tokens: ['token-0'],
    });
  });
});

describe('when the store can not be written any more', () => {
  test('who waits is refused, nothing more is answered, and the agent asks to be stopped', async () => {
    const disk = new MemoryDisk();
    const fatal: string[] = [];
    await withFolder(async (folder) => {
      await folder.start({
        openStore: (onFailure) => new MemoryStore(disk, onFailure),
        onFatal: (error) => fatal.push(error.message),
      });
      const client = folder.client();
      const spec = { subnets: [{ subnet: '10.10.0.0/24' }] };
      await client.putPool('apps/lan', { owner: 'stack', spec });
      disk.fault = new Error('no space left on device');
      const claim = client.claim({ pool: 'apps/lan', owner: 'pod' });
      await expect(claim).rejects.toThrow('no space left on device');
      expect(await refusal(client.claims('apps/lan'))).toEqual(['NL_STORE_FAILED store']);
      expect(await refusal(client.pools())).toEqual(['NL_STORE_FAILED store']);
      expect(fatal).toHaveLength(1);
    });
  });
});

describe('while the agent starts', () => {
  test('it is alive and gives addresses, but is ready only once the bridges are back', () =>
    withFolder(async (folder) => {
      await folder.start();
      const spec = { addresses: ['10.10.0.10/24'] };
      await folder.client().putBridge('br-test', { owner: 'stack', spec });
      await folder.stop();
      folder.kernel.links.clear();
      let goOn: () => void = () => {};
      const isHeld = new Promise<void>((resolve) => {
        goOn = resolve;
      });
      const observe = folder.kernel.observe.bind(folder.kernel);
      folder.kernel.observe = async () => {
        await isHeld;
        return observe();
      };
      const starting = folder.start();
      try {
        await until(() => folder.url !== 'https://');
        const get = (route: string) =>
          rawRequest(`${folder.url}${route}`, { caFile: folder.at('ca.crt') });
        expect((await get('/healthz')).status).toBe(200);
        expect((await get('/readyz')).status).toBe(503);
        expect(await folder.client().pools()).toEqual([]);
        const bridges = folder.client().bridges();
        goOn();
        await starting;
        expect((await get('/readyz')).status).toBe(200);
        await bridges;
        expect((await folder.client().bridge('br-test'))?.actual).toMatchObject(spec);
      } finally {
        goOn();
        await starting;
      }
    }));

  test('a bridge that can not be is named in the log, and the agent serves', () =>
    withFolder(async (folder) => {
      await folder.start();
      folder.kernel.addLink('eth1');
      await folder.client().putBridge('br-test', { owner: 'stack', spec: { ports: ['eth1'] } });
      await folder.stop();
      folder.kernel.links.clear();
      await folder.start();
      expect(folder.log.join('')).toMatch(
        /"bridge_failed","bridge":"br-test".*no interface .*eth1/,
      );
      expect(await folder.client().info()).toMatchObject({ name: 'edge-1' });
    }));
});

/** Whatever happens, no agent is left running: it would keep jest from ending. */
async function withFolder(run: (folder: AgentFolder) => Promise<void>): Promise<void> {
  const folder = await AgentFolder.make();
  try {
    await run(folder);
  } finally {
    await folder.remove();
  }
}
