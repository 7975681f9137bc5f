import { attached, network, STATIC } from './samples';
import { given, inWorld, pods, told, type WorldRow, written } from './worlds';

describe('references', () => {
  const lan = given();
  const rows: WorldRow[] = [
    {
      name: 'a network of the namespace',
      given: { networks: [lan], pods: [written('lan')] },
      want: [],
    },
    {
      name: 'one that is missing there',
      given: { networks: [lan], pods: [written('lan2')] },
      want: ['NL_NETWORK_NOT_FOUND attachments[0]'],
    },
    {
      name: 'of a namespace that nobody showed',
      given: { networks: [lan], pods: [written('infra/lan')] },
      want: ['NL_NETWORK_UNSEEN attachments[0]'],
    },
    {
      name: 'of a namespace without networks, where all are known',
      given: { networks: [lan], pods: [written('infra/lan')], isComplete: true },
      want: ['NL_NETWORK_NOT_FOUND attachments[0]'],
    },
    {
      name: 'a network that nobody can read is there',
      given: {
        networks: [lan],
        unread: [{ name: 'raw', namespace: 'apps' }],
        pods: [written('raw')],
      },
      want: [],
    },
    {
      name: 'a network without a namespace answers to all',
      given: {
        networks: [given({ namespace: undefined })],
        pods: [written('lan'), written('default/lan'), written('lan', { namespace: undefined })],
      },
      want: [],
    },
    {
      name: 'pods without a namespace may be meant for any',
      given: { networks: [lan], pods: [written('lan', { namespace: undefined })] },
      want: [],
    },
    {
      name: 'but not for a network of no name',
      given: {
        networks: [given({ namespace: undefined })],
        pods: [written('lan2', { namespace: undefined })],
      },
      want: ['NL_NETWORK_NOT_FOUND attachments[0]'],
    },
    {
      name: 'a default network, in the namespace of Multus',
      given: {
        networks: [given({ namespace: 'kube-system', name: 'macvlan' })],
        pods: [
          written('', { annotations: { 'v1.multus-cni.io/default-network': 'macvlan' } }),
          written('', {
            name: 'b',
            annotations: { 'v1.multus-cni.io/default-network': 'macvlan2' },
          }),
        ],
      },
      want: ['NL_NETWORK_NOT_FOUND annotations["v1.multus-cni.io/default-network"]'],
    },
    {
      name: 'what a program names without making it is named on purpose',
      given: { networks: [lan], pods: [pods({ attachments: [attached(undefined)] })] },
      want: [],
    },
    {
      name: 'isolation lets through what everybody may use',
      given: {
        networks: [given({ namespace: 'default' })],
        pods: [written('default/lan')],
        isolation: { globalNamespaces: ['default'] },
      },
      want: [],
    },
    {
      name: 'isolation is about other namespaces',
      given: {
        networks: [lan],
        pods: [written('lan,apps/lan')],
        isolation: { globalNamespaces: [] },
      },
      want: [],
    },
    {
      name: 'isolation refuses those',
      given: {
        networks: [given({ namespace: 'infra' })],
        pods: [written('infra/lan')],
        isolation: { globalNamespaces: ['default'] },
      },
      want: ['NL_NAMESPACE_ISOLATED attachments[0]'],
    },
    {
      name: 'where a pod without a namespace will be, nobody knows',
      given: {
        networks: [given({ namespace: 'infra' })],
        pods: [written('infra/lan', { namespace: undefined })],
        isolation: { globalNamespaces: [] },
      },
      want: [],
    },
    {
      name: 'a default network that can not be read is told of as that',
      given: {
        networks: [given({ namespace: 'kube-system' })],
        pods: ['a,b', 'a b,', ''].map((value) =>
          written('', { annotations: { 'v1.multus-cni.io/default-network': value } }),
        ),
      },
      want: [],
    },
    {
      name: 'the policy of a network that is missing',
      given: {
        networks: [lan],
        policies: [{ name: 'deny', namespace: 'apps', policyFor: 'lan, apps/lan2' }],
      },
      want: ['NL_POLICY_NETWORK policyFor[1]'],
    },
    {
      name: 'the network of a virtual machine',
      given: {
        networks: [lan],
        virtualMachines: [
          {
            kind: 'VirtualMachine',
            name: 'vm',
            namespace: 'apps',
            networks: [
              {
                name: 'a',
                source: 'multus',
                networkName: 'lan2',
                network: { name: 'lan2' },
                isDefault: false,
              },
            ],
            interfaces: [],
            specPath: [],
          },
        ],
      },
      want: ['NL_NETWORK_NOT_FOUND networks[0].multus.networkName'],
    },
  ];

  test.each(rows)('$name', ({ given: world, want }) => expect(told(world)).toEqual(want));

  test.each([
    { name: 'a slip', given: 'lna', want: 'lan?' },
    { name: 'a name of another namespace', given: 'infra', want: 'other/infra?' },
    { name: 'anything else', given: 'somewhere', want: 'make the network, or correct the name' },
  ])('the fix for $name', ({ given: name, want }) => {
    const networks = [lan, given({ name: 'infra', namespace: 'other' })];
    const [problem] = inWorld({ networks, pods: [written(name)] });
    expect(problem?.fix).toBe(want);
  });
});

test('a twin is there where its network is', () => {
  expect(told({ networks: [network()], pods: [written('lan-claimed')] })).toEqual([
    'NL_CLAIMED_REFERENCE attachments[0]',
  ]);
});

describe('twins', () => {
  const twin = network({ name: 'lan-claimed', ipam: STATIC, verbatim: true });
  const asked = (ips: string[]): string => JSON.stringify([{ name: 'lan-claimed', ips }]);
  const rows: WorldRow[] = [
    {
      name: 'an address that the network gives to others',
      given: { networks: [given(), twin], pods: [written(asked(['10.10.0.30/24']))] },
      want: ['NL_CLAIMED_REFERENCE attachments[0]'],
    },
    {
      name: 'one of two addresses that the network gives to others',
      given: {
        networks: [given(), twin],
        pods: [written(asked(['10.10.0.130/24', '10.10.0.30/24']))],
      },
      want: ['NL_CLAIMED_REFERENCE attachments[0]'],
    },
    {
      name: 'an address that may well be claimed',
      given: { networks: [given(), twin], pods: [written(asked(['10.10.0.130/24']))] },
      want: [],
    },
    {
      name: 'a network that just has such a name',
      given: { networks: [twin], pods: [written(asked(['10.10.0.30/24']))] },
      want: [],
    },
    {
      name: 'in a program, whatever the address',
      given: {
        networks: [network()],
        pods: [
          pods({
            attachments: [
              { attachment: { name: 'lan-claimed', namespace: 'apps', ips: ['10.10.0.100/24'] } },
            ],
          }),
        ],
      },
      want: ['NL_CLAIMED_REFERENCE attachments[0]'],
    },
  ];

  test.each(rows)('$name', ({ given: world, want }) => expect(told(world)).toEqual(want));
});
