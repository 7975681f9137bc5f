import type { ApiServer } from './api-server';
import type { KubernetesObject } from './api-server-client';
import { platformCrds } from './api-server-crds';

const MERGE = 'application/merge-patch+json';
const EVERY_MS = 1_000;
const NAD = {
  apiVersion: 'k8s.cni.cncf.io/v1',
  kind: 'NetworkAttachmentDefinition',
  metadata: { name: '' },
} as KubernetesObject;

/** Where all objects of a kind are, by the group's path. */
const COLLECTED = [
  ...['namespaces', 'pods', 'configmaps', 'secrets', 'serviceaccounts'].map(
    (kind) => `/api/v1/${kind}`,
  ),
  ...['deployments', 'daemonsets', 'statefulsets'].map((kind) => `/apis/apps/v1/${kind}`),
  ...['clusterroles', 'clusterrolebindings', 'roles', 'rolebindings'].map(
    (kind) => `/apis/rbac.authorization.k8s.io/v1/${kind}`,
  ),
  ...['validatingadmissionpolicies', 'validatingadmissionpolicybindings'].map(
    (kind) => `/apis/admissionregistration.k8s.io/v1/${kind}`,
  ),
  '/apis/k8s.cni.cncf.io/v1/network-attachment-definitions',
  '/apis/packaging.carvel.dev/v1alpha1/packageinstalls',
  '/apis/packaging.carvel.dev/v1alpha1/packagerepositories',
  '/apis/helm.cattle.io/v1/helmcharts',
  '/apis/helm.cattle.io/v1/helmchartconfigs',
  '/apis/kubeovn.io/v1/subnets',
  '/apis/operator.openshift.io/v1/networks',
];

/**
 * What controllers of a cluster would do, beside an API server alone: Pulumi deletes in the foreground,
 * and somebody has to end that; packages and charts bring the definition of networks with them.
 */
export class ClusterControllers {
  private readonly timer: NodeJS.Timeout;
  private isBusy = false;

  constructor(private readonly server: ApiServer) {
    this.timer = setInterval(() => void this.turn(), EVERY_MS);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private async turn(): Promise<void> {
    if (this.isBusy) return;
    this.isBusy = true;
    try {
      for (const place of COLLECTED) await this.collect(place);
      await this.endNamespaces();
      await this.reconcilePackages();
      if ((await this.list('/apis/helm.cattle.io/v1/helmcharts')).length > 0)
        await this.bringNetworks();
    } catch {
      // The server ends before its timer does, or an object is gone by now.
    } finally {
      this.isBusy = false;
    }
  }

  private async list(place: string): Promise<any[]> {
    return (await this.server.client.request('GET', place)).body.items ?? [];
  }

  private async collect(place: string): Promise<void> {
    for (const { metadata } of await this.list(place)) {
      if (!metadata.finalizers?.includes('foregroundDeletion')) continue;
      const patch = { metadata: { finalizers: null } };
      await this.server.client.request('PATCH', pathOf(place, metadata), patch, MERGE);
    }
  }

  private async endNamespaces(): Promise<void> {
    for (const namespace of await this.list('/api/v1/namespaces')) {
      if (!namespace.metadata.deletionTimestamp) continue;
      const ended = { ...namespace, spec: { finalizers: [] } };
      const place = `/api/v1/namespaces/${namespace.metadata.name}/finalize`;
      await this.server.client.request('PUT', place, {
        apiVersion: 'v1',
        kind: 'Namespace',
        ...ended,
      });
    }
  }

  /** As kapp-controller does: what is in the package is there before it says so. */
  private async reconcilePackages(): Promise<void> {
    const place = '/apis/packaging.carvel.dev/v1alpha1/packageinstalls';
    for (const { metadata, status } of await this.list(place)) {
      if (status?.conditions) continue;
      await this.bringNetworks();
      const done = { status: { conditions: [{ type: 'ReconcileSucceeded', status: 'True' }] } };
      const own = pathOf(place, metadata);
      const reply = await this.server.client.request('PATCH', `${own}/status`, done, MERGE);
      if (reply.status === 404) await this.server.client.request('PATCH', own, done, MERGE);
    }
  }

  private async bringNetworks(): Promise<void> {
    for (const crd of platformCrds([NAD])) await this.server.client.establish(crd);
  }
}

/** The place of one object below that of all of them. */
function pathOf(place: string, metadata: { name: string; namespace?: string }): string {
  const kind = place.slice(place.lastIndexOf('/') + 1);
  const group = place.slice(0, place.lastIndexOf('/'));
  const within = metadata.namespace === undefined ? '' : `/namespaces/${metadata.namespace}`;
  return `${group}${within}/${kind}/${metadata.name}`;
}
