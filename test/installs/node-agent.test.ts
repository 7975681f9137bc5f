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
  policy: { bridges: ['br-*'], ports: ['eth1'], adopt: 'yes', uplink: 'confirm' },
  scanSeconds: 30,
  sysctls: true,
  arpProbes: true,
  nodeFacts: true,
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
      ['state', 'sysctls'],
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
      policy: { bridges: ['br-*'], ports: ['eth1'], adopt: 'yes', uplink: 'confirm' },
      watchdog: 'required',
    });
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
