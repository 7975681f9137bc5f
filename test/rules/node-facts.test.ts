import {
  checkNode,
  describeProblem,
  type NetworkDefinition,
  type NodeFacts,
  nodeNeeds,
} from 'netloom';
import { NODE, needs } from './cases-node';

const [CONF] = NODE.cniConfDirs as [NodeFacts['cniConfDirs'][number]];
const [MULTUS, CALICO] = CONF.files as [(typeof CONF.files)[number], (typeof CONF.files)[number]];
const CRIO = {
  networkDir: CONF.dir,
  pluginDirs: ['/opt/cni/bin'],
  file: '/etc/crio/crio.conf.d/12',
};

const withFiles = (...files: (typeof CONF.files)[number][]): NodeFacts => ({
  ...NODE,
  cniConfDirs: [{ dir: CONF.dir, files }],
});
const withMultus = (multus: object): NodeFacts => withFiles({ ...MULTUS, multus }, CALICO);

test('a node on which everything is as it should be', () => {
  expect(checkNode(NODE)).toEqual([]);
  const wanted = needs(['macvlan', ['apps/lan']], ['dhcp', ['apps/lan']]);
  expect(checkNode(NODE, { ...wanted, masters: new Map([['eth1', ['apps/lan']]]) })).toEqual([]);
  expect(checkNode({ ...NODE, crio: { ...CRIO, defaultNetwork: 'multus-cni-network' } })).toEqual(
    [],
  );
});

const OTHER = { file: '00-aaa.conflist', name: 'aaa', types: ['calico'] };
const eth1 = (more: object): NodeFacts => ({
  ...NODE,
  interfaces: NODE.interfaces.map((one) => (one.name === 'eth1' ? { ...one, ...more } : one)),
});
const ON_ETH1 = { ...needs(), masters: new Map([['eth1', ['a/b', 'a/c', 'a/d', 'a/e']]]) };

test.each([
  {
    name: 'S1.18 no configuration, in several folders',
    given: checkNode({
      ...NODE,
      cniConfDirs: ['/etc/cni/net.d', '/etc/kubernetes/cni/net.d'].map((dir) => ({
        dir,
        files: [],
      })),
    }),
    want: /^cniConfDirs: there is no CNI configuration in \/etc\/cni\/net\.d, \/etc\/kubernetes\/cni\/net\.d, and no pod starts/,
  },
  {
    name: 'S1.18 no folder at all',
    given: checkNode({ ...NODE, cniConfDirs: [] }),
    want: /^cniConfDirs: no folder with CNI configuration is there/,
  },
  {
    name: 'S1.18 cni_default_network of CRI-O names nothing that is there',
    given: checkNode({ ...NODE, crio: { ...CRIO, defaultNetwork: 'multus' } }),
    want: /^\/etc\/crio\/crio\.conf\.d\/12 cni_default_network: "multus" is the name of no CNI configuration in \/etc\/cni\/net\.d.*Allowed: one of multus-cni-network, k8s-pod-network\. Fix: multus-cni-network\?/,
  },
  {
    name: 'S1.18 cni_default_network of CRI-O goes past Multus',
    given: checkNode({ ...NODE, crio: { ...CRIO, defaultNetwork: 'k8s-pod-network' } }),
    want: /CRI-O takes "k8s-pod-network" and never asks Multus .*Fix: cni_default_network = "multus-cni-network"/,
  },
  {
    name: 'another file comes before that of Multus',
    given: checkNode(withFiles(OTHER, MULTUS, CALICO)),
    want: /^\/etc\/cni\/net\.d\/00-multus\.conf: 00-aaa\.conflist comes before it.*such as 10-aaa\.conflist/,
  },
  {
    name: 'S2.4 Multus wraps nothing',
    given: checkNode(withMultus({})),
    want: /00-multus\.conf: Multus wraps no cluster network/,
  },
  {
    name: 'S2.4 Multus wraps a file that is gone',
    given: checkNode(
      withMultus({ clusterNetwork: '/etc/cni/net.d/x', clusterNetworkFound: false }),
    ),
    want: /Multus wraps \/etc\/cni\/net\.d\/x, which is not there/,
  },
  {
    name: 'the leftovers of a Multus that was removed',
    given: checkNode(
      withMultus({ clusterNetwork: 'x', kubeconfig: '/etc/k', kubeconfigFound: false }),
    ),
    want: /\/etc\/k is not there: every pod fails at Multus.*delete this file/,
  },
  {
    name: 'a file that is no JSON',
    given: checkNode(withFiles(MULTUS, CALICO, { file: '20-x.conf', types: [], error: 'no JSON' })),
    want: /^\/etc\/cni\/net\.d\/20-x\.conf: no JSON\./,
  },
  {
    name: 'a plugin of the configuration itself is gone',
    given: checkNode({ ...NODE, cniBinDirs: [{ dir: '/opt/cni/bin', plugins: [] }] }),
    want: /^multus-shim: the CNI plugin "multus-shim" is not on the node, and \/etc\/cni\/net\.d\/00-multus\.conf asks.*restart the pod of Multus/,
  },
  {
    name: 'S2.1 the interface is down',
    given: checkNode(eth1({ up: false }), ON_ETH1),
    want: /^eth1: eth1 is down, and a\/b, a\/c, a\/d and 1 more are made on it.*ip link set eth1 up/,
  },
  {
    name: 'S2.1 the interface has no carrier',
    given: checkNode(eth1({ carrier: false }), ON_ETH1),
    want: /^eth1: eth1 has no carrier/,
  },
])('$name', ({ given, want }) => {
  expect(given.map(describeProblem)[0]).toMatch(want);
});

test('a carrier that the kernel does not tell is none of our business', () => {
  expect(checkNode(eth1({ carrier: undefined }), ON_ETH1)).toEqual([]);
});

test('CRI-O without a word on the default network takes the first file, as others do', () => {
  expect(checkNode({ ...withFiles(OTHER, MULTUS, CALICO), crio: CRIO })).toHaveLength(1);
  const named = { ...CRIO, defaultNetwork: 'multus-cni-network' };
  expect(checkNode({ ...withFiles(OTHER, MULTUS, CALICO), crio: named })).toEqual([]);
});

test('what networks need of their nodes', () => {
  const network = (name: string, link: object, ipam: object, more: object = {}) =>
    ({ name, namespace: 'apps', link, ipam, ...more }) as unknown as NetworkDefinition;
  const { masters, plugins } = nodeNeeds([
    network('a', { kind: 'macvlan', settings: { master: 'eth1' } }, { kind: 'dhcp', settings: {} }),
    network(
      'b',
      { kind: 'ipvlan', settings: { master: 'eth1' } },
      { kind: 'none' },
      { chain: [{ kind: 'tuning', settings: {} }] },
    ),
    network(
      'c',
      { kind: 'vlan', settings: { master: 'net1', linkInContainer: true } },
      { kind: 'none' },
    ),
    network('d', { kind: 'raw', config: { type: 'ovs', master: 'x' } }, { kind: 'none' }),
    network('e', { kind: 'macvlan', settings: {} }, { kind: 'none' }),
  ]);
  expect([...masters]).toEqual([['eth1', ['apps/a', 'apps/b']]]);
  expect([...plugins]).toEqual([
    ['macvlan', ['apps/a', 'apps/e']],
    ['dhcp', ['apps/a']],
    ['ipvlan', ['apps/b']],
    ['tuning', ['apps/b']],
    ['vlan', ['apps/c']],
    ['ovs', ['apps/d']],
  ]);
});
