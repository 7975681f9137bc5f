import {
  claimablePool,
  gatewayOf,
  type HostLocalRange,
  type HostLocalSettings,
  hostLocalIpam,
  hostLocalPool,
  type IpamConfig,
  ipamType,
  isGatewayBridge,
  renderIpam,
  renderLink,
  runtimeSet,
  spanOf,
} from 'netloom';

/** Key order counts: same input, same bytes. */
const text = (value: unknown): string => JSON.stringify(value);

describe('interface plugins', () => {
  const cases = [
    {
      name: 'bridge with nothing set leaves everything to the plugin',
      given: renderLink({ kind: 'bridge', settings: {} }),
      want: '{"type":"bridge"}',
    },
    {
      name: "bridge with everything set, in upstream's order and spelling",
      given: renderLink({
        kind: 'bridge',
        settings: {
          portIsolation: true,
          disableContainerInterface: false,
          enabledad: true,
          macspoofchk: true,
          preserveDefaultVlan: true,
          vlanTrunk: [{ maxID: 20, minID: 10 }, { id: 101 }],
          vlan: 100,
          promiscMode: false,
          hairpinMode: true,
          mtu: 9000,
          ipMasqBackend: 'nftables',
          ipMasq: true,
          forceAddress: true,
          isDefaultGateway: true,
          isGateway: true,
          bridge: 'br-test',
        },
      }),
      want: '{"type":"bridge","bridge":"br-test","isGateway":true,"isDefaultGateway":true,"forceAddress":true,"ipMasq":true,"ipMasqBackend":"nftables","mtu":9000,"hairpinMode":true,"promiscMode":false,"vlan":100,"vlanTrunk":[{"minID":10,"maxID":20},{"id":101}],"preserveDefaultVlan":true,"macspoofchk":true,"enabledad":true,"disableContainerInterface":false,"portIsolation":true}',
    },
    {
      name: 'a VLAN drops VLAN 1 on every release of the plugin',
      given: renderLink({ kind: 'bridge', settings: { vlan: 100 } }),
      want: '{"type":"bridge","vlan":100,"preserveDefaultVlan":false}',
    },
    {
      name: 'so does a trunk',
      given: renderLink({ kind: 'bridge', settings: { vlanTrunk: [{ id: 5 }] } }),
      want: '{"type":"bridge","vlanTrunk":[{"id":5}],"preserveDefaultVlan":false}',
    },
    {
      name: 'VLAN 0 is none',
      given: renderLink({ kind: 'bridge', settings: { vlan: 0 } }),
      want: '{"type":"bridge","vlan":0}',
    },
    {
      name: 'macvlan',
      given: renderLink({
        kind: 'macvlan',
        settings: {
          bcqueuelen: 1000,
          linkInContainer: false,
          mtu: 9000,
          mode: 'vepa',
          master: 'eth1',
        },
      }),
      want: '{"type":"macvlan","master":"eth1","mode":"vepa","mtu":9000,"linkInContainer":false,"bcqueuelen":1000}',
    },
    {
      name: 'macvlan on the interface of the default route',
      given: renderLink({ kind: 'macvlan', settings: {} }),
      want: '{"type":"macvlan"}',
    },
    {
      name: 'ipvlan',
      given: renderLink({
        kind: 'ipvlan',
        settings: { linkInContainer: true, mtu: 1400, mode: 'l3s', master: 'eth3' },
      }),
      want: '{"type":"ipvlan","master":"eth3","mode":"l3s","mtu":1400,"linkInContainer":true}',
    },
    {
      name: 'raw goes through as it is',
      given: renderLink({ kind: 'raw', config: { type: 'sbr', ipam: {}, a: [1] } }),
      want: '{"type":"sbr","ipam":{},"a":[1]}',
    },
  ];

  test.each(cases)('$name', ({ given, want }) => expect(text(given)).toBe(want));

  test('either gateway flag makes the plugin put an address on the bridge', () => {
    expect(isGatewayBridge({})).toBe(false);
    expect(isGatewayBridge({ isGateway: false })).toBe(false);
    expect(isGatewayBridge({ isGateway: true })).toBe(true);
    expect(isGatewayBridge({ isDefaultGateway: true })).toBe(true);
  });
});

describe('IPAM plugins', () => {
  const cases: { name: string; given: IpamConfig; want: string | undefined }[] = [
    {
      name: 'static with nothing set',
      given: { kind: 'static', settings: {} },
      want: '{"type":"static"}',
    },
    {
      name: 'static with everything set',
      given: {
        kind: 'static',
        settings: {
          dns: { nameservers: ['10.0.0.1'], domain: 'x', search: ['y'], options: ['z'] },
          routes: [{ gw: '192.168.122.1', dst: '192.168.0.0/16' }, { dst: '10.0.0.0/8' }],
          addresses: [
            { gateway: '192.168.122.1', address: '192.168.122.5/24' },
            { address: 'fd00::5/64' },
          ],
        },
      },
      want: '{"type":"static","addresses":[{"address":"192.168.122.5/24","gateway":"192.168.122.1"},{"address":"fd00::5/64"}],"routes":[{"dst":"192.168.0.0/16","gw":"192.168.122.1"},{"dst":"10.0.0.0/8"}],"dns":{"nameservers":["10.0.0.1"],"domain":"x","search":["y"],"options":["z"]}}',
    },
    { name: 'dhcp', given: { kind: 'dhcp', settings: {} }, want: '{"type":"dhcp"}' },
    {
      name: 'dhcp with a socket of its own',
      given: { kind: 'dhcp', settings: { daemonSocketPath: '/run/dhcp.sock' } },
      want: '{"type":"dhcp","daemonSocketPath":"/run/dhcp.sock"}',
    },
    {
      name: 'raw goes through as it is',
      given: { kind: 'raw', config: { type: 'whereabouts', range: '10.0.0.0/24' } },
      want: '{"type":"whereabouts","range":"10.0.0.0/24"}',
    },
    { name: 'none', given: { kind: 'none' }, want: undefined },
  ];

  test.each(cases)('$name', ({ given, want }) => {
    expect(text(renderIpam(given))).toBe(want);
    expect(ipamType(given)).toBe(want === undefined ? undefined : JSON.parse(want).type);
    expect(claimablePool(given)).toBeUndefined();
  });

  test('host-local renders the same by either way', () => {
    const settings = { ranges: [{ subnet: '10.10.0.0/24' }] };
    expect(renderIpam({ kind: 'host-local', settings })).toEqual(hostLocalIpam(settings));
  });
});

describe('host-local', () => {
  const V4: HostLocalRange = {
    subnet: '10.10.0.0/24',
    rangeStart: '10.10.0.20',
    rangeEnd: '10.10.0.119',
    gateway: '10.10.0.254',
  };
  const V6: HostLocalRange = {
    subnet: 'fd00:10::/64',
    rangeStart: 'fd00:10::20',
    rangeEnd: 'fd00:10::ff',
  };
  /** FIRST-LAST of each range of each set that is written. */
  const spans = (settings: HostLocalSettings): string[][] =>
    (hostLocalIpam(settings).ranges as HostLocalRange[][]).map((set) =>
      set.map((range) => `${range.rangeStart ?? ''}-${range.rangeEnd ?? ''}`),
    );

  test("everything set, in upstream's order", () => {
    const given: HostLocalSettings = {
      resolvConf: '/etc/resolv.conf',
      dataDir: '/var/lib/cni/br-test',
      routes: [{ gw: '10.10.0.254', dst: '0.0.0.0/0' }],
      ranges: [V4, V6],
    };
    expect(text(hostLocalIpam(given))).toBe(
      '{"type":"host-local","ranges":[[{"subnet":"10.10.0.0/24","rangeStart":"10.10.0.20","rangeEnd":"10.10.0.119","gateway":"10.10.0.254"}],[{"subnet":"fd00:10::/64","rangeStart":"fd00:10::20","rangeEnd":"fd00:10::ff"}]],"routes":[{"dst":"0.0.0.0/0","gw":"10.10.0.254"}],"dataDir":"/var/lib/cni/br-test","resolvConf":"/etc/resolv.conf"}',
    );
  });

  const cases: { name: string; given: HostLocalSettings; want: string[][] }[] = [
    {
      name: 'a claimable part at the begin is cut out',
      given: { ranges: [V4], claimable: ['10.10.0.20-10.10.0.29'] },
      want: [['10.10.0.30-10.10.0.119']],
    },
    {
      name: 'one in the middle leaves two ranges of one set',
      given: { ranges: [V4], claimable: ['10.10.0.64/28'] },
      want: [['10.10.0.20-10.10.0.63', '10.10.0.80-10.10.0.119']],
    },
    {
      name: 'one at the end is cut out',
      given: { ranges: [V4], claimable: ['10.10.0.100-10.10.0.119'] },
      want: [['10.10.0.20-10.10.0.99']],
    },
    {
      name: 'one that reaches over both ends leaves what lies inside',
      given: { ranges: [V4], claimable: ['10.10.0.10-10.10.0.25', '10.10.0.110-10.10.0.130'] },
      want: [['10.10.0.26-10.10.0.109']],
    },
    {
      name: 'single addresses are cut out, touching ones together',
      given: { ranges: [V4], claimable: ['10.10.0.41', '10.10.0.40', '10.10.0.60'] },
      want: [['10.10.0.20-10.10.0.39', '10.10.0.42-10.10.0.59', '10.10.0.61-10.10.0.119']],
    },
    {
      name: 'one outside the span, but in the subnet, changes nothing',
      given: { ranges: [V4], claimable: ['10.10.0.200-10.10.0.209'] },
      want: [['10.10.0.20-10.10.0.119']],
    },
    {
      name: 'both families, each in its own set',
      given: { ranges: [V4, V6], claimable: ['10.10.0.100-10.10.0.119', 'fd00:10::80/121'] },
      want: [['10.10.0.20-10.10.0.99'], ['fd00:10::20-fd00:10::7f']],
    },
    {
      name: 'an uncut range keeps its defaults unwritten',
      given: { ranges: [{ subnet: '10.10.0.0/24' }] },
      want: [['-']],
    },
    {
      name: 'a cut range has its defaults written out, without network and broadcast',
      given: { ranges: [{ subnet: '10.10.0.0/24' }], claimable: ['10.10.0.100-10.10.0.254'] },
      want: [['10.10.0.1-10.10.0.99']],
    },
    {
      name: 'in IPv6 up to the last address',
      given: { ranges: [{ subnet: 'fd00:10::/120' }], claimable: ['fd00:10::10-fd00:10::1f'] },
      want: [['fd00:10::1-fd00:10::f', 'fd00:10::20-fd00:10::ff']],
    },
    {
      name: 'rangeSets come first, and a set with two ranges is cut in both',
      given: {
        rangeSets: [
          [V4, { subnet: '10.11.0.0/24', rangeStart: '10.11.0.1', rangeEnd: '10.11.0.9' }],
        ],
        ranges: [V6],
        claimable: ['10.10.0.20-10.10.0.99', '10.11.0.5'],
      },
      want: [
        ['10.10.0.100-10.10.0.119', '10.11.0.1-10.11.0.4', '10.11.0.6-10.11.0.9'],
        ['fd00:10::20-fd00:10::ff'],
      ],
    },
    {
      name: 'a range of a set that is claimable as a whole is left out of it',
      given: {
        rangeSets: [
          [V4, { subnet: '10.11.0.0/24', rangeStart: '10.11.0.1', rangeEnd: '10.11.0.9' }],
        ],
        claimable: ['10.11.0.0/24'],
      },
      want: [['10.10.0.20-10.10.0.119']],
    },
  ];

  test.each(cases)('$name', ({ given, want }) => expect(spans(given)).toEqual(want));

  test('each part of a cut range keeps subnet and gateway', () => {
    const [set] = hostLocalIpam({ ranges: [V4], claimable: ['10.10.0.64/28'] }).ranges as [
      HostLocalRange[],
    ];
    expect(set.map(({ subnet, gateway }) => [subnet, gateway])).toEqual([
      ['10.10.0.0/24', '10.10.0.254'],
      ['10.10.0.0/24', '10.10.0.254'],
    ]);
  });

  test('claimable is not written: the plugin knows no such key', () => {
    expect(text(hostLocalIpam({ ranges: [V4], claimable: ['10.10.0.100'] }))).not.toContain(
      'claimable',
    );
  });

  test('the gateway is the given one, else the first address', () => {
    expect(String(gatewayOf(V4))).toBe('10.10.0.254');
    expect(String(gatewayOf(V6))).toBe('fd00:10::1');
    expect(String(spanOf({ subnet: '10.10.0.0/30' }))).toBe('10.10.0.1-10.10.0.2');
  });

  test('what the plugin gives: never a gateway, never what is claimable', () => {
    const given: HostLocalSettings = {
      ranges: [
        { subnet: '10.10.0.0/28' },
        { ...V6, rangeStart: 'fd00:10::1', rangeEnd: 'fd00:10::9' },
      ],
      claimable: ['10.10.0.8/29'],
    };
    expect(String(runtimeSet(given))).toBe('10.10.0.2-10.10.0.7, fd00:10::2-fd00:10::9');
  });

  test('the claimable part as a pool: by subnet, with the gateway that must stay free', () => {
    const settings: HostLocalSettings = {
      ranges: [V4, V6],
      claimable: ['fd00:10::80/121', '10.10.0.110-10.10.0.119', '10.10.0.100-10.10.0.109'],
    };
    expect(hostLocalPool(settings)).toEqual({
      subnets: [
        { subnet: '10.10.0.0/24', gateway: '10.10.0.254', ranges: ['10.10.0.100-10.10.0.119'] },
        { subnet: 'fd00:10::/64', gateway: 'fd00:10::1', ranges: ['fd00:10::80-fd00:10::ff'] },
      ],
    });
    expect(claimablePool({ kind: 'host-local', settings })).toEqual(hostLocalPool(settings));
    expect(
      claimablePool({ kind: 'host-local', settings: { ranges: [V4], claimable: [] } }),
    ).toBeUndefined();
  });

  test('a subnet without a share has no place in the pool', () => {
    const pool = hostLocalPool({ ranges: [V4, V6], claimable: ['fd00:10::80'] });
    expect(pool.subnets.map(({ subnet }) => subnet)).toEqual(['fd00:10::/64']);
  });
});
