import fc from 'fast-check';
import { type CheckOptions, checkObjects, describeProblem, LINK_LISTS } from 'netloom';

const WORDS = [
  ...['', ' ', 'lan', 'apps', 'default', 'lan.b', 'default/lan', 'lan@net1,', 'a b', '*'],
  ...['10.0.0.0/24', '10.0.0.1', '10.0.0.5/24', 'fd00::/64', 'fd00::1', '10.0.0.1-10.0.0.9/24'],
  ...['true', 'bridge', 'macvlan', 'passthru', 'host-local', 'static', 'lan.apps', 'lan.apps.ovn'],
  ...['__proto__', 'constructor', 'toString', '[', '{"a":1', '{"type":"bridge"}', '{}', '[{}]'],
];
const KEYS = [
  ...['name', 'namespace', 'type', 'plugins', 'ipam', 'ranges', 'subnet', 'range', 'rangeStart'],
  ...['routes', 'dst', 'gw', 'addresses', 'address', 'gateway', 'exclude', 'ipRanges', 'bridge'],
  ...['master', 'mode', 'vlan', 'vlanTrunk', 'capabilities', 'vrfname', 'table', 'device', 'mtu'],
  ...['ips', 'mac', 'interface', 'default-route', 'portMappings', 'hostPort', 'bandwidth', 'extra'],
  ...['provider', 'cidrBlock', 'excludeIps', 'subnets', 'topology', 'cniVersion', 'network_name'],
  ...['dns', 'sysctl', 'NL_DHCP_SERVER', 'replicas', 'constructor', '__proto__', 'toString'],
];
const ANNOTATIONS = [
  ...['k8s.v1.cni.cncf.io/networks', 'v1.multus-cni.io/default-network', 'netloom.io/silence'],
  ...[
    'k8s.v1.cni.cncf.io/policy-for',
    'k8s.v1.cni.cncf.io/network',
    'k8s.v1.cni.cncf.io/resourceName',
  ],
  ...['lan.apps.kubernetes.io/ip_address', 'lan.apps.ovn.kubernetes.io/ip_pool', 'x'],
  ...['lan.apps.kubernetes.io/ip_pool', 'lan.apps.kubernetes.io/mac_address.net1'],
];
const KINDS: [apiVersion: string, kind: string][] = [
  ['k8s.cni.cncf.io/v1', 'NetworkAttachmentDefinition'],
  ['k8s.cni.cncf.io/v1beta1', 'MultiNetworkPolicy'],
  ['v1', 'Pod'],
  ['v1', 'ConfigMap'],
  ['apps/v1', 'Deployment'],
  ['apps/v1', 'StatefulSet'],
  ['apps/v1', 'DaemonSet'],
  ['batch/v1', 'CronJob'],
  ['kubevirt.io/v1', 'VirtualMachine'],
  ['kubeovn.io/v1', 'Subnet'],
  ['kubeovn.io/v1', 'IPPool'],
  ['netloom.io/v1alpha1', 'HostBridge'],
  ['netloom.io/v1alpha1', 'NodeNetwork'],
  ['operator.openshift.io/v1', 'Network'],
  ['sriovnetwork.openshift.io/v1', 'SriovNetwork'],
];
const LINKS = [
  ...['bridge', 'macvlan', 'ipvlan', 'host-device', 'vlan', 'ptp', 'tap', 'dummy', 'sriov'],
  ...['kube-ovn', 'ovn-k8s-cni-overlay', 'tuning', 'vrf', 'portmap', 'bandwidth', 'other'],
];
const IPAMS = ['host-local', 'static', 'dhcp', 'whereabouts', 'kube-ovn', 'other', ''];

const word = fc.constantFrom(...WORDS);
const key = fc.constantFrom(...KEYS);
const { json } = fc.letrec<{ json: unknown }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 4 },
    word,
    fc.integer(),
    fc.double(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('json'), { maxLength: 3 }),
    fc.dictionary(key, tie('json'), { maxKeys: 6 }),
  ),
}));
const members = fc.dictionary(key, json, { maxKeys: 6 });
const plugin = fc
  .record({
    type: fc.constantFrom(...LINKS),
    ipamType: fc.constantFrom(...IPAMS),
    members,
    ipam: members,
  })
  .map(({ type, ipamType, members: own, ipam }) => ({
    ...own,
    type,
    ipam: { ...ipam, type: ipamType },
  }));
const config = fc
  .oneof(
    plugin,
    json,
    fc.record({ plugins: fc.array(fc.oneof(plugin, members), { maxLength: 3 }) }),
  )
  .map((value) => JSON.stringify(value));
const text = fc.oneof(
  word,
  config,
  json.map((value) => JSON.stringify([value])),
);
const annotations = fc.oneof(
  fc.dictionary(fc.constantFrom(...ANNOTATIONS), fc.oneof(text, json)),
  json,
);
const metadata = fc.oneof(
  fc.record(
    {
      name: fc.oneof(word, json),
      namespace: fc.oneof(word, json),
      annotations,
      ownerReferences: json,
    },
    { requiredKeys: [] },
  ),
  json,
);
/** A link of a node, the keys that it has to have mostly there. */
const hostLink = fc
  .record(
    {
      name: word,
      link: word,
      master: word,
      peer: word,
      mode: fc.constantFrom('802.3ad', 'bridge', 'x'),
      id: fc.integer({ min: 1, max: 9 }),
      ports: fc.oneof(fc.array(fc.record({ link: word })), fc.array(word), json),
      addresses: fc.oneof(fc.array(word), json),
      routes: fc.oneof(fc.array(fc.record({ dst: word, gw: word })), json),
      sysctls: json,
    },
    { requiredKeys: ['name', 'link', 'master', 'peer', 'mode', 'id'] },
  )
  .chain((link) => fc.subarray(Object.keys(link)).map((keys) => ({ link, keys })))
  .map(({ link, keys }) =>
    Object.fromEntries(
      Object.entries(link).filter(([key]) => keys.includes(key) || key === 'name'),
    ),
  );
const spec = fc.oneof(
  json,
  fc.record({ config: fc.oneof(config, json) }),
  fc.record({ replicas: json, strategy: json, template: fc.record({ metadata, spec: json }) }),
  fc.record({
    networks: fc.array(json),
    domain: fc.record({ devices: fc.record({ interfaces: json }) }),
  }),
  fc.record({
    additionalNetworks: fc.array(
      fc.record({
        type: fc.constantFrom('Raw', 'SimpleMacvlan', 7),
        name: word,
        rawCNIConfig: config,
        simpleMacvlanConfig: json,
      }),
    ),
  }),
  fc.record({ ipam: text, metaPlugins: text, vlan: json, resourceName: word }),
  fc.record({ bridge: fc.oneof(word, json), addresses: json, ports: json, nodeSelector: json }),
  fc.dictionary(
    fc.constantFrom(...LINK_LISTS, 'nodeSelector'),
    fc.oneof(fc.array(hostLink, { maxLength: 3 }), json),
  ),
);
const object = fc.oneof(
  fc
    .record({ kind: fc.constantFrom(...KINDS), metadata, spec, data: json })
    .map(({ kind: [apiVersion, kind], ...rest }) => ({ apiVersion, kind, ...rest })),
  fc.anything(),
  json,
);
const facts: fc.Arbitrary<CheckOptions> = fc.record(
  {
    isComplete: fc.boolean(),
    nodes: fc.constantFrom(1, 3),
    podCidrs: fc.array(word),
    nodeCidrs: fc.array(word),
    isolation: fc.constant({ globalNamespaces: ['default'] }),
  },
  { requiredKeys: [] },
);

test('whatever stands in objects, problems are told and nothing is thrown', () => {
  fc.assert(
    fc.property(fc.array(object, { maxLength: 5 }), facts, (objects, options) => {
      for (const { index, where, problem } of checkObjects(objects, options)) {
        expect(index < objects.length && where.path.length > 0).toBe(true);
        expect(where.span === undefined || where.inside === undefined).toBe(true);
        const [start = 0, end = 0] = where.span ?? [];
        expect(start <= end).toBe(true);
        const said = describeProblem(problem).replace(/"(\\.|[^"\\])*"/g, '');
        expect(said).not.toMatch(/undefined|\[object|NaN/);
        expect(problem.key).not.toBe('');
      }
    }),
    { numRuns: 3000 },
  );
}, 120_000);

test('the order of the objects changes no more than who of two is told', () => {
  fc.assert(
    fc.property(fc.array(object, { maxLength: 4 }), (objects) => {
      const count = (list: unknown[]): number => checkObjects(list).length;
      expect(count(objects) === 0).toBe(count([...objects].reverse()) === 0);
    }),
    { numRuns: 500 },
  );
}, 120_000);
