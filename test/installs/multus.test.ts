import fc from 'fast-check';
import {
  defaultMultusVersion,
  type InstallObject,
  MULTUS_RELEASES,
  type MultusSettings,
  multusCalls,
  multusFault,
  multusParts,
  type PlatformFacts,
  platformFacts,
} from 'netloom';

const FACTS = platformFacts('kubernetes');

function objectsOf(settings: MultusSettings, facts: PlatformFacts = FACTS): InstallObject[] {
  return [...multusParts(facts, settings).objects];
}

function manifestOf(id: string, settings: MultusSettings, facts = FACTS): any {
  return objectsOf(settings, facts).find((one) => one.id === id)?.manifest;
}

const podOf = (settings: MultusSettings, facts = FACTS): any =>
  manifestOf('DaemonSet', settings, facts).spec.template.spec;

const daemonConfig = (settings: MultusSettings, facts = FACTS): any =>
  JSON.parse(manifestOf('ConfigMap', settings, facts).data['daemon-config.json']);

/** The value of a flag of the thin entrypoint. */
function flag(name: string, settings: MultusSettings, facts = FACTS): string | undefined {
  const args: string[] = podOf({ mode: 'thin', ...settings }, facts).containers[0].args;
  return args.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3);
}

const containersOf = (pod: any): any[] => [...pod.initContainers, ...pod.containers];

/** The folder of the node behind a mount of a container. */
function hostPathOf(pod: any, container: any, mountPath: string): string | undefined {
  const mount = container.volumeMounts.find((one: any) => one.mountPath === mountPath);
  return pod.volumes.find(({ name }: any) => name === mount?.name)?.hostPath?.path;
}

const MODES = ['thick', 'thin'] as const;

describe('the objects of Multus', () => {
  test('thick: what comes before what', () => {
    expect(objectsOf({}).map(({ id }) => id)).toEqual([
      'Crd',
      'ServiceAccount',
      'ClusterRole',
      'ClusterRoleBinding',
      'ConfigMap',
      'DaemonSet',
    ]);
  });

  test('thin has no ConfigMap: its configuration is its arguments', () => {
    expect(objectsOf({ mode: 'thin' }).map(({ id }) => id)).not.toContain('ConfigMap');
  });

  test('a namespace of its own lets privileged pods run, and all of it is there', () => {
    const objects = objectsOf({ namespace: 'multus' });
    expect(objects[1]).toMatchObject({
      id: 'Namespace',
      manifest: { metadata: { labels: { 'pod-security.kubernetes.io/enforce': 'privileged' } } },
    });
    const names = objects.map(({ manifest }) => manifest.metadata.namespace);
    expect(new Set(names)).toEqual(new Set([undefined, 'multus']));
    expect(manifestOf('ClusterRoleBinding', { namespace: 'multus' }).subjects).toEqual([
      { kind: 'ServiceAccount', name: 'multus', namespace: 'multus' },
    ]);
  });

  test('a namespace that somebody else makes', () => {
    const settings = { namespace: 'multus', createNamespace: false };
    expect(objectsOf(settings).map(({ id }) => id)).not.toContain('Namespace');
  });

  test("takes over upstream's own DaemonSet: its name and its selector", () => {
    for (const mode of MODES) {
      const { metadata, spec } = manifestOf('DaemonSet', { mode });
      expect(metadata).toMatchObject({ name: 'kube-multus-ds', namespace: 'kube-system' });
      expect(spec.selector).toEqual({ matchLabels: { name: 'multus' } });
      expect(spec.template.metadata.labels).toMatchObject(spec.selector.matchLabels);
    }
  });

  test('a changed configuration renews the pods', () => {
    const template = (settings: MultusSettings): unknown =>
      manifestOf('DaemonSet', settings).spec.template.metadata;
    expect(template({ logLevel: 'debug' })).not.toEqual(template({}));
  });

  test('the same settings give the same bytes, in any order of theirs', () => {
    const settings = fc.record(
      {
        mode: fc.constantFrom(...MODES),
        namespace: fc.constantFrom('kube-system', 'multus'),
        namespaceIsolation: fc.boolean(),
        globalNamespaces: fc.subarray(['default', 'shared']),
        masterCniFile: fc.constantFrom('10-calico.conflist'),
        readinessIndicatorFile: fc.constantFrom('/run/ready', '/etc/cni/net.d/10-calico.conflist'),
        logFile: fc.constantFrom('/var/log/multus.log'),
        resources: fc.constantFrom({ limits: { memory: '1Gi' } }),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(settings, (given) => {
        const turned = Object.fromEntries(Object.entries(given).reverse());
        const text = JSON.stringify(objectsOf(given));
        expect(JSON.stringify(objectsOf(turned))).toBe(text);
        // Nothing undefined: a plain object is what is written.
        expect(JSON.parse(text)).toStrictEqual(objectsOf(given));
      }),
    );
  });
});

describe('what has made nodes fail before', () => {
  test.each(MODES)(
    '%s: enough memory, no limit of CPU, first and later containers alike',
    (mode) => {
      for (const { resources } of containersOf(podOf({ mode }))) {
        expect(resources.limits).toEqual({ memory: '500Mi' });
        expect(resources.requests).toEqual({ cpu: '100m', memory: '100Mi' });
      }
    },
  );

  test('requests that are limits hold for all containers, so that the pod is Guaranteed', () => {
    const same = { cpu: '2', memory: '400Mi' };
    const pod = podOf({ resources: { requests: same, limits: same } });
    for (const { resources } of containersOf(pod)) {
      expect(resources).toEqual({ requests: same, limits: same });
    }
    const init = { limits: { memory: '50Mi' } };
    expect(podOf({ initResources: init }).initContainers[0].resources).toEqual(init);
  });

  test.each(MODES)('%s: on all nodes, before others, and not thrown out', (mode) => {
    expect(podOf({ mode })).toMatchObject({
      priorityClassName: 'system-node-critical',
      tolerations: [{ operator: 'Exists' }],
      hostNetwork: true,
      nodeSelector: { 'kubernetes.io/os': 'linux' },
    });
    expect(manifestOf('DaemonSet', { mode }).spec.updateStrategy).toEqual({
      type: 'RollingUpdate',
      rollingUpdate: { maxUnavailable: '10%' },
    });
  });

  test.each(MODES)("%s: the plugin is copied by upstream's own program, which renames", (mode) => {
    const [, install] = podOf({ mode }).initContainers;
    expect(install).toMatchObject({
      command: ['/usr/src/multus-cni/bin/install_multus'],
      args: [`--type=${mode}`, '--dest-dir=/host/opt/cni/bin'],
    });
  });

  test('thin: the token is renewed, for which the configuration is watched', () => {
    expect(flag('cleanup-config-on-exit', {})).toBe('true');
    expect(flag('multus-conf-file', {})).toBe('auto');
    expect(flag('skip-config-watch', {})).toBeUndefined();
  });

  test('no path of the node begins with /var/run, which is a link', () => {
    for (const mode of MODES) {
      expect(JSON.stringify(objectsOf({ mode }))).not.toContain('/var/run');
    }
  });

  test('mounts that come later are seen', () => {
    const [{ volumeMounts }] = podOf({}).containers;
    const propagated = volumeMounts.filter((one: any) => one.mountPropagation).map(mountPath);
    expect(propagated).toEqual(['/var/lib/kubelet', '/run/netns', '/hostroot']);
  });

  test("the socket's folder is made anew, so that it is no mount itself", () => {
    expect(daemonConfig({}).socketDir).toBe('/host/run/multus/');
    expect(podOf({}).containers[0].volumeMounts.map(mountPath)).not.toContain('/host/run/multus');
  });

  const mountPath = (mount: any): string => mount.mountPath;

  test('no mount path twice', () => {
    for (const logFile of ['/var/log/multus.log', '/etc/cni/multus/net.d/multus.log']) {
      const paths: string[] = podOf({ logFile }).containers[0].volumeMounts.map(mountPath);
      expect(new Set(paths).size).toBe(paths.length);
      expect(paths).toContain(logFile.replace(/\/[^/]*$/, ''));
    }
  });
});

describe('folders of the node', () => {
  const segment = fc.stringMatching(/^[a-z][a-z0-9._-]{0,8}$/);
  const folder = fc
    .array(segment, { minLength: 2, maxLength: 4 })
    .map((all) => `/${all.join('/')}`);

  test('wherever they are, all that names them names the same', () => {
    fc.assert(
      fc.property(folder, folder, (cniBinDir, cniConfDir) => {
        fc.pre(cniBinDir !== cniConfDir);
        const facts = platformFacts('kubernetes', { cniBinDir, cniConfDir });
        const thin = podOf({ mode: 'thin' }, facts);
        const thick = podOf({}, facts);
        for (const pod of [thin, thick]) {
          const [prepare, install] = pod.initContainers;
          const env = new Map(prepare.env.map((one: any) => [one.name, one.value]));
          expect(hostPathOf(pod, prepare, env.get('BIN_DIR') as string)).toBe(cniBinDir);
          expect(hostPathOf(pod, prepare, env.get('CONF_DIR') as string)).toBe(cniConfDir);
          const target = install.args[1].replace('--dest-dir=', '');
          expect(hostPathOf(pod, install, target)).toBe(cniBinDir);
        }
        const [entrypoint] = thin.containers;
        const at = (name: string): string => flag(name, {}, facts) as string;
        expect(hostPathOf(thin, entrypoint, at('cni-bin-dir'))).toBe(cniBinDir);
        expect(hostPathOf(thin, entrypoint, at('cni-conf-dir'))).toBe(cniConfDir);
        expect(hostPathOf(thin, entrypoint, at('multus-autoconfig-dir'))).toBe(cniConfDir);
        expect(at('multus-kubeconfig-file-host')).toBe(`${cniConfDir}/multus.d/multus.kubeconfig`);
        expect(at('additional-bin-dir')).toBe(cniBinDir);
        const [daemon] = thick.containers;
        const config = daemonConfig({}, facts);
        expect(hostPathOf(thick, daemon, config.cniConfigDir)).toBe(cniConfDir);
        expect(hostPathOf(thick, daemon, config.multusAutoconfigDir)).toBe(cniConfDir);
        expect(config.binDir).toBe(cniBinDir);
        // The daemon wants its path to be the host's.
        expect(hostPathOf(thick, daemon, cniBinDir)).toBe(cniBinDir);
      }),
    );
  });

  test("CRI-O's own", () => {
    const facts = platformFacts('kubernetes', { cri: 'cri-o' });
    expect(hostPathOf(podOf({}, facts), podOf({}, facts).containers[0], '/usr/libexec/cni')).toBe(
      '/usr/libexec/cni',
    );
  });
});

describe('what Multus is told', () => {
  test('thick: files of the node as the daemon sees them', () => {
    const seen = (readinessIndicatorFile: string): string =>
      daemonConfig({ readinessIndicatorFile }).readinessindicatorfile;
    expect(seen('/etc/cni/net.d/10-calico.conflist')).toBe(
      '/host/etc/cni/net.d/10-calico.conflist',
    );
    expect(seen('/run/ovn/ready')).toBe('/host/run/ovn/ready');
    expect(seen('/var/lib/cilium/ready')).toBe('/hostroot/var/lib/cilium/ready');
  });

  test('thin: the plugin reads them on the node', () => {
    expect(flag('readiness-indicator-file', { readinessIndicatorFile: '/run/ovn/ready' })).toBe(
      '/run/ovn/ready',
    );
  });

  test('the cluster network by its file', () => {
    const settings = { masterCniFile: '10-calico.conflist' };
    expect(daemonConfig(settings).multusMasterCNI).toBe('10-calico.conflist');
    expect(flag('multus-master-cni-file-name', settings)).toBe('10-calico.conflist');
    expect(podOf(settings).initContainers[0].env).toContainEqual({
      name: 'MASTER',
      value: '10-calico.conflist',
    });
  });

  test('the cluster network by its name, searched for where its file is', () => {
    expect(daemonConfig({ clusterNetwork: 'k8s-pod-network' })).toMatchObject({
      clusterNetwork: 'k8s-pod-network',
      confDir: '/host/etc/cni/net.d',
    });
    const byPath = daemonConfig({ clusterNetwork: '/etc/cni/net.d/10-calico.conflist' });
    expect(byPath.clusterNetwork).toBe('/host/etc/cni/net.d/10-calico.conflist');
    expect(byPath).not.toHaveProperty('confDir');
  });

  test('its namespace, where networks without one are looked for', () => {
    const config = daemonConfig({ namespace: 'multus', defaultNetworks: ['lan'] });
    expect(config).toMatchObject({
      multusNamespace: 'multus',
      systemNamespaces: ['kube-system', 'multus'],
      defaultNetworks: ['lan'],
    });
    expect(daemonConfig({})).not.toHaveProperty('multusNamespace');
  });

  test('isolation of namespaces', () => {
    const settings = { namespaceIsolation: true, globalNamespaces: ['default', 'shared'] };
    expect(daemonConfig(settings)).toMatchObject({
      namespaceIsolation: true,
      globalNamespaces: 'default,shared',
    });
    expect(flag('namespace-isolation', settings)).toBe('true');
    expect(flag('global-namespaces', settings)).toBe('default,shared');
    expect(daemonConfig({ namespaceIsolation: false })).not.toHaveProperty('namespaceIsolation');
    expect(flag('namespace-isolation', { namespaceIsolation: false })).toBeUndefined();
  });

  test('versions of the CNI specification: the thin one takes that of the cluster network', () => {
    expect(daemonConfig({}).cniVersion).toBe('0.3.1');
    expect(flag('cni-version', {})).toBeUndefined();
    expect(flag('cni-version', { cniVersion: '1.0.0' })).toBe('1.0.0');
  });
});

describe('images', () => {
  const images = (settings: MultusSettings): string[] =>
    containersOf(podOf(settings)).map(({ image }) => image);
  const own = 'registry.example.com/multus:1';

  test('of the release, from ghcr.io', () => {
    const repository = 'ghcr.io/k8snetworkplumbingwg/multus-cni';
    expect(new Set(images({ version: 'v4.1.4' }))).toEqual(new Set([`${repository}:v4.1.4-thick`]));
    expect(images({ mode: 'thin', version: 'v4.1.4' })).toEqual([
      `${repository}:v4.1.4-thick`,
      `${repository}:v4.1.4`,
      `${repository}:v4.1.4`,
    ]);
  });

  test('from another registry, with its Secrets', () => {
    const settings = { registry: 'registry.example.com/mirror', pullSecrets: ['mirror'] };
    for (const image of images(settings)) {
      expect(image).toMatch(/^registry\.example\.com\/mirror\/k8snetworkplumbingwg\/multus-cni:/);
    }
    expect(podOf(settings).imagePullSecrets).toEqual([{ name: 'mirror' }]);
  });

  test('a whole reference', () => {
    expect(images({ image: own })).toEqual([own, own, own]);
    // No shell is known of that one, so that the first step is left out.
    expect(images({ mode: 'thin', image: own })).toEqual([own, own]);
    const prepareImage = 'busybox:1.35';
    expect(images({ mode: 'thin', image: own, prepareImage })).toEqual([prepareImage, own, own]);
  });

  test('the newest release without a known fault', () => {
    for (const mode of MODES) {
      const version = defaultMultusVersion(mode);
      expect(multusFault(version, mode)).toBeUndefined();
      const newer = MULTUS_RELEASES.slice(MULTUS_RELEASES.indexOf(version as 'v4.3.0') + 1);
      expect(newer.filter((one) => !multusFault(one, mode))).toEqual([]);
    }
    expect(defaultMultusVersion('thin')).toBe('v4.3.0');
    expect(defaultMultusVersion('thick')).toBe('v4.2.0');
  });
});

describe('what Multus may do', () => {
  const rules = (settings: MultusSettings): unknown => manifestOf('ClusterRole', settings).rules;

  test('thick watches, thin only gets, and neither may change anything but status and events', () => {
    expect(rules({})).toMatchInlineSnapshot(`
[
  {
    "apiGroups": [
      "k8s.cni.cncf.io",
    ],
    "resources": [
      "network-attachment-definitions",
    ],
    "verbs": [
      "get",
      "list",
      "watch",
    ],
  },
  {
    "apiGroups": [
      "",
    ],
    "resources": [
      "pods",
    ],
    "verbs": [
      "get",
      "list",
      "watch",
    ],
  },
  {
    "apiGroups": [
      "",
    ],
    "resources": [
      "pods/status",
    ],
    "verbs": [
      "update",
    ],
  },
  {
    "apiGroups": [
      "",
    ],
    "resources": [
      "events",
    ],
    "verbs": [
      "create",
      "patch",
    ],
  },
]
`);
    expect(rules({ mode: 'thin' })).toMatchInlineSnapshot(`
[
  {
    "apiGroups": [
      "k8s.cni.cncf.io",
    ],
    "resources": [
      "network-attachment-definitions",
    ],
    "verbs": [
      "get",
    ],
  },
  {
    "apiGroups": [
      "",
    ],
    "resources": [
      "pods",
    ],
    "verbs": [
      "get",
    ],
  },
  {
    "apiGroups": [
      "",
    ],
    "resources": [
      "pods/status",
    ],
    "verbs": [
      "update",
    ],
  },
  {
    "apiGroups": [
      "",
    ],
    "resources": [
      "events",
    ],
    "verbs": [
      "create",
      "patch",
    ],
  },
]
`);
  });

  test('devices, only in releases that read them', () => {
    const groups = (version: string): unknown =>
      (rules({ version, image: 'multus:1' }) as any[]).map(({ apiGroups }) => apiGroups[0]);
    expect(groups('v4.3.0')).not.toContain('resource.k8s.io');
    expect(groups('v4.4.0')).toContain('resource.k8s.io');
  });

  test('no wildcard', () => {
    for (const mode of MODES) expect(JSON.stringify(multusCalls(mode, true))).not.toContain('*');
  });
});
