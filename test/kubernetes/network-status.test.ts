import fc from 'fast-check';
import { type InterfaceStatus, parseNetworkStatus } from 'netloom';

/** As MicroShift's document prints it, put in order: ../shared/seeds/000. */
const SEED = `[{
    "name": "ovn-kubernetes",
    "interface": "eth0",
    "ips": ["10.42.0.17"],
    "mac": "0a:58:0a:2a:00:11",
    "default": true,
    "dns": {}
},{
    "name": "default/bridge-conf",
    "interface": "net1",
    "ips": ["10.10.0.20"],
    "mac": "82:01:98:e5:0c:b7",
    "dns": {}
}]`;

const EMPTY: InterfaceStatus = { network: '', name: '', ips: [], isDefault: false, gateways: [] };

describe('what Multus says that a pod got', () => {
  const cases: { name: string; given: string | undefined; want: InterfaceStatus[] }[] = [
    {
      name: 'the cluster network and one more',
      given: SEED,
      want: [
        {
          network: 'ovn-kubernetes',
          name: 'eth0',
          ips: ['10.42.0.17'],
          mac: '0a:58:0a:2a:00:11',
          isDefault: true,
          gateways: [],
        },
        {
          network: 'default/bridge-conf',
          name: 'net1',
          ips: ['10.10.0.20'],
          mac: '82:01:98:e5:0c:b7',
          isDefault: false,
          gateways: [],
        },
      ],
    },
    {
      name: "Go's nil where thin Multus knows no gateway",
      given: '[{"name":"a/b","interface":"net1","gateway":["\\u003cnil\\u003e","10.0.0.1"]}]',
      want: [{ ...EMPTY, network: 'a/b', name: 'net1', gateways: ['10.0.0.1'] }],
    },
    {
      name: 'an MTU, as of CNI 1.1',
      given: '[{"name":"a/b","interface":"net1","mtu":9000}]',
      want: [{ ...EMPTY, network: 'a/b', name: 'net1', mtu: 9000 }],
    },
    { name: 'every key missing', given: '[{}]', want: [EMPTY] },
    {
      name: 'keys of another type',
      given:
        '[{"name":7,"interface":null,"ips":"10.0.0.1","mac":1,"mtu":"9000","default":"yes","gateway":{}}]',
      want: [EMPTY],
    },
    { name: 'null for no addresses', given: '[{"ips":null,"gateway":null}]', want: [EMPTY] },
    {
      name: 'addresses among other things',
      given: '[{"ips":["10.0.0.1",7,null]}]',
      want: [{ ...EMPTY, ips: ['10.0.0.1'] }],
    },
    {
      name: 'elements that are no objects',
      given: '[null,7,"x",{"name":"a/b"}]',
      want: [{ ...EMPTY, network: 'a/b' }],
    },
    { name: 'no annotation yet', given: undefined, want: [] },
    { name: 'the empty text', given: '', want: [] },
    { name: 'no JSON', given: '[{', want: [] },
    { name: 'no list', given: '{"name":"a/b"}', want: [] },
    { name: 'null', given: 'null', want: [] },
    { name: 'an empty list', given: '[]', want: [] },
  ];

  test.each(cases)('$name', ({ given, want }) => expect(parseNetworkStatus(given)).toEqual(want));

  test('no text makes it throw', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.array(fc.jsonValue()).map((one) => JSON.stringify(one)),
        ),
        (text) => {
          for (const one of parseNetworkStatus(text)) {
            expect(typeof one.network + typeof one.name).toBe('stringstring');
          }
        },
      ),
      { numRuns: 1000 },
    );
  });
});
