import { checkObjects, type ObjectFinding, type ObjectPath } from 'netloom';
import { LAN, NETWORKS, nad, pod } from './manifests';

const places = (objects: unknown[]): ObjectPath[] =>
  checkObjects(objects).map(({ where }: ObjectFinding) => where);

describe('the place of a problem', () => {
  const CONFIG = ['spec', 'config'];
  const rows: { name: string; given: unknown[]; want: ObjectPath[] }[] = [
    {
      name: 'of a value in the configuration',
      given: [nad({ ...LAN, mtu: 1 })],
      want: [{ path: CONFIG, inside: ['mtu'] }],
    },
    {
      name: 'of a key in the configuration',
      given: [nad({ ...LAN, mtuu: 1 })],
      want: [{ path: CONFIG, inside: ['mtuu'], isKey: true }],
    },
    {
      name: 'of a key in another case',
      given: [nad({ ...LAN, MTU: 1 })],
      want: [{ path: CONFIG, inside: ['MTU'] }],
    },
    {
      name: 'of a value in a list of plugins',
      given: [nad({ cniVersion: '0.4.0', plugins: [{ ...LAN, cniVersion: undefined, mtu: 1 }] })],
      want: [{ path: CONFIG, inside: ['plugins', 0, 'mtu'] }],
    },
    {
      name: 'of the name',
      given: [nad(LAN, { name: 'Lan' })],
      want: [{ path: ['metadata', 'name'] }],
    },
    {
      name: 'of what is no JSON',
      given: [nad('{"type": bridge}')],
      want: [{ path: CONFIG, span: [9, 15] }],
    },
    {
      name: 'of a key that stands twice',
      given: [nad(`{"mtu": 1400, ${JSON.stringify({ ...LAN, mtu: 1400 }).slice(1)}`)],
      want: [{ path: CONFIG, span: expect.any(Array) as never }],
    },
    {
      name: 'of an item of the short form, without the blanks',
      given: [nad(LAN), pod('lan, lan2 ,lan')],
      want: [{ path: ['metadata', 'annotations', NETWORKS], span: [5, 9] }],
    },
    {
      name: 'of an element of the JSON form',
      given: [nad(LAN), pod('[{"name":"lan"},{"name":"lan2"}]')],
      want: [{ path: ['metadata', 'annotations', NETWORKS], inside: [1] }],
    },
    {
      name: 'of a member in the JSON form',
      given: [nad(LAN), pod('[{"name":"lan","default-route":["x"]}]')],
      want: [{ path: ['metadata', 'annotations', NETWORKS], inside: [0, 'default-route', 0] }],
    },
    {
      name: 'of an unknown member',
      given: [nad(LAN), pod('[{"name":"lan","gateway":"10.10.0.1"}]')],
      want: [{ path: ['metadata', 'annotations', NETWORKS], inside: [0, 'gateway'], isKey: true }],
    },
    {
      name: 'of an annotation that is no JSON',
      given: [pod('[{"name":"lan"]')],
      want: [{ path: ['metadata', 'annotations', NETWORKS], span: [14, 15] }],
    },
    {
      name: 'of an annotation on the workload itself',
      given: [
        {
          kind: 'Deployment',
          metadata: { annotations: { [NETWORKS]: 'lan' } },
          spec: { template: { metadata: {} } },
        },
      ],
      want: [{ path: ['metadata', 'annotations', NETWORKS], isKey: true }],
    },
    {
      name: 'of an address on a host bridge',
      given: [
        {
          apiVersion: 'netloom.io/v1alpha1',
          kind: 'HostBridge',
          spec: { bridge: 'br0', addresses: ['10.0.0.1'] },
        },
      ],
      want: [{ path: ['spec', 'addresses', 0] }],
    },
    {
      name: 'of an interface of a virtual machine',
      given: [
        {
          apiVersion: 'kubevirt.io/v1',
          kind: 'VirtualMachineInstance',
          spec: { domain: { devices: { interfaces: [{ name: 'a' }] } } },
        },
      ],
      want: [{ path: ['spec', 'domain', 'devices', 'interfaces', 0, 'name'] }],
    },
    {
      name: 'of a network of a policy',
      given: [
        nad(LAN),
        {
          apiVersion: 'k8s.cni.cncf.io/v1beta1',
          kind: 'MultiNetworkPolicy',
          metadata: {
            namespace: 'apps',
            annotations: { 'k8s.v1.cni.cncf.io/policy-for': 'lan, lan2' },
          },
        },
      ],
      want: [{ path: ['metadata', 'annotations', 'k8s.v1.cni.cncf.io/policy-for'], span: [5, 9] }],
    },
    {
      name: "of a value in the operator's own words",
      given: [
        {
          apiVersion: 'operator.openshift.io/v1',
          kind: 'Network',
          spec: {
            additionalNetworks: [
              {
                name: 'a',
                type: 'SimpleMacvlan',
                simpleMacvlanConfig: {
                  mtu: 1,
                  ipamConfig: {
                    type: 'Static',
                    staticIPAMConfig: {
                      addresses: [{ address: '10.0.0.5/24' }],
                      routes: [{ destination: 'x', gateway: '10.0.0.1' }],
                    },
                  },
                },
              },
            ],
          },
        },
      ],
      want: [
        { path: ['spec', 'additionalNetworks', 0, 'simpleMacvlanConfig', 'mtu'] },
        {
          path: [
            ...['spec', 'additionalNetworks', 0, 'simpleMacvlanConfig', 'ipamConfig'],
            ...['staticIPAMConfig', 'routes', 0, 'destination'],
          ],
        },
      ],
    },
    {
      name: 'of values of an SR-IOV network',
      given: [
        {
          apiVersion: 'sriovnetwork.openshift.io/v1',
          kind: 'SriovNetwork',
          metadata: { name: 'fast' },
          spec: {
            resourceName: 'nic',
            networkNamespace: 'apps',
            linkState: 'up',
            ipam: '{"type":"static","addresses":[{"address":"10.0.0.1"}]}',
          },
        },
      ],
      want: [
        { path: ['spec', 'linkState'] },
        { path: ['spec', 'ipam'], inside: ['addresses', 0, 'address'] },
      ],
    },
    {
      name: 'of what is no JSON in chained plugins',
      given: [
        {
          apiVersion: 'sriovnetwork.openshift.io/v1',
          kind: 'SriovNetwork',
          spec: { metaPlugins: '{"type":"tuning"},{' },
        },
      ],
      want: [{ path: ['spec', 'metaPlugins'], span: [18, 19] }],
    },
  ];

  test.each(rows)('$name', ({ given, want }) => expect(places(given)).toEqual(want));

  test('the second of two keys is marked', () => {
    const config = '{"type":"dummy","cniVersion":"0.4.0","name":"a","name":"lan","ipam":{}}';
    const [finding] = checkObjects([nad(config)]);
    expect(finding?.problem.code).toBe('NL_KEY_TWICE');
    const [start, end] = finding?.where.span ?? [];
    expect([start, config.slice(start, end)]).toEqual([config.lastIndexOf('"name"'), '"name"']);
  });
});
