import { App, Chart } from 'cdk8s';
import { type ContainerProps, Namespace } from 'cdk8s-plus-28';
import {
  HostFiles,
  Ipam,
  IpvlanNetwork,
  MultiNetDeployment,
  MultiNetPod,
  MultusInstall,
  Platform,
  WhereaboutsInstall,
  WhereaboutsPool,
} from 'netloom/constructs';

const app = new App();
Platform.rke2({ cni: 'calico', release: 'v1.34.2+rke2r1' }).applyTo(app);

// The server's own chart of Multus; its settings and those of whereabouts meet in one object.
const multus = new Chart(app, 'multus');
new MultusInstall(multus, 'multus', { logLevel: 'error' });
new WhereaboutsInstall(multus, 'whereabouts');

const namespaces = new Chart(app, 'namespaces');
namespaces.addDependency(multus);
new Namespace(namespaces, 'example-multus', { metadata: { name: 'example-multus' } });

const example = new Chart(app, 'example', {
  namespace: 'example-multus',
  disableResourceNameHashes: true,
});
example.addDependency(namespaces);

const container: ContainerProps = {
  name: 'samplepod',
  image: 'alpine',
  command: ['/bin/ash', '-c', 'trap : TERM INT; sleep infinity & wait'],
  securityContext: { ensureNonRoot: false, readOnlyRootFilesystem: false },
  resources: {},
};

// The document's network: routes only, since each pod brings its own address.
const nad = new IpvlanNetwork(example, 'example-nad', {
  master: 'eth1',
  ipam: Ipam.static({ routes: [{ dst: '192.168.122.0/24', gw: '192.168.122.1' }] }),
});
new MultiNetPod(example, 'example-nad-pod', {
  metadata: { name: 'example-nad-pod' },
  containers: [container],
}).attach(nad, { ips: ['192.168.122.188/24'] });

// Several pods on several nodes: whereabouts gives each its own address, in the whole cluster. ipvlan
// again: macvlan can't be beside it on one interface.
const lan = new IpvlanNetwork(example, 'lan', {
  master: 'eth1',
  ipam: Ipam.whereabouts(
    new WhereaboutsPool(example, 'lan-pool', {
      ranges: [
        { range: '192.168.122.0/24', rangeStart: '192.168.122.200', rangeEnd: '192.168.122.220' },
      ],
    }),
  ),
});
new MultiNetDeployment(example, 'workers', { replicas: 3, containers: [container] }).attach(lan);

app.synth();
// dist/host: config.yaml with multus first, and the settings of the chart, for the server nodes.
HostFiles.of(app).write();
