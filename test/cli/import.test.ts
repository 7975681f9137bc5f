import { importObjects } from '../../src/cli/import/import-objects';
import { readDocuments } from '../../src/cli/input/documents';
import { formatted } from './support/formatted';
import { compileErrors, importText, type Manifest, objectsOf, synthesis } from './support/imported';
import { meanings } from './support/meaning';
import * as published from './support/published';

const NETWORKS = 'k8s.v1.cni.cncf.io/networks';
const RESOURCE = 'k8s.v1.cni.cncf.io/resourceName';

function manifests(text: string): Manifest[] {
  const { objects, unreadable } = readDocuments({ name: 'x.yaml', kind: 'file', text });
  expect(unreadable).toEqual([]);
  return objects.map(({ object }) => object);
}

const nad = (name: string, config: unknown, metadata: object = {}): Manifest => ({
  apiVersion: 'k8s.cni.cncf.io/v1',
  kind: 'NetworkAttachmentDefinition',
  metadata: { name, ...metadata },
  spec: { config: typeof config === 'string' ? config : JSON.stringify(config) },
});

const pod = (name: string, networks: string, metadata: object = {}): Manifest => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, annotations: { [NETWORKS]: networks }, ...metadata },
  spec: { containers: [{ name: 'c', image: 'busybox' }] },
});

const bridge = (more: object = {}): object => ({
  cniVersion: '0.4.0',
  type: 'bridge',
  bridge: 'br0',
  ...more,
});

/** The statements between `new App()` and `synth()`. */
function body(objects: readonly Manifest[], namespace?: string): string {
  const [, rest = ''] = importText(objects, namespace).split('const app = new App();\n\n');
  return rest.replace('app.synth();\n', '').trimEnd();
}

describe('published manifests', () => {
  const texts = Object.entries(published);
  const programs = new Map(texts.map(([name, text]) => [name, importText(manifests(text))]));

  test.each(texts)('%s come back with the same meaning', (name, text) => {
    expect(meanings(objectsOf(programs.get(name) as string))).toEqual(meanings(manifests(text)));
  });

  test('make programs that the compiler takes, formatted well', () => {
    const all = [...programs.values()];
    expect(compileErrors(all)).toEqual([]);
    expect(formatted(all)).toEqual(all);
  });

  test.each(['MICROSHIFT', 'RKE2', 'KUBE_OVN', 'TANZU'])('%s are synthesized', (name) => {
    expect(synthesis(programs.get(name) as string)).toContain('kind: NetworkAttachmentDefinition');
  });

  test('are typed networks wherever netloom knows the plugin', () => {
    const raw = [...programs.values()].join('\n').match(/new CniNetwork\(\w+, '[^']+'/g);
    expect(raw).toEqual([
      "new CniNetwork(defaultChart, 'calico'",
      // SriovNetwork needs a resource.
      "new CniNetwork(defaultChart, 'sriov-net'",
    ]);
  });
});

test('a program', () => {
  const objects = manifests(published.TANZU);
  expect(importText(objects, 'prod')).toBe(`import { ApiObject, App, Chart } from 'cdk8s';
import { Ipam, MacvlanNetwork, PodNetworks } from 'netloom/constructs';

const app = new App();

const prod = new Chart(app, 'prod', { namespace: 'prod' });

export const macvlanConf = new MacvlanNetwork(prod, 'macvlan-conf', {
  master: 'ens5',
  mode: 'bridge',
  ipam: Ipam.hostLocal({
    subnet: '192.168.1.0/24',
    rangeStart: '192.168.1.200',
    rangeEnd: '192.168.1.216',
    routes: [{ dst: '0.0.0.0/0' }],
    gateway: '192.168.1.1',
  }),
  cniVersion: '0.3.0',
});

const samplePod = new ApiObject(prod, 'sample-pod', {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'sample-pod' },
  spec: {
    securityContext: { runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
    containers: [
      {
        name: 'sample-pod',
        image: 'harbor-repo.vmware.com/dockerhub-proxy-cache/library/busybox:1.28',
        command: ['sh', '-c', 'sleep 1h'],
      },
    ],
  },
});
PodNetworks.of(samplePod).attach(macvlanConf);

app.synth();
`);
});

describe('a network', () => {
  const cases: { name: string; given: Manifest[]; want: string }[] = [
    {
      name: 'without a version is one of 0.1.0',
      given: [nad('lan', { type: 'bridge' })],
      want: `// Its configuration names no cniVersion, which means 0.1.0.
export const lan = new BridgeNetwork(networks, 'lan', { cniVersion: '0.1.0' });`,
    },
    {
      name: 'of a plugin that netloom does not know is raw',
      given: [nad('lan', { type: 'ovs', bridge: 'br1', cniVersion: '0.4.0' })],
      want: `export const lan = new CniNetwork(networks, 'lan', {
  config: { type: 'ovs', bridge: 'br1', cniVersion: '0.4.0' },
});`,
    },
    {
      name: 'with a word that no type takes is raw, and a comment says so',
      given: [nad('lan', { cniVersion: '0.4.0', type: 'macvlan', mode: 'Bridge' })],
      want: `// Kept as it was written: MacvlanNetwork has no props for all of it.
export const lan = new CniNetwork(networks, 'lan', {
  config: { cniVersion: '0.4.0', type: 'macvlan', mode: 'Bridge' },
});`,
    },
    {
      name: 'keeps labels, annotations, resource and name of its configuration',
      given: [
        nad('lan', bridge({ name: 'other' }), {
          labels: { a: 'b' },
          annotations: { [RESOURCE]: 'v.com/r', note: "it's" },
        }),
      ],
      want: `export const lan = new BridgeNetwork(networks, 'lan', {
  bridge: 'br0',
  configName: 'other',
  resourceName: 'v.com/r',
  metadata: { labels: { a: 'b' }, annotations: { note: "it's" } },
});`,
    },
    {
      name: 'is without what the server wrote',
      given: [
        nad('lan', bridge(), {
          uid: 'x',
          resourceVersion: '1',
          generation: 1,
          creationTimestamp: null,
          managedFields: [],
          annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{}' },
        }),
      ],
      want: `export const lan = new BridgeNetwork(networks, 'lan', { bridge: 'br0' });`,
    },
    {
      name: 'has no default of netloom that it had not before',
      given: [
        nad('lan', {
          cniVersion: '0.4.0',
          plugins: [{ type: 'bridge', vlan: 5, ipam: { type: 'static' } }, { type: 'portmap' }],
        }),
      ],
      want: `export const lan = new BridgeNetwork(networks, 'lan', {
  vlan: 5,
  ipam: Ipam.static(),
  chain: [Chain.portmap({ capabilities: {} })],
  capabilities: {},
});
lan.patchCni(JsonPatch.remove('/plugins/0/preserveDefaultVlan'));`,
    },
    {
      name: 'of one plugin stays a list, with what a list has',
      given: [
        nad('lan', { cniVersion: '0.4.0', disableCheck: 'TRUE', plugins: [{ type: 'bridge' }] }),
        nad('wan', { cniVersion: '0.4.0', plugins: [{ type: 'bridge' }], 'x/y': 1 }),
      ],
      want: `export const lan = new BridgeNetwork(networks, 'lan', { disableCheck: true });

export const wan = new BridgeNetwork(networks, 'wan', { disableCheck: false });
wan.patchCni(JsonPatch.add('/x~1y', 1));`,
    },
    {
      name: 'without a configuration is a plain object, and is referred to',
      given: [{ ...nad('lan', ''), spec: undefined }, pod('web', 'lan')],
      want: `// It has no configuration: Multus takes the file of this name on the node.
new ApiObject(networks, 'lan', {
  apiVersion: 'k8s.cni.cncf.io/v1',
  kind: 'NetworkAttachmentDefinition',
  metadata: { name: 'lan' },
});

const lan = Network.fromName(networks, 'lan-network', { name: 'lan' });

const web = new ApiObject(networks, 'web', {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web' },
  spec: { containers: [{ name: 'c', image: 'busybox' }] },
});
PodNetworks.of(web).attach(lan);`,
    },
    {
      name: 'and its twin are two networks',
      given: [
        nad('lan', bridge({ ipam: { type: 'host-local', subnet: '10.1.0.0/24' } })),
        nad('lan-claimed', bridge({ capabilities: { ips: true }, ipam: { type: 'static' } })),
      ],
      want: `export const lan = new BridgeNetwork(networks, 'lan', {
  bridge: 'br0',
  ipam: Ipam.hostLocal({ subnet: '10.1.0.0/24' }),
});

export const lanClaimed = new BridgeNetwork(networks, 'lan-claimed', {
  bridge: 'br0',
  ipam: Ipam.static(),
  capabilities: { ips: true },
});`,
    },
    {
      name: 'whose labels are no texts is a matter for Kubernetes, not for the compiler',
      given: [nad('lan', bridge(), { labels: { a: 1 } })],
      want: `export const lan = new BridgeNetwork(networks, 'lan', {
  bridge: 'br0',
  metadata: { labels: { a: 1 } } as never,
});`,
    },
  ];

  test.each(cases)('$name', ({ given, want }) => {
    expect(body(given).replace("const networks = new Chart(app, 'networks');\n\n", '')).toBe(want);
    const written = given.map((one) => ({ ...one, spec: one.spec ?? {} }));
    const program = importText(given);
    expect(objectsOf(program).map((one) => one.metadata.name)).toEqual(
      written.map((one) => one.metadata.name),
    );
  });

  test('all these programs compile', () => {
    expect(compileErrors(cases.map(({ given }) => importText(given)))).toEqual([]);
  });
});

describe('pools of whereabouts', () => {
  const whereabouts = (name: string, ipam: object): Manifest =>
    nad(name, { cniVersion: '0.4.0', type: 'macvlan', ipam: { type: 'whereabouts', ...ipam } });
  const ipPool = (name: string, range: string, allocations: object): Manifest => ({
    apiVersion: 'whereabouts.cni.cncf.io/v1alpha1',
    kind: 'IPPool',
    metadata: { name, namespace: 'kube-system' },
    spec: { range, allocations },
  });
  const used = (count: number): object =>
    Object.fromEntries(
      Array.from({ length: count }, (_, index) => [
        String(index + 1),
        { id: 'x', podref: `apps/web-${index}`, ifname: 'net1' },
      ]),
    );

  test('stand apart where networks share them, with what is in use', () => {
    const given = [
      whereabouts('a', { range: '10.20.0.0/24', network_name: 'tenant-a' }),
      whereabouts('b', {
        range: '10.20.0.0/24',
        network_name: 'tenant-a',
        routes: [{ dst: '::/0' }],
      }),
      whereabouts('c', { range: '10.20.0.0/24' }),
      ipPool('tenant-a-10.20.0.0-24', '10.20.0.0/24', used(2)),
    ];
    expect(body(given)).toBe(`const networks = new Chart(app, 'networks');

// IPPool tenant-a-10.20.0.0-24 has 2 addresses in use: 10.20.0.1 (apps/web-0 net1), 10.20.0.2
// (apps/web-1 net1).
const tenantAPool = new WhereaboutsPool(networks, 'tenant-a-pool', {
  ranges: [{ range: '10.20.0.0/24' }],
  networkName: 'tenant-a',
});

export const a = new MacvlanNetwork(networks, 'a', { ipam: Ipam.whereabouts(tenantAPool) });

export const b = new MacvlanNetwork(networks, 'b', {
  ipam: Ipam.whereabouts(tenantAPool, { routes: [{ dst: '::/0' }] }),
});

export const c = new MacvlanNetwork(networks, 'c', {
  ipam: Ipam.whereabouts({ range: '10.20.0.0/24' }),
});`);
    expect(compileErrors([importText(given)])).toEqual([]);
  });

  test('of a network that has a gateway for every address stay in it', () => {
    const ranges = { range: '10.20.0.5/24', gateway: '10.20.0.1' };
    const text = body([
      whereabouts('a', ranges),
      whereabouts('b', ranges),
      ipPool('10.20.0.0-24', '10.20.0.0/24', used(30)),
    ]);
    expect(text).not.toContain('WhereaboutsPool');
    expect(text).toContain(
      '// IPPool 10.20.0.0-24 has 30 addresses in use: 10.20.0.1-10.20.0.30.\nexport const a = ',
    );
  });

  test('of one network stand apart where the cluster has them', () => {
    const network = whereabouts('a', { range: '10.20.0.0/24' });
    expect(body([network])).not.toContain('WhereaboutsPool');
    const text = body([network, ipPool('10.20.0.0-24', '10.20.0.0/24', {})]);
    expect(text).toContain('// IPPool 10.20.0.0-24 has no address in use.\nconst aPool = ');
  });

  test('that would be written in another way stay in the network', () => {
    const both = { range: '10.20.0.0/24', ipRanges: [{ range: 'fd00::/64' }] };
    const one = { ipRanges: [{ range: '10.20.0.0/24' }] };
    const wrong = { ipRanges: [{ range: 'x' }, { range: 'y' }] };
    const networks = [both, one, wrong].flatMap((ipam, index) => [
      whereabouts(`a${index}`, ipam),
      whereabouts(`b${index}`, ipam),
    ]);
    expect(body(networks)).not.toContain('WhereaboutsPool');
    expect(meanings(objectsOf(importText(networks)))).toEqual(meanings(networks));
  });

  test('that belong to no network are told of', () => {
    const pools = [
      ipPool('10.20.0.0-24', '10.20.0.0/24', {}),
      ipPool('other-10.20.0.0-24', '10.20.0.0/24', {}),
      ipPool('node-1-10.30.0.0-26', '10.30.0.0/26', {}),
    ];
    const networks = [
      whereabouts('a', { range: '10.20.0.9/24' }),
      whereabouts('b', { range: '10.30.0.0/16', node_slice_size: '26' }),
    ];
    const objects = [...networks, ...pools].map((object) => ({ object, problems: [] }));
    expect(importObjects(objects).unreferenced.map(({ what }) => what)).toEqual([
      'IPPool kube-system/other-10.20.0.0-24',
    ]);
  });
});

describe('subnets of Kube-OVN', () => {
  const [, subnet, , , fixed] = manifests(published.KUBE_OVN);

  test('are given to the network of their provider, before it', () => {
    const [network, own, plugin, other] = manifests(published.KUBE_OVN) as [
      Manifest,
      Manifest,
      Manifest,
      Manifest,
    ];
    expect(body([network, own, plugin, other])).toBe(`const networks = new Chart(app, 'networks');

const macvlanSubnet = new KubeOvnSubnet(networks, 'macvlan', {
  name: 'macvlan',
  protocol: 'IPv4',
  cidrBlock: '172.17.0.0/16',
  gateway: '172.17.0.1',
  excludeIps: ['172.17.0.0..172.17.0.10'],
});

const attachnetSubnet = new KubeOvnSubnet(networks, 'attachnet', {
  name: 'attachnet',
  protocol: 'IPv4',
  cidrBlock: '172.18.0.0/16',
  gateway: '172.18.0.1',
  excludeIps: ['172.18.0.0..172.18.0.10'],
});

const defaultChart = new Chart(app, 'default', { namespace: 'default' });

export const macvlan = new MacvlanNetwork(defaultChart, 'macvlan', {
  master: 'eth0',
  mode: 'bridge',
  ipam: Ipam.kubeOvn(macvlanSubnet),
  cniVersion: '0.3.0',
});

export const attachnet = new KubeOvnNetwork(defaultChart, 'attachnet', {
  subnet: attachnetSubnet,
  cniVersion: '0.3.0',
});`);
  });

  test('come before their network, wherever they stand', () => {
    const network = nad('macvlan', {
      cniVersion: '0.4.0',
      type: 'macvlan',
      ipam: { type: 'kube-ovn', provider: 'macvlan.default' },
    });
    const text = body([network, subnet]);
    expect(text.indexOf('const macvlanSubnet')).toBeGreaterThan(0);
    expect(text.indexOf('const macvlanSubnet')).toBeLessThan(text.indexOf('const macvlan = '));
  });

  test('with what KubeOvnSubnet has no props for are plain objects', () => {
    const given = [
      { ...subnet, spec: { ...subnet.spec, protocol: 'ipv4' } },
      { ...subnet, metadata: { name: 'no-cidr' }, spec: { provider: 'x.y' } },
    ];
    const program = importText(given);
    expect(program).not.toContain('new KubeOvnSubnet');
    expect(meanings(objectsOf(program))).toEqual(meanings(given));
    expect(compileErrors([program])).toEqual([]);
  });

  test('of another network keep their provider', () => {
    expect(body([{ ...subnet, metadata: { name: 'x', labels: { a: 'b' } } }])).toContain(
      "new KubeOvnSubnet(networks, 'x', {\n  name: 'x',\n  provider: 'macvlan.default',",
    );
  });

  test('have the socket that somebody chose', () => {
    const own = { type: 'kube-ovn', server_socket: '/x.sock', provider: 'lan.default' };
    const given = [
      nad('lan', { cniVersion: '0.4.0', type: 'macvlan', ipam: own }, { namespace: 'default' }),
      nad(
        'wan',
        { cniVersion: '0.4.0', ...own, provider: 'wan.default.ovn' },
        { namespace: 'default' },
      ),
      nad(
        'old',
        { cniVersion: '0.4.0', type: 'kube-ovn', provider: 'old.default.ovn' },
        { namespace: 'default' },
      ),
    ];
    expect(body(given)).toContain(`
export const lan = new MacvlanNetwork(defaultChart, 'lan', {
  ipam: Ipam.kubeOvn(undefined, { serverSocket: '/x.sock' }),
});

export const wan = new KubeOvnNetwork(defaultChart, 'wan', { serverSocket: '/x.sock' });

export const old = new KubeOvnNetwork(defaultChart, 'old');
old.patchCni(JsonPatch.remove('/server_socket'));`);
    expect(meanings(objectsOf(importText(given)))).toEqual(meanings(given));
    expect(compileErrors([importText(given)])).toEqual([]);
  });

  test('that Kube-OVN makes itself are left to it', () => {
    const own = {
      ...subnet,
      metadata: { name: 'ovn-default' },
      spec: { cidrBlock: '10.16.0.0/16' },
    };
    expect(body([own])).toBe('');
    expect(body([{ ...own, metadata: { name: 'mine' } }])).toContain('new KubeOvnSubnet');
  });

  test('annotations of its pods stay', () => {
    expect(meanings(objectsOf(importText([fixed])))).toEqual(meanings([fixed]));
  });

  test('addresses in the networks annotation are not asked of Kube-OVN, too', () => {
    const [network] = manifests(published.KUBE_OVN);
    const asking = pod('web', '[{"name":"macvlan","ips":["172.17.0.9"]}]', {
      namespace: 'default',
    });
    asking.metadata.annotations = { [NETWORKS]: '[{"name":"macvlan","ips":["172.17.0.9"]}]' };
    const program = importText([network, asking]);
    expect(program).toContain('Its networks annotation is kept as a text');
    expect(meanings(objectsOf(program))).toEqual(meanings([network, asking]));
  });
});

describe('pods', () => {
  test('that come before their networks are attached at the end', () => {
    expect(body([pod('web', 'apps/lan@l0'), nad('lan', bridge(), { namespace: 'apps' })])).toBe(
      `const networks = new Chart(app, 'networks');

const web = new ApiObject(networks, 'web', {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web' },
  spec: { containers: [{ name: 'c', image: 'busybox' }] },
});

const apps = new Chart(app, 'apps', { namespace: 'apps' });

export const lan = new BridgeNetwork(apps, 'lan', { bridge: 'br0' });

PodNetworks.of(web).attach(lan, { interface: 'l0' });`,
    );
  });

  test('with a name that the server makes have none', () => {
    const given = pod('', 'lan');
    given.metadata = { generateName: 'web-', annotations: given.metadata.annotations };
    const program = importText([given]);
    expect(program).toContain("web.addJsonPatch(JsonPatch.remove('/metadata/name'));");
    expect(objectsOf(program)[0].metadata).toEqual(given.metadata);
  });

  test('with an annotation that is wrong keep it', () => {
    const given = pod('web', '[{"name":"lan","ips":"10.0.0.1"},');
    const program = importText([given]);
    expect(program).not.toContain('PodNetworks');
    expect(objectsOf(program)).toEqual([given]);
  });
});

describe('what is not imported', () => {
  const collect = (objects: readonly Manifest[]) =>
    importObjects(objects.map((object) => ({ object, problems: [] })));

  test('objects of others are counted', () => {
    const { skipped, leftOut, made, items } = collect([
      { apiVersion: 'v1', kind: 'Service', metadata: { name: 'a' } },
      { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' }, spec: {} },
      { apiVersion: 'kubeovn.io/v1', kind: 'IPPool', metadata: { name: 'a' }, spec: {} },
      { hello: 'world' },
      nad('lan', bridge()),
    ]);
    expect({ skipped, leftOut, made, items: items.length }).toEqual({
      skipped: 4,
      leftOut: [],
      made: [],
      items: 1,
    });
  });

  test('broken networks, and those that others make, are named; the rest is there', () => {
    const owner = { apiVersion: 'k8s.ovn.org/v1', kind: 'UserDefinedNetwork', name: 'u', uid: 'x' };
    const { text, leftOut, made } = collect([
      nad('broken', '{"type": "bridge"', { namespace: 'apps' }),
      nad('', bridge()),
      { ...pod('web', 'lan'), apiVersion: 'a/b/c' },
      nad('made', bridge(), { ownerReferences: [{ ...owner, controller: true }] }),
      nad('kept', bridge(), { ownerReferences: [owner] }),
    ]);
    expect(leftOut.map(({ what, reason }) => `${what}: ${reason}`)).toEqual([
      'NetworkAttachmentDefinition apps/broken: its configuration is not JSON',
      'a NetworkAttachmentDefinition: it has no name',
      'Pod web: "a/b/c" is no apiVersion',
    ]);
    expect(made).toHaveLength(1);
    expect(text).toContain(`export const kept = `);
    expect(text).toContain(`
// NetworkAttachmentDefinition apps/broken is left out: its configuration is not JSON.
// a NetworkAttachmentDefinition is left out: it has no name.
// Pod web is left out: "a/b/c" is no apiVersion.
// NetworkAttachmentDefinition made is left out: UserDefinedNetwork u makes it.
app.synth();
`);
  });

  test('nothing at all is a program, too', () => {
    const text = importText([]);
    expect(text).toBe("import { App } from 'cdk8s';\n\nconst app = new App();\n\napp.synth();\n");
    expect(objectsOf(text)).toEqual([]);
  });
});

test('variables have the names of the objects, as far as the language allows it', () => {
  const names = ['a-b', 'a.b', 'class', 'app', '10-net', 'default', 'Chart'];
  const text = body([
    ...names.map((name) => nad(name, bridge(), { namespace: 'default' })),
    pod('a-b', 'a-b', { namespace: 'default' }),
    nad('default', bridge(), { namespace: 'a-b' }),
  ]);
  expect(text.match(/const \w+/g)?.map((one) => one.slice(6))).toEqual([
    'defaultChart',
    'aB',
    'aBNetwork',
    'classNetwork',
    'appNetwork',
    'network10Net',
    'defaultNetwork',
    'chart',
    'aBPod',
    'aBChart',
    'defaultNetwork2',
  ]);
});

test('what rules say stands above the construct, in lines of 100 columns', () => {
  const problem = {
    code: 'NL_HOST_BITS',
    key: 'spec.config: ipam.subnet',
    found: `"10.1.0.1/24" has host bits\n// ${'x'.repeat(120)}`,
    allowed: 'a network',
    fix: '10.1.0.0/24?',
  } as const;
  const { text } = importObjects([{ object: nad('lan', bridge()), problems: [problem] }]);
  expect(text).toContain(`
// NL_HOST_BITS: spec.config: ipam.subnet: "10.1.0.1/24" has host bits //
// ${'x'.repeat(120)}.
// Fix: 10.1.0.0/24?
export const lan = `);
});
