import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { AddressService } from '../node-agent/src/address-service';
import { MemoryStore } from '../node-agent/src/store';
import { accessByKubeconfig, KubernetesStore } from '../node-agent/src/store/kubernetes';
import { storeCrds } from '../src/installs';
import { whereaboutsCrds } from '../src/installs/whereabouts-crds';
import { ApiServer, apiServerSkipReason } from '../test/support/api-server';
import type { KubernetesObject } from '../test/support/api-server-client';
import type { Row } from './figures';
import { runProgram } from './programs';

const AGENTS = 4;
/** Pods that start on each node at once. */
const CLIENTS_EACH = 16;
const WARM_MS = 1_000;
const MEASURED_MS = 10_000;
const NAMESPACE = 'bench';
const POOL = 'bench/claims';

type Add = (agent: number, name: string) => Promise<unknown>;

/**
 * Claims by four agents from one pool on a real API server, and the same by whereabouts' scheme: all
 * allocations of a pool in one object, written by compare-and-swap under one lease, a process for each.
 *
 * @throws Error when an address was given twice
 */
export async function benchSharedPool(folder: string): Promise<Row[]> {
  const skipped = apiServerSkipReason();
  if (skipped) {
    console.log(`skipped: claims on an API server: ${skipped}`);
    return [];
  }
  const server = await ApiServer.start();
  try {
    for (const { manifest } of [...storeCrds(), ...whereaboutsCrds()]) {
      await server.client.establish(manifest as unknown as KubernetesObject);
    }
    await server.client.apply({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: NAMESPACE },
    });
    const netloom = await twoRecords(server);
    const peer = await oneObject(server, folder);
    const what = `${AGENTS} agents, one pool, ${AGENTS * CLIENTS_EACH} clients: claims`;
    return [{ what, netloom, peer, unit: '/s', wanted: 'at least 40' }];
  } finally {
    await server.stop();
  }
}

async function twoRecords(server: ApiServer): Promise<number> {
  const stores = await Promise.all(
    Array.from({ length: AGENTS }, (_, index) =>
      KubernetesStore.open({
        access: accessByKubeconfig(server.kubeconfig),
        namespace: NAMESPACE,
        agent: `agent-${index}`,
        local: new MemoryStore(),
      }),
    ),
  );
  try {
    const agents = stores.map((store) => new AddressService(store, store.stream(), Date.now));
    const spec = { subnets: [{ subnet: '10.0.0.0/12' }] };
    await agents[0]?.putPool({ name: POOL, spec, owner: 'net', identity: 'bench' });
    return await measure(async (agent, owner) => {
      const asked = { pool: POOL, owner, identity: 'bench' };
      const view = await (agents[agent] as AddressService).ask('claim', asked);
      return view.addresses[0];
    });
  } finally {
    for (const store of stores) await store.close();
  }
}

async function oneObject(server: ApiServer, folder: string): Promise<number> {
  const metadata = { name: 'pool', namespace: NAMESPACE };
  const { client } = server;
  const lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata, spec: {} };
  await client.request(
    'POST',
    `/apis/coordination.k8s.io/v1/namespaces/${NAMESPACE}/leases`,
    lease,
  );
  const pool = {
    apiVersion: 'whereabouts.cni.cncf.io/v1alpha1',
    kind: 'IPPool',
    metadata,
    spec: { range: '10.0.0.0/12', allocations: {} },
  };
  await client.request('POST', `/apis/${pool.apiVersion}/namespaces/${NAMESPACE}/ippools`, pool);
  const file = path.join(folder, 'access.json');
  writeFileSync(file, JSON.stringify({ ...accessOf(server), namespace: NAMESPACE }), {
    mode: 0o600,
  });
  return measure(
    async (_, name) => (await runProgram<number>('one-object-add', [file, name])).result,
  );
}

function accessOf({ kubeconfig }: ApiServer): object {
  const { clusters, users } = JSON.parse(readFileSync(kubeconfig, 'utf8'));
  const [{ cluster }] = clusters;
  const [{ user }] = users;
  const ca = readFileSync(cluster['certificate-authority'], 'utf8');
  return { server: cluster.server, ca, token: user.token };
}

/** How often all clients together get an address within a second, each one after the other. */
async function measure(add: Add): Promise<number> {
  const given: unknown[] = [];
  const start = performance.now();
  let done = 0;
  const client = async (number: number): Promise<void> => {
    for (let turn = 0; ; turn++) {
      const before = performance.now() - start;
      if (before > WARM_MS + MEASURED_MS) return;
      given.push(await add(number % AGENTS, `${number}-${turn}`));
      const after = performance.now() - start;
      if (after > WARM_MS && after <= WARM_MS + MEASURED_MS) done++;
    }
  };
  await Promise.all(Array.from({ length: AGENTS * CLIENTS_EACH }, (_, number) => client(number)));
  if (new Set(given).size !== given.length) throw new Error('an address was given twice');
  return (done * 1000) / MEASURED_MS;
}
