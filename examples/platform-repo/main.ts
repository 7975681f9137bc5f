import { App, Chart } from 'cdk8s';
import { type ContainerProps, Namespace } from 'cdk8s-plus-28';
import {
  MultiNetDeployment,
  MultusInstall,
  Platform,
  WhereaboutsInstall,
} from 'netloom/constructs';
import { StorageNetwork } from './storage-network';
import { TenantNetworks } from './tenant-networks';

const app = new App();
Platform.kubernetes({ podCidrs: ['10.244.0.0/16'], serviceCidrs: ['10.96.0.0/12'] }).applyTo(app);

// What the platform team runs.
const platform = new Chart(app, 'platform', { disableResourceNameHashes: true });
new MultusInstall(platform, 'multus');
new WhereaboutsInstall(platform, 'whereabouts');
for (const name of ['shop', 'video']) new Namespace(platform, name, { metadata: { name } });

// cdk8s-plus keeps root and writing away from containers: this image needs both.
const nginx: ContainerProps = {
  image: 'docker.io/library/nginx:1.27',
  portNumber: 80,
  securityContext: { ensureNonRoot: false, readOnlyRootFilesystem: false },
};

// Two teams, each with a chart of its own, on the platform's constructs.
const shop = new Chart(app, 'shop', { namespace: 'shop', disableResourceNameHashes: true });
shop.addDependency(platform);
const shopNetworks = new TenantNetworks(shop, 'networks', {
  tenant: 'shop',
  vlans: { front: 301, back: 302 },
});
const storage = new StorageNetwork(shop, 'storage', { name: 'berlin', number: 3 });
new MultiNetDeployment(shop, 'web', {
  replicas: 2,
  containers: [nginx],
})
  .attach(shopNetworks.network('front'))
  .attach(storage.network, { interface: 'st0' });

const video = new Chart(app, 'video', { namespace: 'video', disableResourceNameHashes: true });
video.addDependency(platform);
const videoNetworks = new TenantNetworks(video, 'networks', {
  tenant: 'video',
  vlans: { cameras: 401 },
});
new MultiNetDeployment(video, 'recorder', {
  replicas: 1,
  containers: [nginx],
}).attach(videoNetworks.network('cameras'));

app.synth();
