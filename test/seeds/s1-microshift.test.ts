import { checkObjects, platformFacts, readNetworksAnnotation } from 'netloom';
import { AT, inConfig, NETWORKS, objectsOf, onPods, told } from './support';

describe('S1 MicroShift', () => {
  const facts = { platform: platformFacts('microshift') };

  test('S1.5 ipvlan with dhcp', () => {
    const change = inConfig('bridge-conf', (config) => {
      delete config.bridge;
      Object.assign(config, { type: 'ipvlan', master: 'eth1', ipam: { type: 'dhcp' } });
    });
    expect(told('s1-microshift', { facts, change })).toContain(
      '0 NL_IPVLAN_DHCP spec.config: ipam',
    );
  });

  test('S1.6 the network as printed', () => {
    expect(told('s1-microshift-printed').filter((one) => /^[01] /.test(one))).toEqual([
      '0 NL_CONFIG_NOT_JSON spec.config',
      '1 NL_KEY_FOREIGN spec.config: mode',
      '1 NL_SUBNET_INVALID spec.config: ipam.ranges[1][0].subnet',
    ]);
  });

  test('S1.6 the place where the print is no JSON any more', () => {
    const [object] = objectsOf('s1-microshift-printed');
    const [finding] = checkObjects([object]);
    const [start = 0, end] = finding?.where.span ?? [];
    expect(object.spec.config.slice(0, start)).toMatch(/"type": "bridge", $/);
    expect(object.spec.config.slice(start, end)).toBe('1');
  });

  test('S1.6 the repaired network', () => {
    expect(told('s1-microshift', { facts })).toEqual([]);
  });

  test('S1.7 the pattern of the short form is no annotation', () => {
    expect(told('s1-microshift-printed')).toContain(`2 NL_ANNOTATION_INVALID ${AT}`);
  });

  test.each([
    { name: 'a blank behind the comma is read', given: 'bridge-conf, bridge-conf', want: [] },
    {
      name: 'a comma too many',
      given: 'bridge-conf,',
      want: [`1 NL_ANNOTATION_INVALID ${AT}: [1]`],
    },
    {
      name: 'a network that is not there',
      given: 'bridge-cnf',
      want: [`1 NL_NETWORK_NOT_FOUND ${AT}: [0]`],
    },
  ])('S1.7 $name', ({ given, want }) => {
    const change = onPods('test-bridge', { [NETWORKS]: given });
    expect(told('s1-microshift', { facts, change })).toEqual(want);
  });

  test.each([
    {
      name: 'a second default route of a family',
      given: [
        { name: 'bridge-conf', 'default-route': ['10.10.0.254'] },
        { name: 'bridge-conf', 'default-route': ['10.10.0.253'] },
      ],
      want: [`3 NL_DEFAULT_ROUTE_TWICE ${AT}: [1].default-route[0]`],
    },
    {
      name: 'a next hop outside of the subnet',
      given: [{ name: 'bridge-conf', 'default-route': ['10.11.0.254'] }],
      want: [`3 NL_GATEWAY_OUTSIDE_SUBNET ${AT}: [0].default-route[0]`],
    },
    {
      name: 'a misspelt key',
      given: [{ name: 'bridge-conf', defaultRoute: ['10.10.0.254'] }],
      want: [`3 NL_KEY_MISSPELT ${AT}: [0].defaultRoute`],
    },
    {
      name: 'one object instead of a list',
      given: { name: 'bridge-conf' },
      want: [`3 NL_ANNOTATION_INVALID ${AT}`],
    },
  ])('S1.8 $name', ({ given, want }) => {
    const change = onPods('test-json', { [NETWORKS]: JSON.stringify(given) });
    expect(told('s1-microshift', { facts, change })).toEqual(want);
  });

  test('S1.9 the same network twice is net1 and net2', () => {
    const [, , twice] = objectsOf('s1-microshift');
    const { elements, errors } = readNetworksAnnotation(twice.metadata.annotations[NETWORKS]);
    expect([elements.length, errors]).toEqual([2, []]);
    expect(told('s1-microshift', { facts }).filter((one) => one.startsWith('2'))).toEqual([]);
  });

  test('S1.9 but not under one name', () => {
    const change = onPods('test-twice', { [NETWORKS]: 'bridge-conf,bridge-conf@net1' });
    expect(told('s1-microshift', { facts, change })).toEqual([
      `2 NL_INTERFACE_TWICE ${AT}: [1].interface`,
    ]);
  });
});
