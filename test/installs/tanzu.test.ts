import { type MultusSettings, multusParts, platformFacts, TANZU_MULTUS_VERSIONS } from 'netloom';
import { parse } from 'yaml';
import { manifestsOf } from './support';

const facts = platformFacts('tanzu', { tanzu: { packageNamespace: 'my-packages' } });
const made = (settings: MultusSettings = {}) => manifestsOf(multusParts(facts, settings));
const values = (settings: MultusSettings = {}): string =>
  made(settings)['Secret multus-cni-my-packages-values'].stringData['multus-data-values.yaml'];

describe('the package multus-cni of Tanzu', () => {
  test('S5.1 its repository, in tkg-system', () => {
    expect(made()['PackageRepository tanzu-standard']).toEqual({
      apiVersion: 'packaging.carvel.dev/v1alpha1',
      kind: 'PackageRepository',
      metadata: { name: 'tanzu-standard', namespace: 'tkg-system' },
      spec: {
        fetch: {
          imgpkgBundle: {
            image: 'projects.registry.vmware.com/tkg/packages/standard/repo:v2023.10.16',
          },
        },
      },
    });
    const tanzu = { packageRepository: 'registry.example.org/tkg/repo:v2023.10.16' };
    const own = manifestsOf(multusParts(platformFacts('tanzu', { tanzu }), {}));
    expect(own['PackageRepository tanzu-standard'].spec.fetch.imgpkgBundle.image).toBe(
      tanzu.packageRepository,
    );
    const there = platformFacts('tanzu', { tanzu: { packageRepository: false } });
    expect(Object.keys(manifestsOf(multusParts(there, {})))).not.toContain(
      'PackageRepository tanzu-standard',
    );
  });

  test('S5.2 the newest version, or the one that is named', () => {
    const version = (settings: MultusSettings) =>
      made(settings)['PackageInstall multus-cni'].spec.packageRef.versionSelection.constraints;
    expect(version({})).toBe('4.0.1+vmware.1-tkg.1');
    for (const known of TANZU_MULTUS_VERSIONS) expect(version({ version: known })).toBe(known);
  });

  test('S5.3 values of the schema, with arguments that every version knows', () => {
    expect(parse(values())).toEqual({
      namespace: 'kube-system',
      daemonset: {
        args: ['--multus-conf-file=auto', '--cni-version=0.3.1', '--cleanup-config-on-exit=true'],
      },
    });
    const settings: MultusSettings = {
      cniVersion: '0.4.0',
      namespaceIsolation: true,
      globalNamespaces: ['default', 'shared'],
      masterCniFile: '10-antrea.conflist',
      readinessIndicatorFile: '/etc/cni/net.d/10-antrea.conflist',
      logLevel: 'debug',
      logFile: '/var/log/multus.log',
    };
    expect(parse(values(settings)).daemonset.args.slice(1)).toEqual([
      '--cni-version=0.4.0',
      '--cleanup-config-on-exit=true',
      '--namespace-isolation=true',
      '--global-namespaces=default,shared',
      '--multus-master-cni-file-name=10-antrea.conflist',
      '--readiness-indicator-file=/etc/cni/net.d/10-antrea.conflist',
      '--multus-log-level=debug',
      '--multus-log-file=/var/log/multus.log',
    ]);
  });

  test('S5.4 the file of values has no comment in it', () => {
    expect(values()).toBe(
      [
        'namespace: kube-system',
        'daemonset:',
        '  args:',
        '  - --multus-conf-file=auto',
        '  - --cni-version=0.3.1',
        '  - --cleanup-config-on-exit=true',
        '',
      ].join('\n'),
    );
    const text = values({ readinessIndicatorFile: ' # /etc' });
    expect(parse(text).daemonset.args[3]).toBe('--readiness-indicator-file= # /etc');
  });

  test('S5.5 repository, namespace, account, rights, values, install: in this order', () => {
    const { objects } = multusParts(facts, {});
    expect(objects.map(({ manifest }) => `${manifest.kind} ${manifest.metadata.name}`)).toEqual([
      'PackageRepository tanzu-standard',
      'Namespace my-packages',
      'ServiceAccount multus-cni-my-packages-sa',
      'ClusterRole multus-cni-my-packages-cluster-role',
      'ClusterRoleBinding multus-cni-my-packages-cluster-rolebinding',
      'Role multus-cni-my-packages-state',
      'RoleBinding multus-cni-my-packages-state',
      'Role multus-cni-my-packages-target',
      'RoleBinding multus-cni-my-packages-target',
      'Secret multus-cni-my-packages-values',
      'PackageInstall multus-cni',
    ]);
    expect(new Set(objects.map(({ id }) => id)).size).toBe(objects.length);
    const { spec, metadata } = made()['PackageInstall multus-cni'];
    expect(metadata.namespace).toBe('my-packages');
    expect(spec).toMatchObject({
      serviceAccountName: 'multus-cni-my-packages-sa',
      packageRef: { refName: 'multus-cni.tanzu.vmware.com' },
      values: [{ secretRef: { name: 'multus-cni-my-packages-values' } }],
    });
  });

  test.each(['default', 'kube-system', 'tkg-system'])(
    'S5.5 the namespace %s is there already',
    (packageNamespace) => {
      const there = platformFacts('tanzu', { tanzu: { packageNamespace } });
      const { objects, hostSteps } = multusParts(there, {});
      expect(objects.map(({ manifest }) => manifest.kind)).not.toContain('Namespace');
      expect(JSON.stringify(hostSteps)).not.toContain('create');
    },
  );

  test.each([
    { name: 'one of its own', given: { namespace: 'multus' }, want: ['my-packages', 'multus'] },
    { name: "that of the package's", given: { namespace: 'my-packages' }, want: ['my-packages'] },
    {
      name: 'one that is there',
      given: { namespace: 'multus', createNamespace: false },
      want: ['my-packages'],
    },
  ])("S5.5 Multus' namespace, which the package does not make: $name", ({ given, want }) => {
    const { objects } = multusParts(facts, given);
    const kinds = objects.map(({ manifest }) => manifest.kind);
    const made = objects.filter(({ manifest }) => manifest.kind === 'Namespace');
    expect(made.map(({ manifest }) => manifest.metadata.name)).toEqual(want);
    expect(kinds.lastIndexOf('Namespace')).toBeLessThan(kinds.indexOf('Role'));
    expect(new Set(objects.map(({ id }) => id)).size).toBe(objects.length);
  });

  test('S5.5 the account may do nothing to what is not of the package', () => {
    const roles = Object.values(made()).filter(({ kind }) => /Role$/.test(kind));
    const rules = roles.flatMap((role: any) => role.rules);
    const open = rules.filter((rule: any) => rule.resourceNames === undefined);
    const verbs = (resource: string): string[] =>
      open
        .filter((rule: any) => rule.resources.includes(resource))
        .flatMap((one: any) => one.verbs);
    for (const resource of ['clusterroles', 'clusterrolebindings', 'customresourcedefinitions']) {
      expect(verbs(resource)).toEqual(['list', 'create']);
    }
    expect(verbs('secrets')).toEqual([]);
    const all = new Set(rules.flatMap((rule: any) => rule.verbs));
    for (const verb of ['escalate', 'bind', 'impersonate']) expect(all).not.toContain(verb);
    expect(open.filter((rule: any) => rule.resources.includes('*'))).toEqual([
      { apiGroups: ['k8s.cni.cncf.io'], resources: ['*'], verbs: ['*'] },
    ]);
  });

  test('S5.5 the same with the CLI, as steps', () => {
    const { hostSteps, hostFiles } = multusParts(facts, { version: '3.8.0+vmware.1-tkg.1' });
    expect(hostSteps[0]?.commands.map((words) => words.join(' '))).toEqual([
      'tanzu package repository add tanzu-standard --url projects.registry.vmware.com/tkg/packages/standard/repo:v2023.10.16 --namespace tkg-system',
      'kubectl create namespace my-packages',
      'tanzu package install multus-cni --package multus-cni.tanzu.vmware.com --version 3.8.0+vmware.1-tkg.1 --values-file /etc/netloom/multus-data-values.yaml --namespace my-packages',
      'tanzu package installed get multus-cni --namespace my-packages',
    ]);
    expect(hostFiles[0]).toMatchObject({
      path: '/etc/netloom/multus-data-values.yaml',
      content: values({ version: '3.8.0+vmware.1-tkg.1' }),
    });
  });
});
