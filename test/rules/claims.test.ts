import {
  checkClaim,
  checkClaimWorkload,
  claimTwice,
  describeProblem,
  holdAddresses,
  type NamedClaim,
  type NetworkDefinition,
  type WorkloadManifest,
} from 'netloom';
import { heldBy, hostLocal, network, POOL, STATIC, V4 } from './samples';

const claim = (addresses: string[] | undefined, to: NetworkDefinition = network()): NamedClaim => ({
  name: 'apps/camera',
  network: to,
  addresses,
});
const messages = (given: NamedClaim, ...earlier: NamedClaim[]): string[] =>
  [...checkClaim(given), ...holdAddresses(given, heldBy(...earlier))].map(describeProblem);

describe('claims', () => {
  const OUTSIDE =
    'Allowed: one of 10.10.0.100-10.10.0.119, fd00:10::80-fd00:10::ff. Fix: take one of these, or leave the address out to be given one. (NL_CLAIM_OUTSIDE_CLAIMABLE)';
  const cases: { name: string; given: string[]; want: string[] }[] = [
    {
      name: 'the first and the last claimable address',
      given: ['10.10.0.119', 'fd00:10::80'],
      want: [],
    },
    {
      name: 'one just before',
      given: ['10.10.0.99'],
      want: [`address: "10.10.0.99" is not in the claimable part of "lan". ${OUTSIDE}`],
    },
    {
      name: 'one just behind',
      given: ['10.10.0.100', 'fd00:10::100'],
      want: [`addresses[1]: "fd00:10::100" is not in the claimable part of "lan". ${OUTSIDE}`],
    },
    {
      name: 'no address',
      given: ['10.10.0.100/24'],
      want: [
        'address: "10.10.0.100/24" is not an IP address. Allowed: an IPv4 or IPv6 address without prefix length, such as 10.10.0.20 or fd00:10::20. Fix: 10.10.0.100? (NL_ADDRESS_INVALID)',
      ],
    },
    {
      name: 'two of one family',
      given: ['10.10.0.100', '10.10.0.101'],
      want: [
        'addresses[1]: "10.10.0.101" is a second IPv4 address in one claim. Allowed: one address of each family. Fix: make a claim for each of them. (NL_ADDRESS_TWICE)',
      ],
    },
  ];

  test.each(cases)('$name', ({ given, want }) => expect(messages(claim(given))).toEqual(want));

  test('an address that is claimed already, however it is spelled', () => {
    const earlier = { ...claim(['FD00:10:0::80']), name: 'apps/first' };
    expect(messages(claim(['fd00:10::80']), earlier)).toEqual([
      'address: "fd00:10::80" of network "lan" is claimed by "apps/first" already. Allowed: an address that no other claim has. Fix: choose another address. (NL_ADDRESS_NOT_FREE)',
    ]);
    expect(messages(claim(['fd00:10::81']), earlier)).toEqual([]);
  });

  test('the same address on another network: only where their pods meet', () => {
    const earlier = { ...claim(['10.10.0.100']), name: 'apps/first' };
    const on = (bridge: string, vlan = 0): string[] => {
      const link = { kind: 'bridge' as const, settings: { bridge, vlan } };
      return messages(claim(['10.10.0.100'], network({ name: 'other', link })), earlier);
    };
    expect(on('br-test')).toHaveLength(1);
    expect(on('br-test', 10)).toEqual([]);
    expect(on('br-other')).toEqual([]);
  });

  test('a claim without an address takes none from the others', () => {
    expect(messages(claim(['10.10.0.100']), claim(undefined))).toEqual([]);
    expect(messages(claim(undefined), claim(['10.10.0.100']))).toEqual([]);
  });

  test('a network without a claimable part', () => {
    const want = [
      'network: network "lan" has no claimable part. Allowed: a network whose host-local IPAM has one. Fix: Ipam.hostLocal({ ..., claimable: [\'10.10.0.100-10.10.0.119\'] }). (NL_CLAIMABLE_MISSING)',
    ];
    expect(messages(claim(['10.10.0.100'], network({ ipam: STATIC })))).toEqual(want);
    expect(
      messages(claim(['10.10.0.100'], network({ ipam: hostLocal({ ranges: [V4] }) }))),
    ).toEqual(want);
  });

  test('a network that is wrong itself is left to its own check', () => {
    for (const settings of [
      { ...POOL, ranges: [{ subnet: 'x' }] },
      { ...POOL, claimable: ['x'] },
    ]) {
      expect(messages(claim(['10.10.0.100'], network({ ipam: hostLocal(settings) })))).toEqual([]);
    }
  });
});

describe('workloads that a claim may be attached to', () => {
  const END =
    'Allowed: a Pod, a StatefulSet with replicas: 1, or a Deployment with replicas: 1 and strategy Recreate.';
  const cases: { name: string; given: WorkloadManifest; want: string[] }[] = [
    { name: 'a pod', given: { kind: 'Pod', spec: {} }, want: [] },
    {
      name: 'a pod that is gone from the API before it is gone from the node',
      given: { kind: 'Pod', spec: { terminationGracePeriodSeconds: 0 } },
      want: [
        'claim: claim "c" is for one pod, and with terminationGracePeriodSeconds: 0 the next pod comes up while this one still has the address. Allowed: a terminationGracePeriodSeconds of 1 or more. Fix: set terminationGracePeriodSeconds: 1. (NL_CLAIM_WORKLOAD)',
      ],
    },
    {
      name: 'a StatefulSet of one',
      given: { kind: 'StatefulSet', spec: { replicas: 1 } },
      want: [],
    },
    {
      name: 'a Deployment of one that recreates',
      given: { kind: 'Deployment', spec: { replicas: 1, strategy: { type: 'Recreate' } } },
      want: [],
    },
    { name: 'none at all', given: { kind: 'StatefulSet', spec: { replicas: 0 } }, want: [] },
    {
      name: 'a StatefulSet of three',
      given: { kind: 'StatefulSet', spec: { replicas: 3 } },
      want: [
        `claim: claim "c" is for one pod, and this StatefulSet has 3. ${END} Fix: set replicas: 1. (NL_CLAIM_WORKLOAD)`,
      ],
    },
    {
      name: 'a Deployment of one that rolls',
      given: { kind: 'Deployment', spec: { replicas: 1, strategy: { type: 'RollingUpdate' } } },
      want: [
        `claim: claim "c" is for one pod, and this Deployment starts the new one before the old one ends (RollingUpdate). ${END} Fix: set strategy: DeploymentStrategy.recreate(). (NL_CLAIM_WORKLOAD)`,
      ],
    },
    {
      name: 'a Deployment whose number is open',
      given: { kind: 'Deployment', spec: {} },
      want: [
        `claim: claim "c" is for one pod, and this Deployment has as many as its autoscaler wants. ${END} Fix: set replicas: 1. (NL_CLAIM_WORKLOAD)`,
      ],
    },
    {
      name: 'a DaemonSet',
      given: { kind: 'DaemonSet', spec: {} },
      want: [
        `claim: claim "c" is for one pod, and this DaemonSet may have several at once. ${END} Fix: attach the claim to a Pod. (NL_CLAIM_WORKLOAD)`,
      ],
    },
  ];

  test.each(cases)('$name', ({ given, want }) => {
    expect(checkClaimWorkload('c', given).map(describeProblem)).toEqual(want);
  });

  test('and once only', () => {
    expect(describeProblem(claimTwice('c', 'apps/web'))).toBe(
      'claim: claim "c" is attached by "apps/web" already, and two interfaces can\'t have its addresses. Allowed: one attachment of each claim. Fix: make a claim for each attachment. (NL_ADDRESS_TWICE)',
    );
  });
});
