/**
 * One ADD by whereabouts' scheme and in its objects, in a process of its own, as Multus starts it: the
 * lease, the list of pools, the pool with all its allocations, the lowest free number, its reservation,
 * the pool again by compare-and-swap, and the lease given back. Prints the number that it got.
 */

import { readFileSync } from 'node:fs';
import https from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';

/** As whereabouts sets its leader election up: `pkg/storage/kubernetes/ipam.go`. */
const LEASE_MS = 1_500;
const RETRY_MS = 500;
/** `JitterFactor` of client-go's leader election. */
const JITTER = 1.2;
/** Its `DatastoreRetries`. */
const MOST_TRIES = 100;

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
const WHEREABOUTS = 'whereabouts.cni.cncf.io/v1alpha1';
const pools = `/apis/${WHEREABOUTS}/namespaces/${access.namespace}/ippools`;
const reservations = `/apis/${WHEREABOUTS}/namespaces/${access.namespace}/overlappingrangeipreservations`;

function ask(
  method: string,
  path: string,
  object?: object,
  type = 'application/json',
): Promise<Reply> {
  const headers = {
    authorization: `Bearer ${access.token}`,
    accept: 'application/json',
    'content-type': type,
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

/** The lowest free number of the pool; undefined when somebody has changed the pool meanwhile. */
async function take(): Promise<number | undefined> {
  const { body } = await ask('GET', `${pools}/pool`);
  const { resourceVersion } = body.metadata;
  let free = 1;
  while (body.spec.allocations[free] !== undefined) free += 1;
  const podref = `bench/${holder}`;
  const ifname = 'net1';
  const name = `ip-${free}`;
  await ask('GET', `${reservations}/${name}`);
  const change = [
    { op: 'test', path: '/metadata/resourceVersion', value: resourceVersion },
    { op: 'add', path: `/spec/allocations/${free}`, value: { id: holder, podref, ifname } },
  ];
  const put = await ask('PATCH', `${pools}/pool`, change, 'application/json-patch+json');
  if (put.status !== 200) return undefined;
  const kind = 'OverlappingRangeIPReservation';
  const spec = { podref, ifname };
  await ask('POST', reservations, { apiVersion: WHEREABOUTS, kind, metadata: { name }, spec });
  return free;
}

async function add(): Promise<number> {
  while (!(await isLeader())) await sleep(RETRY_MS * (1 + Math.random() * JITTER));
  await ask('GET', pools);
  let free = await take();
  // The lease ended before the work did: on a busy machine another one has it by now.
  for (let tries = 1; free === undefined && tries < MOST_TRIES; tries++) free = await take();
  if (free === undefined) throw new Error('the pool was always changed by others');
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
