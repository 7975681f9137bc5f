import {
  type BridgeSettings,
  bridgeOf,
  type CniRoute,
  claimedName,
  claimedNetwork,
  gatewayAddresses,
  gatewaysByFamily,
  type HostLocalSettings,
  type LinkConfig,
  type NetworkDefinition,
  networkConfig,
  networkSpec,
  pluginsOf,
  routedFamilies,
} from 'netloom';

const V4 = {
  subnet: '10.10.0.0/24',
  rangeStart: '10.10.0.20',
  rangeEnd: '10.10.0.119',
  gateway: '10.10.0.254',
};
const V6 = { subnet: 'fd00:10::/64', rangeStart: 'fd00:10::20', rangeEnd: 'fd00:10::ff' };
const POOL: HostLocalSettings = {
  ranges: [V4, V6],
  claimable: ['10.10.0.100-10.10.0.119', 'fd00:10::80/121'],
  dataDir: '/var/lib/cni/br-test',
};

const bridge = (settings: BridgeSettings = { bridge: 'br-test' }): LinkConfig => ({
  kind: 'bridge',
  settings,
});
const network = (
  link: LinkConfig = bridge(),
  more: Partial<HostLocalSettings> = {},
): NetworkDefinition => ({
  name: 'lan',
  namespace: 'apps',
  link,
  ipam: { kind: 'host-local', settings: { ...POOL, ...more } },
});

describe('a network', () => {
  test('is written with version and name first, then the plugin, then its IPAM', () => {
    expect(JSON.stringify(networkConfig(network()))).toBe(
      '{"cniVersion":"0.4.0","name":"lan","type":"bridge","bridge":"br-test","ipam":{"type":"host-local","ranges":[[{"subnet":"10.10.0.0/24","rangeStart":"10.10.0.20","rangeEnd":"10.10.0.99","gateway":"10.10.0.254"}],[{"subnet":"fd00:10::/64","rangeStart":"fd00:10::20","rangeEnd":"fd00:10::7f"}]],"dataDir":"/var/lib/cni/br-test"}}',
    );
  });

  test('the text in the object is that configuration, the same bytes each time', () => {
    const { config } = networkSpec(network());
    expect(JSON.parse(config)).toEqual(networkConfig(network()));
    expect(networkSpec(network()).config).toBe(config);
    expect(config).toContain('\n  "type": "bridge"');
  });

  const cases: { name: string; given: Partial<NetworkDefinition>; want: object }[] = [
    {
      name: 'another version of the specification',
      given: { cniVersion: '1.0.0', ipam: { kind: 'none' } },
      want: { cniVersion: '1.0.0', name: 'lan', type: 'bridge', bridge: 'br-test' },
    },
    {
      name: 'static takes the addresses that pods bring instead of its own',
      given: { ipam: { kind: 'static', settings: {} } },
      want: {
        cniVersion: '0.4.0',
        name: 'lan',
        type: 'bridge',
        bridge: 'br-test',
        capabilities: { ips: true },
        ipam: { type: 'static' },
      },
    },
    {
      name: 'so does a raw one',
      given: { ipam: { kind: 'raw', config: { type: 'static' } } },
      want: {
        cniVersion: '0.4.0',
        name: 'lan',
        type: 'bridge',
        bridge: 'br-test',
        capabilities: { ips: true },
        ipam: { type: 'static' },
      },
    },
    {
      name: 'other IPAMs have no such capability',
      given: { ipam: { kind: 'dhcp', settings: {} } },
      want: {
        cniVersion: '0.4.0',
        name: 'lan',
        type: 'bridge',
        bridge: 'br-test',
        ipam: { type: 'dhcp' },
      },
    },
    {
      name: 'macvlan',
      given: {
        link: { kind: 'macvlan', settings: { master: 'eth1', mode: 'bridge' } },
        ipam: { kind: 'none' },
      },
      want: { cniVersion: '0.4.0', name: 'lan', type: 'macvlan', master: 'eth1', mode: 'bridge' },
    },
    {
      name: 'ipvlan',
      given: {
        link: { kind: 'ipvlan', settings: { master: 'eth3' } },
        ipam: { kind: 'raw', config: { type: 'x', a: 1 } },
      },
      want: {
        cniVersion: '0.4.0',
        name: 'lan',
        type: 'ipvlan',
        master: 'eth3',
        ipam: { type: 'x', a: 1 },
      },
    },
    {
      name: 'any plugin, raw',
      given: { link: { kind: 'raw', config: { type: 'tap', mtu: 1400 } }, ipam: { kind: 'none' } },
      want: { cniVersion: '0.4.0', name: 'lan', type: 'tap', mtu: 1400 },
    },
  ];

  test.each(cases)('$name', ({ given, want }) => {
    expect(JSON.stringify(networkConfig({ ...network(), ...given }))).toBe(JSON.stringify(want));
  });

  test('its plugins, in either form', () => {
    expect(pluginsOf(networkConfig(network())).map(({ type }) => type)).toEqual(['bridge']);
    const list = {
      cniVersion: '1.0.0',
      name: 'lan',
      plugins: [{ type: 'bridge' }, { type: 'sbr' }],
    };
    expect(pluginsOf(list).map(({ type }) => type)).toEqual(['bridge', 'sbr']);
  });

  test('the bridge it is on', () => {
    expect(bridgeOf(network())).toBe('br-test');
    expect(bridgeOf(network(bridge({})))).toBe('cni0');
    expect(bridgeOf(network({ kind: 'macvlan', settings: {} }))).toBeUndefined();
  });
});

describe('plugins that have to be told which network they are configured by', () => {
  const SOCKET = '/run/openvswitch/kube-ovn-daemon.sock';
  const HEAD = { cniVersion: '0.4.0', name: 'lan' };
  const NONE: NetworkDefinition['ipam'] = { kind: 'none' };
  const cases: { name: string; given: Partial<NetworkDefinition>; want: object }[] = [
    {
      name: 'S4.1 the IPAM of Kube-OVN',
      given: { link: { kind: 'macvlan', settings: {} }, ipam: { kind: 'kube-ovn', settings: {} } },
      want: {
        ...HEAD,
        type: 'macvlan',
        ipam: { type: 'kube-ovn', server_socket: SOCKET, provider: 'lan.apps' },
      },
    },
    {
      name: 'S4.2 its plugin, with .ovn behind',
      given: { link: { kind: 'kube-ovn', settings: {} }, ipam: NONE },
      want: { ...HEAD, type: 'kube-ovn', server_socket: SOCKET, provider: 'lan.apps.ovn' },
    },
    {
      name: 'OVN-Kubernetes',
      given: {
        link: { kind: 'ovn-k8s-cni-overlay', settings: { topology: 'layer2' } },
        ipam: NONE,
      },
      want: {
        ...HEAD,
        type: 'ovn-k8s-cni-overlay',
        topology: 'layer2',
        netAttachDefName: 'apps/lan',
      },
    },
    {
      name: 'what is set stays',
      given: {
        link: { kind: 'kube-ovn', settings: { serverSocket: '/x', provider: 'y' } },
        ipam: NONE,
      },
      want: { ...HEAD, type: 'kube-ovn', server_socket: '/x', provider: 'y' },
    },
    {
      name: 'what is undefined is not set',
      given: { link: { kind: 'kube-ovn', settings: { provider: undefined } }, ipam: NONE },
      want: { ...HEAD, type: 'kube-ovn', server_socket: SOCKET, provider: 'lan.apps.ovn' },
    },
    {
      name: 'nothing is added to what was read',
      given: { link: { kind: 'kube-ovn', settings: {} }, ipam: NONE, verbatim: true },
      want: { name: 'lan', type: 'kube-ovn' },
    },
    {
      name: 'without a namespace it is the default one',
      given: {
        link: { kind: 'ovn-k8s-cni-overlay', settings: { topology: 'layer2' } },
        ipam: NONE,
        namespace: undefined,
      },
      want: {
        ...HEAD,
        type: 'ovn-k8s-cni-overlay',
        topology: 'layer2',
        netAttachDefName: 'default/lan',
      },
    },
  ];

  test.each(cases)('$name', ({ given, want }) => {
    expect(networkConfig({ ...network(), ...given })).toEqual(want);
  });
});

describe('a list of plugins', () => {
  const of = (more: Partial<NetworkDefinition>): string =>
    JSON.stringify(networkConfig({ ...network(bridge({})), ipam: { kind: 'none' }, ...more }));

  test('is written for chained plugins, and for what only a list has', () => {
    expect(of({ chain: [{ kind: 'tuning', settings: { mtu: 1400 } }] })).toBe(
      '{"cniVersion":"0.4.0","name":"lan","plugins":[{"type":"bridge"},{"type":"tuning","mtu":1400}]}',
    );
    expect(of({ list: { disableCheck: true, cniVersions: ['1.0.0'], extra: { a: 1 } } })).toBe(
      '{"cniVersion":"0.4.0","cniVersions":["1.0.0"],"name":"lan","disableCheck":true,"plugins":[{"type":"bridge"}],"a":1}',
    );
  });

  test('has a name of its own where one is given', () => {
    expect(of({ configName: 'other' })).toBe(
      '{"cniVersion":"0.4.0","name":"other","type":"bridge"}',
    );
  });

  test('declares no capability where none is to be declared', () => {
    expect(of({ chain: [{ kind: 'portmap', settings: { capabilities: {} } }] })).toContain(
      '{"type":"portmap"}',
    );
  });
});

describe('the twin for claimed addresses', () => {
  const twin = (given: NetworkDefinition): any =>
    networkConfig(claimedNetwork(given) as NetworkDefinition);

  test('has its own name, the same namespace, the same link, and static IPAM with the capability', () => {
    const claimed = claimedNetwork(network());
    expect(claimed).toMatchObject({ name: 'lan-claimed', namespace: 'apps' });
    expect(claimedName('lan')).toBe('lan-claimed');
    expect(JSON.stringify(twin(network()))).toBe(
      '{"cniVersion":"0.4.0","name":"lan-claimed","type":"bridge","bridge":"br-test","capabilities":{"ips":true},"ipam":{"type":"static"}}',
    );
  });

  test('keeps the version of the specification', () => {
    expect(twin({ ...network(), cniVersion: '1.0.0' }).cniVersion).toBe('1.0.0');
  });

  const DEFAULT_ROUTES: CniRoute[] = [
    { dst: '0.0.0.0/0', gw: '10.10.0.254' },
    { dst: '::/0', gw: 'fd00:10::1' },
  ];

  const cases: {
    name: string;
    given: NetworkDefinition;
    want: { link?: object; routes?: CniRoute[] };
  }[] = [
    {
      name: 'a gateway bridge: the flag is off, and no route comes of it',
      given: network(
        bridge({ bridge: 'br-test', isGateway: true, forceAddress: true, ipMasq: true, mtu: 1400 }),
      ),
      want: { link: { type: 'bridge', bridge: 'br-test', ipMasq: true, mtu: 1400 } },
    },
    {
      name: 'a default gateway becomes explicit default routes of both families',
      given: network(bridge({ bridge: 'br-test', isDefaultGateway: true })),
      want: { link: { type: 'bridge', bridge: 'br-test' }, routes: DEFAULT_ROUTES },
    },
    {
      name: 'of one family only, where the network has just that',
      given: network(bridge({ bridge: 'br-test', isDefaultGateway: true }), { ranges: [V6] }),
      want: { routes: [{ dst: '::/0', gw: 'fd00:10::1' }] },
    },
    {
      name: 'a default route that is there already is not doubled',
      given: network(bridge({ isDefaultGateway: true }), {
        routes: [{ dst: '0.0.0.0/0', gw: '10.10.0.9' }],
      }),
      want: {
        routes: [
          { dst: '0.0.0.0/0', gw: '10.10.0.9' },
          { dst: '::/0', gw: 'fd00:10::1' },
        ],
      },
    },
    {
      name: 'however it is spelled',
      given: network(bridge({ isDefaultGateway: true }), { routes: [{ dst: '0:0::/0' }] }),
      want: {
        routes: [
          { dst: '0:0::/0', gw: 'fd00:10::1' },
          { dst: '0.0.0.0/0', gw: '10.10.0.254' },
        ],
      },
    },
    {
      name: 'routes get the gateway of their family, unless they name one',
      given: network(bridge(), {
        routes: [
          { dst: '10.99.0.0/16' },
          { dst: 'fd99::/32' },
          { dst: '10.98.0.0/16', gw: '10.10.0.7' },
        ],
      }),
      want: {
        routes: [
          { dst: '10.99.0.0/16', gw: '10.10.0.254' },
          { dst: 'fd99::/32', gw: 'fd00:10::1' },
          { dst: '10.98.0.0/16', gw: '10.10.0.7' },
        ],
      },
    },
    {
      name: 'also on macvlan, which has no gateway flags',
      given: network(
        { kind: 'macvlan', settings: { master: 'eth1' } },
        { routes: [{ dst: '0.0.0.0/0' }] },
      ),
      want: {
        link: { type: 'macvlan', master: 'eth1' },
        routes: [{ dst: '0.0.0.0/0', gw: '10.10.0.254' }],
      },
    },
  ];

  test.each(cases)('$name', ({ given, want }) => {
    const { cniVersion, name, capabilities, ipam, ...link } = twin(given);
    if (want.link) expect(link).toEqual(want.link);
    expect(ipam).toEqual({ type: 'static', ...(want.routes && { routes: want.routes }) });
    expect([cniVersion, name, capabilities]).toEqual(['0.4.0', 'lan-claimed', { ips: true }]);
  });

  test('there is none for other IPAMs', () => {
    expect(
      claimedNetwork({ ...network(), ipam: { kind: 'static', settings: {} } }),
    ).toBeUndefined();
    expect(claimedNetwork({ ...network(), ipam: { kind: 'none' } })).toBeUndefined();
  });

  test('the families that a claim has to have, because there are routes of them', () => {
    expect(routedFamilies(network())).toEqual([]);
    expect(routedFamilies(network(bridge({ isDefaultGateway: true })))).toEqual([4, 6]);
    expect(routedFamilies(network(bridge(), { routes: [{ dst: 'fd99::/32' }] }))).toEqual([6]);
    expect(routedFamilies({ ...network(), ipam: { kind: 'dhcp', settings: {} } })).toEqual([]);
  });
});

describe('gateways', () => {
  test('the first of each family', () => {
    const settings = { rangeSets: [[{ subnet: 'fd00:11::/64' }]], ranges: [V4, V6] };
    expect([...gatewaysByFamily({ kind: 'host-local', settings })]).toEqual([
      [6, 'fd00:11::1'],
      [4, '10.10.0.254'],
    ]);
  });

  const cases: { name: string; given: NetworkDefinition; want: string[] }[] = [
    { name: 'none without a flag', given: network(), want: [] },
    {
      name: 'with the length of their subnets',
      given: network(bridge({ isGateway: true })),
      want: ['10.10.0.254/24', 'fd00:10::1/64'],
    },
    {
      name: 'each once',
      given: network(bridge({ isDefaultGateway: true }), {
        ranges: [
          { ...V4, rangeEnd: '10.10.0.30' },
          { ...V4, rangeStart: '10.10.0.40' },
        ],
      }),
      want: ['10.10.0.254/24'],
    },
    {
      name: 'none of a range without a place for one, or of the other family',
      given: network(bridge({ isGateway: true }), {
        ranges: [{ subnet: '255.255.255.255/32' }, { subnet: 'fd00:9::/64', gateway: '10.9.0.1' }],
      }),
      want: [],
    },
    { name: 'none on other links', given: network({ kind: 'macvlan', settings: {} }), want: [] },
    {
      name: 'unknown for other IPAMs',
      given: { ...network(bridge({ isGateway: true })), ipam: { kind: 'dhcp', settings: {} } },
      want: [],
    },
  ];

  test.each(cases)('that the bridge plugin puts on the bridge: $name', ({ given, want }) => {
    expect(gatewayAddresses(given)).toEqual(want);
  });
});
