import { attached, bridge, hostLocal, network, STATIC } from './samples';
import { given, pods, told, type WorldRow } from './worlds';

describe('written down addresses', () => {
  const fixed = network({ ipam: STATIC });
  const asking = (name: string, ...ips: string[]) =>
    pods({ name, attachments: [attached(fixed, { ips })] });
  const rows: WorldRow[] = [
    {
      name: 'two pods',
      given: { pods: [asking('a', '10.10.0.5/24'), asking('b', '10.10.0.6/24', '10.10.0.5/16')] },
      want: ['NL_ADDRESS_NOT_FREE attachments[0].ips[1]'],
    },
    {
      name: 'one pod, given twice',
      given: { pods: [asking('a', '10.10.0.5/24'), asking('a', '10.10.0.5/24')] },
      want: [],
    },
    {
      name: 'two interfaces of one pod',
      given: {
        pods: [
          pods({
            attachments: [
              attached(fixed, { ips: ['10.10.0.5/24'] }),
              attached(fixed, { ips: ['10.10.0.5/24'] }),
            ],
          }),
        ],
      },
      want: ['NL_ADDRESS_NOT_FREE attachments[1].ips[0]'],
    },
    {
      name: 'on two networks over one bridge',
      given: {
        pods: [
          asking('a', '10.10.0.5/24'),
          pods({
            name: 'b',
            attachments: [
              attached(network({ name: 'other', ipam: STATIC }), { ips: ['10.10.0.5/24'] }),
            ],
          }),
        ],
      },
      want: ['NL_ADDRESS_NOT_FREE attachments[0].ips[0]'],
    },
    {
      name: 'on two segments',
      given: {
        pods: [
          asking('a', '10.10.0.5/24'),
          pods({
            name: 'b',
            attachments: [
              attached(network({ name: 'other', link: bridge({ bridge: 'br-b' }), ipam: STATIC }), {
                ips: ['10.10.0.5/24'],
              }),
            ],
          }),
        ],
      },
      want: [],
    },
    {
      name: 'the host',
      given: {
        bridges: [{ bridge: 'br-test', addresses: ['10.10.0.5/24'] }],
        pods: [asking('a', '10.10.0.5/24')],
      },
      want: ['NL_ADDRESS_NOT_FREE attachments[0].ips[0]'],
    },
    {
      name: 'the gateway that the plugin puts on the bridge',
      given: {
        networks: [given({ name: 'gw', link: bridge({ bridge: 'br-test', isGateway: true }) })],
        pods: [asking('a', '10.10.0.254/24')],
      },
      want: ['NL_ADDRESS_NOT_FREE attachments[0].ips[0]'],
    },
    {
      name: 'a claim',
      given: {
        claims: [{ name: 'camera', network: network(), addresses: ['10.10.0.100'] }],
        pods: [asking('a', '10.10.0.100/24')],
      },
      want: ['NL_ADDRESS_NOT_FREE attachments[0].ips[0]'],
    },
    {
      name: 'a network that nobody knows',
      given: {
        pods: [
          pods({ name: 'a', attachments: [attached(undefined, { ips: ['10.10.0.5/24'] })] }),
          pods({ name: 'b', attachments: [attached(undefined, { ips: ['10.10.0.5/24'] })] }),
        ],
      },
      want: ['NL_ADDRESS_NOT_FREE attachments[0].ips[0]'],
    },
    {
      name: 'a workload of three',
      given: {
        pods: [
          {
            ...asking('a', '10.10.0.5/24'),
            workload: { kind: 'Deployment', spec: { replicas: 3 } },
          },
        ],
      },
      want: ['NL_ADDRESS_NOT_FREE attachments[0].ips[0]'],
    },
    {
      name: 'a workload of one',
      given: { pods: [{ ...asking('a', '10.10.0.5/24'), workload: { kind: 'Deployment' } }] },
      want: [],
    },
    {
      name: 'a DaemonSet on one node',
      given: {
        pods: [{ ...asking('a', '10.10.0.5/24'), workload: { kind: 'DaemonSet' } }],
        nodes: 1,
      },
      want: [],
    },
    {
      name: 'a DaemonSet',
      given: { pods: [{ ...asking('a', '10.10.0.5/24'), workload: { kind: 'DaemonSet' } }] },
      want: ['NL_ADDRESS_NOT_FREE attachments[0].ips[0]'],
    },
  ];

  test.each(rows)('$name', ({ given: world, want }) => expect(told(world)).toEqual(want));
});

describe('addresses of a pool', () => {
  const fixed = network({ name: 'fixed', ipam: STATIC });
  const asking = (...ips: string[]) => [pods({ attachments: [attached(fixed, { ips })] })];
  const wide = given({ name: 'wide', ipam: hostLocal({ ranges: [{ subnet: '10.0.0.0/8' }] }) });
  const OVERLAP = ['NL_NETWORKS_OVERLAP attachments[0].ips[0]'];
  const rows: WorldRow[] = [
    {
      name: 'that the network beside gives',
      given: { networks: [given(), fixed], pods: asking('10.10.0.30/24') },
      want: OVERLAP,
    },
    {
      name: 'beside what it gives',
      given: { networks: [given(), fixed], pods: asking('10.10.0.19/24', '10.10.0.120/24') },
      want: [],
    },
    {
      name: 'at its ends',
      given: { networks: [given(), fixed], pods: asking('10.10.0.20/24', '10.10.0.119/24') },
      want: [...OVERLAP, 'NL_NETWORKS_OVERLAP attachments[0].ips[1]'],
    },
    {
      name: 'behind a shorter range that begins later',
      given: {
        networks: [wide, given({ configName: 'wide' }), fixed],
        pods: asking('10.200.0.1/8'),
      },
      want: OVERLAP,
    },
    {
      name: 'beside an attachment that asks for none',
      given: {
        networks: [given(), fixed],
        pods: [
          pods({ attachments: [attached(given()), attached(fixed, { ips: ['10.10.0.30/24'] })] }),
        ],
      },
      want: ['NL_NETWORKS_OVERLAP attachments[1].ips[0]'],
    },
    {
      name: 'on another bridge',
      given: {
        networks: [given({ link: bridge({ bridge: 'br-b' }) }), fixed],
        pods: asking('10.10.0.30/24'),
      },
      want: [],
    },
    {
      name: 'that is asked of the pool itself',
      given: {
        networks: [given()],
        pods: [pods({ attachments: [attached(given(), { ips: ['10.10.0.30'] })] })],
      },
      want: [],
    },
    {
      name: 'that is claimed',
      given: {
        networks: [network(), fixed],
        pods: asking('10.10.0.100/24'),
      },
      want: OVERLAP,
    },
  ];

  test.each(rows)('$name', ({ given: world, want }) => expect(told(world)).toEqual(want));
});

describe('claims', () => {
  const claim = (name: string, address: string) => ({
    name,
    network: network(),
    addresses: [address],
  });
  test('one address twice', () => {
    expect(told({ claims: [claim('a', '10.10.0.100'), claim('b', '10.10.0.100')] })).toEqual([
      'NL_ADDRESS_NOT_FREE address',
    ]);
  });

  test('one claim on two pods', () => {
    const attachment = { ...attached(network()), claim: { name: 'c', network: network() } };
    expect(
      told({ pods: [pods({ attachments: [attachment] }), pods({ attachments: [attachment] })] }),
    ).toEqual(['NL_ADDRESS_TWICE attachments[0].claim']);
  });

  test('a gateway bridge that nobody holds', () => {
    const gateway = network({ link: bridge({ bridge: 'br-test', isGateway: true }) });
    const claims = [{ name: 'c', network: gateway, addresses: ['10.10.0.100'] }];
    expect(told({ claims })).toEqual(['NL_GATEWAY_NOT_HELD network']);
    const bridges = [{ bridge: 'br-test', addresses: ['10.10.0.254/24', 'fd00:10::1/64'] }];
    expect(told({ claims, bridges })).toEqual([]);
  });
});
