import { checkObjects, describeProblem } from 'netloom';
import { LAN, nad } from './manifests';

const network = (spec: unknown): object => ({
  apiVersion: 'netloom.io/v1alpha1',
  kind: 'NodeNetwork',
  metadata: { name: 'workers' },
  spec,
});

const told = (...objects: unknown[]): string[] =>
  checkObjects(objects).map(({ index, problem: { code, key } }) => `${index} ${code} ${key}`);

describe('a NodeNetwork that somebody wrote', () => {
  const cases: { name: string; given: unknown; want: string[] }[] = [
    {
      name: 'all kinds of links',
      given: {
        bonds: [{ name: 'bnd0', mode: 'active-backup', ports: ['eth1'], miimon: 100 }],
        veths: [{ name: 'va', peer: 'vb' }],
        dummies: [{ name: 'd0', addresses: ['10.9.0.1/32'] }],
        vlans: [{ name: 'bnd0.10', link: 'bnd0', id: 10, protocol: '802.1ad' }],
        bridges: [
          {
            name: 'br-a',
            vlanFiltering: true,
            ports: [{ link: 'va', pvid: 5, vlanTrunk: [{ minID: 6, maxID: 9 }], hairpin: true }],
            routes: [{ dst: '10.20.0.0/16', table: 100 }],
            sysctls: { 'net.ipv4.conf.IFNAME.rp_filter': '2' },
          },
        ],
        macvlans: [{ name: 'shim0', master: 'eth3', mode: 'bridge' }],
        interfaces: [{ link: 'eth3', mtu: 9000, up: true, mac: null }],
        nodeSelector: { role: 'worker' },
      },
      want: [],
    },
    { name: 'nothing', given: undefined, want: [] },
    {
      name: 'keys that are missing: nothing else can be told then',
      given: { vlans: [{ name: 'v' }], bonds: [{ mode: 'x' }], interfaces: [{}] },
      want: [
        'NL_KEY_MISSING spec.bonds[0].name',
        'NL_VALUE_OUT_OF_RANGE spec.bonds[0].mode',
        'NL_KEY_MISSING spec.vlans[0].link',
        'NL_KEY_MISSING spec.vlans[0].id',
        'NL_KEY_MISSING spec.interfaces[0].link',
      ],
    },
    {
      name: 'keys that there are not, at any depth, and in another case',
      given: {
        bridge: [],
        bridges: [{ name: 'br-a', MTU: 1500, flavour: 1, ports: [{ link: 'eth1', pvd: 1 }] }],
      },
      want: [
        'NL_KEY_MISSPELT spec.bridges[0].ports[0].pvd',
        'NL_KEY_MISSPELT spec.bridges[0].MTU',
        'NL_CONFIG_INVALID spec.bridges[0].flavour',
        'NL_KEY_MISSPELT spec.bridge',
      ],
    },
    {
      name: 'types, at any depth',
      given: {
        dummies: [{ name: 'd', addresses: '10.0.0.1/24', sysctls: { a: 1 }, mtu: '9000' }],
        vlans: { name: 'v' },
      },
      want: [
        'NL_TYPE_WRONG spec.dummies[0].addresses',
        'NL_TYPE_WRONG spec.dummies[0].sysctls.a',
        'NL_TYPE_WRONG spec.dummies[0].mtu',
        'NL_TYPE_WRONG spec.vlans',
      ],
    },
    {
      name: 'values, each told of once',
      given: {
        dummies: [{ name: 'd d', mtu: 1 }],
        vlans: [{ name: 'v', link: 'eth1', id: 5000 }],
        bonds: [{ name: 'b', mode: 'lacp', miimon: -1 }],
      },
      want: [
        'NL_VALUE_OUT_OF_RANGE spec.bonds[0].mode',
        'NL_VALUE_OUT_OF_RANGE spec.bonds[0].miimon',
        'NL_VALUE_OUT_OF_RANGE spec.dummies[0].mtu',
        'NL_VALUE_OUT_OF_RANGE spec.vlans[0].id',
        'NL_IFNAME_INVALID spec.dummies[0].name',
      ],
    },
    {
      name: 'a kernel setting of another interface',
      given: { dummies: [{ name: 'd', sysctls: { 'net.ipv4.conf.eth1.rp_filter': '1' } }] },
      want: ['NL_SYSCTL_INVALID spec.dummies[0].sysctls["net.ipv4.conf.eth1.rp_filter"]'],
    },
  ];

  test.each(cases)('$name', ({ given, want }) => {
    expect(told(network(given))).toEqual(want.map((one) => `0 ${one}`));
  });

  test('an object of that name of somebody else', () => {
    const foreign = { ...network({ vlans: 1 }), apiVersion: 'example.com/v1' };
    expect(told(foreign)).toEqual([]);
  });

  test('messages say who refuses', () => {
    const given = network({ bridges: [{ name: 'br-a', gateway: 1, stp: 'true' }] });
    expect(checkObjects([given]).map(({ problem }) => describeProblem(problem))).toEqual([
      expect.stringMatching(
        /^spec\.bridges\[0\]\.gateway: "gateway" is not a key of a bridge, and netloom-agent refuses the whole network\. .* Fix: leave it out\. \(NL_CONFIG_INVALID\)$/,
      ),
      'spec.bridges[0].stp: "true" is not true or false, and netloom-agent refuses the whole network. Allowed: true or false. Fix: true? (NL_TYPE_WRONG)',
    ]);
  });

  test('places are those of keys where the key is wrong', () => {
    const given = network({ bridges: [{ name: 'br-a', mtuu: 1 }], dummies: [{ name: '' }] });
    expect(checkObjects([given]).map(({ where }) => where)).toEqual([
      { path: ['spec', 'bridges', 0, 'mtuu'], isKey: true },
      { path: ['spec', 'dummies', 0, 'name'] },
    ]);
  });
});

describe('bridges of a NodeNetwork beside other objects', () => {
  const bridge = (more: object, nodeSelector?: object): object =>
    network({ bridges: [{ name: 'br-test', ...more }], ...(nodeSelector && { nodeSelector }) });
  const hostBridge = {
    apiVersion: 'netloom.io/v1alpha1',
    kind: 'HostBridge',
    spec: { bridge: 'br-test' },
  };

  test('an address that a network gives to pods', () => {
    const given = network({
      bridges: [{ name: 'br-a' }, { name: 'br-test', addresses: ['10.10.0.5/24'] }],
    });
    expect(told(nad(LAN), given)).toEqual([
      '1 NL_HOST_ADDRESS_IN_POOL spec.bridges[1].addresses[0]',
    ]);
  });

  test('one bridge of two objects', () => {
    const want = ['1 NL_NAME_TWICE spec.bridges[0].name'];
    expect(told(hostBridge, bridge({}))).toEqual(want);
    expect(told(bridge({}), bridge({}))).toEqual(want);
    expect(told(bridge({}, { role: 'a' }), bridge({}, { role: 'b' }))).toEqual([]);
  });

  test('a port that is the master of a network', () => {
    const macvlan = { type: 'macvlan', cniVersion: '0.4.0', master: 'eth1', ipam: {} };
    const given = [bridge({ ports: [{ link: 'eth1' }] }), nad(macvlan)];
    expect(told(...given)).toEqual(['1 NL_MASTER_IS_PORT spec.config: master']);
  });
});
