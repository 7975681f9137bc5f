import { ApiObject, App, Chart, JsonPatch, Testing } from 'cdk8s';
import {
  AddressClaim,
  BridgeNetwork,
  HostBridge,
  Ipam,
  IpvlanMode,
  IpvlanNetwork,
  MacvlanMode,
  MacvlanNetwork,
  NetloomCrds,
  Network,
  Platform,
} from 'netloom/constructs';
import { appsChart, configsOf, objectsOf, placeOf, problemsOfSynth, warningsTold } from './support';

const V4 = {
  subnet: '10.10.0.0/24',
  rangeStart: '10.10.0.20',
  rangeEnd: '10.10.0.119',
  gateway: '10.10.0.254',
};

describe("S1.6 the network of MicroShift's document", () => {
  const seed = (chart: Chart): BridgeNetwork =>
    new BridgeNetwork(chart, 'bridge-conf', {
      bridge: 'br-test',
      ipam: Ipam.hostLocal({
        ranges: [
          {
            subnet: '10.10.0.0/24',
            rangeStart: '10.10.0.20',
            rangeEnd: '10.10.0.50',
            gateway: '10.10.0.254',
          },
          { subnet: 'fd00:10:10::/64', rangeStart: 'fd00:10:10::1', rangeEnd: 'fd00:10:10::9' },
        ],
        dataDir: '/var/lib/cni/br-test',
      }),
    });

  test('S1.6 is an object with valid JSON, which the printed one is not', () => {
    const chart = new Chart(Testing.app(), 'edge');
    seed(chart);
    const [object] = [...objectsOf(chart, 'NetworkAttachmentDefinition').values()];
    expect(Object.keys(object)).toEqual(['apiVersion', 'kind', 'metadata', 'spec']);
    expect(object.apiVersion).toBe('k8s.cni.cncf.io/v1');
    expect(object.metadata).toEqual({ name: 'bridge-conf' });
    expect(() => JSON.parse(object.spec.config)).not.toThrow();
  });

  test('S1.6 has its meaning: ranges, gateway, dataDir inside ipam, and no key that the plugin does not know', () => {
    const chart = new Chart(Testing.app(), 'edge');
    const network = seed(chart);
    const want = {
      cniVersion: '0.4.0',
      name: 'bridge-conf',
      type: 'bridge',
      bridge: 'br-test',
      ipam: {
        type: 'host-local',
        ranges: [
          [
            {
              subnet: '10.10.0.0/24',
              rangeStart: '10.10.0.20',
              rangeEnd: '10.10.0.50',
              gateway: '10.10.0.254',
            },
          ],
          [{ subnet: 'fd00:10:10::/64', rangeStart: 'fd00:10:10::1', rangeEnd: 'fd00:10:10::9' }],
        ],
        dataDir: '/var/lib/cni/br-test',
      },
    };
    expect(configsOf(chart).get('bridge-conf')).toEqual(want);
    expect(network.config).toEqual(want);
    expect(network.isClaimable).toBe(false);
    expect(network.claimedApiObject).toBeUndefined();
  });
});

describe('networks', () => {
  test("are named by their id, or by name, in the chart's namespace or their own", () => {
    const chart = appsChart();
    const one = new BridgeNetwork(chart, 'lan', { ipam: Ipam.none() });
    const two = new MacvlanNetwork(chart, 'two', {
      name: 'storage',
      namespace: 'infra',
      ipam: Ipam.dhcp(),
    });
    expect([one.name, one.namespace, two.name, two.namespace]).toEqual([
      'lan',
      'apps',
      'storage',
      'infra',
    ]);
    const objects = objectsOf(chart, 'NetworkAttachmentDefinition');
    expect([...objects.values()].map(({ metadata }) => metadata)).toEqual([
      { name: 'lan', namespace: 'apps' },
      { name: 'storage', namespace: 'infra' },
    ]);
  });

  test('of each kind: enum and word are the same', () => {
    const chart = appsChart();
    new MacvlanNetwork(chart, 'a', {
      master: 'eth1',
      mode: MacvlanMode.VEPA,
      mtu: 9000,
      ipam: Ipam.dhcp(),
    });
    new MacvlanNetwork(chart, 'b', {
      master: 'eth1',
      mode: 'vepa',
      mtu: 9000,
      ipam: Ipam.dhcp({ daemonSocketPath: '/x' }),
    });
    new IpvlanNetwork(chart, 'c', {
      master: 'eth3',
      mode: IpvlanMode.L3S,
      ipam: Ipam.static({ routes: [{ dst: '192.168.122.0/24', gw: '192.168.122.1' }] }),
    });
    new BridgeNetwork(chart, 'd', {
      ipam: Ipam.raw({ type: 'whereabouts', range: '10.0.0.0/24' }),
      cniVersion: '1.0.0',
      vlan: 100,
    });
    expect(Object.fromEntries(configsOf(chart))).toEqual({
      a: {
        cniVersion: '0.4.0',
        name: 'a',
        type: 'macvlan',
        master: 'eth1',
        mode: 'vepa',
        mtu: 9000,
        ipam: { type: 'dhcp' },
      },
      b: {
        cniVersion: '0.4.0',
        name: 'b',
        type: 'macvlan',
        master: 'eth1',
        mode: 'vepa',
        mtu: 9000,
        ipam: { type: 'dhcp', daemonSocketPath: '/x' },
      },
      c: {
        cniVersion: '0.4.0',
        name: 'c',
        type: 'ipvlan',
        master: 'eth3',
        mode: 'l3s',
        capabilities: { ips: true },
        ipam: { type: 'static', routes: [{ dst: '192.168.122.0/24', gw: '192.168.122.1' }] },
      },
      d: {
        cniVersion: '1.0.0',
        name: 'd',
        type: 'bridge',
        vlan: 100,
        preserveDefaultVlan: false,
        ipam: { type: 'whereabouts', range: '10.0.0.0/24' },
      },
    });
  });

  test('with a claimable part have a twin in the same namespace', () => {
    const chart = appsChart();
    const lan = new BridgeNetwork(chart, 'lan', {
      bridge: 'br-test',
      isDefaultGateway: true,
      ipam: Ipam.hostLocal({ ranges: [V4], claimable: ['10.10.0.100-10.10.0.119'] }),
      metadata: { labels: { team: 'a' } },
    });
    expect([lan.claimedName, lan.isClaimable]).toEqual(['lan-claimed', true]);
    const configs = configsOf(chart);
    expect([...configs.keys()]).toEqual(['lan', 'lan-claimed']);
    expect(configs.get('lan').ipam.ranges).toEqual([[{ ...V4, rangeEnd: '10.10.0.99' }]]);
    expect(configs.get('lan-claimed')).toEqual({
      cniVersion: '0.4.0',
      name: 'lan-claimed',
      type: 'bridge',
      bridge: 'br-test',
      capabilities: { ips: true },
      ipam: { type: 'static', routes: [{ dst: '0.0.0.0/0', gw: '10.10.0.254' }] },
    });
    for (const { metadata } of objectsOf(chart, 'NetworkAttachmentDefinition').values()) {
      expect(metadata).toMatchObject({ namespace: 'apps', labels: { team: 'a' } });
    }
    expect(warningsTold().map(placeOf)).toEqual([
      '[apps/lan] isDefaultGateway NL_DEFAULT_ROUTE_TAKEN',
    ]);
    expect(lan.apiObject).toBeInstanceOf(ApiObject);
    expect(lan.claimedApiObject?.name).toBe('lan-claimed');
  });

  test('of one name in one namespace are refused, over all charts', () => {
    const app = Testing.app();
    for (const id of ['a', 'b']) {
      new BridgeNetwork(new Chart(app, id, { namespace: 'apps' }), 'lan');
    }
    expect(problemsOfSynth(() => app.synth()).map(placeOf)).toEqual(['[b/lan] name NL_NAME_TWICE']);
  });
});

describe('S1.2 Platform.microshift().applyTo(app)', () => {
  const app = (): App => {
    const made = Testing.app();
    Platform.microshift().applyTo(made);
    return made;
  };

  test('S1.2 accepts its three IPAMs', () => {
    const made = app();
    const chart = new Chart(made, 'edge');
    new BridgeNetwork(chart, 'a', { ipam: Ipam.hostLocal({ ranges: [V4] }) });
    new BridgeNetwork(chart, 'b', { ipam: Ipam.static() });
    new BridgeNetwork(chart, 'c', { ipam: Ipam.dhcp() });
    expect(problemsOfSynth(() => made.synth())).toEqual([]);
    expect(Platform.of(chart)?.name).toBe('microshift');
    // Leased over a bridge, and nobody knows by whom.
    expect(warningsTold().map(placeOf)).toEqual(['[edge/c] ipam NL_DHCP_SERVER']);
  });

  test("S1.2 refuses anything else, by the construct's path", () => {
    const made = app();
    new BridgeNetwork(new Chart(made, 'edge'), 'lan', {
      ipam: Ipam.raw({ type: 'whereabouts', range: '10.0.0.0/24' }),
    });
    expect(problemsOfSynth(() => made.synth())).toEqual([
      '[edge/lan] ipam: "whereabouts" is not an IPAM of microshift. Allowed: one of host-local, static, dhcp. Fix: use host-local. (NL_PLATFORM_UNSUPPORTED)',
    ]);
  });

  test('the nearest scope says which platform it is', () => {
    const made = app();
    const chart = new Chart(made, 'cloud');
    Platform.kubernetes().applyTo(chart);
    new BridgeNetwork(chart, 'lan', {
      ipam: Ipam.raw({ type: 'whereabouts', range: '10.0.0.0/24' }),
    });
    expect(problemsOfSynth(() => made.synth())).toEqual([]);
    expect(Platform.of(Testing.chart())).toBeUndefined();
  });
});

test("S1.5 ipvlan with dhcp is refused, by the construct's path", () => {
  const chart = appsChart();
  new IpvlanNetwork(chart, 'legacy', { master: 'eth3', ipam: Ipam.dhcp() });
  expect(problemsOfSynth(() => Testing.synth(chart)).map(placeOf)).toEqual([
    '[apps/legacy] ipam NL_IPVLAN_DHCP',
  ]);
});

describe('host bridges', () => {
  test('are objects of our own kind, which has a definition', () => {
    const chart = appsChart();
    new NetloomCrds(chart, 'crds');
    const bridge = new HostBridge(chart, 'br-test', {
      bridge: 'br-test',
      addresses: ['10.10.0.10/24'],
      ports: ['eth2'],
      metadata: { labels: { a: 'b' } },
    });
    expect(bridge.bridge).toBe('br-test');
    expect(objectsOf(chart, 'HostBridge').get('br-test')).toEqual({
      apiVersion: 'netloom.io/v1alpha1',
      kind: 'HostBridge',
      metadata: { name: 'br-test', labels: { a: 'b' } }, // cluster-scoped: not the chart's namespace
      spec: { bridge: 'br-test', addresses: ['10.10.0.10/24'], ports: ['eth2'] },
    });
    const [crd] = [...objectsOf(chart, 'CustomResourceDefinition').values()];
    expect(crd.metadata).toEqual({ name: 'hostbridges.netloom.io' });
  });

  test('S1.13 an address in a pod range is refused at synth, whichever came first', () => {
    const lan = (chart: Chart): BridgeNetwork =>
      new BridgeNetwork(chart, 'lan', {
        bridge: 'br-test',
        ipam: Ipam.hostLocal({ ranges: [V4] }),
      });
    const host = (chart: Chart): HostBridge =>
      new HostBridge(chart, 'host', { bridge: 'br-test', addresses: ['10.10.0.30/24'] });
    for (const makers of [
      [lan, host],
      [host, lan],
    ]) {
      const chart = appsChart();
      for (const make of makers) make(chart);
      expect(problemsOfSynth(() => Testing.synth(chart))).toEqual([
        '[apps/host] addresses[0]: "10.10.0.30/24" lies in 10.10.0.20-10.10.0.119, which network "lan" gives to pods. Allowed: an address that no pod can get. Fix: 10.10.0.1/24? (NL_HOST_ADDRESS_IN_POOL)',
      ]);
    }
  });

  test('whose name is none for an object need one', () => {
    const chart = appsChart();
    new HostBridge(chart, 'a', { bridge: 'br_lan' });
    new HostBridge(chart, 'b', { bridge: 'br_wan', metadata: { name: 'wan' } });
    expect(problemsOfSynth(() => Testing.synth(chart)).map(placeOf)).toEqual([
      '[apps/a] metadata.name NL_NAME_INVALID',
    ]);
  });
});

describe('claims', () => {
  const network = (chart: Chart, more: object = {}): BridgeNetwork =>
    new BridgeNetwork(chart, 'lan', {
      bridge: 'br-test',
      ipam: Ipam.hostLocal({
        ranges: [V4, { subnet: 'fd00:10::/64' }],
        claimable: ['10.10.0.100-10.10.0.119', 'fd00:10::80/121'],
      }),
      ...more,
    });

  test("have their subnet's prefix length, IPv4 first", () => {
    const chart = appsChart();
    const lan = network(chart);
    const claim = new AddressClaim(chart, 'camera', {
      network: lan,
      addresses: ['fd00:10::80', '10.10.0.100'],
    });
    expect(claim.addresses).toEqual(['10.10.0.100', 'fd00:10::80']);
    expect(claim.cidrs).toEqual(['10.10.0.100/24', 'fd00:10::80/64']);
    expect(objectsOf(chart, 'NetworkAttachmentDefinition').size).toBe(2);
  });

  test('without an address are refused: nobody can be asked for one', () => {
    const chart = appsChart();
    new AddressClaim(chart, 'camera', { network: network(chart) });
    expect(problemsOfSynth(() => Testing.synth(chart))).toEqual([
      '[apps/camera] address: the claim has no address. Allowed: an address of the claimable part: a synthesis has no agent to ask for one. Fix: write address or addresses, or make the claim in a Pulumi program. (NL_ADDRESS_INVALID)',
    ]);
  });

  test('outside the claimable part are refused, and throw where their addresses are asked for', () => {
    const chart = appsChart();
    const claim = new AddressClaim(chart, 'camera', {
      network: network(chart),
      address: '10.11.0.20',
    });
    expect(() => claim.cidrs).toThrow(/NL_CLAIM_OUTSIDE_CLAIMABLE/);
    expect(problemsOfSynth(() => Testing.synth(chart))).toEqual([
      '[apps/camera] address: "10.11.0.20" is not in the claimable part of "lan". Allowed: one of 10.10.0.100-10.10.0.119, fd00:10::80-fd00:10::ff. Fix: take one of these. (NL_CLAIM_OUTSIDE_CLAIMABLE)',
    ]);
  });

  test('on a gateway bridge need a HostBridge that holds the gateway', () => {
    const chart = appsChart();
    new AddressClaim(chart, 'camera', {
      network: network(chart, { isGateway: true }),
      address: '10.10.0.100',
    });
    expect(problemsOfSynth(() => Testing.synth(chart)).map(placeOf)).toEqual([
      '[apps/camera] network NL_GATEWAY_NOT_HELD',
    ]);
    new HostBridge(chart, 'host', {
      bridge: 'br-test',
      addresses: ['10.10.0.254/24', 'fd00:10::1/64'],
    });
    expect(problemsOfSynth(() => Testing.synth(chart))).toEqual([]);
  });
});

test('a network is its own ApiObject, and told from others by its class', () => {
  const chart = new Chart(new App(), 'apps', { namespace: 'apps' });
  const ipam = Ipam.static({ addresses: [{ address: '10.0.0.5/24' }] });
  const lan = new BridgeNetwork(chart, 'lan', { ipam });
  const other = new ApiObject(chart, 'other', { apiVersion: 'v1', kind: 'ConfigMap' });
  expect(lan.apiObject).toBe(lan);
  expect([lan instanceof ApiObject, lan instanceof Network, lan instanceof BridgeNetwork]).toEqual([
    true,
    true,
    true,
  ]);
  expect(lan).not.toBeInstanceOf(MacvlanNetwork);
  expect(other).not.toBeInstanceOf(Network);
  lan.addJsonPatch(JsonPatch.add('/metadata/labels', { team: 'edge' }));
  expect(Testing.synth(chart)[0]).toMatchObject({
    metadata: { name: 'lan', labels: { team: 'edge' } },
  });
});
