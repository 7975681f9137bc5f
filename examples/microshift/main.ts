import { App, Chart, Duration } from 'cdk8s';
import { Capability, type ContainerProps, SeccompProfileType } from 'cdk8s-plus-28';
import {
  AddressClaim,
  BridgeNetwork,
  HostBridge,
  HostFiles,
  Ipam,
  MultiNetPod,
  MultusInstall,
  NetloomCrds,
  Platform,
} from 'netloom/constructs';
import { addresses, cameraAddresses, container, hostBridge } from './definitions';

const app = new App();
Platform.microshift().applyTo(app);

const crds = new Chart(app, 'crds');
new NetloomCrds(crds, 'netloom');
// Multus is a package of the host: no objects, but a file and steps, written below.
new MultusInstall(crds, 'multus');

const host = new Chart(app, 'host');
host.addDependency(crds);
new HostBridge(host, 'br-test', hostBridge);

const edge = new Chart(app, 'edge', { namespace: 'default', disableResourceNameHashes: true });
edge.addDependency(host);
const lan = new BridgeNetwork(edge, 'bridge-conf', {
  bridge: hostBridge.bridge,
  ipam: Ipam.hostLocal(addresses),
});

const hello: ContainerProps = {
  ...container,
  portNumber: 8080,
  securityContext: {
    user: 1001,
    group: 1001,
    capabilities: { drop: [Capability.ALL] },
    seccompProfile: { type: SeccompProfileType.RUNTIME_DEFAULT },
  },
  resources: {},
};

// Whatever address comes; the same network twice gives net1 and net2.
new MultiNetPod(edge, 'test-bridge', {
  metadata: { name: 'test-bridge' },
  terminationGracePeriod: Duration.seconds(1),
  containers: [hello],
})
  .attach(lan)
  .attach(lan);

// Always the same address, on an interface of its own name.
const camera = new AddressClaim(edge, 'camera-address', {
  network: lan,
  addresses: cameraAddresses,
});
new MultiNetPod(edge, 'camera', {
  metadata: { name: 'camera' },
  terminationGracePeriod: Duration.seconds(1),
  containers: [hello],
}).attach(lan, { interface: 'cam0', claim: camera });

app.synth();
HostFiles.of(app).write();
