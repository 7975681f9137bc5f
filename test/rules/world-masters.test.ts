import { attached, network, STATIC } from './samples';
import { macvlan, pods, told, type WorldRow } from './worlds';

describe('masters', () => {
  const ipvlan = network({
    name: 'ipvlan',
    link: { kind: 'ipvlan', settings: { master: 'eth1' } },
    ipam: STATIC,
  });
  const passthru = network({
    name: 'alone',
    ...macvlan({ master: 'eth1', mode: 'passthru' }),
  });
  const rows: WorldRow[] = [
    {
      name: 'ipvlan first',
      given: { networks: [ipvlan, network(macvlan())] },
      want: ['NL_MASTER_SHARED master'],
    },
    {
      name: 'links without a master',
      given: {
        networks: [
          network(),
          network({ name: 'ptp', link: { kind: 'ptp', settings: {} } }),
          network({ name: 'dummy', link: { kind: 'dummy', settings: {} } }),
        ],
      },
      want: [],
    },
    {
      name: 'another master',
      given: { networks: [ipvlan, network(macvlan({ master: 'eth2' }))] },
      want: [],
    },
    {
      name: 'a master inside of the pod',
      given: {
        networks: [ipvlan, network(macvlan({ master: 'eth1', linkInContainer: true }))],
      },
      want: [],
    },
    {
      name: 'a port of a bridge',
      given: { networks: [ipvlan], bridges: [{ bridge: 'br0', ports: ['eth1'] }] },
      want: ['NL_MASTER_IS_PORT master'],
    },
    {
      name: 'a port of a bridge on some nodes',
      given: {
        networks: [ipvlan],
        bridges: [{ bridge: 'br0', ports: ['eth1'], nodeSelector: { rack: 'a' } }],
      },
      want: [],
    },
    {
      name: 'passthru first',
      given: { networks: [passthru, network(macvlan())] },
      want: ['NL_PASSTHRU_TWICE mode'],
    },
    {
      name: 'passthru alone',
      given: { networks: [passthru, network(macvlan({ master: 'eth2' }))] },
      want: [],
    },
    {
      name: 'passthru twice in one pod',
      given: {
        networks: [passthru],
        pods: [
          pods({
            attachments: [
              attached(passthru, { ips: ['10.0.0.1/24'] }),
              attached(passthru, { ips: ['10.0.0.2/24'] }),
            ],
          }),
        ],
      },
      want: ['NL_PASSTHRU_TWICE attachments[1]'],
    },
  ];

  test.each(rows)('$name', ({ given: world, want }) => expect(told(world)).toEqual(want));
});

describe('devices', () => {
  const card = network({
    link: { kind: 'host-device', settings: { device: 'eth2' } },
    ipam: STATIC,
  });
  const on = (name: string, workload: object): ReturnType<typeof pods> =>
    pods({ name, workload, attachments: [attached(card, { ips: ['10.0.0.1/24'] })] });
  const TWICE = ['NL_DEVICE_TWICE attachments[0]'];
  test.each([
    {
      name: 'on two nodes',
      given: [
        on('a', { kind: 'Pod', spec: { nodeName: 'n1' } }),
        on('b', { kind: 'Pod', spec: { nodeSelector: { 'kubernetes.io/hostname': 'n2' } } }),
      ],
      want: [],
    },
    {
      name: 'on one node',
      given: [
        on('a', { kind: 'Pod', spec: { nodeName: 'n1' } }),
        on('b', { kind: 'Pod', spec: { nodeName: 'n1' } }),
      ],
      want: TWICE,
    },
    {
      name: 'one that may be anywhere',
      given: [on('a', { kind: 'Pod', spec: { nodeName: 'n1' } }), on('b', { kind: 'Pod' })],
      want: TWICE,
    },
    { name: 'a DaemonSet', given: [on('a', { kind: 'DaemonSet' })], want: [] },
    {
      name: 'two pods of one workload',
      given: [on('a', { kind: 'Deployment', spec: { replicas: 2 } })],
      want: TWICE,
    },
    {
      name: 'two pods that are kept apart',
      given: [
        on('a', {
          kind: 'Deployment',
          spec: { replicas: 2, template: { spec: { affinity: { podAntiAffinity: {} } } } },
        }),
      ],
      want: [],
    },
  ])('$name', ({ given: list, want }) =>
    expect(told({ networks: [card], pods: list })).toEqual(want),
  );

  test('a device plugin hands them out one by one', () => {
    const managed = { ...card, resourceName: 'vendor.com/card' };
    const one = (name: string) =>
      pods({ name, attachments: [attached(managed, { ips: ['10.0.0.1/24'] })] });
    expect(told({ networks: [managed], pods: [one('a'), one('b')] })).toEqual([]);
  });
});
