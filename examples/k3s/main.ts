import { App, Chart } from 'cdk8s';
import { type ContainerProps, Namespace } from 'cdk8s-plus-28';
import {
  Ipam,
  MacvlanNetwork,
  MultiNetDeployment,
  MultusInstall,
  Platform,
  WhereaboutsInstall,
  WhereaboutsPool,
} from 'netloom/constructs';

const app = new App();
Platform.k3s({ nodes: 3 }).applyTo(app);

// The chart of Multus, by k3s' own controller for charts; a network with dhcp adds the daemon to it.
const multus = new Chart(app, 'multus');
new MultusInstall(multus, 'multus', { version: 'v4.2.401' });
new WhereaboutsInstall(multus, 'whereabouts');

const namespaces = new Chart(app, 'namespaces');
namespaces.addDependency(multus);
new Namespace(namespaces, 'home', { metadata: { name: 'home' } });

const home = new Chart(app, 'home', { namespace: 'home', disableResourceNameHashes: true });
home.addDependency(namespaces);

const container: ContainerProps = {
  image: 'nginx:1.27',
  portNumber: 80,
  securityContext: { ensureNonRoot: false, readOnlyRootFilesystem: false },
  resources: {},
};

// Addresses of the whole cluster. netloom writes where whereabouts' file is on k3s.
const services = new MacvlanNetwork(home, 'services', {
  master: 'eth0',
  mode: 'bridge',
  ipam: Ipam.whereabouts(
    new WhereaboutsPool(home, 'services-pool', { ranges: [{ range: '172.17.0.128/28' }] }),
  ),
});
new MultiNetDeployment(home, 'web', { replicas: 2, containers: [container] }).attach(services);

// Addresses of the router at home, by DHCP.
const lan = new MacvlanNetwork(home, 'lan', { master: 'eth0', ipam: Ipam.dhcp() });
new MultiNetDeployment(home, 'assistant', { replicas: 1, containers: [container] }).attach(lan);

app.synth();
