import { hostBridgeCrdSpec, hostBridgeSpec } from 'netloom';

test('a host bridge is written with its keys in order, and nothing that is not set', () => {
  expect(JSON.stringify(hostBridgeSpec({ bridge: 'br-test' }))).toBe('{"bridge":"br-test"}');
  const given = {
    nodeSelector: { zone: 'a' },
    mtu: 9000,
    ports: ['eth2'],
    addresses: ['10.10.0.10/24'],
    bridge: 'br-test',
  };
  expect(JSON.stringify(hostBridgeSpec(given))).toBe(
    '{"bridge":"br-test","addresses":["10.10.0.10/24"],"ports":["eth2"],"mtu":9000,"nodeSelector":{"zone":"a"}}',
  );
});

test('the CRD knows every key that is written, and no other', () => {
  const crd = hostBridgeCrdSpec() as any;
  const { properties } = crd.versions[0].schema.openAPIV3Schema.properties.spec;
  const all = {
    bridge: 'b',
    addresses: [],
    ports: [],
    mtu: 1,
    mac: '02:00:00:00:00:01',
    stp: true,
    multicastSnooping: false,
    adopt: true,
    uplink: true,
    nodeSelector: {},
  };
  expect(Object.keys(properties)).toEqual(Object.keys(hostBridgeSpec(all)));
});
