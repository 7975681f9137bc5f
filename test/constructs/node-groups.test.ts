import { ApiObject, type Chart } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import {
  AddressClaim,
  HostDeviceNetwork,
  Ipam,
  IpvlanNetwork,
  MacvlanNetwork,
  MultiNetPod,
  PodNetworks,
  VlanNetwork,
} from 'netloom/constructs';
import {
  appsChart,
  configsOf,
  type Manifest,
  NETWORKS,
  objectsOf,
  placeOf,
  problemsOfSynth,
  warningsTold,
} from './support';

const CONTAINERS = { containers: [{ image: 'nginx:1.27' }] };
const GROUPS = {
  rackA: { master: 'eth1', nodeSelector: { rack: 'a' } },
  rackB: { master: 'ens1f0', nodeSelector: { rack: 'b' } },
};

const storageOf = (chart: Chart, more: object = {}): MacvlanNetwork =>
  new MacvlanNetwork(chart, 'storage', {
    masterByNodeGroup: GROUPS,
    mtu: 9000,
    ipam: Ipam.whereabouts({ ranges: [{ range: '10.20.0.0/24' }], claimable: ['10.20.0.128/25'] }),
    ...more,
  });

const specOf = (chart: Chart, kind = 'Pod'): Manifest => {
  const [object] = [...objectsOf(chart, kind).values()] as [Manifest];
  return kind === 'Pod' ? object.spec : object.spec.template.spec;
};

describe('S2.5 a master that differs by group of nodes', () => {
  test('S2.5 gives each group a NetworkAttachmentDefinition', () => {
    const chart = appsChart();
    const storage = storageOf(chart, { metadata: { labels: { team: 'a' } } });
    expect(storage.name).toBe('storage');
    const configs = configsOf(chart);
    expect([...configs.keys()]).toEqual(['storage-racka', 'storage-rackb']);
    expect(configs.get('storage-racka')).toMatchObject({
      name: 'storage-racka',
      type: 'macvlan',
      master: 'eth1',
      mtu: 9000,
      ipam: { type: 'whereabouts', range: '10.20.0.0/24' },
    });
    expect(configs.get('storage-rackb').master).toBe('ens1f0');
    for (const { metadata } of objectsOf(chart, 'NetworkAttachmentDefinition').values()) {
      expect(metadata).toMatchObject({ namespace: 'apps', labels: { team: 'a' } });
    }
  });

  test('S2.5 of every plugin that has one, and of devices', () => {
    const chart = appsChart();
    const ipam = Ipam.static({ addresses: [{ address: '10.0.0.5/24' }] });
    new IpvlanNetwork(chart, 'a', { masterByNodeGroup: GROUPS, ipam });
    new VlanNetwork(chart, 'b', {
      masterByNodeGroup: { one: { ...GROUPS.rackA, master: 'eth5' } },
      vlanId: 7,
      ipam,
    });
    new HostDeviceNetwork(chart, 'c', {
      deviceByNodeGroup: { one: { device: 'eth7', nodeSelector: { rack: 'a' } } },
    });
    const configs = configsOf(chart);
    expect(configs.get('a-rackb').master).toBe('ens1f0');
    expect(configs.get('b-one')).toMatchObject({ type: 'vlan', master: 'eth5', vlanId: 7 });
    expect(configs.get('c-one')).toMatchObject({ type: 'host-device', device: 'eth7' });
    expect(warningsTold().map(placeOf)).toEqual([]);
  });

  test('S2.5 an attachment chooses one, and keeps the pod on its nodes', () => {
    const chart = appsChart();
    const storage = storageOf(chart);
    new MultiNetPod(chart, 'web', CONTAINERS).attach(storage, {
      nodeGroup: 'rackB',
      interface: 'st0',
    });
    const [pod] = [...objectsOf(chart, 'Pod').values()] as [Manifest];
    expect(pod.metadata.annotations[NETWORKS]).toBe('storage-rackb@st0');
    expect(pod.spec.nodeSelector).toEqual({ rack: 'b' });
  });

  test('S2.5 what the pods ask of nodes already still holds', () => {
    const chart = appsChart();
    const storage = storageOf(chart, {
      masterByNodeGroup: {
        big: {
          master: 'eth1',
          nodeSelector: { rack: 'a' },
          matchExpressions: [{ key: 'cores', operator: 'Gt', values: ['16'] }],
        },
      },
    });
    const required = {
      nodeSelectorTerms: [{ matchFields: [] }, { matchExpressions: [{ key: 'x' }] }],
    };
    const affinity = {
      podAffinity: {},
      nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: required },
    };
    const spec = { nodeSelector: { zone: 'z', rack: 'a' }, affinity };
    const props = { apiVersion: 'apps/v1', kind: 'DaemonSet', spec: { template: { spec } } };
    PodNetworks.of(new ApiObject(chart, 'db', props)).attach(storage, { nodeGroup: 'big' });
    const cores = { key: 'cores', operator: 'Gt', values: ['16'] };
    expect(specOf(chart, 'DaemonSet')).toEqual({
      nodeSelector: { rack: 'a', zone: 'z' },
      affinity: {
        podAffinity: {},
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: [
              { matchFields: [], matchExpressions: [cores] },
              { matchExpressions: [{ key: 'x' }, cores] },
            ],
          },
        },
      },
    });
  });

  test('S2.5 of a workload of cdk8s-plus, and of a virtual machine', () => {
    const chart = appsChart();
    const storage = storageOf(chart);
    const db = new kplus.Deployment(chart, 'db', CONTAINERS);
    db.scheduling.assign(kplus.Node.named('n1'));
    PodNetworks.of(db).attach(storage, { nodeGroup: 'rackA' });
    const machine = new ApiObject(chart, 'vm', {
      apiVersion: 'kubevirt.io/v1',
      kind: 'VirtualMachine',
      spec: { template: { spec: { domain: { devices: {} } } } },
    });
    PodNetworks.of(machine).attach(storage, { nodeGroup: 'rackA' });
    expect(specOf(chart, 'Deployment')).toMatchObject({
      nodeName: 'n1',
      nodeSelector: { rack: 'a' },
    });
    const spec = specOf(chart, 'VirtualMachine');
    expect(spec.nodeSelector).toEqual({ rack: 'a' });
    expect(spec.networks[1].multus.networkName).toBe('apps/storage-racka');
  });

  test('S2.5 a claim is of the network, and attaches to the twin of the group', () => {
    const chart = appsChart();
    const storage = storageOf(chart);
    const claim = new AddressClaim(chart, 'camera', { network: storage, address: '10.20.0.130' });
    new MultiNetPod(chart, 'web', CONTAINERS).attach(storage, { nodeGroup: 'rackB', claim });
    const [pod] = [...objectsOf(chart, 'Pod').values()] as [Manifest];
    expect(JSON.parse(pod.metadata.annotations[NETWORKS])).toEqual([
      { name: 'storage-rackb-claimed', ips: ['10.20.0.130/24'] },
    ]);
    expect([...configsOf(chart).keys()]).toEqual([
      'storage-racka',
      'storage-rackb',
      'storage-racka-claimed',
      'storage-rackb-claimed',
    ]);
    expect([...objectsOf(chart, 'ValidatingAdmissionPolicy').keys()]).toEqual([
      'netloom-apps.storage-racka-claimed',
      'netloom-apps.storage-rackb-claimed',
    ]);
  });

  describe('refused', () => {
    const cases: { name: string; make: (chart: Chart) => unknown; want: string[] }[] = [
      {
        name: 'an attachment without a group',
        make: (chart) => new MultiNetPod(chart, 'web', CONTAINERS).attach(storageOf(chart)),
        want: [
          '[apps/web] attachments[0].nodeGroup: network "storage" differs by node, and nothing says which group of nodes the pod is for. Allowed: one of rackA, rackB. Fix: attach(network, { nodeGroup: \'rackA\' }). (NL_NODE_GROUP)',
        ],
      },
      {
        name: 'a group that there is not',
        make: (chart) =>
          new MultiNetPod(chart, 'web', CONTAINERS).attach(storageOf(chart), {
            nodeGroup: 'racka',
          }),
        want: [
          '[apps/web] attachments[0].nodeGroup: network "storage" has no group "racka". Allowed: one of rackA, rackB. Fix: attach(network, { nodeGroup: \'rackA\' }). (NL_NODE_GROUP)',
        ],
      },
      {
        name: 'a group of a network that has none',
        make: (chart) =>
          new MultiNetPod(chart, 'web', CONTAINERS).attach(new MacvlanNetwork(chart, 'lan'), {
            nodeGroup: 'rackA',
          }),
        want: ['[apps/web] attachments[0].nodeGroup NL_NODE_GROUP'],
      },
      {
        name: 'two groups for one pod',
        make: (chart) => {
          const storage = storageOf(chart);
          return new MultiNetPod(chart, 'web', CONTAINERS)
            .attach(storage, { nodeGroup: 'rackA' })
            .attach(storage, { nodeGroup: 'rackB' });
        },
        want: ['[apps/web] attachments[1].nodeGroup NL_NODE_GROUP'],
      },
      {
        name: 'nodes that the pod is not on',
        make: (chart) => {
          const spec = { containers: [], nodeSelector: { rack: 'c' } };
          const pod = new ApiObject(chart, 'web', { apiVersion: 'v1', kind: 'Pod', spec });
          return PodNetworks.of(pod).attach(storageOf(chart), { nodeGroup: 'rackA' });
        },
        want: ['[apps/web] attachments[0].nodeGroup NL_NODE_GROUP'],
      },
      {
        name: 'no groups',
        make: (chart) => storageOf(chart, { masterByNodeGroup: {} }),
        want: ['[apps/storage] masterByNodeGroup NL_NODE_GROUP'],
      },
      {
        name: 'a group without nodes',
        make: (chart) => storageOf(chart, { masterByNodeGroup: { a: { master: 'eth1' } } }),
        want: ['[apps/storage] masterByNodeGroup.a NL_NODE_GROUP'],
      },
      {
        name: 'a master beside it',
        make: (chart) => storageOf(chart, { master: 'eth9' }),
        want: ['[apps/storage] masterByNodeGroup NL_NODE_GROUP'],
      },
      {
        name: 'groups of one name in lower case',
        make: (chart) =>
          storageOf(chart, {
            masterByNodeGroup: { a: GROUPS.rackA, A: { ...GROUPS.rackB, master: 'eth1' } },
          }),
        want: [
          '[apps/storage] masterByNodeGroup.A NL_NODE_GROUP',
          '[apps/storage] name NL_NAME_TWICE',
        ],
      },
      {
        name: 'a master that is too long, by its group; what is the same in all once',
        make: (chart) =>
          storageOf(chart, {
            mtu: 1,
            masterByNodeGroup: {
              a: GROUPS.rackA,
              b: { master: 'enp94s0f0np0.100', nodeSelector: { a: 'b' } },
            },
          }),
        want: [
          '[apps/storage] mtu NL_VALUE_OUT_OF_RANGE',
          '[apps/storage] masterByNodeGroup.b.master NL_IFNAME_TOO_LONG',
        ],
      },
      {
        name: 'a name that is none',
        make: (chart) => storageOf(chart, { masterByNodeGroup: { 'rack a': GROUPS.rackA } }),
        want: ['[apps/storage] name NL_NAME_INVALID'],
      },
    ];

    test.each(cases)('$name', ({ make, want }) => {
      const chart = appsChart();
      make(chart);
      const problems = problemsOfSynth(() => chart.toJson());
      expect(want[0]?.endsWith(')') ? problems : problems.map(placeOf)).toEqual(want);
    });
  });
});
