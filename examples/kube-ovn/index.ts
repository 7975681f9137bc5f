// The same as main.ts, deployed by Pulumi.
import * as netloom from 'netloom/provider';

const namespace = 'default';

// Multus, which stands in front of Kube-OVN on each node.
const multus = new netloom.MultusInstall('multus');
const after = { dependsOn: [multus] };

// Addresses for another plugin: provider macvlan.default, on both objects.
const plant = new netloom.KubeOvnSubnet('macvlan', {
  cidrBlock: '172.17.0.0/16',
  excludeIps: ['172.17.0.0..172.17.0.10'],
});
const macvlan = new netloom.MacvlanNetwork(
  'macvlan',
  { namespace, master: 'eth1', ipam: { type: 'kube-ovn', subnet: plant } },
  after,
);

// An interface of Kube-OVN's own: provider attachnet.default.ovn. Only here gateway, private and nat count.
const office = new netloom.KubeOvnSubnet('attachnet', {
  cidrBlock: '172.18.0.0/16',
  gateway: '172.18.0.1',
  private: true,
  excludeIps: ['172.18.0.0..172.18.0.10'],
});
const attachnet = new netloom.KubeOvnNetwork('attachnet', { namespace, subnet: office }, after);

const nginx = [{ name: 'main', image: 'docker.io/library/nginx:1.27-alpine' }];

// A pod with whatever address comes.
const samplepod = new netloom.MultiNetPod('samplepod', {
  namespace,
  spec: { containers: nginx },
  attachments: [{ network: macvlan }],
});

// A pod with fixed addresses, one of each kind: the annotations differ by `.ovn`.
const staticIp = new netloom.MultiNetPod('static-ip', {
  namespace,
  spec: { containers: nginx },
  attachments: [
    { network: macvlan, kubeOvn: { ipAddress: '172.17.0.101' } },
    { network: attachnet, kubeOvn: { ipAddress: '172.18.0.101' } },
  ],
});

// Workloads with a pool: one address more than replicas for the rollout of a Deployment.
const webLabels = { app: 'static-workload' };
const workload = new netloom.MultiNetDeployment('static-workload', {
  namespace,
  spec: {
    replicas: 2,
    selector: { matchLabels: webLabels },
    template: { metadata: { labels: webLabels }, spec: { containers: nginx } },
  },
  attachments: [
    {
      network: macvlan,
      kubeOvn: { ipPool: ['172.17.0.200', '172.17.0.201', '172.17.0.202'] },
    },
  ],
});

// Of a StatefulSet the pod with ordinal N gets address N.
const databaseLabels = { app: 'database' };
const postgres = {
  name: 'main',
  image: 'docker.io/library/postgres:17',
  // Postgres does not start without a password.
  env: [{ name: 'POSTGRES_HOST_AUTH_METHOD', value: 'trust' }],
};
const database = new netloom.MultiNetStatefulSet('database', {
  namespace,
  spec: {
    replicas: 2,
    serviceName: 'database',
    selector: { matchLabels: databaseLabels },
    template: { metadata: { labels: databaseLabels }, spec: { containers: [postgres] } },
  },
  attachments: [{ network: macvlan, kubeOvn: { ipPool: ['172.17.0.210', '172.17.0.211'] } }],
});

export const interfaces = [samplepod, staticIp, workload, database].map((one) => one.interfaces);
