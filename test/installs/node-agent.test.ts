import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {
  type NodeAgentSettings,
  nodeAgentParts,
  PLATFORM_NAMES,
  type PlatformName,
  platformFacts,
} from 'netloom';
import { listenAddresses, loadConfig } from '../../node-agent/src/config';
import { manifestsOf } from './support';

const IMAGE = 'registry.example.com/netloom-agent:0.1.0';
const CALLERS = [
  { namespace: 'ci', serviceAccount: 'pulumi', verbs: ['read', 'claim'], pools: ['apps/*'] },
  { namespace: 'ops', serviceAccount: 'viewer', verbs: ['read'] },
] as const;
const BASE: NodeAgentSettings = { image: IMAGE, callers: CALLERS };
const ALL: NodeAgentSettings = {
  ...BASE,
  tokens: [
    { name: 'prometheus', verbs: ['read'] },
    { name: 'backup', key: 'backup.token', verbs: ['read'], owners: ['acme/*'] },
  ],
  tokenSecret: 'netloom-agent-tokens',
  clients: [{ name: 'edge-admin', verbs: ['read', 'bridge'] }],
  policy: {
    bridges: ['br-*'],
    ports: ['eth1'],
    adopt: 'yes',
    uplink: 'confirm',
    reach: ['10.0.0.0/8', 'fd00::/8'],
  },
  probes: { gateways: ['10.0.0.*'], nameServers: 'no' },
  scanSeconds: 30,
  sysctls: true,
  arpProbes: true,
  nodeFacts: true,
  audit: {
    sources: ['host-local', 'whereabouts', 'network-status'],
    everySeconds: 60,
    repair: true,
  },
  store: { type: 'kubernetes' },
  serviceMonitor: { token: 'prometheus', labels: { release: 'prometheus' } },
  prometheusRule: { labels: { release: 'prometheus' } },
  pullSecrets: ['mirror'],
};

function made(settings: Partial<NodeAgentSettings> = {}, platform: PlatformName = 'kubernetes') {
  return manifestsOf(nodeAgentParts(platformFacts(platform), { ...BASE, ...settings }));
}

const podOf = (objects: Record<string, any>): any =>
  objects['DaemonSet netloom-agent'].spec.template.spec;

describe('the confinement of both containers', () => {
  test.each([BASE, ALL])('UID 0, NET_ADMIN, no way to more', (settings) => {
    const pod = podOf(made(settings));
    expect(pod.containers.map(({ name }: any) => name)).toEqual(['agent', 'watchdog']);
    expect(pod).toMatchObject({ hostNetwork: true, automountServiceAccountToken: false });
    expect([pod.hostPID, pod.hostIPC]).toEqual([undefined, undefined]);
    for (const { name, securityContext, image } of pod.containers) {
      expect(image).toBe(IMAGE);
      expect(securityContext).toMatchObject({
        allowPrivilegeEscalation: false,
        privileged: false,
        readOnlyRootFilesystem: true,
        runAsUser: 0,
        seccompProfile: { type: 'RuntimeDefault' },
      });
      const probes = settings.arpProbes && name === 'agent';
      const add = probes ? ['NET_ADMIN', 'NET_RAW'] : ['NET_ADMIN'];
      expect(securityContext.capabilities).toEqual({ add, drop: ['ALL'] });
    }
  });

  const hostPaths = (objects: Record<string, any>): string[] =>
    podOf(objects).volumes.flatMap(({ hostPath }: any) => hostPath?.path ?? []);

  test('of the host it sees the folder of its store, and what is asked for', () => {
    expect(hostPaths(made())).toEqual(['/var/lib/netloom']);
    expect(hostPaths(made({ sysctls: true }))).toEqual(['/var/lib/netloom', '/proc/sys/net']);
    expect(hostPaths(made({ nodeFacts: true }, 'k3s'))).toEqual([
      '/var/lib/netloom',
      '/var/lib/rancher/k3s/agent/etc/cni/net.d',
      '/var/lib/rancher/k3s/data/cni',
      '/run/cni',
    ]);
  });

  test('kernel settings are where both containers are told that they are', () => {
    for (const { env, volumeMounts } of podOf(made({ sysctls: true })).containers) {
      const { value } = env.find(({ name }: any) => name === 'NETLOOM_PROC_SYS');
      const { mountPath } = volumeMounts.find(({ name }: any) => name === 'sysctls');
      expect(mountPath).toBe(`${value}/net`);
    }
    expect(JSON.stringify(made())).not.toContain('NETLOOM_PROC_SYS');
  });

  test('only the store and the kernel settings are writable, and secrets are the agent’s alone', () => {
    const [agent, watchdog] = podOf(made(ALL)).containers;
    const writable = ({ volumeMounts }: any): string[] =>
      volumeMounts.filter((one: any) => !one.readOnly).map(({ name }: any) => name);
    expect([writable(agent), writable(watchdog)]).toEqual([
      ['state', 'sysctls', 'host-local-0'],
      ['state', 'sysctls'],
    ]);
    const names = watchdog.volumeMounts.map(({ name }: any) => name);
    expect(names).toEqual(['state', 'config', 'sysctls']);
  });

  test('a token of the ServiceAccount is there only where callers are told by one', () => {
    const tokens = { callers: [], tokens: ALL.tokens, tokenSecret: 'x' };
    expect(JSON.stringify(made(tokens))).not.toMatch(/serviceAccountToken|tokenreviews/);
    expect(JSON.stringify(made())).toMatch(/serviceAccountToken.*/);
  });
});

describe('an audit', () => {
  const mountsOf = (objects: Record<string, any>): Record<string, any> =>
    Object.fromEntries(
      podOf(objects).containers[0].volumeMounts.map((one: any) => [one.name, one]),
    );
  const rulesOf = (objects: Record<string, any>): string[] =>
    (objects['ClusterRole netloom-agent-audit']?.rules ?? []).map(
      ({ resources, verbs }: any) => `${resources}: ${verbs.join(' ')}`,
    );
  const audit = { sources: ['host-local', 'whereabouts'] } as const;

  test('sees nothing of a node, and nothing of the cluster, unless it is asked for', () => {
    expect(JSON.stringify(made())).not.toMatch(/ippools|host-local|sandboxes|agent-audit/);
  });

  test.each([
    ['kubernetes', '/run/containerd/io.containerd.runtime.v2.task/k8s.io'],
    ['rke2', '/run/k3s/containerd/io.containerd.runtime.v2.task/k8s.io'],
    ['openshift', '/run/containers/storage/overlay-containers'],
  ] as const)('on %s it has the records and the sandboxes of the one runtime', (platform, dir) => {
    const objects = made({ audit }, platform);
    const folders = podOf(objects).volumes.flatMap(({ hostPath }: any) =>
      hostPath ? [`${hostPath.type} ${hostPath.path}`] : [],
    );
    // Made where there is none, the second one would say that no sandbox runs.
    expect(folders.slice(1)).toEqual([
      'DirectoryOrCreate /var/lib/cni/networks',
      `Directory ${dir}`,
    ]);
    const mounts = mountsOf(objects);
    expect(mounts['host-local-0']).toMatchObject({
      mountPath: '/host/var/lib/cni/networks',
      readOnly: true,
    });
    expect(mounts['sandboxes']).toMatchObject({ mountPath: `/host${dir}`, readOnly: true });
    const hasMounts = platform !== 'openshift';
    expect(mounts['sandboxes'].recursiveReadOnly).toBe(hasMounts ? 'IfPossible' : undefined);
  });

  test('may only list, and take back where a repair may be ordered', () => {
    expect(rulesOf(made({ audit }))).toEqual([
      'pods: list',
      'ippools: list',
      'overlappingrangeipreservations: list',
    ]);
    const repair = made({ audit: { ...audit, repair: true } });
    expect(rulesOf(repair)).toEqual([
      'pods: list get',
      'ippools: list get patch',
      'overlappingrangeipreservations: list get delete',
    ]);
    expect(mountsOf(repair)['host-local-0'].readOnly).toBeUndefined();
    expect(mountsOf(repair)['sandboxes'].readOnly).toBe(true);
    // Nothing of another one's is there to take back.
    expect(rulesOf(made({ audit: { sources: ['network-status'], repair: true } }))).toEqual(
      rulesOf(made({ audit })),
    );
    expect(rulesOf(made({ audit: { sources: ['host-local'], repair: true } }))).toEqual([]);
  });

  test('of other folders of host-local looks at those alone', () => {
    const dirs = ['/var/lib/cni/networks', '/data/host-local'];
    const objects = made({ audit: { ...audit, hostLocalDirs: dirs } });
    const mounts = mountsOf(objects);
    expect(mounts['host-local-1'].mountPath).toBe('/host/data/host-local');
    expect(objects['ConfigMap netloom-agent'].data['agent.yaml']).toContain('/data/host-local');
  });
});

describe('a store in etcd', () => {
  const store = { type: 'kubernetes' } as const;

  test('comes with its kinds, its role and the agent’s own token', () => {
    const objects = made({ callers: [], tokens: ALL.tokens, tokenSecret: 'x', store });
    const kinds = Object.keys(objects).filter((name) => name.startsWith('CustomRes'));
    expect(kinds).toHaveLength(4);
    expect(Object.keys(objects).slice(0, 4)).toEqual(kinds);
    expect(objects['RoleBinding netloom-agent-store'].subjects).toEqual([
      { kind: 'ServiceAccount', name: 'netloom-agent', namespace: 'netloom-system' },
    ]);
    const names = podOf(objects).containers.map(({ volumeMounts }: any) =>
      volumeMounts.map(({ name }: any) => name),
    );
    expect(names[0]).toContain('account');
    expect(names[1]).not.toContain('account');
    // Nobody calls with a token of a ServiceAccount, so nobody is asked about.
    expect(JSON.stringify(objects)).not.toContain('tokenreviews');
  });

  test('leaves its kinds to somebody else where they shall outlive the agents', () => {
    const objects = made({ store: { ...store, createKinds: false } });
    expect(Object.keys(objects).filter((name) => name.startsWith('CustomRes'))).toEqual([]);
    expect(objects['Role netloom-agent-store']).toBeDefined();
    expect(made({ store: { type: 'sqlite' } })).toEqual(made());
  });
});

describe('an update', () => {
  test('takes one node’s agent away at a time, and waits until the new one is ready', () => {
    const { spec } = made()['DaemonSet netloom-agent'];
    expect(spec.updateStrategy).toEqual({
      type: 'RollingUpdate',
      rollingUpdate: { maxUnavailable: 1, maxSurge: 0 },
    });
    expect(spec.minReadySeconds).toBeGreaterThan(0);
    // A DaemonSet has no scale: a budget for its pods would let nobody drain a node.
    expect(Object.keys(made(ALL)).filter((name) => name.startsWith('PodDis'))).toEqual([]);
  });

  test('follows a changed configuration', () => {
    const digest = (settings: Partial<NodeAgentSettings>): string =>
      made(settings)['DaemonSet netloom-agent'].spec.template.metadata.annotations[
        'netloom.io/config'
      ];
    expect(digest({})).toBe(digest({ tolerations: [] }));
    expect(digest({ scanSeconds: 5 })).not.toBe(digest({}));
  });

  test('its probes ask what needs no credential, on the agent’s own port', () => {
    const [{ livenessProbe, readinessProbe, ports }] = podOf(made({ port: 9443 })).containers;
    expect(livenessProbe.httpGet).toEqual({ path: '/healthz', port: 9443, scheme: 'HTTPS' });
    expect(readinessProbe.httpGet.path).toBe('/readyz');
    expect(ports[0]).toMatchObject({ containerPort: 9443, hostPort: 9443 });
  });
});

describe('agent.yaml', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'netloom-install-'));
  const environment = { NETLOOM_NODE_NAME: 'worker-1', NETLOOM_HOST_ADDRESS: 'fd00::5' };
  beforeAll(() =>
    Object.assign(process.env, environment, { KUBERNETES_SERVICE_HOST: '10.96.0.1' }),
  );
  afterAll(() => {
    for (const name of [...Object.keys(environment), 'KUBERNETES_SERVICE_HOST']) {
      delete process.env[name];
    }
    rmSync(folder, { recursive: true });
  });

  test('is one that the agent takes, on every node', () => {
    const file = path.join(folder, 'agent.yaml');
    writeFileSync(file, made(ALL)['ConfigMap netloom-agent'].data['agent.yaml']);
    const config = loadConfig(file);
    expect(config.name).toBe('worker-1');
    expect(listenAddresses(config)).toEqual([{ host: 'fd00::5', port: 8443 }]);
    expect(config.kubernetes?.accounts).toEqual([
      { name: 'ci/pulumi', pools: ['apps/*'], owners: ['*'] },
      { name: 'ops/viewer', pools: ['*'], owners: ['*'] },
    ]);
    expect(config.tokens.map(({ name, file: from }) => [name, from])).toEqual([
      ['prometheus', '/etc/netloom-tokens/prometheus'],
      ['backup', '/etc/netloom-tokens/backup.token'],
    ]);
    expect(config.host).toMatchObject({
      root: '/host',
      scanSeconds: 30,
      policy: {
        bridges: ['br-*'],
        ports: ['eth1'],
        adopt: 'yes',
        uplink: 'confirm',
        reach: ['10.0.0.0/8', 'fd00::/8'],
      },
      probes: { gateways: ['10.0.0.*'], nameServers: 'no' },
      watchdog: 'required',
    });
    writeFileSync(file, made()['ConfigMap netloom-agent'].data['agent.yaml']);
    expect(loadConfig(file).host.probes).toEqual({ gateways: ['*'], nameServers: 'yes' });
  });

  test('has the sources of the audit, and the place of the store', () => {
    const file = path.join(folder, 'agent.yaml');
    writeFileSync(file, made(ALL)['ConfigMap netloom-agent'].data['agent.yaml']);
    const { audit, store } = loadConfig(file);
    expect(audit).toEqual({
      sources: ['host-local', 'whereabouts', 'network-status'],
      everySeconds: 60,
      graceSeconds: 600,
      hostLocalDirs: ['/var/lib/cni/networks'],
      sandboxDirs: ['/run/containerd/io.containerd.runtime.v2.task/k8s.io'],
    });
    expect(store).toEqual({ type: 'kubernetes', namespace: 'netloom-system' });
    // Without any of them a pod looks at nothing: it would see an empty host.
    writeFileSync(file, made()['ConfigMap netloom-agent'].data['agent.yaml']);
    expect(loadConfig(file).audit.sources).toEqual([]);
    const quiet = {
      callers: [],
      clients: ALL.clients,
      audit: { sources: ['whereabouts'] },
    } as const;
    writeFileSync(file, made(quiet)['ConfigMap netloom-agent'].data['agent.yaml']);
    expect(loadConfig(file).kubernetes?.accounts).toEqual([]);
  });

  test('names files that are mounted, and nothing else', () => {
    const objects = made(ALL);
    const [agent] = podOf(objects).containers;
    const text: string = objects['ConfigMap netloom-agent'].data['agent.yaml'];
    const folders = agent.volumeMounts.map(({ mountPath }: any) => mountPath);
    const files = [...text.matchAll(/[a-zA-Z]*[fF]ile: (\S+)/g)].map(([, file]) => file as string);
    expect(files.length).toBe(5);
    for (const file of files) expect(folders).toContain(path.dirname(file));
  });
});

describe('on each platform', () => {
  test.each(PLATFORM_NAMES)('%s has the same agent, by its own rules', (platform) => {
    const objects = made({}, platform);
    const hasScc = ['openshift', 'microshift'].includes(platform);
    expect(Object.keys(objects).includes('SecurityContextConstraints netloom-agent')).toBe(hasScc);
    expect(objects['Namespace netloom-system'].metadata.labels).toMatchObject({
      'pod-security.kubernetes.io/enforce': 'privileged',
    });
    expect(podOf(objects)).toEqual(podOf(made()));
  });

  test('constraints that allow what the pod has, for its ServiceAccount alone', () => {
    const objects = made(ALL, 'openshift');
    const scc = objects['SecurityContextConstraints netloom-agent'];
    expect(scc).toMatchObject({
      allowPrivilegedContainer: false,
      allowHostPID: false,
      allowedCapabilities: podOf(objects).containers[0].securityContext.capabilities.add,
      requiredDropCapabilities: ['ALL'],
      users: [],
      groups: [],
    });
    const kinds = podOf(objects).volumes.map((one: any) => Object.keys(one)[1]);
    expect([...new Set(kinds)].sort()).toEqual(scc.volumes);
    expect(objects['RoleBinding netloom-agent-scc'].subjects).toEqual([
      { kind: 'ServiceAccount', name: 'netloom-agent', namespace: 'netloom-system' },
    ]);
  });
});

describe('Prometheus', () => {
  test('is told of nothing unless asked for', () => {
    expect(Object.keys(made()).join(' ')).not.toMatch(/Service |Monitor|Prometheus/);
  });

  test('asks each agent with a token of the Secret, and checks whom it asks', () => {
    const objects = made(ALL);
    const [endpoint] = objects['ServiceMonitor netloom-agent'].spec.endpoints;
    expect(endpoint).toMatchObject({
      path: '/metrics',
      scheme: 'https',
      authorization: { credentials: { name: 'netloom-agent-tokens', key: 'prometheus' } },
      tlsConfig: { serverName: 'netloom-agent.netloom-system.svc' },
    });
    const { labels } = objects['Service netloom-agent'].metadata;
    const { selector } = objects['ServiceMonitor netloom-agent'].spec;
    expect(labels).toMatchObject(selector.matchLabels);
    expect(objects['DaemonSet netloom-agent'].spec.template.metadata.labels).toMatchObject(
      objects['Service netloom-agent'].spec.selector,
    );
  });
});

test('the same bytes for the same settings, in whatever order they are', () => {
  const text = (settings: NodeAgentSettings): string =>
    JSON.stringify(nodeAgentParts(platformFacts('kubernetes'), settings));
  const reversed = Object.fromEntries(Object.entries(ALL).reverse()) as never;
  expect(text(reversed)).toBe(text(ALL));
});
