import { App, Chart } from 'cdk8s';
import { type ContainerProps, Namespace } from 'cdk8s-plus-28';
import {
  Ipam,
  MacvlanNetwork,
  MultiNetDeployment,
  MultiNetPod,
  OpenShiftNetworks,
  Platform,
  WhereaboutsInstall,
  WhereaboutsPool,
} from 'netloom/constructs';

const app = new App();
Platform.openshift().applyTo(app);

// The operator makes networks in namespaces that are there.
const namespaces = new Chart(app, 'namespaces');
new Namespace(namespaces, 'tenants', { metadata: { name: 'tenants' } });

// What goes into the one Network.operator object: the shims, and what is placed there below.
const operator = new Chart(app, 'operator');
operator.addDependency(namespaces);
new OpenShiftNetworks(operator, 'networks');
// 3.7.1.5, when the reconciler looks for addresses whose pods are gone.
new WhereaboutsInstall(operator, 'whereabouts', { reconcilerCron: '*/15 * * * *' });

const tenants = new Chart(app, 'tenants', {
  namespace: 'tenants',
  disableResourceNameHashes: true,
});
tenants.addDependency(operator);

// 3.7.1.1, static addresses: made by the operator, in its own words for macvlan.
new MacvlanNetwork(tenants, 'static', {
  master: 'eth1',
  ipam: Ipam.static({
    addresses: [{ address: '191.168.1.7/24', gateway: '191.168.1.1' }],
    routes: [{ dst: '192.168.17.0/24', gw: '191.168.1.1' }],
    dns: { nameservers: ['191.168.1.2'], domain: 'example.com', search: ['example.com'] },
  }),
  additionalNetwork: 'SimpleMacvlan',
});

// 3.7.1.2, DHCP: the network is an object of its own, so that dhcp-shim comes by itself.
const office = new MacvlanNetwork(tenants, 'office', { master: 'eth2', ipam: Ipam.dhcp() });

// 3.7.1.3, whereabouts with excludes: whereabouts-shim comes by itself.
const storage = new MacvlanNetwork(tenants, 'storage', {
  master: 'eth3',
  ipam: Ipam.whereabouts(
    new WhereaboutsPool(tenants, 'storage-pool', {
      ranges: [{ range: '192.0.2.192/27', exclude: ['192.0.2.192/30', '192.0.2.196/32'] }],
    }),
  ),
});

// 3.7.1.3.3, overlapping ranges: one pool for two networks, and one of another name beside it.
const common = new WhereaboutsPool(tenants, 'common', {
  ranges: [{ range: '198.51.100.0/25' }],
  networkName: 'example-net-common',
});
for (const tenant of ['tenant-1', 'tenant-2']) {
  new MacvlanNetwork(tenants, tenant, {
    master: 'eth4',
    // No other pool overlaps it, and the reconciler takes reservations of named pools for leftovers.
    ipam: Ipam.whereabouts(common, { enableOverlappingRanges: false }),
  });
}

// 3.7.1.6, dual stack: one address of each range, in this order.
const dual = new MacvlanNetwork(tenants, 'dual-stack', {
  master: 'eth5',
  ipam: Ipam.whereabouts(
    new WhereaboutsPool(tenants, 'dual', {
      ranges: [{ range: '192.168.10.0/24' }, { range: '2001:db8::/112' }],
    }),
  ),
  // Made by the operator as it is: any plugin, any IPAM.
  additionalNetwork: 'Raw',
});

const httpd: ContainerProps = {
  image: 'registry.access.redhat.com/ubi9/httpd-24:9.6',
  portNumber: 8080,
  // It writes below /run and /tmp.
  securityContext: { readOnlyRootFilesystem: false },
};
new MultiNetDeployment(tenants, 'web', {
  replicas: 2,
  containers: [httpd],
})
  .attach(storage, { interface: 'st0' })
  .attach(dual);
new MultiNetPod(tenants, 'printer', {
  containers: [httpd],
}).attach(office);

app.synth();
