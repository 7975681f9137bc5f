import {
  type AuditInput,
  audit,
  type ClaimRecord,
  type Finding,
  mark,
  type PoolRecord,
  type SetAside,
  type Sighting,
} from 'netloom';
import {
  allocationsOf,
  PodsSeen,
  reservationsOf,
} from '../../node-agent/src/audit/cluster-records';

const pool: PoolRecord = {
  name: 'apps/lan',
  spec: {
    subnets: [
      { subnet: '10.10.0.0/24', ranges: ['10.10.0.100-10.10.0.119'] },
      { subnet: 'fd00:10::/64', ranges: ['fd00:10::80/121'] },
    ],
  },
  owner: 'stack',
  identity: 'ci',
  incarnation: 1,
};

function claim(owner: string, ...addresses: string[]): ClaimRecord {
  const state = 'claimed' as const;
  return { serial: 1, pool: pool.name, owner, identity: 'ci', state, incarnation: 1, addresses };
}

function file(address: string, holder: string, isAlive?: boolean): Sighting {
  const place = `/var/lib/cni/networks/lan/${address}`;
  return { source: 'host-local', address, network: 'lan', holder, place, isAlive };
}

function pod(address: string, holder: string, network = 'apps/lan'): Sighting {
  return {
    source: 'network-status',
    address,
    network,
    holder,
    place: `pod ${holder}`,
    isAlive: true,
  };
}

function given(address: string, holder: string, isAlive?: boolean, network = 'pool'): Sighting {
  return {
    source: 'whereabouts',
    address,
    network,
    holder,
    place: `kube-system/${network}`,
    isAlive,
  };
}

const all = ['host-local', 'whereabouts', 'reservation', 'network-status'] as const;

function run(input: Partial<AuditInput>): string[] {
  return audit({
    pools: [pool],
    claims: [],
    setAsides: [],
    sightings: [],
    seen: all,
    unseen: {},
    ...input,
  }).map(({ kind, address, byValue }) => `${kind} ${address}${byValue ? ' by value' : ''}`);
}

const aside: SetAside = { pool: pool.name, address: '10.10.0.105', why: 'seen', byValue: false };

describe('what an audit finds', () => {
  const cases: { name: string; given: Partial<AuditInput>; want: string[] }[] = [
    { name: 'nothing in use, nothing found', given: {}, want: [] },
    {
      name: 'a claim that its pod has is as it should be',
      given: {
        claims: [claim('a', '10.10.0.100', 'fd00:10::80')],
        sightings: [
          pod('10.10.0.100', 'apps/cam', 'apps/lan-claimed'),
          pod('fd00:10::80', 'apps/cam', 'apps/lan-claimed'),
        ],
      },
      want: [],
    },
    {
      name: 'an address of the claimable part that host-local gave before it became claimable',
      given: { sightings: [file('10.10.0.101', 'abc net1', true)] },
      want: ['in-use 10.10.0.101'],
    },
    {
      name: 'one whose holder nobody can look for counts as in use: unknown is not absent',
      given: { sightings: [file('10.10.0.101', 'abc net1', undefined)] },
      want: ['in-use 10.10.0.101'],
    },
    {
      name: 'a record whose container is gone is a leak, and keeps nothing from being given',
      given: { sightings: [file('10.10.0.101', 'abc net1', false)] },
      want: ['leaked-record 10.10.0.101'],
    },
    {
      name: 'what lies outside the claimable part is not ours to give',
      given: { sightings: [file('10.10.0.20', 'abc net1', true)] },
      want: [],
    },
    {
      name: 'a claimed address that an IPAM gave as well is held twice, whoever asks',
      given: {
        claims: [claim('a', '10.10.0.100')],
        sightings: [given('10.10.0.100', 'apps/web', true), pod('10.10.0.100', 'apps/web')],
      },
      want: ['duplicate 10.10.0.100'],
    },
    {
      name: 'a block is claimed with all its addresses',
      given: {
        claims: [claim('a', 'fd00:10::80/122')],
        sightings: [given('fd00:10::85', 'apps/web', true)],
      },
      want: ['duplicate fd00:10::85'],
    },
    {
      name: 'two pods with one address of a pool',
      given: { sightings: [pod('10.10.0.20', 'apps/a'), pod('10.10.0.20', 'apps/b')] },
      want: ['duplicate 10.10.0.20'],
    },
    {
      name: 'the record of whereabouts, its reservation and its pod are one holder',
      given: {
        sightings: [
          given('10.10.0.20', 'apps/a', true),
          { ...given('10.10.0.20', 'apps/a', true), source: 'reservation' },
          pod('10.10.0.20', 'apps/a'),
        ],
      },
      want: [],
    },
    {
      name: 'outside of pools, pods of one network and its twin for claims; not of two networks',
      given: {
        sightings: [
          pod('10.99.0.1', 'apps/a', 'apps/far'),
          pod('10.99.0.1', 'apps/b', 'apps/far-claimed'),
          pod('10.99.0.2', 'apps/a', 'apps/far'),
          pod('10.99.0.2', 'apps/b', 'apps/near'),
        ],
      },
      want: ['duplicate 10.99.0.1'],
    },
    {
      name: 'an address that only a claim can have led to is kept for the claim that was lost',
      given: { sightings: [pod('10.10.0.105', 'apps/cam', 'apps/lan-claimed')] },
      want: ['in-use 10.10.0.105 by value'],
    },
    {
      name: 'what is set aside already is not told again, and in use it stays so',
      given: { setAsides: [aside], sightings: [file('10.10.0.105', 'abc net1', true)] },
      want: [],
    },
    {
      name: 'what was set aside and is free now',
      given: { setAsides: [aside], sightings: [file('10.10.0.105', 'abc net1', false)] },
      want: ['free-again 10.10.0.105', 'leaked-record 10.10.0.105'],
    },
    {
      name: 'nothing is free while a source could not be seen',
      given: { setAsides: [aside], seen: ['host-local'], unseen: { whereabouts: 'refused' } },
      want: [],
    },
    {
      name: 'a claim that no pod has; offers, blocks and MAC addresses are for others to tell of',
      given: {
        claims: [
          claim('a', '10.10.0.100'),
          claim('b', 'fd00:10::80/125'),
          { ...claim('c', '10.10.0.101'), state: 'offered' },
          claim('d'),
        ],
      },
      want: ['unused-claim 10.10.0.100'],
    },
    {
      name: 'no claim is unused where the pods were not seen',
      given: { claims: [claim('a', '10.10.0.100')], seen: ['host-local'] },
      want: [],
    },
  ];
  test.each(cases)('$name', ({ given: input, want }) => expect(run(input)).toEqual(want));

  test('whatever the order of what was seen, the same is found', () => {
    const sightings = [
      pod('10.10.0.20', 'apps/a'),
      pod('10.10.0.20', 'apps/b'),
      file('10.10.0.101', 'abc net1', true),
      given('10.10.0.102', 'apps/gone', false),
    ];
    expect(run({ sightings: sightings.toReversed() })).toEqual(run({ sightings }));
  });
});

describe('marks', () => {
  const finding = (key: string): Finding => ({
    kind: 'leaked-record',
    key,
    address: '10.0.0.1',
    found: key,
    sightings: [],
  });

  test('confirm only what every whole audit found for the grace period', () => {
    const first = mark(new Map(), [finding('a'), finding('b')], true, 0, 100);
    expect(first.confirmed).toEqual([]);
    // b is not found once: it begins anew.
    const second = mark(first.marks, [finding('a')], true, 50, 100);
    expect(second.confirmed).toEqual([]);
    const third = mark(second.marks, [finding('a'), finding('b')], true, 100, 100);
    expect(third.confirmed.map(({ key }) => key)).toEqual(['a']);
    const last = mark(third.marks, [finding('a'), finding('b')], true, 199, 100);
    expect(last.confirmed.map(({ key }) => key)).toEqual(['a']);
  });

  test('even without a grace period a second look is needed', () => {
    const first = mark(new Map(), [finding('a')], true, 0, 0);
    expect(first.confirmed).toEqual([]);
    expect(mark(first.marks, [finding('a')], true, 0, 0).confirmed).toHaveLength(1);
  });

  test('an audit that did not see everything neither confirms nor forgets', () => {
    const first = mark(new Map(), [finding('a')], true, 0, 100);
    const blind = mark(first.marks, [finding('a'), finding('c')], false, 500, 100);
    expect(blind).toEqual({ marks: first.marks, confirmed: [] });
  });
});

describe('what the cluster says', () => {
  const status = (...ips: string[]): Record<string, string> => ({
    'k8s.v1.cni.cncf.io/network-status': JSON.stringify([
      { name: 'cbr0', interface: 'eth0', ips: ['10.244.0.5'], default: true },
      { name: 'apps/lan', interface: 'net1', ips },
    ]),
  });
  const podOf = (name: string, phase: string, annotations?: Record<string, string>) => ({
    metadata: { name, namespace: 'apps', ...(annotations ? { annotations } : {}) },
    status: { phase },
  });
  const pods = new PodsSeen([
    podOf('runs', 'Running', status('10.10.0.20', 'FD00:10:0::20')),
    podOf('begins', 'Pending'),
    podOf('ended', 'Succeeded', status('10.10.0.22')),
    podOf('new', 'Running', status('10.10.0.29')),
  ]);

  test('secondary addresses of pods that have not ended, in the text of this release', () => {
    expect(pods.sightings().map(({ holder, address }) => `${holder} ${address}`)).toEqual([
      'apps/runs 10.10.0.20',
      'apps/runs fd00:10::20',
      'apps/new 10.10.0.29',
    ]);
  });

  test('allocations by their offset, and whether their pods are there', () => {
    const spec = {
      range: '10.10.0.0/24',
      allocations: {
        '20': { id: 'x', podref: 'apps/runs', ifname: 'net1' },
        '21': { id: 'x', podref: 'apps/begins' },
        '22': { id: 'x', podref: 'apps/ended' },
        '23': { id: 'x', podref: 'apps/gone' },
        // The pod of that name is a new one, with another address.
        '24': { id: 'x', podref: 'apps/new' },
      },
    };
    const pools = [{ metadata: { name: '10.10.0.0-24', namespace: 'kube-system' }, spec }];
    expect(allocationsOf(pools, pods).map(({ address, isAlive }) => [address, isAlive])).toEqual([
      ['10.10.0.20', true],
      ['10.10.0.21', undefined],
      ['10.10.0.22', false],
      ['10.10.0.23', false],
      ['10.10.0.24', false],
    ]);
  });

  test('reservations, also of named networks and IPv6, where dashes may be anything', () => {
    const ipPool = (name: string, range: string) => ({
      metadata: { name, namespace: 'kube-system' },
      spec: { range },
    });
    const pools = [
      ipPool('10.10.0.0-24', '10.10.0.0/24'),
      ipPool('tenant-a-10.20.0.0-24', '10.20.0.0/24'),
      ipPool('tenant-a-fd00-20---64', 'fd00:20::/64'),
    ];
    const names = [
      '10.10.0.20',
      'fd00-10--20',
      'tenant-a-10.20.0.5',
      'tenant-a-fd00-20--7',
      'odd-name',
    ];
    const reservations = names.map((name) => ({
      metadata: { name, namespace: 'kube-system' },
      spec: { podref: 'apps/runs' },
    }));
    expect(
      reservationsOf(reservations, pools, pods).map(({ address, network }) => [address, network]),
    ).toEqual([
      ['10.10.0.20', ''],
      ['fd00:10::20', ''],
      ['10.20.0.5', 'tenant-a'],
      ['fd00:20::7', 'tenant-a'],
    ]);
  });
});
