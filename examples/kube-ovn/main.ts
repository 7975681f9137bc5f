import { App, Chart } from 'cdk8s';
import { type ContainerProps, EnvValue, StatefulSet } from 'cdk8s-plus-28';
import {
  Ipam,
  KubeOvnNetwork,
  KubeOvnSubnet,
  MacvlanNetwork,
  MultiNetDeployment,
  MultiNetPod,
  MultusInstall,
  Platform,
  PodNetworks,
} from 'netloom/constructs';

const app = new App();
Platform.kubeOvn().applyTo(app);

// Multus, which stands in front of Kube-OVN on each node.
const multus = new Chart(app, 'multus', { disableResourceNameHashes: true });
new MultusInstall(multus, 'multus');

const apps = new Chart(app, 'apps', { namespace: 'default', disableResourceNameHashes: true });
apps.addDependency(multus);
// cdk8s-plus keeps root and writing away from containers: these images need both.
const securityContext = { ensureNonRoot: false, readOnlyRootFilesystem: false };
const container: ContainerProps = {
  image: 'docker.io/library/nginx:1.27-alpine',
  securityContext,
};

// Addresses for another plugin: provider macvlan.default, on both objects.
const plant = new KubeOvnSubnet(apps, 'macvlan-subnet', {
  name: 'macvlan',
  cidrBlock: '172.17.0.0/16',
  excludeIps: ['172.17.0.0..172.17.0.10'],
});
const macvlan = new MacvlanNetwork(apps, 'macvlan', { master: 'eth1', ipam: Ipam.kubeOvn(plant) });

// An interface of Kube-OVN's own: provider attachnet.default.ovn. Only here gateway, private and nat count.
const attachnet = new KubeOvnNetwork(apps, 'attachnet', {
  subnet: new KubeOvnSubnet(apps, 'attachnet-subnet', {
    name: 'attachnet',
    cidrBlock: '172.18.0.0/16',
    gateway: '172.18.0.1',
    private: true,
    excludeIps: ['172.18.0.0..172.18.0.10'],
  }),
});

// A pod with whatever address comes.
new MultiNetPod(apps, 'samplepod', { containers: [container] }).attach(macvlan);

// A pod with fixed addresses, one of each kind: the annotations differ by `.ovn`.
new MultiNetPod(apps, 'static-ip', { containers: [container] })
  .attach(macvlan, { kubeOvn: { ipAddress: '172.17.0.101' } })
  .attach(attachnet, { kubeOvn: { ipAddress: '172.18.0.101' } });

// Workloads with a pool: one address more than replicas for the rollout of a Deployment.
new MultiNetDeployment(apps, 'static-workload', {
  replicas: 2,
  containers: [{ ...container, portNumber: 80 }],
}).attach(macvlan, {
  kubeOvn: { ipPool: ['172.17.0.200', '172.17.0.201', '172.17.0.202'] },
});
// Of a StatefulSet the pod with ordinal N gets address N.
const database = new StatefulSet(apps, 'database', {
  replicas: 2,
  containers: [
    {
      image: 'docker.io/library/postgres:17',
      portNumber: 5432,
      // Postgres does not start without a password.
      envVariables: { POSTGRES_HOST_AUTH_METHOD: EnvValue.fromValue('trust') },
      securityContext,
    },
  ],
});
PodNetworks.of(database).attach(macvlan, {
  kubeOvn: { ipPool: ['172.17.0.210', '172.17.0.211'] },
});

app.synth();
