import path from 'node:path';
import { type EngineResource, type EngineResult, runPulumiProgram } from '../support/pulumi-engine';
import { ROOT } from '../support/story';

/** No agent and no cluster is there: everything that a preview shows comes of the arguments. */
const config = {
  'netloom:agents': '{"edge-1":"https://127.0.0.1:1"}',
  'netloom:platform': 'kube-ovn',
};

const program = path.join(__dirname, 'programs/networks.ts');

describe('every network and workload as a Pulumi component', () => {
  let result: EngineResult;

  beforeAll(async () => {
    result = await runPulumiProgram({ program, cwd: ROOT, mode: 'preview', config, state: [] });
  }, 60_000);

  function resource(kind: string, name: string): EngineResource {
    const found = result.state.find((one) => one.type.endsWith(`:${kind}`) && one.name === name);
    if (!found) throw new Error(`no ${kind} ${name}`);
    return found;
  }

  const definition = (name: string): any =>
    JSON.parse((resource('NetworkAttachmentDefinition', name).inputs as any).spec.config);

  test('nothing is wrong with them, and what is odd is told', () => {
    expect(result.errors).toEqual([]);
    expect(result.warnings).toEqual([expect.stringMatching(/NL_PLATFORM_MISSING/)]);
  });

  test('each is a NetworkAttachmentDefinition of its plugin', () => {
    const types = result.state
      .filter(({ type }) => type.endsWith(':NetworkAttachmentDefinition'))
      .map(({ name }) => [name, definition(name).type ?? definition(name).plugins[0].type]);
    expect(Object.fromEntries(types)).toEqual({
      'storage-a': 'macvlan',
      'storage-b': 'macvlan',
      'tenants-b': 'macvlan',
      'tenants-b-claimed': 'macvlan',
      'kube-ovn-ipam': 'macvlan',
      legacy: 'ipvlan',
      'ovn-nic': 'kube-ovn',
      device: 'host-device',
      vlan: 'vlan',
      ptp: 'ptp',
      tap: 'tap',
      dummy: 'dummy',
      sriov: 'sriov',
      l2: 'ovn-k8s-cni-overlay',
      raw: 'bridge',
    });
  });

  test('groups of nodes differ in their master, and the chain is behind each', () => {
    expect(definition('storage-b').plugins).toMatchObject([
      { type: 'macvlan', master: 'ens5', mtu: 9000, ipam: { network_name: 'tenant-a' } },
      { type: 'tuning', sysctl: { 'net.ipv4.conf.IFNAME.arp_notify': '1' } },
      { type: 'sbr' },
    ]);
    const { spec } = (resource('Deployment', 'web').inputs as any).spec.template;
    expect(spec.nodeSelector).toEqual({ rack: 'b' });
  });

  test('a whereabouts pool keeps its gateway and its claimable part out', () => {
    expect(definition('tenants-b').ipam.exclude).toEqual([
      '10.20.0.8/29',
      '10.20.0.1/32',
      '10.20.0.100/30',
      '10.20.0.104/29',
      '10.20.0.112/29',
    ]);
    expect(definition('tenants-b-claimed').ipam).toEqual({ type: 'static' });
  });

  test("Kube-OVN's subnets are bound to the networks that are given them", () => {
    expect(result.outputs['provider']).toBe('kube-ovn-ipam.apps');
    expect((resource('Subnet', 'nic').inputs as any).spec.provider).toBe('ovn-nic.apps.ovn');
    expect(definition('ovn-nic').provider).toBe('ovn-nic.apps.ovn');
    const { annotations } = (resource('Deployment', 'web').inputs as any).spec.template.metadata;
    expect(annotations).toEqual({
      'k8s.v1.cni.cncf.io/networks': 'storage-b@st0,kube-ovn-ipam,ovn-nic,elsewhere',
      'kube-ovn-ipam.apps.kubernetes.io/ip_address': '172.17.0.20',
    });
  });

  test('labels, the resource of a device plugin and silences stand in the object', () => {
    expect((resource('NetworkAttachmentDefinition', 'sriov').inputs as any).metadata).toEqual({
      name: 'sriov',
      namespace: 'apps',
      labels: { team: 'a' },
      annotations: { 'k8s.v1.cni.cncf.io/resourceName': 'intel.com/sriov' },
    });
    expect(
      (resource('NetworkAttachmentDefinition', 'vlan').inputs as any).metadata.annotations,
    ).toEqual({ 'netloom.io/silence': '{"NL_HOST_LOCAL_NODES":"one node"}' });
  });

  test('pods come after their networks, and netloom does the waiting', () => {
    expect(result.dependencies['web']).toEqual(
      expect.arrayContaining(['storage-a', 'storage-b', 'kube-ovn-ipam', 'ovn-nic']),
    );
    for (const [kind, name] of [
      ['Deployment', 'web'],
      ['StatefulSet', 'db'],
      ['DaemonSet', 'agent'],
    ] as const) {
      const { metadata } = resource(kind, name).inputs as any;
      expect(metadata.annotations).toEqual({ 'pulumi.com/skipAwait': 'true' });
    }
  });
});

test('options that nobody takes are told of, with those that were meant', async () => {
  const misspelt = path.join(__dirname, 'programs/misspelt.ts');
  const { errors, warnings } = await runPulumiProgram({
    program: misspelt,
    cwd: ROOT,
    mode: 'preview',
    config,
    state: [],
  });
  const text = errors.join('\n');
  expect(text).toMatch(/isGatway.* is no option of bridge networks.*Fix: isGateway\?/);
  expect(text).toMatch(/plugin.* is no option of CniNetwork.*Fix: plugins\?/);
  expect(text).toMatch(/attachments\[0\]\.ipRequest.* is no option of an attachment.*Fix: ips\?/);
  expect(warnings.join('\n')).toMatch(/colour.*NL_KEY_UNKNOWN/);
}, 60_000);

test('netloom:status off: the Kubernetes provider does the waiting', async () => {
  const more = { ...config, 'netloom:status': 'off' };
  const result = await runPulumiProgram({
    program,
    cwd: ROOT,
    mode: 'preview',
    config: more,
    state: [],
  });
  const web = result.state.find(({ type }) => type.endsWith(':Deployment'));
  expect((web as any).inputs.metadata).toEqual({ name: 'web', namespace: 'apps' });
}, 60_000);
