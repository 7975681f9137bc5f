/**
 * One ADD by whereabouts' scheme, in a process of its own, as Multus starts it: the lease, the pool with
 * all its allocations, the lowest free number, its reservation, the pool again by compare-and-swap, and
 * the lease given back. Prints the number that it got.
 */

import { readFileSync } from 'node:fs';
import https from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';

/** As whereabouts sets its leader election up: `pkg/storage/kubernetes/ipam.go`. */
const LEASE_MS = 1_500;
const RETRY_MS = 500;
/** `JitterFactor` of client-go's leader election. */
const JITTER = 1.2;

interface Access {
  readonly server: string;
  readonly ca: string;
  readonly token: string;
  readonly namespace: string;
}

interface Reply {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: what the API server says
  readonly body: any;
}

const access: Access = JSON.parse(readFileSync(process.argv[2] as string, 'utf8'));
const holder = process.argv[3] as string;
const agent = new https.Agent({ keepAlive: true, ca: access.ca });
const lease = `/apis/coordination.k8s.io/v1/namespaces/${access.namespace}/leases`;
const pool = `/api/v1/namespaces/${access.namespace}/configmaps`;

function ask(method: string, path: string, object?: object): Promise<Reply> {
  const headers = {
    authorization: `Bearer ${access.token}`,
    accept: 'application/json',
    'content-type': 'application/json',
  };
  return new Promise((resolve, reject) => {
    const request = https.request(
      new URL(path, access.server),
      { method, headers, agent },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          text += chunk;
        });
        response.on('end', () => {
          resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) });
        });
      },
    );
    request.once('error', reject);
    request.end(object === undefined ? undefined : JSON.stringify(object));
  });
}

async function isLeader(): Promise<boolean> {
  const { body } = await ask('GET', `${lease}/pool`);
  const { holderIdentity, renewTime } = body.spec;
  if (holderIdentity && Date.parse(renewTime) + LEASE_MS > Date.now()) return false;
  const time = `${new Date().toISOString().replace('Z', '')}000Z`;
  const spec = { holderIdentity: holder, renewTime: time };
  return (await ask('PUT', `${lease}/pool`, { ...body, spec })).status === 200;
}

async function add(): Promise<number> {
  while (!(await isLeader())) await sleep(RETRY_MS * (1 + Math.random() * JITTER));
  const { body } = await ask('GET', `${pool}/pool`);
  const taken: number[] = JSON.parse(body.data.allocations);
  const free = taken.length;
  const metadata = { name: `ip-${free}`, namespace: access.namespace };
  await ask('GET', `${pool}/${metadata.name}`);
  await ask('POST', pool, { apiVersion: 'v1', kind: 'ConfigMap', metadata });
  const data = { allocations: JSON.stringify([...taken, free]) };
  const put = await ask('PUT', `${pool}/pool`, { ...body, data });
  if (put.status !== 200) throw new Error(`${put.status}: the pool has changed under the lease`);
  const held = (await ask('GET', `${lease}/pool`)).body;
  await ask('PUT', `${lease}/pool`, { ...held, spec: { holderIdentity: '' } });
  return free;
}

add().then(
  (number) => {
    process.stdout.write(JSON.stringify(number));
    agent.destroy();
  },
  (error) => {
    process.stderr.write(`${error}\n`);
    process.exitCode = 1;
    agent.destroy();
  },
);
