import { App, Chart } from 'cdk8s';
import { Capability, SeccompProfileType } from 'cdk8s-plus-28';
import {
  HostFiles,
  Ipam,
  MacvlanNetwork,
  MultiNetPod,
  MultusInstall,
  Platform,
  Warnings,
} from 'netloom/constructs';

const app = new App();
Platform.tanzu({ packageNamespace: 'my-packages', nodes: 1 }).applyTo(app);

// The package multus-cni with its values, its account and its repository.
const multus = new Chart(app, 'multus');
new MultusInstall(multus, 'multus', { version: '4.0.1+vmware.1-tkg.1' });

const sample = new Chart(app, 'sample', { namespace: 'default', disableResourceNameHashes: true });
sample.addDependency(multus);

const macvlan = new MacvlanNetwork(sample, 'macvlan-conf', {
  master: 'ens5',
  mode: 'bridge',
  ipam: Ipam.hostLocal({
    ranges: [
      {
        subnet: '192.168.1.0/24',
        rangeStart: '192.168.1.200',
        rangeEnd: '192.168.1.216',
        gateway: '192.168.1.1',
      },
    ],
    routes: [{ dst: '0.0.0.0/0' }],
  }),
});
// The document's own route: the pod's traffic to the outside leaves by net1 from then on.
Warnings.of(macvlan).silence('NL_DEFAULT_ROUTE_TAKEN', 'the pod is meant to leave by 192.168.1.1');

new MultiNetPod(sample, 'sample-pod', {
  metadata: { name: 'sample-pod' },
  securityContext: {
    user: 1000,
    group: 3000,
    fsGroup: 2000,
    ensureNonRoot: true,
  },
  containers: [
    {
      name: 'sample-pod',
      image: 'busybox:1.28',
      command: ['sh', '-c', 'sleep 1h'],
      securityContext: {
        user: 1000,
        group: 3000,
        allowPrivilegeEscalation: false,
        capabilities: { drop: [Capability.ALL] },
        seccompProfile: { type: SeccompProfileType.RUNTIME_DEFAULT },
      },
      resources: {},
    },
  ],
}).attach(macvlan);

app.synth();
// dist/host: the same install with the tanzu CLI, for who prefers that.
HostFiles.of(app).write();
