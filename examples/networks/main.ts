import { ApiObject, App, Chart } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import {
  AddressClaim,
  BridgeNetwork,
  Chain,
  HostDeviceNetwork,
  Ipam,
  IpvlanNetwork,
  KubeOvnNetwork,
  KubeOvnSubnet,
  MacvlanNetwork,
  MultiNetDeployment,
  MultiNetPod,
  Network,
  Platform,
  PodNetworks,
  VlanNetwork,
  Warnings,
  WhereaboutsPool,
} from 'netloom/constructs';

const app = new App();
Platform.kubernetes({
  targetVersions: { plugins: '1.6.0', multus: '4.2.0', whereabouts: '0.9.0' },
  serviceCidrs: ['10.96.0.0/12'],
}).applyTo(app);

const apps = new Chart(app, 'apps', { namespace: 'apps', disableResourceNameHashes: true });

// A bridge on each node, with a VLAN. Addresses from files on the node.
const lan = new BridgeNetwork(apps, 'lan', {
  bridge: 'br-lan',
  vlan: 20,
  ipam: Ipam.hostLocal({
    ranges: [
      { subnet: '10.10.0.0/24', rangeStart: '10.10.0.20', gateway: '10.10.0.254' },
      { subnet: 'fd00:10::/64', rangeStart: 'fd00:10::20', rangeEnd: 'fd00:10::ff' },
    ],
    claimable: ['10.10.0.100-10.10.0.119'],
  }),
});

// Addresses that are given once in the whole cluster. The gateway and the claimable part are left out.
const tenants = new WhereaboutsPool(apps, 'tenants', {
  ranges: [
    { range: '10.20.0.0/24', gateway: '10.20.0.1', exclude: ['10.20.0.8/29'] },
    { range: '2001:db8:20::/64' },
  ],
  networkName: 'tenanta',
  claimable: ['10.20.0.200-10.20.0.219'],
});
const storage = new MacvlanNetwork(apps, 'storage', {
  master: 'eth1',
  mtu: 9000,
  ipam: Ipam.whereabouts(tenants, { routes: [{ dst: '10.0.0.0/8' }] }),
  chain: [Chain.tuning({ sysctl: { 'net.ipv4.conf.IFNAME.arp_notify': '1' } }), Chain.sbr()],
});

// Each pod brings its address.
const legacy = new IpvlanNetwork(apps, 'legacy', {
  master: 'eth3',
  mode: 'l2',
  ipam: Ipam.static({ routes: [{ dst: '192.168.122.0/24', gw: '192.168.122.1' }] }),
});

// Leases from the DHCP server of the site, in a VLAN of it.
const office = new VlanNetwork(apps, 'office', { master: 'eth1', vlanId: 30, ipam: Ipam.dhcp() });

// One pod on each node gets the card itself.
const capture = new HostDeviceNetwork(apps, 'capture', { device: 'eth4', ipam: Ipam.none() });

// Addresses by Kube-OVN for a macvlan, and a second interface on a subnet of Kube-OVN.
const plant = new KubeOvnSubnet(apps, 'plant', {
  cidrBlock: '172.17.0.0/16',
  gateway: '172.17.0.1',
  excludeIps: ['172.17.0.1..172.17.0.10'],
});
const machines = new MacvlanNetwork(apps, 'machines', {
  master: 'eth2',
  ipam: Ipam.kubeOvn(plant),
});
const backbone = new KubeOvnNetwork(apps, 'backbone', {
  subnet: new KubeOvnSubnet(apps, 'backbone-subnet', {
    cidrBlock: '172.18.0.0/16',
    gateway: '172.18.0.1',
  }),
});

// A network that something else makes.
const shared = Network.fromName(apps, 'shared', { name: 'shared-lan', namespace: 'default' });

const web = new MultiNetDeployment(apps, 'web', {
  replicas: 2,
  containers: [{ image: 'nginx:1.27' }],
});
web.attach(lan).attach(storage, { interface: 'st0' }).attach(shared);

const camera = new AddressClaim(apps, 'camera-address', {
  network: storage,
  address: '10.20.0.200',
});
new MultiNetPod(apps, 'camera', { containers: [{ image: 'nginx:1.27' }] })
  .attach(storage, { interface: 'cam0', claim: camera })
  .attach(legacy, { ips: ['192.168.122.188/24'] });

// Any workload of any cdk8s-plus release, and any object with a pod template.
const database = new kplus.StatefulSet(apps, 'db', {
  containers: [{ image: 'postgres:17', portNumber: 5432 }],
});
PodNetworks.of(database).attach(machines, { kubeOvn: { ipPool: ['172.17.0.20', '172.17.0.21'] } });
const agent = new ApiObject(apps, 'probe', {
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  spec: {
    selector: { matchLabels: { app: 'probe' } },
    template: {
      metadata: { labels: { app: 'probe' } },
      spec: { containers: [{ name: 'probe', image: 'busybox:1.36', command: ['sleep', '3600'] }] },
    },
  },
});
PodNetworks.of(agent).attach(capture).attach(office).attach(backbone);

Warnings.of(apps).silence('NL_HOST_LOCAL_NODES', 'br-lan has no port: each node is on its own');

app.synth();
