import {
  checkInterfaces,
  checkNode,
  checkNodeGroup,
  diagnose,
  diagnosePod,
  type NodeFacts,
  notReached,
  type Problem,
  type ProblemCode,
  within,
} from 'netloom';

interface NodeCase {
  code: ProblemCode;
  name: string;
  given: Problem[];
  want: string;
}

/** A node on which everything is as it should be. */
export const NODE: NodeFacts = {
  node: 'edge-1',
  interfaces: [
    {
      name: 'eth0',
      up: true,
      carrier: true,
      mtu: 1500,
      mac: '02:00:00:00:00:01',
      addresses: ['192.168.1.10/24'],
      hasDefaultRoute: true,
    },
    {
      name: 'eth1',
      up: true,
      carrier: true,
      mtu: 9000,
      mac: '02:00:00:00:00:02',
      addresses: [],
      hasDefaultRoute: false,
    },
  ],
  modules: [
    { name: 'macvlan', state: 'available' },
    { name: '8021q', state: 'missing' },
  ],
  cniConfDirs: [
    {
      dir: '/etc/cni/net.d',
      files: [
        {
          file: '00-multus.conf',
          name: 'multus-cni-network',
          types: ['multus-shim'],
          multus: {
            clusterNetwork: '/etc/cni/net.d/10-calico.conflist',
            clusterNetworkFound: true,
          },
        },
        { file: '10-calico.conflist', name: 'k8s-pod-network', types: ['calico', 'host-local'] },
      ],
    },
  ],
  cniBinDirs: [
    {
      dir: '/opt/cni/bin',
      plugins: ['bridge', 'calico', 'dhcp', 'host-local', 'macvlan', 'multus-shim', 'vlan'].map(
        (name) => ({ name, release: '1.9.1' }),
      ),
    },
  ],
  dhcpSocket: '/run/cni/dhcp.sock',
};

/** What a network asks of a node. */
export function needs(...entries: readonly (readonly [string, string[]])[]) {
  return { masters: new Map<string, string[]>(), plugins: new Map(entries) };
}

/** One case for each code of `checkNode`. */
export const NODE_CASES: NodeCase[] = [
  {
    code: 'NL_NODE_CNI_CONFIG',
    name: 'no configuration at all',
    given: checkNode({ ...NODE, cniConfDirs: [{ dir: '/etc/cni/net.d', files: [] }] }),
    want: 'cniConfDirs',
  },
  {
    code: 'NL_NODE_DHCP',
    name: 'a network with dhcp, and no daemon',
    given: checkNode({ ...NODE, dhcpSocket: undefined }, needs(['dhcp', ['apps/lan']])),
    want: 'dhcpSocket',
  },
  {
    code: 'NL_NODE_LINK',
    name: 'a master that is not there',
    given: checkNode(NODE, { ...needs(), masters: new Map([['eth7', ['apps/storage']]]) }),
    want: 'eth7',
  },
  {
    code: 'NL_NODE_MODULE',
    name: 'a kernel without VLANs',
    given: checkNode(NODE, needs(['vlan', ['apps/storage']])),
    want: '8021q',
  },
  {
    code: 'NL_NODE_PLUGIN_MISSING',
    name: 'a plugin that is not installed',
    given: checkNode(NODE, needs(['whereabouts', ['apps/storage']])),
    want: 'whereabouts',
  },
  {
    code: 'NL_INTERFACE_DIFFERS',
    name: 'a pod with another address than it was attached with',
    given: checkInterfaces(
      [{ network: 'apps/lan', interface: 'cam0', ips: ['10.10.0.100/24'] }],
      [{ network: 'apps/lan', name: 'cam0', ips: ['10.10.0.21'], isDefault: false, gateways: [] }],
    ),
    want: 'attachments[0].ips',
  },
  {
    code: 'NL_TARGET_UNREACHED',
    name: 'a port on which nothing listens',
    given: [
      notReached(
        'agent "edge-1"',
        { kind: 'tcp', target: '10.0.0.9', port: 443 },
        { result: 'refused', address: '10.0.0.9' },
      ),
    ],
    want: 'target',
  },
  {
    code: 'NL_POD_NOT_READY',
    name: 'an image that is not there',
    given: diagnosePod(
      {
        metadata: { name: 'web' },
        status: {
          containerStatuses: [
            {
              name: 'main',
              image: 'registry.example/web:1',
              state: { waiting: { reason: 'ErrImagePull', message: 'not found' } },
            },
          ],
        },
      },
      [],
    ).map(({ problem }) => problem),
    want: 'spec.containers["main"].image',
  },
  {
    code: 'NL_POOL_FULL',
    name: 'a pod that whereabouts has no address for',
    given: diagnose(
      'error adding container to network "storage": error at storage engine: Could not allocate IP in range: ip: 10.20.0.1 / - 10.20.0.2 / range: 10.20.0.0/30 / excludeRanges: []',
    ),
    want: 'ipam',
  },
  {
    code: 'NL_NODE_GROUP',
    name: 'an attachment that does not say which nodes it is for',
    given: within('attachments[0]', checkNodeGroup('storage', ['old', 'new'], undefined)),
    want: 'attachments[0].nodeGroup',
  },
];
