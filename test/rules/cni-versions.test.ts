import {
  type ChainConfig,
  checkNetwork,
  describeProblem,
  type IpamConfig,
  type LinkConfig,
  type NetworkDefinition,
} from 'netloom';
import { bridge, codesAndKeys, hostLocal, NONE, network, STATIC, V4 } from './samples';

const CONFLICT = 'NL_VALUES_CONFLICT cniVersion';
const L2: Partial<NetworkDefinition> = { ipam: NONE };
const static4 = (...addresses: string[]): IpamConfig => ({
  kind: 'static',
  settings: { addresses: addresses.map((address) => ({ address })) },
});
const chain = (kind: 'bandwidth' | 'firewall' | 'vrf' | 'tuning'): ChainConfig[] => [
  { kind, settings: { vrfname: kind === 'vrf' ? 'blue' : undefined } } as ChainConfig,
];

describe('what an old version of the specification can not say', () => {
  const cases: { name: string; given: Partial<NetworkDefinition>; want: string[] }[] = [
    {
      name: 'an interface without address',
      given: { ...L2, cniVersion: '0.2.0' },
      want: [CONFLICT],
    },
    {
      name: 'on macvlan',
      given: { ...L2, cniVersion: '0.1.0', link: { kind: 'macvlan', settings: {} } },
      want: [CONFLICT],
    },
    { name: 'from 0.3.0 on', given: { ...L2, cniVersion: '0.3.0' }, want: [] },
    {
      name: 'two addresses of a family: host-local',
      given: { cniVersion: '0.2.0', ipam: hostLocal({ ranges: [V4, { subnet: '10.11.0.0/24' }] }) },
      want: [CONFLICT],
    },
    {
      name: 'two addresses of a family: static',
      given: { cniVersion: '0.2.0', ipam: static4('10.0.0.5/24', '10.0.0.6/24') },
      want: [CONFLICT],
    },
    {
      name: 'one of each',
      given: { cniVersion: '0.2.0', ipam: static4('10.0.0.5/24', 'fd00::5/64') },
      want: [],
    },
    {
      name: 'two of whereabouts besides its own',
      given: {
        cniVersion: '0.2.0',
        ipam: {
          kind: 'whereabouts',
          settings: {
            range: '10.0.0.0/24',
            addresses: [{ address: '10.1.0.5/24' }, { address: '10.1.0.6/24' }],
          },
        },
      },
      want: ['NL_IPS_EXTRA ipam.addresses', CONFLICT],
    },
    {
      name: 'bandwidth',
      given: { cniVersion: '0.2.0', chain: chain('bandwidth') },
      want: [CONFLICT],
    },
    {
      name: 'bandwidth from 0.3.0 on',
      given: { cniVersion: '0.3.0', chain: chain('bandwidth') },
      want: [],
    },
    { name: 'vrf', given: { cniVersion: '0.3.0', chain: chain('vrf') }, want: [CONFLICT] },
    { name: 'vrf from 0.3.1 on', given: { cniVersion: '0.3.1', chain: chain('vrf') }, want: [] },
    {
      name: 'firewall',
      given: { cniVersion: '0.3.1', chain: chain('firewall') },
      want: [CONFLICT],
    },
    {
      name: 'firewall from 0.4.0 on',
      given: { cniVersion: '0.4.0', chain: chain('firewall') },
      want: [],
    },
    { name: 'tuning takes all', given: { cniVersion: '0.1.0', chain: chain('tuning') }, want: [] },
    {
      name: 'a newer one beside it',
      given: { ...L2, cniVersion: '0.1.0', list: { cniVersions: ['0.2.0', '1.0.0', '0.3.0'] } },
      want: [],
    },
    {
      name: 'none newer',
      given: { ...L2, cniVersion: '0.1.0', list: { cniVersions: ['0.2.0'] } },
      want: [CONFLICT],
    },
    { name: 'netloom writes 0.4.0', given: { ...L2, chain: chain('firewall') }, want: [] },
    {
      name: 'others that write nothing mean 0.1.0',
      given: { ...L2, verbatim: true },
      want: [CONFLICT],
    },
    {
      name: 'with an address that is no matter',
      given: { ipam: STATIC, verbatim: true },
      want: [],
    },
  ];

  test.each(cases)('$name', ({ given, want }) => {
    expect(codesAndKeys(checkNetwork(network(given)))).toEqual(want);
  });

  test('as messages', () => {
    const link: LinkConfig = bridge();
    const of = (more: Partial<NetworkDefinition>): string[] =>
      checkNetwork(network({ link, ipam: NONE, ...more })).map(describeProblem);
    expect(of({ verbatim: true })).toEqual([
      'cniVersion: the version is missing, which is 0.1.0: it has no result without an address, and the network has no IPAM. Allowed: 0.3.0 or newer. Fix: 0.4.0? (NL_VALUES_CONFLICT)',
    ]);
    expect(of({ ipam: STATIC, cniVersion: '0.3.1', chain: chain('firewall') })).toEqual([
      'cniVersion: the version is 0.3.1: firewall refuses it. Allowed: 0.4.0 or newer. Fix: 0.4.0? (NL_VALUES_CONFLICT)',
    ]);
  });
});

describe('versions that there are not', () => {
  test('each by its own key', () => {
    const given = network({ cniVersion: '0.5.0', list: { cniVersions: ['1.0.0', 'x'] } });
    expect(codesAndKeys(checkNetwork(given))).toEqual([
      'NL_VALUE_OUT_OF_RANGE cniVersion',
      'NL_VALUE_OUT_OF_RANGE list.cniVersions[1]',
    ]);
  });
});

describe('the name in the configuration', () => {
  test.each([
    ['lan', []],
    ['Lan_1.x-y', []],
    ['a b', ['a-b?']],
    ['-x', ['x?']],
    ['ü', ['choose a plain name']],
  ])('%s', (configName, want) => {
    expect(checkNetwork(network({ configName })).map(({ fix }) => fix)).toEqual(want);
  });

  test('an object that others made may have a longer name', () => {
    const name = 'x'.repeat(100);
    expect(codesAndKeys(checkNetwork(network({ name, ipam: STATIC })))).toEqual([
      'NL_NAME_INVALID name',
    ]);
    expect(
      checkNetwork(network({ name, ipam: STATIC, verbatim: true, cniVersion: '1.0.0' })),
    ).toEqual([]);
  });
});
