import { type Chart, JsonPatch } from 'cdk8s';
import { Construct } from 'constructs';
import {
  BridgeNetwork,
  Chain,
  CniNetwork,
  DummyNetwork,
  HostDeviceNetwork,
  Ipam,
  IpvlanNetwork,
  KubeOvnNetwork,
  KubeOvnSubnet,
  MacvlanNetwork,
  type Network,
  OvnKubernetesNetwork,
  Platform,
  PtpNetwork,
  SriovNetwork,
  TapNetwork,
  VlanNetwork,
  WhereaboutsPool,
} from 'netloom/constructs';
import {
  appsChart,
  configsOf,
  type Manifest,
  objectsOf,
  placeOf,
  problemsOfSynth,
  warningsTold,
} from './support';

const HEAD = { cniVersion: '0.4.0', name: 'net' };
const IPAM = { type: 'static', addresses: [{ address: '10.0.0.5/24' }] };
const ipam = Ipam.static({ addresses: [{ address: '10.0.0.5/24' }] });
const ROUTED = { addresses: [{ address: '10.0.0.5/24', gateway: '10.0.0.1' }] };
const SOCKET = '/run/openvswitch/kube-ovn-daemon.sock';

interface KindCase {
  name: string;
  make: (chart: Chart) => Network;
  /** The whole configuration. */
  want: object;
}

const KINDS: KindCase[] = [
  {
    name: 'a bridge without anything',
    make: (chart) => new BridgeNetwork(chart, 'net'),
    want: { ...HEAD, type: 'bridge' },
  },
  {
    name: 'macvlan as a pure link',
    make: (chart) => new MacvlanNetwork(chart, 'net', { master: 'eth1' }),
    want: { ...HEAD, type: 'macvlan', master: 'eth1' },
  },
  {
    name: 'ipvlan',
    make: (chart) => new IpvlanNetwork(chart, 'net', { master: 'eth1', ipam }),
    want: { ...HEAD, type: 'ipvlan', master: 'eth1', capabilities: { ips: true }, ipam: IPAM },
  },
  {
    name: 'a device of the host',
    make: (chart) => new HostDeviceNetwork(chart, 'net', { device: 'eth2' }),
    want: { ...HEAD, type: 'host-device', device: 'eth2' },
  },
  {
    name: 'a VLAN',
    make: (chart) => new VlanNetwork(chart, 'net', { master: 'eth1', vlanId: 100, ipam }),
    want: {
      ...HEAD,
      type: 'vlan',
      master: 'eth1',
      vlanId: 100,
      capabilities: { ips: true },
      ipam: IPAM,
    },
  },
  {
    name: 'a veth pair to the node',
    make: (chart) => new PtpNetwork(chart, 'net', { ipMasq: true, ipam: Ipam.static(ROUTED) }),
    want: {
      ...HEAD,
      type: 'ptp',
      ipMasq: true,
      capabilities: { ips: true },
      ipam: { type: 'static', ...ROUTED },
    },
  },
  {
    name: 'a tap device',
    make: (chart) => new TapNetwork(chart, 'net', { multiQueue: true, owner: 107 }),
    want: { ...HEAD, type: 'tap', multiQueue: true, owner: 107 },
  },
  {
    name: 'a dummy',
    make: (chart) => new DummyNetwork(chart, 'net', { ipam }),
    want: { ...HEAD, type: 'dummy', capabilities: { ips: true }, ipam: IPAM },
  },
  {
    name: 'an attached network of Kube-OVN',
    make: (chart) => new KubeOvnNetwork(chart, 'net'),
    want: { ...HEAD, type: 'kube-ovn', server_socket: SOCKET, provider: 'net.apps.ovn' },
  },
  {
    name: 'a layer 2 of OVN-Kubernetes',
    make: (chart) =>
      new OvnKubernetesNetwork(chart, 'net', { topology: 'layer2', subnets: '10.100.0.0/24' }),
    want: {
      ...HEAD,
      type: 'ovn-k8s-cni-overlay',
      topology: 'layer2',
      subnets: '10.100.0.0/24',
      netAttachDefName: 'apps/net',
    },
  },
  {
    name: 'a localnet of OVN-Kubernetes, by the name of the physical network',
    make: (chart) =>
      new OvnKubernetesNetwork(chart, 'net', {
        topology: 'localnet',
        vlanID: 20,
        configName: 'physnet',
      }),
    want: {
      cniVersion: '0.4.0',
      name: 'physnet',
      type: 'ovn-k8s-cni-overlay',
      topology: 'localnet',
      vlanID: 20,
      netAttachDefName: 'apps/net',
    },
  },
];

describe('networks of each kind', () => {
  test.each(KINDS)('$name', ({ make, want }) => {
    const chart = appsChart();
    const network = make(chart);
    expect(configsOf(chart).get('net')).toEqual(want);
    expect(Object.keys(configsOf(chart).get('net'))).toEqual(Object.keys(want));
    expect(network.config).toEqual(want);
    expect(network.apiObject.kind).toBe('NetworkAttachmentDefinition');
  });

  test('S2.5 a virtual function names its resource on the object', () => {
    const chart = appsChart();
    new SriovNetwork(chart, 'net', {
      resourceName: 'intel.com/sriov',
      vlan: 100,
      ipam,
      metadata: { annotations: { team: 'a' } },
    });
    const [object] = [...objectsOf(chart, 'NetworkAttachmentDefinition').values()] as [Manifest];
    expect(object.metadata.annotations).toEqual({
      'k8s.v1.cni.cncf.io/resourceName': 'intel.com/sriov',
      team: 'a',
    });
    expect(JSON.parse(object.spec.config)).toMatchObject({ type: 'sriov', vlan: 100 });
  });
});

describe('what a network has beside its plugin', () => {
  test('S2.6 chained plugins make a list, in order, with what they need declared', () => {
    const chart = appsChart();
    new BridgeNetwork(chart, 'net', {
      bridge: 'br0',
      chain: [
        Chain.tuning({ sysctl: { 'net.ipv4.conf.IFNAME.arp_notify': '1' } }),
        Chain.portmap({ snat: true }),
        Chain.bandwidth(),
        Chain.firewall({ ingressPolicy: 'same-bridge' }),
        Chain.raw({ type: 'istio-cni', x: 1 }),
        Chain.vrf({ vrfname: 'blue' }),
        Chain.sbr(),
      ],
      ipam,
    });
    expect(configsOf(chart).get('net')).toEqual({
      ...HEAD,
      plugins: [
        { type: 'bridge', bridge: 'br0', capabilities: { ips: true }, ipam: IPAM },
        { type: 'tuning', sysctl: { 'net.ipv4.conf.IFNAME.arp_notify': '1' } },
        { type: 'portmap', snat: true, capabilities: { portMappings: true } },
        { type: 'bandwidth', capabilities: { bandwidth: true } },
        { type: 'firewall', ingressPolicy: 'same-bridge' },
        { type: 'istio-cni', x: 1 },
        { type: 'vrf', vrfname: 'blue' },
        { type: 'sbr' },
      ],
    });
  });

  test('settings of a list make a list of one plugin', () => {
    const chart = appsChart();
    new MacvlanNetwork(chart, 'net', {
      master: 'eth1',
      configName: 'lan',
      cniVersion: '1.1.0',
      disableCheck: true,
      disableGC: true,
      cniVersions: ['1.0.0', '1.1.0'],
    });
    expect(configsOf(chart).get('net')).toEqual({
      cniVersion: '1.1.0',
      cniVersions: ['1.0.0', '1.1.0'],
      name: 'lan',
      disableCheck: true,
      disableGC: true,
      plugins: [{ type: 'macvlan', master: 'eth1' }],
    });
  });

  test('S4.1 releases of the nodes that are too old for a key are told of, by its own name', () => {
    const chart = appsChart();
    new BridgeNetwork(chart, 'net', { vlan: 100, preserveDefaultVlan: false });
    new BridgeNetwork(chart, 'old', {
      vlan: 100,
      preserveDefaultVlan: false,
      targetVersions: { plugins: '1.1.1' },
    });
    expect(problemsOfSynth(() => chart.toJson()).map(placeOf)).toEqual([
      '[apps/old] preserveDefaultVlan NL_RELEASE_TOO_OLD',
    ]);
  });

  test('VLAN 1 stays on the port where the nodes can do no other, and nothing is written of it', () => {
    const chart = appsChart();
    const old = { plugins: '1.1.1' };
    new BridgeNetwork(chart, 'own', { vlan: 100, targetVersions: old });
    const group = new Construct(chart, 'group');
    Platform.kubernetes({ targetVersions: old }).applyTo(group);
    new BridgeNetwork(group, 'below', { vlan: 100 });
    new BridgeNetwork(chart, 'newer', { vlan: 100, targetVersions: { plugins: '1.3.0' } });
    const keeps = [...configsOf(chart)].map(([name, config]) => [
      name,
      (config as { preserveDefaultVlan?: boolean }).preserveDefaultVlan,
    ]);
    expect(keeps).toEqual([
      ['own', undefined],
      ['below', undefined],
      ['newer', false],
    ]);
    expect(warningsTold().map(placeOf)).toEqual([
      '[apps/own] vlan NL_DEFAULT_DIFFERS',
      '[apps/group/below] vlan NL_DEFAULT_DIFFERS',
    ]);
  });

  test('an IPAM where the plugin needs one', () => {
    const chart = appsChart();
    new VlanNetwork(chart, 'net', { master: 'eth1' });
    new DummyNetwork(chart, 'dummy');
    expect(problemsOfSynth(() => chart.toJson()).map(placeOf)).toEqual([
      '[apps/net] ipam NL_IPAM_REQUIRED',
      '[apps/dummy] ipam NL_IPAM_REQUIRED',
    ]);
  });
});

describe('whereabouts', () => {
  const pool = (chart: Chart, more: object = {}): WhereaboutsPool =>
    new WhereaboutsPool(chart, 'tenants', {
      ranges: [
        { range: '10.20.0.0/24', gateway: '10.20.0.1', exclude: ['10.20.0.8/29'] },
        { range: '2001:db8:20::/80', gateway: '2001:db8:20::1' },
      ],
      networkName: 'tenant-a',
      ...more,
    });

  test('S3.1 S3.4 a pool emits nothing; gateways are excluded, and next hops of the routes', () => {
    const chart = appsChart();
    new MacvlanNetwork(chart, 'net', {
      master: 'eth1',
      ipam: Ipam.whereabouts(pool(chart), {
        routes: [{ dst: '192.168.0.0/16' }, { dst: '2001:db8::/32' }],
        logLevel: 'error',
      }),
    });
    expect(chart.toJson()).toHaveLength(1);
    expect(configsOf(chart).get('net').ipam).toEqual({
      type: 'whereabouts',
      ipRanges: [
        { range: '10.20.0.0/24', exclude: ['10.20.0.8/29', '10.20.0.1/32'] },
        { range: '2001:db8:20::/80', exclude: ['2001:db8:20::1/128'] },
      ],
      routes: [
        { dst: '192.168.0.0/16', gw: '10.20.0.1' },
        { dst: '2001:db8::/32', gw: '2001:db8:20::1' },
      ],
      network_name: 'tenant-a',
      log_level: 'error',
    });
  });

  test('S3.5 ranges of a network alone, in the words of upstream', () => {
    const chart = appsChart();
    new MacvlanNetwork(chart, 'net', {
      master: 'eth1',
      ipam: Ipam.whereabouts({ range: '192.168.2.225/28', exclude: ['192.168.2.229/30'] }),
    });
    expect(configsOf(chart).get('net').ipam).toEqual({
      type: 'whereabouts',
      range: '192.168.2.225/28',
      exclude: ['192.168.2.229/30'],
    });
  });

  test('a claimable part is excluded, and makes a twin once something claims', () => {
    const chart = appsChart();
    const net = new MacvlanNetwork(chart, 'net', {
      master: 'eth1',
      ipam: Ipam.whereabouts(pool(chart, { claimable: ['10.20.0.128/25'] })),
    });
    expect([net.isClaimable, net.claimedName, net.claimedApiObject]).toEqual([
      true,
      'net-claimed',
      undefined,
    ]);
    expect([...configsOf(chart).keys()]).toEqual(['net']);
    expect(configsOf(chart).get('net').ipam.ipRanges[0].exclude).toEqual([
      '10.20.0.8/29',
      '10.20.0.1/32',
      '10.20.0.128/25',
    ]);
  });
});

describe('Kube-OVN', () => {
  const V4 = { cidrBlock: '172.17.0.0/16', gateway: '172.17.0.1' };

  test('S4.2 the provider of the one network is on both objects', () => {
    const chart = appsChart();
    const subnet = new KubeOvnSubnet(chart, 'ovn', {
      ...V4,
      excludeIps: ['172.17.0.1..172.17.0.10'],
      metadata: { labels: { a: 'b' } },
      name: 'attached',
    });
    expect([subnet.name, subnet.provider]).toEqual(['attached', undefined]);
    new MacvlanNetwork(chart, 'kube-ovn-ipam', {
      master: 'eth2',
      ipam: Ipam.kubeOvn(subnet, { routes: [{ dst: '172.18.0.0/16' }] }),
    });
    expect(configsOf(chart).get('kube-ovn-ipam').ipam).toEqual({
      type: 'kube-ovn',
      server_socket: SOCKET,
      provider: 'kube-ovn-ipam.apps',
      routes: [{ dst: '172.18.0.0/16' }],
    });
    expect(objectsOf(chart, 'Subnet').get('attached')).toEqual({
      apiVersion: 'kubeovn.io/v1',
      kind: 'Subnet',
      metadata: { name: 'attached', labels: { a: 'b' } }, // cluster-scoped: not the chart's namespace
      spec: {
        provider: 'kube-ovn-ipam.apps',
        cidrBlock: '172.17.0.0/16',
        gateway: '172.17.0.1',
        excludeIps: ['172.17.0.1..172.17.0.10'],
      },
    });
    expect(subnet.provider).toBe('kube-ovn-ipam.apps');
  });

  test('S4.3 its own plugin has .ovn behind', () => {
    const chart = appsChart();
    const subnet = new KubeOvnSubnet(chart, 'nic', V4);
    new KubeOvnNetwork(chart, 'ovn-nic', { subnet });
    expect(configsOf(chart).get('ovn-nic').provider).toBe('ovn-nic.apps.ovn');
    const [object] = [...objectsOf(chart, 'Subnet').values()] as [Manifest];
    expect(object.spec.provider).toBe('ovn-nic.apps.ovn');
    expect(subnet.apiObject.kind).toBe('Subnet');
  });

  test('a subnet alone is one of the cluster network', () => {
    const chart = appsChart();
    new KubeOvnSubnet(chart, 'alone', V4);
    const [object] = [...objectsOf(chart, 'Subnet').values()] as [Manifest];
    expect(object.spec).toEqual(V4);
  });

  test('two networks on one subnet are refused, once', () => {
    const chart = appsChart();
    const subnet = new KubeOvnSubnet(chart, 'ovn', V4);
    for (const id of ['b', 'a']) {
      new MacvlanNetwork(chart, id, { master: 'eth2', ipam: Ipam.kubeOvn(subnet) });
    }
    expect(problemsOfSynth(() => chart.toJson())).toEqual([
      '[apps/ovn] provider: the network of provider "b.apps" is given this Subnet, which is bound to "a.apps". Allowed: one network on a Subnet: Kube-OVN finds it by its provider. Fix: make a KubeOvnSubnet for each network. (NL_PROVIDER_UNBOUND)',
    ]);
  });

  test('a subnet that something else makes is not missed', () => {
    const chart = appsChart();
    new KubeOvnNetwork(chart, 'own', { subnet: new KubeOvnSubnet(chart, 'nic', V4) });
    new MacvlanNetwork(chart, 'foreign', { master: 'eth2', ipam: Ipam.kubeOvn() });
    expect(configsOf(chart).get('foreign').ipam.provider).toBe('foreign.apps');
  });

  test('what is wrong with a subnet is told by its own keys', () => {
    const chart = appsChart();
    new KubeOvnSubnet(chart, 'ovn', { cidrBlock: '172.17.0.0/16', gateway: '172.18.0.1' });
    expect(problemsOfSynth(() => chart.toJson()).map(placeOf)).toEqual([
      '[apps/ovn] gateway NL_GATEWAY_OUTSIDE_SUBNET',
    ]);
  });
});

describe('CniNetwork', () => {
  const plugin = { type: 'macvlan', master: 'eth1', ipam: { type: 'static' } };

  test('S4.4 one plugin as it is written, with name and version where it has none', () => {
    const chart = appsChart();
    new CniNetwork(chart, 'net', { config: plugin });
    new CniNetwork(chart, 'own', { config: { cniVersion: '0.3.1', name: 'x', ...plugin } });
    expect(configsOf(chart).get('net')).toEqual({ ...HEAD, ...plugin });
    expect(configsOf(chart).get('own')).toEqual({ cniVersion: '0.3.1', name: 'x', ...plugin });
  });

  test('S4.5 a chain, by its plugins or as a whole', () => {
    const chart = appsChart();
    const plugins = [plugin, { type: 'tuning', mtu: 1400 }];
    new CniNetwork(chart, 'net', { plugins, cniVersion: '1.0.0' });
    new CniNetwork(chart, 'whole', { config: { plugins, disableCheck: true, x: 1 } });
    expect(configsOf(chart).get('net')).toEqual({ cniVersion: '1.0.0', name: 'net', plugins });
    expect(configsOf(chart).get('whole')).toMatchObject({
      cniVersion: '0.4.0',
      disableCheck: true,
      plugins,
      x: 1,
    });
    expect(warningsTold().map(placeOf)).toEqual(['[apps/whole] config.x NL_KEY_UNKNOWN']);
  });

  test('rules speak of it by the keys of the configuration', () => {
    const chart = appsChart();
    new CniNetwork(chart, 'a', {
      config: {
        type: 'bridge',
        mtu: 1,
        ipam: { type: 'host-local', ranges: [[{ subnet: '10.0.0.1/24' }]] },
      },
    });
    new CniNetwork(chart, 'b', { plugins: [plugin, { type: 'tuning', mtu: 'x' } as never] });
    new CniNetwork(chart, 'C', { config: { ...plugin, masterr: 'eth2' } });
    expect(problemsOfSynth(() => chart.toJson()).map(placeOf)).toEqual([
      '[apps/a] config.mtu NL_VALUE_OUT_OF_RANGE',
      '[apps/a] config.ipam.ranges[0][0].subnet NL_HOST_BITS',
      '[apps/b] plugins[1].mtu NL_TYPE_WRONG',
      '[apps/C] name NL_NAME_INVALID',
      '[apps/C] config.masterr NL_KEY_MISSPELT',
    ]);
  });

  test('an unknown plugin passes with a warning', () => {
    const chart = appsChart();
    new CniNetwork(chart, 'net', { config: { type: 'cilium-cni', x: { y: [1] } } });
    expect(configsOf(chart).get('net')).toEqual({ ...HEAD, type: 'cilium-cni', x: { y: [1] } });
    expect(warningsTold().map((line) => /\((NL_[A-Z_]+)\)$/.exec(line)?.[1])).toEqual([
      'NL_PLUGIN_UNKNOWN',
    ]);
  });

  const refused: { name: string; props: object; want: string }[] = [
    { name: 'nothing', props: {}, want: 'config NL_KEY_MISSING' },
    { name: 'no plugin', props: { config: { name: 'x' } }, want: 'config NL_KEY_MISSING' },
    { name: 'no plugins', props: { plugins: [] }, want: 'plugins NL_KEY_MISSING' },
    {
      name: 'both',
      props: { config: plugin, plugins: [plugin] },
      want: 'plugins NL_VALUES_CONFLICT',
    },
  ];

  test.each(refused)('refused: $name', ({ props, want }) => {
    const chart = appsChart();
    new CniNetwork(chart, 'net', props);
    expect(problemsOfSynth(() => chart.toJson()).map(placeOf)).toEqual([`[apps/net] ${want}`]);
  });
});

describe('patchCni', () => {
  const network = (chart: Chart): BridgeNetwork =>
    new BridgeNetwork(chart, 'net', {
      bridge: 'br0',
      ipam: Ipam.hostLocal({
        ranges: [{ subnet: '10.10.0.0/24' }],
        claimable: ['10.10.0.100-10.10.0.119'],
      }),
    });

  test('reaches into the configuration, behind everything else', () => {
    const chart = appsChart();
    const net = network(chart);
    net
      .patchCni(JsonPatch.add('/x', { y: 1 }), JsonPatch.replace('/bridge', 'br1'))
      .patchCni(JsonPatch.replace('/ipam/ranges/0/0/subnet', '10.11.0.0/24'))
      .patchClaimedCni(JsonPatch.add('/mtu', 1400))
      .patch(JsonPatch.add('/metadata/labels', { a: 'b' }));
    const configs = configsOf(chart);
    expect(configs.get('net')).toMatchObject({ bridge: 'br1', x: { y: 1 } });
    expect(configs.get('net').ipam.ranges[0][0].subnet).toBe('10.11.0.0/24');
    expect(net.config).toEqual(configs.get('net'));
    expect(configs.get('net-claimed')).toMatchObject({ bridge: 'br0', mtu: 1400 });
    const objects = objectsOf(chart, 'NetworkAttachmentDefinition');
    expect(objects.get('net').metadata.labels).toEqual({ a: 'b' });
    expect(objects.get('net-claimed').metadata.labels).toBeUndefined();
  });

  test('does not reach into what was given', () => {
    const chart = appsChart();
    const given = { type: 'own', list: [{ a: 1 }] };
    const net = new BridgeNetwork(chart, 'net', { ipam: Ipam.raw(given) });
    net.patchCni(JsonPatch.remove('/ipam/list/0/a'));
    expect(configsOf(chart).get('net').ipam).toEqual({ type: 'own', list: [{}] });
    expect(given).toEqual({ type: 'own', list: [{ a: 1 }] });
  });

  const refused: { name: string; patch: JsonPatch; want: string }[] = [
    {
      name: 'a replacement of nothing',
      patch: JsonPatch.replace('/mtuu', 1400),
      want: '[apps/net] patchCni[0]: "replace" finds nothing at "/mtuu" in the CNI configuration. Allowed: paths that are there: /cniVersion, /name, /type, /bridge, /ipam and those below. Fix: correct the path, or use "add". (NL_KEY_MISSING)',
    },
    {
      name: 'a removal of nothing',
      patch: JsonPatch.remove('/ipam/rangesets'),
      want: '[apps/net] patchCni[0] NL_KEY_MISSING',
    },
    {
      name: 'an addition in nothing',
      patch: JsonPatch.add('/a/b', 1),
      want: '[apps/net] patchCni[0] NL_KEY_MISSING',
    },
    {
      name: 'a copy of nothing',
      patch: JsonPatch.copy('/a', '/b'),
      want: '[apps/net] patchCni[0] NL_KEY_MISSING',
    },
    {
      name: 'a test that fails',
      patch: JsonPatch.test('/bridge', 'br1'),
      want: '[apps/net] patchCni[0]: "test" does not apply at "/bridge", where "br0" is. Allowed: a patch that applies. Fix: look at what the CNI configuration has there (network.config). (NL_VALUES_CONFLICT)',
    },
    {
      name: 'no type any more',
      patch: JsonPatch.remove('/type'),
      want: '[apps/net] patchCni NL_KEY_MISSING',
    },
    {
      name: 'no object any more',
      patch: JsonPatch.replace('', 'x'),
      want: '[apps/net] patchCni NL_KEY_MISSING',
    },
  ];

  test.each(refused)('refused: $name', ({ patch, want }) => {
    const chart = appsChart();
    network(chart).patchCni(patch);
    const problems = problemsOfSynth(() => chart.toJson());
    expect(want.endsWith(')') ? problems : problems.map(placeOf)).toEqual([want]);
  });

  test('a patch of the twin that fails has a name of its own', () => {
    const chart = appsChart();
    network(chart).patchClaimedCni(JsonPatch.remove('/ipam/ranges'));
    expect(problemsOfSynth(() => chart.toJson()).map(placeOf)).toEqual([
      '[apps/net] patchClaimedCni[0] NL_KEY_MISSING',
    ]);
  });
});

describe('in JavaScript, a plain object where a function of ours gives one', () => {
  const plain = { type: 'host-local', subnet: '10.10.0.0/24' } as any;

  test('is refused as an IPAM', () => {
    expect(() => new BridgeNetwork(appsChart(), 'lan', { ipam: plain })).toThrow(
      /ipam: \{"type":"host-local",.*\} is a plain object\..*Fix: Ipam\.hostLocal\(\{ \.\.\. \}\)\. \(NL_TYPE_WRONG\)/,
    );
  });

  test('is refused in a chain', () => {
    const chain = [Chain.portmap(), { type: 'sbr' } as any];
    expect(() => new BridgeNetwork(appsChart(), 'lan', { ipam: Ipam.none(), chain })).toThrow(
      /chain\[1\]: .*Fix: Chain\.sbr\(/,
    );
  });
});
