import { type CheckOptions, checkObjects } from 'netloom';
import { LAN, NETWORKS, nad, pod } from './manifests';

const told = (objects: unknown[], options?: CheckOptions): string[] =>
  checkObjects(objects, options).map(
    ({ index, problem: { code, key } }) => `${index} ${code} ${key}`,
  );

describe('what is no network', () => {
  const rows: { name: string; given: unknown; want: string[] }[] = [
    { name: 'a list', given: '[]', want: ['NL_TYPE_WRONG spec.config'] },
    { name: 'a text', given: '"bridge"', want: ['NL_TYPE_WRONG spec.config'] },
    { name: 'null', given: 'null', want: ['NL_TYPE_WRONG spec.config'] },
    { name: 'no plugin', given: '{"name":"lan"}', want: ['NL_KEY_MISSING spec.config: type'] },
    { name: 'an empty name', given: '{"type":""}', want: ['NL_KEY_MISSING spec.config: type'] },
    { name: 'no name', given: '{"type":null}', want: ['NL_KEY_MISSING spec.config: type'] },
    { name: 'a number', given: '{"type":7}', want: ['NL_TYPE_WRONG spec.config: type'] },
    { name: 'no list', given: '{"plugins":{}}', want: ['NL_TYPE_WRONG spec.config: plugins'] },
    {
      name: 'an empty list',
      given: '{"plugins":[]}',
      want: ['NL_KEY_MISSING spec.config: plugins'],
    },
    {
      name: 'a list with holes',
      given: '{"plugins":[{"type":"bridge"},null,{}]}',
      want: [
        'NL_TYPE_WRONG spec.config: plugins[1]',
        'NL_KEY_MISSING spec.config: plugins[2].type',
      ],
    },
    {
      name: 'a list in another case',
      given: '{"Plugins":[{"type":"bridge"}]}',
      want: ['NL_KEY_MISSPELT spec.config: Plugins'],
    },
    { name: 'a file on the node', given: '', want: [] },
    { name: 'blanks', given: ' \n', want: [] },
  ];

  test.each(rows)('$name', ({ given, want }) => {
    expect(told([nad(given)])).toEqual(want.map((one) => `0 ${one}`));
  });

  test('an object instead of a text', () => {
    expect(told([{ kind: 'NetworkAttachmentDefinition', spec: { config: LAN } }])).toEqual([
      '0 NL_TYPE_WRONG spec.config',
    ]);
  });

  test('a pod may name it all the same', () => {
    expect(told([nad('{'), nad('', { name: 'file' }), pod('lan,file')])).toEqual([
      '0 NL_CONFIG_NOT_JSON spec.config',
    ]);
  });
});

describe('annotations', () => {
  test('a YAML list instead of a text', () => {
    expect(told([pod([{ name: 'lan' }])])).toEqual([
      `0 NL_TYPE_WRONG metadata.annotations["${NETWORKS}"]`,
    ]);
  });

  test('pods that are made by others of the objects are told of where they are written', () => {
    const owner = (kind: string, name: string): object => ({
      ownerReferences: [{ kind, name, controller: true }],
    });
    const template = { metadata: { annotations: { [NETWORKS]: 'lan2' } } };
    const objects = [
      nad(LAN),
      { kind: 'Deployment', metadata: { name: 'web', namespace: 'apps' }, spec: { template } },
      {
        kind: 'ReplicaSet',
        metadata: { name: 'web-1', namespace: 'apps', ...owner('Deployment', 'web') },
        spec: { template },
      },
      pod('lan2', { name: 'web-1-a', ...owner('ReplicaSet', 'web-1') }),
    ];
    const key = `spec.template.metadata.annotations["${NETWORKS}"]: [0]`;
    expect(told(objects)).toEqual([`1 NL_NETWORK_NOT_FOUND ${key}`]);
    expect(told(objects.slice(2)).map((one) => one.slice(0, 20))).toEqual(['0 NL_NETWORK_UNSEEN ']);
  });

  test('a network that an operator has made counts once', () => {
    const operator = {
      apiVersion: 'operator.openshift.io/v1',
      kind: 'Network',
      metadata: { name: 'cluster' },
      spec: {
        additionalNetworks: [
          { name: 'lan', namespace: 'apps', type: 'Raw', rawCNIConfig: JSON.stringify(LAN) },
        ],
      },
    };
    expect(told([operator, pod('lan')])).toEqual([]);
    expect(told([operator, nad(LAN), pod('lan')])).toEqual([]);
  });

  test('so does one of the SR-IOV operator', () => {
    const sriov = {
      apiVersion: 'sriovnetwork.openshift.io/v1',
      kind: 'SriovNetwork',
      metadata: { name: 'fast', namespace: 'sriov' },
      spec: { networkNamespace: 'apps', resourceName: 'nic', ipam: '{"type":"static"}' },
    };
    const made = nad(
      { cniVersion: '1.0.0', type: 'sriov', ipam: { type: 'static' } },
      { name: 'fast', annotations: { 'k8s.v1.cni.cncf.io/resourceName': 'nic' } },
    );
    const asking = pod('[{"name":"fast","ips":["10.0.0.5/24"]}]');
    expect(told([sriov, asking])).toEqual([]);
    expect(told([sriov, made, asking])).toEqual([]);
  });

  test.each([
    { type: 'Raw', key: 'rawCNIConfig', code: 'NL_KEY_MISSING' },
    { type: 'raw', key: 'type', code: 'NL_VALUE_OUT_OF_RANGE' },
  ])('a network of OpenShift of type $type without anything', ({ type, key, code }) => {
    const spec = { additionalNetworks: [{ name: 'a', type }] };
    expect(told([{ apiVersion: 'operator.openshift.io/v1', kind: 'Network', spec }])).toEqual([
      `0 ${code} spec.additionalNetworks[0].${key}`,
    ]);
  });
});

describe('silence', () => {
  const unseen = (silence: unknown): string[] =>
    told([
      pod('lan', {
        annotations: {
          [NETWORKS]: 'lan',
          'netloom.io/silence': typeof silence === 'string' ? silence : JSON.stringify(silence),
        },
      }),
    ]).map((one) => one.split(' ')[1] as string);

  test.each([
    { name: 'a warning', given: { NL_NETWORK_UNSEEN: 'made by others' }, want: [] },
    { name: 'another one', given: { NL_DHCP_SERVER: 'x' }, want: ['NL_NETWORK_UNSEEN'] },
    {
      name: 'without a reason',
      given: { NL_NETWORK_UNSEEN: ' ' },
      want: ['NL_NETWORK_UNSEEN', 'NL_SILENCE_INVALID'],
    },
    {
      name: 'an error',
      given: { NL_NETWORK_NOT_FOUND: 'x' },
      want: ['NL_NETWORK_UNSEEN', 'NL_SILENCE_INVALID'],
    },
    {
      name: 'no code',
      given: { NL_NOTHING: 'x' },
      want: ['NL_NETWORK_UNSEEN', 'NL_SILENCE_INVALID'],
    },
    {
      name: 'no object',
      given: ['NL_NETWORK_UNSEEN'],
      want: ['NL_NETWORK_UNSEEN', 'NL_SILENCE_INVALID'],
    },
    {
      name: 'no JSON',
      given: 'NL_NETWORK_UNSEEN',
      want: ['NL_NETWORK_UNSEEN', 'NL_SILENCE_INVALID'],
    },
  ])('$name', ({ given, want }) => expect(unseen(given)).toEqual(want));

  test('in the pod template, and where nothing else is wrong', () => {
    const annotations = (silence: object): object => ({
      [NETWORKS]: 'lan',
      'netloom.io/silence': JSON.stringify(silence),
    });
    const deployment = (silence: object): object => ({
      kind: 'Deployment',
      spec: { template: { metadata: { annotations: annotations(silence) } } },
    });
    expect(told([deployment({ NL_NETWORK_UNSEEN: 'made by others' })])).toEqual([]);
    expect(told([nad(LAN, { annotations: annotations({ X: 'y' }) })])).toEqual([
      '0 NL_SILENCE_INVALID metadata.annotations["netloom.io/silence"]: X',
    ]);
  });
});

describe('namespaces', () => {
  const homeless = { namespace: undefined };
  test.each([
    { name: 'none anywhere', given: [nad(LAN, homeless), pod('lan', homeless)], want: 0 },
    { name: 'none on the network', given: [nad(LAN, homeless), pod('lan')], want: 0 },
    {
      name: 'a reference to default',
      given: [nad(LAN, homeless), pod('default/lan', homeless)],
      want: 0,
    },
    { name: 'none on the pod', given: [nad(LAN), pod('lan', homeless)], want: 0 },
    { name: 'another one', given: [nad(LAN), pod('lan', { namespace: 'b' })], want: 1 },
  ])('$name', ({ given, want }) => expect(told(given)).toHaveLength(want));
});

test('an IPPool of Kube-OVN with a misspelt key', () => {
  const spec = { subnet: 'lan', ips: [], namespace: ['apps'] };
  const pool = { apiVersion: 'kubeovn.io/v1', kind: 'IPPool', metadata: { name: 'a' }, spec };
  expect(told([pool])).toEqual(['0 NL_KEY_MISSPELT spec.namespace']);
});

test('and with one that nobody knows', () => {
  const spec = { subnet: 'lan', ips: [], colour: 'red' };
  const pool = { apiVersion: 'kubeovn.io/v1', kind: 'IPPool', metadata: { name: 'a' }, spec };
  expect(told([pool])).toEqual(['0 NL_KEY_UNKNOWN spec.colour']);
});

describe('what a template still has to fill in', () => {
  const FILL_IN = 'put in what the placeholder stands for (helm template, flux build, envsubst)';
  const fixes = (config: unknown): string[] =>
    checkObjects([nad(config)]).map(({ problem: { code, fix } }) => `${code} ${fix}`);

  test.each([
    ['a value', { type: 'macvlan', master: `\${MASTER_INTERFACE}` }, 'NL_IFNAME_TOO_LONG'],
    ['an expression', '{"type":"macvlan","mtu":{{ .Values.mtu }}}', 'NL_CONFIG_NOT_JSON'],
    ['a variable', `{"type":"macvlan","mtu":\${MTU}}`, 'NL_CONFIG_NOT_JSON'],
  ])('is told as such: %s', (_, config, code) => {
    expect(fixes(config)).toEqual([`${code} ${FILL_IN}`]);
  });

  test('is not meant by a brace too many', () => {
    expect(fixes('{{"type":"macvlan"}}').join()).not.toContain(FILL_IN);
  });
});

test('names are texts to the API server, and are what they were meant to be to all else', () => {
  const config = JSON.stringify(LAN);
  const lan = { ...nad(LAN), metadata: { name: 12, namespace: true }, spec: { config } };
  const web = pod('12', { namespace: 'true', name: 'web' });
  const twelve = '0 NL_TYPE_WRONG metadata';
  expect(told([lan, web], { nodes: 1 })).toEqual([`${twelve}.name`, `${twelve}.namespace`]);
});

test('objects that are none of its business pass', () => {
  expect(
    told([
      null,
      undefined,
      'text',
      7,
      [],
      {},
      { kind: 7 },
      { kind: 'Service', spec: {} },
      { apiVersion: 'example.com/v1', kind: 'NetworkAttachmentDefinition', spec: { config: '{' } },
      { apiVersion: 'example.com/v1', kind: 'Subnet', spec: { cidrBlock: 'x' } },
      { apiVersion: 'whereabouts.cni.cncf.io/v1alpha1', kind: 'IPPool', spec: { range: 'x' } },
      { apiVersion: 'config.openshift.io/v1', kind: 'Network', spec: { additionalNetworks: [7] } },
      { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy' },
      { kind: 'ConfigMap', metadata: { name: 'other' }, data: { 'cron-expression': 'x' } },
      {
        kind: 'Secret',
        metadata: { name: 'whereabouts-config' },
        data: { 'cron-expression': 'x' },
      },
      { apiVersion: 'netloom.io/v1alpha1', kind: 'AddressPool', spec: {} },
      { apiVersion: 'kubeovn.io/v1', kind: 'Vpc', spec: { cidrBlock: 'x' } },
      { apiVersion: 'sriovnetwork.openshift.io/v1', kind: 'SriovNetworkNodePolicy', spec: {} },
      { apiVersion: 'operator.openshift.io/v1', kind: 'Console', spec: {} },
      { kind: 'Deployment', spec: { template: null } },
    ]),
  ).toEqual([]);
});
