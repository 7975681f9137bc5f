import { ApiObject, App, type Chart, Testing } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import {
  AddressClaim,
  Chain,
  Ipam,
  KubeOvnNetwork,
  KubeOvnSubnet,
  MacvlanNetwork,
  MultiNetDaemonSet,
  MultiNetDeployment,
  MultiNetPod,
  MultiNetStatefulSet,
  Network,
  PodNetworks,
} from 'netloom/constructs';
import {
  appsChart,
  CONTAINERS,
  lanOf,
  type Manifest,
  NETWORKS,
  objectsOf,
  placeOf,
  problemsOfSynth,
  warningsTold,
} from './support';

const DEFAULT = 'v1.multus-cni.io/default-network';

const annotationsOf = (chart: Chart, kind = 'Pod'): Manifest => {
  const [object] = [...objectsOf(chart, kind).values()] as Manifest[];
  return (object.spec.template?.metadata ?? object.metadata).annotations;
};

describe('MultiNet*', () => {
  const makers = {
    Pod: (chart: Chart) => new MultiNetPod(chart, 'db', CONTAINERS),
    Deployment: (chart: Chart) => new MultiNetDeployment(chart, 'db', CONTAINERS),
    StatefulSet: (chart: Chart) => new MultiNetStatefulSet(chart, 'db', CONTAINERS),
    DaemonSet: (chart: Chart) => new MultiNetDaemonSet(chart, 'db', CONTAINERS),
  };

  const { Pod, Deployment, StatefulSet, DaemonSet } = kplus;
  const CLASSES = { Pod, Deployment, StatefulSet, DaemonSet };

  test.each(Object.keys(makers))('MultiNet%s is one of cdk8s-plus', (name) => {
    const kind = name as keyof typeof makers;
    const chart = appsChart();
    const lan = lanOf(chart);
    const workload = makers[kind](chart);
    expect(workload.attach(lan).attach(lan, { interface: 'lan1' })).toBe(workload);
    expect(workload).toBeInstanceOf(CLASSES[kind]);
    expect(workload.constructor.name).toBe(`MultiNet${kind}`);
    expect(workload.apiObject).toBeInstanceOf(ApiObject);
    expect(workload.apiObject.kind).toBe(kind);
    expect(annotationsOf(chart, kind)).toEqual({ [NETWORKS]: 'lan,lan@lan1' });
  });
});

test('S1.8 S2.9 every field of an attachment', () => {
  const chart = appsChart();
  const lan = lanOf(chart, {
    chain: [Chain.portmap(), Chain.bandwidth()],
    capabilities: { ips: true, mac: true, infinibandGUID: true },
  });
  new MultiNetPod(chart, 'web', CONTAINERS).attach(lan, {
    interface: 'lan1',
    ips: ['10.10.0.20'],
    mac: '02:00:00:00:00:01',
    defaultRoute: [],
    infinibandGuid: 'c2:11:22:33:44:55:66:77',
    portMappings: [{ hostPort: 8080, containerPort: 80, protocol: 'tcp', hostIP: '10.0.0.1' }],
    bandwidth: { ingressRate: 1000, ingressBurst: 100 },
    cniArgs: { a: 1 },
    deviceID: '0000:00:1f.6',
    ipamClaimReference: 'claim',
    extra: { future: true },
  });
  expect(JSON.parse(annotationsOf(chart)[NETWORKS])).toEqual([
    {
      name: 'lan',
      interface: 'lan1',
      ips: ['10.10.0.20'],
      mac: '02:00:00:00:00:01',
      'infiniband-guid': 'c2:11:22:33:44:55:66:77',
      portMappings: [{ hostPort: 8080, containerPort: 80, protocol: 'tcp', hostIP: '10.0.0.1' }],
      bandwidth: { ingressRate: 1000, ingressBurst: 100 },
      'default-route': [],
      'cni-args': { a: 1 },
      deviceID: '0000:00:1f.6',
      'ipam-claim-reference': 'claim',
      future: true,
    },
  ]);
  warningsTold();
});

test('options of a program without types are told of, and break nothing', () => {
  const attached = (options: object): string[] => {
    const chart = appsChart();
    const pod = new MultiNetPod(chart, 'db', CONTAINERS);
    pod.attach(lanOf(chart), options);
    return problemsOfSynth(() => App.of(chart).synth());
  };

  expect(attached({ ips: '10.10.0.7/24' })).toEqual([
    expect.stringMatching(
      /attachments\[0\]\.ips: "10\.10\.0\.7\/24" is no list.*Fix: \["10\.10\.0\.7\/24"\]\?.*NL_TYPE_WRONG/,
    ),
  ]);
  expect(attached({ defaultRoute: 7 })).toEqual([
    expect.stringMatching(/attachments\[0\]\.defaultRoute: 7 is no list.*NL_TYPE_WRONG/),
  ]);
  const other = appsChart();
  expect(attached({ claim: lanOf(other) })).toEqual([
    expect.stringMatching(/attachments\[0\]\.claim: a BridgeNetwork is no claim.*NL_TYPE_WRONG/),
  ]);
});

describe("replaceDefault puts a network in the cluster network's place", () => {
  test('by namespace and name, which Multus would look for in its own', () => {
    const chart = appsChart();
    const lan = lanOf(chart);
    new MultiNetPod(chart, 'web', CONTAINERS).replaceDefault(lan).attach(lan);
    expect(annotationsOf(chart)).toEqual({ [DEFAULT]: 'apps/lan', [NETWORKS]: 'lan' });
  });

  test('with an address that was claimed', () => {
    const chart = appsChart();
    const lan = lanOf(chart);
    const claim = new AddressClaim(chart, 'camera', { network: lan, address: '10.10.0.100' });
    new MultiNetPod(chart, 'web', CONTAINERS).replaceDefault(lan, { claim });
    expect(JSON.parse(annotationsOf(chart)[DEFAULT])).toEqual([
      { name: 'lan-claimed', namespace: 'apps', ips: ['10.10.0.100/24'] },
    ]);
  });

  const refused: {
    name: string;
    make: (chart: Chart, pod: MultiNetPod) => void;
    want: string[];
  }[] = [
    {
      name: 'twice',
      make: (chart, pod) => {
        const lan = lanOf(chart);
        pod.replaceDefault(lan).replaceDefault(lan);
      },
      want: ['[apps/web] defaultNetwork NL_VALUES_CONFLICT'],
    },
    {
      name: 'without a namespace',
      make: (chart, pod) => pod.replaceDefault(Network.fromName(chart, 'other', { name: 'other' })),
      want: ['[apps/web] defaultNetwork.network.namespace NL_KEY_MISSING'],
    },
    {
      name: 'beside an annotation that says something else',
      make: (chart, pod) => {
        pod.metadata.addAnnotation(DEFAULT, 'infra/other');
        pod.replaceDefault(lanOf(chart));
      },
      want: [`[apps/web] annotations["${DEFAULT}"] NL_VALUES_CONFLICT`],
    },
    {
      name: 'with no address where its IPAM has none',
      make: (chart, pod) =>
        pod.replaceDefault(
          new MacvlanNetwork(chart, 'fixed', { master: 'eth1', ipam: Ipam.static() }),
        ),
      want: ['[apps/web] defaultNetwork.ips NL_ATTACHMENT_IPS'],
    },
  ];

  test.each(refused)('refused: $name', ({ make, want }) => {
    const chart = appsChart();
    const pod = new MultiNetPod(chart, 'web', CONTAINERS);
    make(chart, pod);
    expect(problemsOfSynth(() => chart.toJson()).map(placeOf)).toEqual(want);
  });
});

describe('S4.6 Kube-OVN reads annotations of its own', () => {
  const V4 = { cidrBlock: '172.17.0.0/16', gateway: '172.17.0.1' };
  const nicOf = (chart: Chart): KubeOvnNetwork =>
    new KubeOvnNetwork(chart, 'nic', { subnet: new KubeOvnSubnet(chart, 'ovn', V4) });

  test('S4.6 computed for its plugin, ips and mac included', () => {
    const chart = appsChart();
    new MultiNetPod(chart, 'web', CONTAINERS).attach(nicOf(chart), {
      interface: 'ovn0',
      ips: ['172.17.0.20'],
      mac: '00:00:00:53:6b:b6',
      kubeOvn: { routes: [{ dst: '10.0.0.0/8', gw: '172.17.0.1' }] },
    });
    expect(annotationsOf(chart)).toEqual({
      [NETWORKS]: 'nic@ovn0',
      'nic.apps.ovn.kubernetes.io/ip_address': '172.17.0.20',
      'nic.apps.ovn.kubernetes.io/mac_address': '00:00:00:53:6b:b6',
      'nic.apps.ovn.kubernetes.io/routes': '[{"dst":"10.0.0.0/8","gw":"172.17.0.1"}]',
    });
  });

  test('S4.6 computed for its IPAM, without .ovn', () => {
    const chart = appsChart();
    const subnet = new KubeOvnSubnet(chart, 'ovn', V4);
    const ipam = new MacvlanNetwork(chart, 'ipam', { master: 'eth2', ipam: Ipam.kubeOvn(subnet) });
    const db = new kplus.StatefulSet(chart, 'db', { ...CONTAINERS, replicas: 2 });
    PodNetworks.of(db).attach(ipam, { kubeOvn: { ipPool: ['172.17.0.30', '172.17.0.31'] } });
    expect(annotationsOf(chart, 'StatefulSet')).toEqual({
      [NETWORKS]: 'ipam',
      'ipam.apps.kubernetes.io/ip_pool': '172.17.0.30,172.17.0.31',
    });
  });

  test('S4.7 a pool smaller than the workload is told of', () => {
    const chart = appsChart();
    const db = new kplus.StatefulSet(chart, 'db', { ...CONTAINERS, replicas: 3 });
    PodNetworks.of(db).attach(nicOf(chart), {
      kubeOvn: { ipPool: ['172.17.0.30', '172.17.0.31'] },
    });
    expect(
      problemsOfSynth(() => chart.toJson()).map((line) => /\((NL_\w+)\)$/.exec(line)?.[1]),
    ).toEqual(['NL_IP_POOL_SMALL']);
  });

  test('S4.6 by interface where one network is attached twice', () => {
    const chart = appsChart();
    const nic = nicOf(chart);
    new MultiNetPod(chart, 'web', CONTAINERS)
      .attach(nic, { ips: ['172.17.0.20'] })
      .attach(nic, { interface: 'ovn1', ips: ['172.17.0.21'] });
    expect(annotationsOf(chart)).toEqual({
      [NETWORKS]: 'nic,nic@ovn1',
      'nic.apps.ovn.net1.kubernetes.io/ip_address': '172.17.0.20',
      'nic.apps.ovn.ovn1.kubernetes.io/ip_address': '172.17.0.21',
    });
  });

  test('refused: twice the same setting, another network, an annotation that says something else', () => {
    const chart = appsChart();
    const nic = nicOf(chart);
    new MultiNetPod(chart, 'a', CONTAINERS).attach(nic, {
      ips: ['172.17.0.20'],
      mac: '02:00:00:00:00:01',
      kubeOvn: { ipAddress: '172.17.0.21', macAddress: '02:00:00:00:00:02' },
    });
    new MultiNetPod(chart, 'b', CONTAINERS).attach(lanOf(chart), {
      kubeOvn: { ipAddress: '10.10.0.20' },
    });
    const annotations = { 'nic.apps.ovn.kubernetes.io/ip_address': '172.17.0.40' };
    new MultiNetPod(chart, 'c', { ...CONTAINERS, metadata: { annotations } }).attach(nic, {
      ips: ['172.17.0.41'],
    });
    expect(problemsOfSynth(() => chart.toJson()).map(placeOf)).toEqual([
      '[apps/a] attachments[0].ips NL_VALUES_CONFLICT',
      '[apps/a] attachments[0].mac NL_VALUES_CONFLICT',
      '[apps/b] attachments[0].kubeOvn NL_VALUES_CONFLICT',
      '[apps/c] annotations["nic.apps.ovn.kubernetes.io/ip_address"] NL_VALUES_CONFLICT',
    ]);
  });
});

describe('KubeVirt', () => {
  const machineOf = (chart: Chart, spec: object): ApiObject =>
    new ApiObject(chart, 'vm', {
      apiVersion: 'kubevirt.io/v1',
      kind: 'VirtualMachine',
      spec: { template: { spec: { domain: { devices: {} }, ...spec } } },
    });
  const specOf = (chart: Chart): Manifest => {
    const [object] = [...objectsOf(chart, 'VirtualMachine').values()] as [Manifest];
    expect(object.spec.template.metadata).toBeUndefined();
    return object.spec.template.spec;
  };

  test('S2.5 a VirtualMachine gets networks and interfaces, and keeps the network of its pod', () => {
    const chart = appsChart();
    const machine = machineOf(chart, {});
    PodNetworks.of(machine)
      .attach(lanOf(chart))
      .attach(Network.fromName(chart, 'vf', { name: 'vf', namespace: 'infra' }), {
        interface: 'fast',
        mac: '02:00:00:00:00:01',
        binding: 'sriov',
      });
    expect(specOf(chart)).toEqual({
      domain: {
        devices: {
          interfaces: [
            { name: 'default', masquerade: {} },
            { name: 'lan', bridge: {} },
            { name: 'fast', sriov: {}, macAddress: '02:00:00:00:00:01' },
          ],
        },
      },
      networks: [
        { name: 'default', pod: {} },
        { name: 'lan', multus: { networkName: 'apps/lan' } },
        { name: 'fast', multus: { networkName: 'infra/vf' } },
      ],
    });
  });

  test('S2.5 what it has stays in front', () => {
    const chart = appsChart();
    const machine = machineOf(chart, {
      domain: { devices: { interfaces: [{ name: 'a', bridge: {} }] } },
      networks: [{ name: 'a', multus: { networkName: 'a' } }],
    });
    PodNetworks.of(machine).attach(lanOf(chart));
    const { networks, domain } = specOf(chart);
    expect(networks.map((one: Manifest) => one.name)).toEqual(['a', 'lan']);
    expect(domain.devices.interfaces.map((one: Manifest) => one.name)).toEqual(['a', 'lan']);
  });

  test('S2.5 without the network of its pod, when it wants none', () => {
    const chart = appsChart();
    const machine = machineOf(chart, { domain: { devices: { autoattachPodInterface: false } } });
    PodNetworks.of(machine).attach(lanOf(chart));
    expect(specOf(chart).networks.map((one: Manifest) => one.name)).toEqual(['lan']);
  });

  test('refused: what KubeVirt does not pass on, and two of one name', () => {
    const chart = appsChart();
    const lan = lanOf(chart);
    const claim = new AddressClaim(chart, 'camera', { network: lan, address: '10.10.0.100' });
    PodNetworks.of(machineOf(chart, {}))
      .attach(lan, { ips: ['10.10.0.20'], cniArgs: {} })
      .attach(lan, { claim, interface: 'lan' })
      .replaceDefault(lan);
    expect(problemsOfSynth(() => chart.toJson()).map(placeOf)).toEqual([
      '[apps/vm] networks[2].name NL_VM_NETWORK',
      '[apps/vm] interfaces[2].name NL_VM_NETWORK',
      '[apps/vm] attachments[0].ips NL_VM_NETWORK',
      '[apps/vm] attachments[0].cniArgs NL_VM_NETWORK',
      '[apps/vm] attachments[1].claim NL_VM_NETWORK',
      '[apps/vm] defaultNetwork NL_VM_NETWORK',
    ]);
  });

  test('S1.17 a network of another kind than a workload has no binding', () => {
    const chart = appsChart();
    new MultiNetPod(chart, 'web', CONTAINERS).attach(lanOf(chart), { binding: 'bridge' });
    expect(problemsOfSynth(() => Testing.synth(chart)).map(placeOf)).toEqual([
      '[apps/web] attachments[0].binding NL_VM_NETWORK',
    ]);
  });
});
