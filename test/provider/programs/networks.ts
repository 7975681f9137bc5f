// Every kind of network, every IPAM, and every workload, as a program without a cluster writes them.
import * as pulumi from '@pulumi/pulumi';
import * as netloom from 'netloom/provider';

const tenants = new netloom.WhereaboutsPool('tenants', {
  ranges: [{ range: '10.20.0.0/24', gateway: '10.20.0.1', exclude: ['10.20.0.8/29'] }],
  networkName: 'tenant-a',
  claimable: ['10.20.0.100-10.20.0.119'],
});
const storage = new netloom.MacvlanNetwork('storage', {
  namespace: 'apps',
  masterByNodeGroup: {
    A: { master: 'eth1', nodeSelector: { rack: 'a' } },
    B: { master: 'ens5', nodeSelector: { rack: 'b' } },
  },
  mode: 'bridge',
  mtu: 9000,
  ipam: { type: 'whereabouts', pool: tenants, routes: [{ dst: '10.99.0.0/16' }] },
  chain: [{ type: 'tuning', sysctl: { 'net.ipv4.conf.IFNAME.arp_notify': '1' } }, { type: 'sbr' }],
});
const other = new netloom.MacvlanNetwork('tenants-b', {
  namespace: 'apps',
  master: 'eth7',
  ipam: { type: 'whereabouts', pool: tenants },
});
const legacy = new netloom.IpvlanNetwork('legacy', {
  namespace: 'apps',
  master: 'eth3',
  mode: 'l2',
  ipam: { type: 'static', routes: [{ dst: '192.168.122.0/24', gw: '192.168.122.1' }] },
});
const subnet = new netloom.KubeOvnSubnet('ovn', {
  cidrBlock: '172.17.0.0/16',
  gateway: '172.17.0.1',
  excludeIps: ['172.17.0.1..172.17.0.10'],
});
const kubeOvnIpam = new netloom.MacvlanNetwork('kube-ovn-ipam', {
  namespace: 'apps',
  master: 'eth2',
  ipam: { type: 'kube-ovn', subnet },
});
const nic = new netloom.KubeOvnNetwork('ovn-nic', {
  namespace: 'apps',
  subnet: new netloom.KubeOvnSubnet('nic', { cidrBlock: '172.18.0.0/16', gateway: '172.18.0.1' }),
});
new netloom.HostDeviceNetwork('device', {
  namespace: 'apps',
  device: 'eth9',
  ipam: { type: 'dhcp', daemonSocketPath: '/run/cni/dhcp.sock' },
});
new netloom.VlanNetwork('vlan', {
  namespace: 'apps',
  master: 'eth4',
  vlanId: 100,
  ipam: { type: 'host-local', ranges: [{ subnet: '10.41.0.0/24' }] },
  silence: { NL_HOST_LOCAL_NODES: 'one node' },
});
new netloom.PtpNetwork('ptp', {
  namespace: 'apps',
  ipam: { type: 'host-local', ranges: [{ subnet: '10.42.0.0/24' }] },
});
new netloom.TapNetwork('tap', { namespace: 'apps', multiQueue: true });
new netloom.DummyNetwork('dummy', {
  namespace: 'apps',
  ipam: { type: 'static', addresses: [{ address: '10.43.0.1/24' }] },
});
new netloom.SriovNetwork('sriov', {
  namespace: 'apps',
  resourceName: 'intel.com/sriov',
  vlan: pulumi.output(7),
  metadata: { labels: { team: 'a' } },
});
new netloom.OvnKubernetesNetwork('l2', {
  namespace: 'apps',
  topology: 'layer2',
  subnets: '10.44.0.0/16',
});
const raw = new netloom.CniNetwork('raw', {
  namespace: 'apps',
  config: { type: 'bridge', bridge: 'br-raw', ipam: { type: 'static' } },
});

const camera = new netloom.AddressClaim('camera', { network: other, address: '10.20.0.100' });
const containers = [{ name: 'main', image: 'busybox:1.36' }];
const template = { metadata: { labels: { app: 'web' } }, spec: { containers } };
const selector = { matchLabels: { app: 'web' } };
new netloom.MultiNetPod('pod', {
  namespace: 'apps',
  spec: { containers, terminationGracePeriodSeconds: 1 },
  attachments: [{ network: other, interface: 'cam0', claim: camera }],
});
new netloom.MultiNetDeployment('web', {
  namespace: 'apps',
  spec: { replicas: 2, selector, template },
  attachments: [
    { network: storage, nodeGroup: 'B', interface: 'st0' },
    { network: kubeOvnIpam, ips: ['172.17.0.20'] },
    { network: nic },
    { network: netloom.Network.fromName({ name: 'elsewhere', namespace: 'apps' }) },
  ],
});
new netloom.MultiNetStatefulSet('db', {
  namespace: 'apps',
  spec: { replicas: 1, serviceName: 'db', selector, template },
  attachments: [
    { network: raw, ips: ['10.45.0.2/24'] },
    { network: legacy, ips: ['192.168.122.188/24'], defaultRoute: ['192.168.122.1'] },
  ],
});
new netloom.MultiNetDaemonSet('agent', {
  namespace: 'apps',
  spec: { selector, template },
  attachments: [{ network: other }],
});

export const config = storage.config;
export const provider = subnet.provider;
