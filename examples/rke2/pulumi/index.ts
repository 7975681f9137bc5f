// The same as ../main.ts, deployed by Pulumi: `pulumi config set netloom:platform rke2`.
import { Namespace } from '@pulumi/kubernetes/core/v1/namespace';
import * as netloom from 'netloom/provider';

const namespace = 'example-multus';
const release = 'v1.34.2+rke2r1';

// The server's own chart of Multus; its settings and those of whereabouts meet in one object.
const platformChoices = { rke2: { cni: 'calico' as const, release } };
const multus = new netloom.MultusInstall('multus', { platformChoices, logLevel: 'error' });
const whereabouts = new netloom.WhereaboutsInstall('whereabouts', { platformChoices });

const apps = new Namespace(namespace, { metadata: { name: namespace } });
const after = { dependsOn: [multus, whereabouts, apps] };

const containers = [
  {
    name: 'samplepod',
    image: 'alpine',
    command: ['/bin/ash', '-c', 'trap : TERM INT; sleep infinity & wait'],
  },
];

// The document's network: routes only, since each pod brings its own address.
const nad = new netloom.IpvlanNetwork(
  'example-nad',
  {
    namespace,
    master: 'eth1',
    ipam: { type: 'static', routes: [{ dst: '192.168.122.0/24', gw: '192.168.122.1' }] },
  },
  after,
);
const pod = new netloom.MultiNetPod('example-nad-pod', {
  namespace,
  spec: { containers },
  attachments: [{ network: nad, ips: ['192.168.122.188/24'] }],
});

// Several pods on several nodes: whereabouts gives each its own address, in the whole cluster.
const pool = new netloom.WhereaboutsPool('lan-pool', {
  ranges: [
    { range: '192.168.122.0/24', rangeStart: '192.168.122.200', rangeEnd: '192.168.122.220' },
  ],
});
const lan = new netloom.IpvlanNetwork(
  'lan',
  { namespace, master: 'eth1', ipam: { type: 'whereabouts', pool } },
  after,
);
const labels = { app: 'workers' };
const workers = new netloom.MultiNetDeployment('workers', {
  namespace,
  spec: {
    replicas: 3,
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: { containers } },
  },
  attachments: [{ network: lan }],
});

export const interfaces = [pod.interfaces, workers.interfaces];
