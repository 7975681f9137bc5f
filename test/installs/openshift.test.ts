import {
  checkMultusInstall,
  dhcpParts,
  ipamShim,
  multusParts,
  operatorNetwork,
  platformFacts,
  sccBinding,
  whereaboutsParts,
} from 'netloom';

const FACTS = platformFacts('openshift');

describe('the part of Network.operator', () => {
  test('S3.3 the documented shim, and how tools have to apply it', () => {
    expect(operatorNetwork({ additionalNetworks: [ipamShim('dhcp')] }).manifest).toEqual({
      apiVersion: 'operator.openshift.io/v1',
      kind: 'Network',
      metadata: {
        name: 'cluster',
        annotations: {
          'argocd.argoproj.io/sync-options': 'ServerSideApply=true,Prune=false,Delete=false',
          'kustomize.toolkit.fluxcd.io/prune': 'disabled',
          'kustomize.toolkit.fluxcd.io/ssa': 'Merge',
        },
      },
      spec: {
        additionalNetworks: [
          {
            name: 'dhcp-shim',
            namespace: 'default',
            rawCNIConfig: `{
  "name": "dhcp-shim",
  "cniVersion": "0.3.1",
  "type": "bridge",
  "ipam": {
    "type": "dhcp"
  }
}`,
            type: 'Raw',
          },
        ],
      },
    });
  });

  test('S3.3 entries in the order of their names', () => {
    const networks = [ipamShim('whereabouts'), ipamShim('dhcp')];
    const forwards = operatorNetwork({
      additionalNetworks: networks,
      useMultiNetworkPolicy: false,
    });
    const backwards = operatorNetwork({
      useMultiNetworkPolicy: false,
      additionalNetworks: [...networks].reverse(),
    });
    expect(JSON.stringify(forwards)).toBe(JSON.stringify(backwards));
    expect(forwards.manifest['spec']).toMatchObject({ useMultiNetworkPolicy: false });
  });
});

describe('installs', () => {
  test('S3.2 the DHCP daemon is a shim', () => {
    const { objects, hostFiles, hostSteps } = dhcpParts(FACTS, {});
    expect(objects).toEqual([operatorNetwork({ additionalNetworks: [ipamShim('dhcp')] })]);
    expect([hostFiles, hostSteps]).toEqual([[], []]);
  });

  test('S3.7 the schedule of the reconciler, under the key of this platform', () => {
    const { objects } = whereaboutsParts(FACTS, { reconcilerCron: '*/15 * * * *' });
    expect(objects.map(({ manifest }) => manifest)).toEqual([
      {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'whereabouts-config', namespace: 'openshift-multus' },
        data: { reconciler_cron_expression: '*/15 * * * *' },
      },
      operatorNetwork({ additionalNetworks: [ipamShim('whereabouts')] }).manifest,
    ]);
  });

  test('S3.7 without a schedule the operator has its own', () => {
    const { objects } = whereaboutsParts(FACTS, {});
    expect(objects.map(({ manifest }) => manifest.kind)).toEqual(['Network']);
  });

  test('Multus is there: nothing is made, and nothing can be set', () => {
    expect(multusParts(FACTS, {})).toEqual({ objects: [], hostFiles: [], hostSteps: [] });
    expect(checkMultusInstall(FACTS, {})).toEqual([]);
    const forced = checkMultusInstall(FACTS, { mode: 'thin', image: 'example.org/multus:v1' });
    expect(forced.map(({ code, key }) => `${code} ${key}`)).toEqual([
      'NL_PLATFORM_UNSUPPORTED mode',
      'NL_PLATFORM_UNSUPPORTED image',
    ]);
  });
});

test('privileges are given to one ServiceAccount in its own namespace', () => {
  const { manifest } = sccBinding({ serviceAccount: 'netloom-agent', namespace: 'netloom' });
  expect(manifest).toEqual({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: { name: 'netloom-agent-scc-privileged', namespace: 'netloom' },
    roleRef: {
      apiGroup: 'rbac.authorization.k8s.io',
      kind: 'ClusterRole',
      name: 'system:openshift:scc:privileged',
    },
    subjects: [{ kind: 'ServiceAccount', name: 'netloom-agent', namespace: 'netloom' }],
  });
});
