import * as fc from 'fast-check';
import {
  configSteps,
  type KeyStep,
  type NetworkDefinition,
  networkConfig,
  parseNetwork,
  stepsOf,
} from 'netloom';
import { config, isTwice } from '../cni/arbitraries';

const META = { name: 'lan', namespace: 'apps' };
const read = (given: unknown): NetworkDefinition => parseNetwork(given, META) as NetworkDefinition;
const HEAD = { cniVersion: '0.4.0', name: 'lan' };

describe('a configuration becomes a network', () => {
  const cases: { name: string; given: object; want: Partial<NetworkDefinition> }[] = [
    {
      name: 'a single plugin',
      given: { ...HEAD, type: 'bridge', bridge: 'br', ipam: { type: 'dhcp' } },
      want: {
        cniVersion: '0.4.0',
        link: { kind: 'bridge', settings: { bridge: 'br' } },
        ipam: { kind: 'dhcp', settings: {} },
      },
    },
    {
      name: 'a list',
      given: {
        cniVersion: '1.0.0',
        name: 'other',
        disableCheck: 'true',
        plugins: [
          { type: 'macvlan', master: 'eth1' },
          { type: 'sbr', table: 5 },
          { type: 'x', y: 1 },
        ],
      },
      want: {
        cniVersion: '1.0.0',
        configName: 'other',
        list: { disableCheck: 'true' },
        link: { kind: 'macvlan', settings: { master: 'eth1' } },
        ipam: { kind: 'none' },
        chain: [
          { kind: 'sbr', settings: { table: 5 } },
          { kind: 'raw', config: { type: 'x', y: 1 } },
        ],
      },
    },
    {
      name: 'a list of one',
      given: { plugins: [{ type: 'ptp' }] },
      want: { list: {}, link: { kind: 'ptp', settings: {} }, ipam: { kind: 'none' } },
    },
    {
      name: 'what has a type is a single plugin to Multus, whatever else it has',
      given: { type: 'ptp', plugins: [{ type: 'bridge' }] },
      want: {
        link: { kind: 'ptp', settings: { extra: { plugins: [{ type: 'bridge' }] } } },
        ipam: { kind: 'none' },
      },
    },
    {
      name: 'plugins that nobody knows',
      given: { type: 'constructor', ipam: { type: 'toString', a: 1 } },
      want: {
        link: { kind: 'raw', config: { type: 'constructor' } },
        ipam: { kind: 'raw', config: { type: 'toString', a: 1 } },
      },
    },
    {
      name: 'without regard to case, and the last one counts',
      given: { Type: 'ptp', NAME: 'a', Name: 'b', IPAM: { TYPE: 'static' } },
      want: {
        configName: 'b',
        link: { kind: 'ptp', settings: { extra: { NAME: 'a' } } },
        ipam: { kind: 'static', settings: {} },
      },
    },
    {
      name: 'what is no text stays where it is',
      given: { type: 'ptp', cniVersion: 0.4, name: ['x'] },
      want: {
        link: { kind: 'ptp', settings: { extra: { cniVersion: 0.4, name: ['x'] } } },
        ipam: { kind: 'none' },
      },
    },
    {
      name: 'libcni does not find a version in other letters',
      given: { CNIVersion: '1.0.0', plugins: [{ type: 'ptp' }] },
      want: {
        list: { extra: { CNIVersion: '1.0.0' } } as object,
        link: { kind: 'ptp', settings: {} },
        ipam: { kind: 'none' },
      },
    },
    {
      name: 'an IPAM that is none',
      given: { type: 'bridge', ipam: {} },
      want: { link: { kind: 'bridge', settings: {} }, ipam: { kind: 'none' } },
    },
    {
      name: 'an IPAM that no plugin would start',
      given: { type: 'bridge', ipam: { subnet: '10.0.0.0/24' } },
      want: {
        link: { kind: 'bridge', settings: { extra: { ipam: { subnet: '10.0.0.0/24' } } } },
        ipam: { kind: 'none' },
      },
    },
  ];

  test.each(cases)('$name', ({ given, want }) => {
    expect(read(given)).toEqual({ ...META, verbatim: true, ...want });
  });

  test.each([
    ['null', null],
    ['a text', 'x'],
    ['a list', []],
    ['no type', {}],
    ['an empty type', { type: '' }],
    ['a type that is no text', { type: 5 }],
    ['no plugins', { plugins: [] }],
    ['plugins that are no list', { plugins: { type: 'ptp' } }],
    ['plugins in capitals', { Plugins: [{ type: 'ptp' }] }],
    ['one plugin without type', { plugins: [{ type: 'ptp' }, {}] }],
  ])('%s is no configuration', (_name, given) => {
    expect(parseNetwork(given, META)).toBeUndefined();
  });

  test('the resource is that of the object', () => {
    const network = parseNetwork({ type: 'sriov' }, { ...META, resourceName: 'a/b' });
    expect(network?.resourceName).toBe('a/b');
  });
});

describe('read and written again', () => {
  test('a network is the same network', () => {
    void fc.assert(
      fc.property(config, (given) => {
        const network = hasLosses(given) ? undefined : read(given);
        if (!network) return;
        expect(read(JSON.parse(JSON.stringify(networkConfig(network))))).toEqual(
          JSON.parse(JSON.stringify(network)),
        );
      }),
      { numRuns: 2000 },
    );
  });

  test('what nobody knows is kept', () => {
    void fc.assert(
      fc.property(config, (given) => {
        const network = hasLosses(given) ? undefined : read(given);
        if (!network) return;
        expect(unknowns(networkConfig(network))).toEqual(expect.arrayContaining(unknowns(given)));
      }),
      { numRuns: 1000 },
    );
  });

  test('nothing is added to what was read but the name that Multus adds', () => {
    expect(networkConfig(read({ type: 'bridge', vlan: 5, ipam: { type: 'static' } }))).toEqual({
      name: 'lan',
      type: 'bridge',
      vlan: 5,
      ipam: { type: 'static' },
    });
    const list = { plugins: [{ type: 'bridge' }, { type: 'portmap' }] };
    expect(networkConfig(read(list))).toEqual({ name: 'lan', ...list });
  });
});

/** True where a name is written over: one that is no text, and what is made void by another case. */
function hasLosses(given: Record<string, unknown>): boolean {
  return typeof (given['name'] ?? '') !== 'string' || isTwice(given);
}

/** Members with names that the arbitraries make up, each with its path. */
function unknowns(value: unknown, at = ''): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, one]) =>
    name.startsWith('?') || name === '__proto__'
      ? [`${name}=${JSON.stringify(one)}`]
      : unknowns(one, `${at}.${name}`),
  );
}

describe('where a key stands', () => {
  const single = read({ ...HEAD, type: 'bridge', ipam: { type: 'host-local', ranges: [[{}]] } });
  const list = read({ plugins: [{ type: 'kube-ovn' }, { type: 'tuning' }, { type: 'x' }] });
  const cases: { name: string; given: string; network: NetworkDefinition; want: KeyStep[] }[] = [
    {
      name: 'of the link',
      given: 'vlanTrunk[0].minID',
      network: single,
      want: ['vlanTrunk', 0, 'minID'],
    },
    {
      name: 'of the link in a list',
      given: 'serverSocket',
      network: list,
      want: ['plugins', 0, 'server_socket'],
    },
    {
      name: 'of the IPAM',
      given: 'ipam.rangeSets[0][0].subnet',
      network: single,
      want: ['ipam', 'ranges', 0, 0, 'subnet'],
    },
    { name: 'the IPAM itself', given: 'ipam', network: single, want: ['ipam'] },
    {
      name: 'of an IPAM that is none',
      given: 'ipam.type',
      network: list,
      want: ['plugins', 0, 'ipam', 'type'],
    },
    {
      name: 'of a chained plugin',
      given: 'chain[0].sysctl["net.core.somaxconn"]',
      network: list,
      want: ['plugins', 1, 'sysctl', 'net.core.somaxconn'],
    },
    {
      name: 'of one that nobody knows',
      given: 'chain[1].type',
      network: list,
      want: ['plugins', 2, 'type'],
    },
    { name: 'a chained plugin itself', given: 'chain[1]', network: list, want: ['plugins', 2] },
    { name: 'the type', given: 'type', network: list, want: ['plugins', 0, 'type'] },
    { name: 'of the list', given: 'list.cniVersions[1]', network: list, want: ['cniVersions', 1] },
    { name: 'unknown in the list', given: 'list.extra.x', network: list, want: ['x'] },
    { name: 'the version', given: 'cniVersion', network: list, want: ['cniVersion'] },
    { name: 'the name', given: 'configName', network: list, want: ['name'] },
    { name: 'nothing', given: '', network: list, want: [] },
  ];

  test.each(cases)('$name', ({ given, network, want }) => {
    expect(configSteps(network, stepsOf(given))).toEqual(want);
  });
});
