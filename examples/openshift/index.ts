// The same as main.ts, deployed by Pulumi.
import { Namespace } from '@pulumi/kubernetes/core/v1/namespace';
import * as netloom from 'netloom/provider';

const namespace = 'tenants';

// The operator makes networks in namespaces that are there.
const tenants = new Namespace(namespace, { metadata: { name: namespace } });
const after = { dependsOn: tenants };

// What goes into the one Network.operator object: the shims, and what is placed there below.
new netloom.OpenShiftNetworks('networks', {}, after);
// 3.7.1.5, when the reconciler looks for addresses whose pods are gone.
new netloom.WhereaboutsInstall('whereabouts', { reconcilerCron: '*/15 * * * *' });

// 3.7.1.1, static addresses: made by the operator, in its own words for macvlan.
new netloom.MacvlanNetwork('static', {
  namespace,
  master: 'eth1',
  ipam: {
    type: 'static',
    addresses: [{ address: '191.168.1.7/24', gateway: '191.168.1.1' }],
    routes: [{ dst: '192.168.17.0/24', gw: '191.168.1.1' }],
    dns: { nameservers: ['191.168.1.2'], domain: 'example.com', search: ['example.com'] },
  },
  additionalNetwork: 'SimpleMacvlan',
});

// 3.7.1.2, DHCP: the network is an object of its own, so that dhcp-shim comes by itself.
const office = new netloom.MacvlanNetwork(
  'office',
  { namespace, master: 'eth2', ipam: { type: 'dhcp' } },
  after,
);

// 3.7.1.3, whereabouts with excludes: whereabouts-shim comes by itself.
const storagePool = new netloom.WhereaboutsPool('storage-pool', {
  ranges: [{ range: '192.0.2.192/27', exclude: ['192.0.2.192/30', '192.0.2.196/32'] }],
});
const storage = new netloom.MacvlanNetwork(
  'storage',
  { namespace, master: 'eth3', ipam: { type: 'whereabouts', pool: storagePool } },
  after,
);

// 3.7.1.3.3, overlapping ranges: one pool for two networks, and one of another name beside it.
const common = new netloom.WhereaboutsPool('common', {
  ranges: [{ range: '198.51.100.0/25' }],
  networkName: 'example-net-common',
});
for (const tenant of ['tenant-1', 'tenant-2']) {
  new netloom.MacvlanNetwork(
    tenant,
    {
      namespace,
      master: 'eth4',
      // No other pool overlaps it, and the reconciler takes reservations of named pools for leftovers.
      ipam: { type: 'whereabouts', pool: common, enableOverlappingRanges: false },
    },
    after,
  );
}

// 3.7.1.6, dual stack: one address of each range, in this order. Made by the operator as it is: any
// plugin, any IPAM.
const dualPool = new netloom.WhereaboutsPool('dual', {
  ranges: [{ range: '192.168.10.0/24' }, { range: '2001:db8::/112' }],
});
const dual = new netloom.MacvlanNetwork('dual-stack', {
  namespace,
  master: 'eth5',
  ipam: { type: 'whereabouts', pool: dualPool },
  additionalNetwork: 'Raw',
});

const containers = [{ name: 'main', image: 'registry.access.redhat.com/ubi9/httpd-24:9.6' }];
const labels = { app: 'web' };
const web = new netloom.MultiNetDeployment('web', {
  namespace,
  spec: {
    replicas: 2,
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: { containers } },
  },
  attachments: [{ network: storage, interface: 'st0' }, { network: dual }],
});
const printer = new netloom.MultiNetPod('printer', {
  namespace,
  spec: { containers },
  attachments: [{ network: office }],
});

export const interfaces = [web.interfaces, printer.interfaces];
