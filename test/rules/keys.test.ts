import * as fc from 'fast-check';
import {
  checkKeys,
  checkNetwork,
  describeProblem,
  type NetworkDefinition,
  parseNetwork,
  type TargetVersions,
} from 'netloom';
import { SPECS, settingsOf } from '../cni/arbitraries';
import { bridge, codesAndKeys, hostLocal, network, STATIC, V4 } from './samples';

/** What somebody else wrote, as it stands in `spec.config`. */
const read = (config: object): NetworkDefinition =>
  parseNetwork(
    { cniVersion: '0.4.0', name: 'lan', ...config },
    { name: 'lan', namespace: 'apps' },
  ) as NetworkDefinition;
const HOST_LOCAL = { type: 'host-local', ranges: [[{ subnet: '10.10.0.0/24' }]] };
const WHEREABOUTS = { type: 'whereabouts', range: '10.20.0.0/24' };

/** CODE, KEY and the likely repair of each problem. */
const found = (config: object): string[] =>
  checkNetwork(read(config)).map(({ code, key, fix }) => `${code} ${key}: ${fix}`);

describe('keys that nobody reads', () => {
  const cases: { name: string; given: object; want: string[] }[] = [
    {
      name: 'a mode, a master and a dataDir on a bridge',
      given: { type: 'bridge', mode: 'x', master: 'eth1', dataDir: '/x', ipam: HOST_LOCAL },
      want: [
        'NL_KEY_FOREIGN extra.mode: leave it out',
        'NL_KEY_FOREIGN extra.master: leave it out',
        'NL_KEY_FOREIGN extra.dataDir: move it into ipam',
      ],
    },
    {
      name: 'a key of the link inside the IPAM',
      given: { type: 'bridge', ipam: { ...HOST_LOCAL, ipMasq: true } },
      want: ['NL_KEY_FOREIGN ipam.extra.ipMasq: move it out of ipam'],
    },
    {
      name: 'routes beside the IPAM',
      given: { type: 'bridge', routes: [], ipam: HOST_LOCAL },
      want: ['NL_KEY_FOREIGN extra.routes: move it into ipam'],
    },
    {
      name: 'a key of whereabouts in host-local, and of host-local in whereabouts',
      given: { type: 'bridge', ipam: { ...HOST_LOCAL, range: '10.0.0.0/24', exclude: [] } },
      want: [
        'NL_KEY_FOREIGN ipam.extra.range: subnet?',
        'NL_KEY_FOREIGN ipam.extra.exclude: leave it out',
      ],
    },
    {
      name: 'the lists of ranges',
      given: { type: 'bridge', ipam: { ...WHEREABOUTS, ranges: [{ range: '10.0.0.0/24' }] } },
      want: ['NL_KEY_FOREIGN ipam.extra.ranges: ipRanges?'],
    },
    {
      name: 'a key of a list where there is none',
      given: { type: 'bridge', disableCheck: true },
      want: ['NL_KEY_FOREIGN extra.disableCheck: write the network as a list: "plugins": [...]'],
    },
    {
      name: 'a key of a plugin beside the plugins',
      given: {
        capabilities: {},
        sysctl: {},
        ipam: {},
        plugins: [{ type: 'bridge' }, { type: 'tuning' }],
      },
      want: [
        'NL_KEY_FOREIGN list.extra.capabilities: move it to the first plugin',
        'NL_KEY_FOREIGN list.extra.sysctl: move it to the chained tuning',
        'NL_KEY_FOREIGN list.extra.ipam: move it to the first plugin',
      ],
    },
    {
      name: 'a key of the link in a chained plugin, and the other way',
      given: {
        plugins: [
          { type: 'bridge', promisc: true },
          { type: 'tuning', isGateway: true },
        ],
      },
      want: [
        'NL_KEY_FOREIGN extra.promisc: move it to the chained tuning',
        'NL_KEY_FOREIGN chain[0].extra.isGateway: move it to the first plugin',
      ],
    },
    {
      name: 'the word of another program',
      given: {
        type: 'ipvlan',
        parent: 'eth1',
        ipam: { type: 'static', routes: [{ dst: '10.0.0.0/8', gateway: '10.1.0.1' }] },
      },
      want: [
        'NL_KEY_UNKNOWN extra.parent: master?',
        'NL_KEY_UNKNOWN ipam.routes[0].extra.gateway: gw?',
      ],
    },
    {
      name: 'nothing that anybody knows, at every level',
      given: {
        foo: 1,
        plugins: [
          {
            type: 'bridge',
            foo: 1,
            vlanTrunk: [{ id: 1, foo: 1 }],
            preserveDefaultVlan: false,
            dns: { foo: 1 },
          },
        ],
      },
      want: ['list.extra', 'vlanTrunk[0].extra', 'dns.extra', 'extra'].map(
        (key) =>
          `NL_KEY_UNKNOWN ${key}.foo: leave it out, or silence this where a newer release knows it`,
      ),
    },
  ];

  test.each(cases)('$name', ({ given, want }) => expect(found(given)).toEqual(want));

  test('the whole message', () => {
    expect(
      checkNetwork(read({ type: 'dummy', mtu: 1500, ipam: { type: 'static' } })).map(
        describeProblem,
      ),
    ).toEqual([
      'extra.mtu: "mtu" is a key of bridge, and dummy ignores it. Allowed: one of capabilities, dns. Fix: leave it out. (NL_KEY_FOREIGN)',
    ]);
  });

  test('a program may set them: it knows better', () => {
    const extra = { mode: 'x', foo: 1, 'a.b': 2 };
    expect(checkNetwork(network({ link: bridge({ extra }) }))).toEqual([]);
  });
});

describe('misspelt keys', () => {
  const cases: { name: string; given: object; want: string[] }[] = [
    {
      name: 'an underscore in host-local',
      given: {
        type: 'bridge',
        ipam: {
          type: 'host-local',
          ranges: [[{ subnet: '10.10.0.0/24', range_start: '10.10.0.5' }]],
        },
      },
      want: ['NL_KEY_MISSPELT ipam.rangeSets[0][0].extra.range_start: rangeStart?'],
    },
    {
      name: 'none in whereabouts',
      given: {
        type: 'bridge',
        ipam: { ...WHEREABOUTS, rangeStart: '10.20.0.5', networkName: 'x' },
      },
      want: [
        'NL_KEY_MISSPELT ipam.extra.rangeStart: range_start?',
        'NL_KEY_MISSPELT ipam.extra.networkName: network_name?',
      ],
    },
    {
      name: 'letters that are missing, too many, or swapped',
      given: { type: 'bridge', isGatewya: true, ipMasqq: true, brige: 'x', mut: 1 },
      want: [
        'NL_KEY_MISSPELT extra.isGatewya: isGateway?',
        'NL_KEY_MISSPELT extra.ipMasqq: ipMasq?',
        'NL_KEY_MISSPELT extra.brige: bridge?',
        'NL_KEY_UNKNOWN extra.mut: leave it out, or silence this where a newer release knows it',
      ],
    },
    {
      name: 'half of a name',
      given: { type: 'bridge', hairpin: true },
      want: ['NL_KEY_MISSPELT extra.hairpin: hairpinMode?'],
    },
    {
      name: 'but not with a value that it can not have',
      given: { type: 'bridge', hairpin: { x: 1 } },
      want: [
        'NL_KEY_UNKNOWN extra.hairpin: leave it out, or silence this where a newer release knows it',
      ],
    },
    {
      name: 'what every plugin has',
      given: { type: 'bridge', cniVerson: '1.0.0', capabilites: { ips: true } },
      want: [
        'NL_KEY_MISSPELT extra.cniVerson: cniVersion?',
        'NL_KEY_MISSPELT extra.capabilites: capabilities?',
      ],
    },
    {
      name: 'the case of a list counts, that of a plugin does not',
      given: { DisableCheck: true, plugins: [{ type: 'bridge', ISGATEWAY: false, BriDge: 'br0' }] },
      want: ['NL_KEY_MISSPELT list.extra.DisableCheck: disableCheck?'],
    },
  ];

  test.each(cases)('$name', ({ given, want }) => expect(found(given)).toEqual(want));

  test('in a program too', () => {
    const given = network({
      link: bridge({ extra: { isGatway: true, hairpin: true } }),
      ipam: hostLocal({ ranges: [{ ...V4, extra: { gatewy: 'x' } }], extra: { routs: [] } }),
      chain: [{ kind: 'tuning', settings: { extra: { promics: true } } }],
    });
    expect(codesAndKeys(checkNetwork(given))).toEqual([
      'NL_KEY_MISSPELT extra.isGatway',
      'NL_KEY_MISSPELT extra.hairpin',
      'NL_KEY_MISSPELT ipam.extra.routs',
      'NL_KEY_MISSPELT ipam.ranges[0].extra.gatewy',
      'NL_KEY_MISSPELT chain[0].extra.promics',
    ]);
  });
});

describe('keys of the runtime', () => {
  test.each(['runtimeConfig', 'args', 'prevResult', 'ARGS', 'cni.dev/valid-attachments'])(
    '%s',
    (name) => {
      const at = /^\w+$/.test(name) ? `extra.${name}` : `extra["${name}"]`;
      const plugins = [
        { type: 'bridge' },
        { type: 'tuning', [name]: {} },
        { type: 'x', [name]: {} },
      ];
      expect(codesAndKeys(checkNetwork(read({ type: 'bridge', [name]: {} })))).toEqual([
        `NL_KEY_RESERVED ${at}`,
      ]);
      expect(codesAndKeys(checkNetwork(read({ plugins })))).toEqual([
        `NL_KEY_RESERVED chain[0].${at}`,
        'NL_PLUGIN_UNKNOWN chain[1].type',
        `NL_KEY_RESERVED chain[1]${at.slice('extra'.length)}`.replace(
          'chain[1]cni',
          'chain[1].cni',
        ),
      ]);
    },
  );
});

describe('one key twice', () => {
  const cases: { name: string; given: object; want: string[] }[] = [
    {
      name: 'in two cases',
      given: { type: 'bridge', mtu: 1400, MTU: 9000 },
      want: ['NL_KEY_TWICE extra.mtu'],
    },
    {
      name: 'of the envelope',
      given: { type: 'bridge', Name: 'a', TYPE: 'macvlan' },
      want: ['NL_KEY_TWICE extra.type', 'NL_KEY_TWICE extra.name'],
    },
    {
      name: 'inside of the IPAM',
      given: { type: 'bridge', ipam: { type: 'static', dns: {}, DNS: {} } },
      want: ['NL_KEY_TWICE ipam.extra.dns'],
    },
    {
      name: 'name and version of the list, and of a plugin in it',
      given: { plugins: [{ type: 'bridge', name: 'x', cniVersion: '1.0.0' }] },
      want: ['NL_KEY_IGNORED extra.name', 'NL_KEY_IGNORED extra.cniVersion'],
    },
    {
      name: 'an IPAM of a chained plugin',
      given: { plugins: [{ type: 'bridge' }, { type: 'tuning', ipam: {} }] },
      want: ['NL_KEY_IGNORED chain[0].extra.ipam'],
    },
  ];

  test.each(cases)('$name', ({ given, want }) => {
    expect(codesAndKeys(checkNetwork(read(given))).sort()).toEqual([...want].sort());
  });

  test('as a setting and among what netloom does not know', () => {
    const given = network({ link: bridge({ mtu: 1400, extra: { mtu: 1500, vlan: 5 } }) });
    expect(checkNetwork(given).map(describeProblem)).toEqual([
      'extra.mtu: "mtu" is set twice, and one of the two is lost. Allowed: each key once, whatever its case. Fix: leave one of them out. (NL_KEY_TWICE)',
    ]);
  });
});

describe('missing keys', () => {
  const cases: { name: string; given: object; want: string[] }[] = [
    { name: 'master of vlan', given: { type: 'vlan', ipam: { type: 'static' } }, want: ['master'] },
    {
      name: 'an empty one',
      given: { type: 'vlan', master: '', ipam: { type: 'static' } },
      want: ['master'],
    },
    {
      name: 'vrfname of vrf',
      given: { plugins: [{ type: 'bridge' }, { type: 'vrf' }, { type: 'sbr' }] },
      want: ['chain[0].vrfname'],
    },
    {
      name: 'subnet of a range',
      given: { type: 'bridge', ipam: { type: 'host-local', ranges: [[{}]] } },
      want: ['ipam.rangeSets[0][0].subnet'],
    },
    {
      name: 'range of ipRanges',
      given: { type: 'bridge', ipam: { type: 'whereabouts', ipRanges: [{}] } },
      want: ['ipam.ipRanges[0].range'],
    },
    {
      name: 'any range of whereabouts',
      given: { type: 'bridge', ipam: { type: 'whereabouts' } },
      want: ['ipam.range'],
    },
    {
      name: 'dst of a route',
      given: { type: 'bridge', ipam: { type: 'static', routes: [{ gw: '10.0.0.1' }] } },
      want: ['ipam.routes[0].dst'],
    },
    {
      name: 'address of static',
      given: { type: 'bridge', ipam: { type: 'static', addresses: [{}] } },
      want: ['ipam.addresses[0].address'],
    },
    { name: 'the device', given: { type: 'host-device' }, want: ['device'] },
    { name: 'the resource', given: { type: 'sriov' }, want: ['resourceName'] },
    {
      name: 'the topology',
      given: { type: 'ovn-k8s-cni-overlay', netAttachDefName: 'apps/lan', vlanID: 5 },
      want: ['topology'],
    },
  ];

  test.each(cases)('$name', ({ given, want }) => {
    const missing = checkNetwork(read(given)).filter(({ code }) => code === 'NL_KEY_MISSING');
    expect(missing.map(({ key }) => key)).toEqual(want);
  });

  test.each([
    { type: 'bridge', want: ['NL_KEY_IGNORED ipam'] },
    { type: 'ptp', want: ['NL_KEY_IGNORED ipam', 'NL_IPAM_REQUIRED ipam'] },
  ])('type of an IPAM below $type: none runs', ({ type, want }) => {
    const given = read({ type, ipam: { subnet: '10.0.0.0/24' } });
    expect(codesAndKeys(checkNetwork(given))).toEqual(want);
  });

  test('one of the wrong type is not missing', () => {
    expect(
      codesAndKeys(checkNetwork(read({ type: 'vlan', master: 5, ipam: { type: 'static' } }))),
    ).toEqual(['NL_TYPE_WRONG extra.master']);
  });
});

describe('types that Go refuses', () => {
  const cases: { name: string; given: object; want: string[] }[] = [
    {
      name: 'a flag in quotes',
      given: { type: 'bridge', isGateway: 'True' },
      want: ['extra.isGateway: true?'],
    },
    {
      name: 'a number in quotes',
      given: { type: 'bridge', vlan: '0100' },
      want: ['extra.vlan: 100?'],
    },
    {
      name: 'a fraction',
      given: { type: 'bridge', mtu: 1.5 },
      want: ['extra.mtu: give a whole number'],
    },
    {
      name: 'a number for a text',
      given: { type: 'macvlan', master: 1 },
      want: ['extra.master: "1"?'],
    },
    {
      name: 'an object for a list',
      given: { type: 'bridge', vlanTrunk: { id: 5 } },
      want: ['extra.vlanTrunk: [{"id":5}]?'],
    },
    {
      name: 'a text in a list',
      given: { type: 'bridge', dns: { search: ['a', 5, 'b', 6] } },
      want: ['dns.extra.search[1]: "5"?', 'dns.extra.search[3]: "6"?'],
    },
    {
      name: 'a number among sysctls',
      given: {
        plugins: [{ type: 'bridge' }, { type: 'tuning', sysctl: { 'net.core.somaxconn': 500 } }],
      },
      want: ['chain[0].extra.sysctl["net.core.somaxconn"]: "500"?'],
    },
    {
      name: 'a capability that is no flag',
      given: { type: 'x', capabilities: { ips: 'yes' } },
      want: ['capabilities: give an object'],
    },
    {
      name: 'a list of capabilities',
      given: { type: 'bridge', capabilities: ['ips'] },
      want: ['extra.capabilities: give an object'],
    },
    {
      name: 'ranges that are no sets',
      given: { type: 'bridge', ipam: { type: 'host-local', ranges: [{ subnet: '10.0.0.0/24' }] } },
      want: ['ipam.extra.ranges[0]: [{"subnet":"10.0.0.0/24"}]?'],
    },
    {
      name: 'a text for an IPAM',
      given: { type: 'bridge', ipam: 'dhcp' },
      want: ['ipam: give an object'],
    },
    {
      name: 'a number for its type',
      given: { type: 'x', ipam: { type: 5 } },
      want: ['ipam.type: "5"?'],
    },
    {
      name: 'a word for a switch of a list',
      given: { disableCheck: 'yes', plugins: [{ type: 'bridge' }] },
      want: ['list.extra.disableCheck: give true or false'],
    },
    {
      name: 'a number for a version',
      given: { cniVersion: 1, type: 'bridge' },
      want: ['extra.cniVersion: "1"?'],
    },
  ];

  test.each(cases)('$name', ({ given, want }) => {
    const wrong = checkNetwork(read(given)).filter(({ code }) => code === 'NL_TYPE_WRONG');
    expect(wrong.map(({ key, fix }) => `${key}: ${fix}`)).toEqual(want);
  });

  test('of a program, by the name of the setting', () => {
    const given = network({
      link: bridge({
        isGateway: 'yes' as unknown as boolean,
        capabilities: { ips: 1 as unknown as boolean },
      }),
      ipam: hostLocal({ ranges: 'x' as unknown as [], claimable: [5 as unknown as string] }),
      chain: [{ kind: 'tuning', settings: { sysctl: { 'net.a': 5 as unknown as string } } }],
    });
    expect(codesAndKeys(checkNetwork(given))).toEqual([
      'NL_TYPE_WRONG isGateway',
      'NL_TYPE_WRONG capabilities["ips"]',
      'NL_TYPE_WRONG ipam.ranges',
      'NL_TYPE_WRONG ipam.claimable[0]',
      'NL_TYPE_WRONG chain[0].sysctl["net.a"]',
    ]);
  });

  test('a long value is cut', () => {
    const [problem] = checkNetwork(read({ type: 'bridge', mtu: 'x'.repeat(200) }));
    expect(problem?.found).toBe(
      `"${'x'.repeat(76)}... is not a whole number, and the plugin refuses the whole configuration`,
    );
  });
});

describe('releases of the nodes', () => {
  const cases: {
    name: string;
    given: NetworkDefinition;
    target: TargetVersions;
    want: string[];
  }[] = [
    {
      name: 'a key that came later',
      given: network({ link: bridge({ portIsolation: true, enabledad: true }) }),
      target: { plugins: '1.1.1' },
      want: ['portIsolation'],
    },
    {
      name: 'in time',
      given: network({ link: bridge({ portIsolation: true }) }),
      target: { plugins: 'v1.7.0' },
      want: [],
    },
    {
      name: 'a key that went',
      given: network({
        chain: [{ kind: 'bandwidth', settings: { shapedSubnets: ['10.0.0.0/8'] } }],
      }),
      target: { plugins: '1.6.0' },
      want: ['chain[0].shapedSubnets'],
    },
    {
      name: 'a key of whereabouts',
      given: network({
        ipam: { kind: 'whereabouts', settings: { range: '10.20.0.0/24', nodeSliceSize: '/26' } },
      }),
      target: { whereabouts: '0.8.0', plugins: '1.9.1' },
      want: ['ipam.nodeSliceSize'],
    },
    {
      name: 'a key of a route',
      given: network({
        ipam: hostLocal({ ranges: [V4], routes: [{ dst: '10.99.0.0/16', priority: 5 }] }),
      }),
      target: { plugins: '1.5.1' },
      want: ['ipam.routes[0].priority'],
    },
    {
      name: 'dummy',
      given: network({ link: { kind: 'dummy', settings: {} }, ipam: STATIC }),
      target: { plugins: '1.1.1' },
      want: ['type'],
    },
    {
      name: 'tap',
      given: network({ link: { kind: 'tap', settings: {} }, ipam: STATIC }),
      target: { plugins: '1.2.0' },
      want: ['type'],
    },
    {
      name: 'tap in time',
      given: network({ link: { kind: 'tap', settings: {} }, ipam: STATIC }),
      target: { plugins: '1.3.0' },
      want: [],
    },
    {
      name: 'version 1.1.0',
      given: network({ cniVersion: '1.1.0' }),
      target: { plugins: '1.5.1' },
      want: ['cniVersion'],
    },
    {
      name: 'version 1.1.0 among others',
      given: network({ list: { cniVersions: ['0.4.0', '1.1.0'] } }),
      target: { plugins: '1.5.1' },
      want: ['list.cniVersions[1]'],
    },
    {
      name: 'version 1.0.0',
      given: network({ cniVersion: '1.0.0' }),
      target: { plugins: '0.9.1' },
      want: ['cniVersion'],
    },
    {
      name: 'nothing is known',
      given: network({ cniVersion: '1.1.0', link: bridge({ portIsolation: true }) }),
      target: {},
      want: [],
    },
  ];

  test.each(cases)('$name', ({ given, target, want }) => {
    const old = checkNetwork(given, undefined, { targetVersions: target }).filter(
      ({ code }) => code === 'NL_RELEASE_TOO_OLD',
    );
    expect(old.map(({ key }) => key)).toEqual(want);
  });
});

describe('plugins that nobody knows', () => {
  const cases: { name: string; given: object; want: string[] }[] = [
    {
      name: 'a link',
      given: { type: 'ovs', bridge: 'x', mtu: '5' },
      want: ['NL_PLUGIN_UNKNOWN type: silence this where the nodes have it'],
    },
    {
      name: 'a misspelt link',
      given: { type: 'brigde' },
      want: ['NL_PLUGIN_UNKNOWN type: bridge?'],
    },
    { name: 'in capitals', given: { type: 'Bridge' }, want: ['NL_PLUGIN_UNKNOWN type: bridge?'] },
    {
      name: 'an IPAM',
      given: { type: 'bridge', ipam: { type: 'whereabout', range: 5 } },
      want: ['NL_PLUGIN_UNKNOWN ipam.type: whereabouts?'],
    },
    {
      name: 'a chained plugin',
      given: { plugins: [{ type: 'bridge' }, { type: 'route-override' }] },
      want: ['NL_PLUGIN_UNKNOWN chain[0].type: silence this where the nodes have it'],
    },
  ];

  test.each(cases)('$name', ({ given, want }) => expect(found(given)).toEqual(want));

  test('a program knows what it names', () => {
    expect(checkNetwork(network({ link: { kind: 'raw', config: { type: 'ovs' } } }))).toEqual([]);
  });
});

test('the short way for what is plainly right finds no less', () => {
  const one = fc
    .constantFrom(...SPECS)
    .chain((spec) => settingsOf(spec).map((settings) => ({ spec, settings })));
  const odd = fc.tuple(one, fc.jsonValue()).map(([{ spec, settings }, value]) => {
    const [first] = Object.keys(settings);
    return { spec, settings: first === undefined ? settings : { ...settings, [first]: value } };
  });
  let right = 0;
  void fc.assert(
    fc.property(fc.oneof(one, odd), ({ spec, settings }) => {
      const found = checkKeys(spec, settings, { verbatim: true });
      // Releases, even none of them, have every key looked at.
      expect(checkKeys(spec, settings, { verbatim: true, targetVersions: {} })).toEqual(found);
      if (found.length === 0) right++;
    }),
    { numRuns: 2000 },
  );
  expect(right).toBeGreaterThan(30);
});
