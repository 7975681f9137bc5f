import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { AuditReportView } from 'netloom/agent-api';
import { parse } from 'yaml';
import { ClusterObserver, lookAround, takeBack } from '../../node-agent/src/audit';
import { ApiServer as AgentApiServer } from '../../node-agent/src/cluster';
import { HostRoot } from '../../node-agent/src/node-facts';
import { AgentFolder, refusal } from '../agent/support/agent-folder';
import { ApiServer, apiServerSkipReason } from '../support/api-server';
import type { KubernetesObject } from '../support/api-server-client';
import { objectsBelow } from '../support/api-server-crds';
import { describeUnless } from '../support/network-suite';

const GROUP = 'whereabouts.cni.cncf.io/v1alpha1';
const NAMESPACE = 'kube-system';
const POOL = 'apps/lan';
const spec = { subnets: [{ subnet: '10.10.0.0/24', ranges: ['10.10.0.100-10.10.0.119'] }] };

function ipPool(allocations: object): KubernetesObject {
  return {
    apiVersion: GROUP,
    kind: 'IPPool',
    metadata: { name: '10.10.0.0-24', namespace: NAMESPACE },
    spec: { range: '10.10.0.0/24', allocations },
  };
}

function reservation(name: string, podref: string): KubernetesObject {
  return {
    apiVersion: GROUP,
    kind: 'OverlappingRangeIPReservation',
    metadata: { name, namespace: NAMESPACE },
    spec: { podref, ifname: 'net1' },
  };
}

function pod(name: string): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default' },
    spec: { containers: [{ name: 'c', image: 'busybox:1.35' }], nodeName: 'none' },
  };
}

function short({ findings }: AuditReportView): string[] {
  return findings.map(({ kind, address }) => `${kind} ${address}`);
}

describeUnless(apiServerSkipReason(), 'an audit through a real API server', () => {
  let server: ApiServer;
  let agent: AgentFolder;
  let cluster: AgentApiServer;

  const crds = objectsBelow(path.join(__dirname, '../support/crds')).filter(({ metadata }) =>
    metadata.name.endsWith('whereabouts.cni.cncf.io'),
  );

  /** A pod that runs, as Multus describes it. */
  const runs = async (name: string, network: string, ...ips: string[]): Promise<void> => {
    await server.client.create(pod(name));
    const at = `/api/v1/namespaces/default/pods/${name}`;
    const status = JSON.stringify([{ name: network, interface: 'net1', ips }]);
    const annotations = { 'k8s.v1.cni.cncf.io/network-status': status };
    const merge = 'application/merge-patch+json';
    await server.client.request('PATCH', at, { metadata: { annotations } }, merge);
    await server.client.request('PATCH', `${at}/status`, { status: { phase: 'Running' } }, merge);
  };

  beforeAll(async () => {
    server = await ApiServer.start();
    agent = await AgentFolder.make();
    const { clusters, users } = parse(readFileSync(server.kubeconfig, 'utf8'));
    const { server: apiServer, 'certificate-authority': caFile } = clusters[0].cluster;
    const tokenFile = agent.at('cluster-token');
    writeFileSync(tokenFile, users[0].user.token);
    cluster = new AgentApiServer({ apiServer, caFile, tokenFile });
    agent.changeConfig((config) => {
      config.kubernetes = { apiServer, caFile, tokenFile };
      config.audit = {
        sources: ['whereabouts', 'network-status'],
        everySeconds: 3600,
        graceSeconds: 0,
      };
    });
    await agent.start();
  }, 120_000);

  afterAll(async () => {
    cluster?.close();
    await agent?.remove();
    await server?.stop();
  });

  test('a cluster without whereabouts has given nothing with it', async () => {
    const look = await lookAround([
      new ClusterObserver(cluster, ['whereabouts', 'reservation', 'network-status']),
    ]);
    expect(look).toEqual({
      sightings: [],
      seen: ['whereabouts', 'reservation', 'network-status'],
      unseen: {},
    });
  });

  test('what whereabouts gave and what pods have is set aside before a pool may give it', async () => {
    for (const crd of crds) await server.client.establish(crd);
    await runs('web', 'default/lan', '10.10.0.100');
    await runs('cam', 'default/lan-claimed', '10.10.0.103');
    await server.client.apply(
      ipPool({
        '100': { id: 'a', podref: 'default/web', ifname: 'net1' },
        '101': { id: 'b', podref: 'default/gone', ifname: 'net1' },
      }),
    );
    await server.client.apply(reservation('10.10.0.100', 'default/web'));
    await server.client.apply(reservation('10.10.0.102', 'default/gone'));
    const client = agent.client();
    await client.putPool(POOL, { owner: 'stack', spec });
    const first = await client.claim({ pool: POOL, owner: 'a' });
    expect(first.addresses).toEqual(['10.10.0.101']);
    expect(
      await refusal(client.claim({ pool: POOL, owner: 'b', addresses: ['10.10.0.100'] })),
    ).toEqual(['NL_ADDRESS_NOT_FREE address']);
    // The claim behind this pod was lost: whoever asks for the address by value gets it.
    const lost = await client.claim({ pool: POOL, owner: 'cam', addresses: ['10.10.0.103'] });
    expect(lost.addresses).toEqual(['10.10.0.103']);
    expect(short(await client.audit())).toEqual([
      'leaked-record 10.10.0.101',
      'leaked-record 10.10.0.102',
      'unused-claim 10.10.0.101',
    ]);
  });

  test('records of pods that are gone are taken back, those of live ones stay', async () => {
    const client = agent.client();
    await client.audit();
    const { done } = await client.audit({ repairRecords: true });
    expect(done.map((line) => line.replace(/ keeps .*/, ''))).toEqual([
      'taken back: whereabouts of "10.10.0.0-24"',
      'taken back: reservation of ""',
    ]);
    const left = await server.client.read(ipPool({}));
    expect(Object.keys(left?.['spec'].allocations)).toEqual(['100']);
    expect(await server.client.read(reservation('10.10.0.102', ''))).toBeUndefined();
    // A reservation that was made anew under the same name has another uid.
    const at = `/apis/${GROUP}/namespaces/${NAMESPACE}/overlappingrangeipreservations/10.10.0.100`;
    expect(await cluster.remove(at, { uid: 'of-another', resourceVersion: '1' })).toBe(false);
    expect(await server.client.read(reservation('10.10.0.100', ''))).toBeDefined();
  });

  test('a record that changed since, or whose pod came back, stays', async () => {
    const parts = { host: new HostRoot('/'), sandboxDirs: [], server: cluster };
    const record = (podref: string) => ({
      source: 'whereabouts' as const,
      address: '10.10.0.105',
      network: '10.10.0.0-24',
      holder: podref,
      place: `${NAMESPACE}/10.10.0.0-24 allocations/105`,
      isAlive: false,
    });
    const allocations = { '105': { id: 'n', podref: 'default/new', ifname: 'net1' } };
    await server.client.apply(ipPool(allocations));
    expect(await takeBack(record('default/old'), parts)).toBe(false);
    await server.client.create(pod('new'));
    expect(await takeBack(record('default/new'), parts)).toBe(false);
    await server.client.remove(pod('new'));
    // Somebody writes between our look and our change: the version does not fit any more.
    const late = {
      ...parts,
      server: {
        read: (at: string) => cluster.read(at),
        remove: cluster.remove.bind(cluster),
        patch: async (at: string, operations: readonly object[]) => {
          await server.client.apply(
            ipPool({ ...allocations, '106': { id: 'x', podref: 'default/x', ifname: 'net1' } }),
          );
          return cluster.patch(at, operations);
        },
      },
    };
    expect(await takeBack(record('default/new'), late)).toBe(false);
    expect(await takeBack(record('default/new'), parts)).toBe(true);
    const left = await server.client.read(ipPool({}));
    expect(Object.keys(left?.['spec'].allocations)).toEqual(['106']);
  });

  test('an error of the API server is no absence: nothing is leaked, nothing is repaired', async () => {
    const client = agent.client();
    const pods = async (): Promise<string[]> => {
      const failing = {
        list: async (at: string) => {
          if (at.endsWith('/pods')) throw new Error('503: etcd is slow');
          return cluster.list(at);
        },
      };
      const observer = new ClusterObserver(failing, ['whereabouts', 'network-status']);
      const { sightings, unseen } = await lookAround([observer]);
      expect(sightings).toEqual([]);
      return Object.keys(unseen);
    };
    expect(await pods()).toEqual(['whereabouts', 'network-status']);
    // A token that is not taken any more answers 401: that is no empty cluster.
    writeFileSync(agent.at('cluster-token'), 'expired');
    const blind = await client.audit({ repairRecords: true });
    expect([short(blind), blind.done]).toEqual([[], []]);
    expect(blind.unseen['network-status']).toContain('401');
    const wider = { subnets: [{ subnet: '10.10.0.0/24' }] };
    expect(await refusal(client.putPool(POOL, { owner: 'stack', spec: wider }))).toEqual([
      'NL_AUDIT_INCOMPLETE pool',
    ]);
  });
});
