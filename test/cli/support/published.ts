/**
 * Networks, pools and pods as documentation prints them, repaired where the print is broken. Each text
 * is what a user would have in a file.
 */

/** Red Hat build of MicroShift, "Configuring and using multiple networks". */
export const MICROSHIFT = `
apiVersion: "k8s.cni.cncf.io/v1"
kind: NetworkAttachmentDefinition
metadata:
  name: bridge-conf
spec:
  config: '{
      "cniVersion": "0.4.0",
      "type": "bridge",
      "bridge": "br-test",
      "mode": "bridge",
      "ipam": {
        "type": "host-local",
        "ranges": [
          [
            {
              "subnet": "10.10.0.0/24",
              "rangeStart": "10.10.0.20",
              "rangeEnd": "10.10.0.50",
              "gateway": "10.10.0.254"
            }
          ],
          [
            {
              "subnet": "fd00:10:10:10::0/64",
              "rangeStart": "fd00:10:10:10::1",
              "rangeEnd": "fd00:10:10:10::9"
            }
          ]
        ],
        "dataDir": "/var/lib/cni/br-test"
      }
    }'
---
apiVersion: v1
kind: Pod
metadata:
  name: test-bridge
  annotations:
    k8s.v1.cni.cncf.io/networks: bridge-conf
  labels:
    app: test-bridge
spec:
  terminationGracePeriodSeconds: 0
  containers:
  - name: hello-microshift
    image: quay.io/microshift/busybox:1.36
    command: ["/bin/sh"]
    args: ["-c", "while true; do echo -ne \\"HTTP/1.0 200 OK\\r\\n\\r\\nHello MicroShift\\" | nc -l -p 8080 ; done"]
    ports:
    - containerPort: 8080
      protocol: TCP
    securityContext:
      allowPrivilegeEscalation: false
      capabilities:
        drop:
        - ALL
      runAsNonRoot: true
      runAsUser: 1001
---
apiVersion: v1
kind: Pod
metadata:
  name: default-route
  annotations:
    k8s.v1.cni.cncf.io/networks: |-
      [
        {
          "name": "bridge-conf",
          "namespace": "default",
          "default-route": ["10.10.0.254"]
        }
      ]
spec:
  containers:
  - name: c
    image: quay.io/microshift/busybox:1.36
`;

/** Rancher RKE2, Multus with ipvlan and static. */
export const RKE2 = `
apiVersion: "k8s.cni.cncf.io/v1"
kind: NetworkAttachmentDefinition
metadata:
  name: example-nad
  namespace: example-multus
spec:
  config: |-
    {
         "cniVersion": "0.3.1",
         "type": "ipvlan",
         "master": "eth1",
         "ipam": {
             "type": "static",
             "routes": [
               { "dst": "192.168.122.0/24", "gw": "192.168.122.1" }
             ]
         }
    }
---
apiVersion: v1
kind: Pod
metadata:
  name: example-nad-pod
  namespace: example-multus
  annotations:
    k8s.v1.cni.cncf.io/networks: |
      [{
        "name": "example-nad",
        "namespace": "example-multus",
        "ips": ["192.168.122.188/24"]
      }]
spec:
  containers:
  - name: samplepod
    command: ["/bin/ash", "-c", "trap : TERM INT; sleep infinity & wait"]
    image: alpine
`;

const nad = (name: string, config: unknown, namespace = 'default'): string =>
  JSON.stringify({
    apiVersion: 'k8s.cni.cncf.io/v1',
    kind: 'NetworkAttachmentDefinition',
    metadata: { name, namespace },
    spec: { config: JSON.stringify(config, undefined, 2) },
  });

const ipam = (name: string, settings: object): string =>
  nad(name, { cniVersion: '0.3.1', name, type: 'macvlan', master: 'eth1', ipam: settings });

/** OpenShift, "Configuring IP address assignment on secondary networks". */
export const OPENSHIFT = [
  nad('dhcp-shim', {
    name: 'dhcp-shim',
    cniVersion: '0.3.1',
    type: 'bridge',
    ipam: { type: 'dhcp' },
  }),
  nad('whereabouts-shim', {
    name: 'whereabouts-shim',
    cniVersion: '0.3.1',
    type: 'bridge',
    ipam: { type: 'whereabouts' },
  }),
  ipam('static', { type: 'static', addresses: [{ address: '191.168.1.7/24' }] }),
  ipam('static-full', {
    type: 'static',
    addresses: [{ address: '192.168.1.23/24', gateway: '192.168.1.1' }],
    routes: [{ dst: '0.0.0.0/0', gw: '192.168.1.1' }],
    dns: { nameservers: ['1.1.1.1'], domain: 'example.com', search: ['example.com'] },
  }),
  ipam('dhcp', { type: 'dhcp' }),
  ipam('whereabouts', {
    type: 'whereabouts',
    range: '192.0.2.192/27',
    exclude: ['192.0.2.192/30', '192.0.2.196/32'],
  }),
  ipam('common-1', {
    type: 'whereabouts',
    range: '192.0.2.192/29',
    network_name: 'example_net_common',
  }),
  ipam('common-2', {
    type: 'whereabouts',
    range: '192.0.2.192/24',
    network_name: 'example_net_common',
  }),
  ipam('dual', {
    type: 'whereabouts',
    ipRanges: [{ range: '192.168.10.0/24' }, { range: '2001:db8::/64' }],
  }),
  // What the operator makes of a SimpleMacvlan with static addresses.
  ipam('simple', { type: 'static', capabilities: ['ips'] }),
].join('\n---\n');

/** Kube-OVN, "Manage Multiple Interface". */
export const KUBE_OVN = `
apiVersion: "k8s.cni.cncf.io/v1"
kind: NetworkAttachmentDefinition
metadata:
  name: macvlan
  namespace: default
spec:
  config: '{
      "cniVersion": "0.3.0",
      "type": "macvlan",
      "master": "eth0",
      "mode": "bridge",
      "ipam": {
        "type": "kube-ovn",
        "server_socket": "/run/openvswitch/kube-ovn-daemon.sock",
        "provider": "macvlan.default"
      }
    }'
---
apiVersion: kubeovn.io/v1
kind: Subnet
metadata:
  name: macvlan
spec:
  protocol: IPv4
  provider: macvlan.default
  cidrBlock: 172.17.0.0/16
  gateway: 172.17.0.1
  excludeIps:
  - 172.17.0.0..172.17.0.10
---
apiVersion: "k8s.cni.cncf.io/v1"
kind: NetworkAttachmentDefinition
metadata:
  name: attachnet
  namespace: default
spec:
  config: '{
      "cniVersion": "0.3.0",
      "type": "kube-ovn",
      "server_socket": "/run/openvswitch/kube-ovn-daemon.sock",
      "provider": "attachnet.default.ovn"
    }'
---
apiVersion: kubeovn.io/v1
kind: Subnet
metadata:
  name: attachnet
spec:
  protocol: IPv4
  provider: attachnet.default.ovn
  cidrBlock: 172.18.0.0/16
  gateway: 172.18.0.1
  excludeIps:
  - 172.18.0.0..172.18.0.10
---
apiVersion: v1
kind: Pod
metadata:
  name: static-ip
  namespace: default
  annotations:
    k8s.v1.cni.cncf.io/networks: default/macvlan
    ovn.kubernetes.io/ip_address: 10.16.0.15
    ovn.kubernetes.io/mac_address: 00:00:00:53:6B:B6
    macvlan.default.kubernetes.io/ip_address: 172.17.0.100
    macvlan.default.kubernetes.io/mac_address: 00:00:00:53:6B:BB
spec:
  containers:
  - name: static-ip
    image: docker.io/library/nginx:alpine
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: static-workload
  namespace: default
  labels:
    app: static-workload
spec:
  replicas: 2
  selector:
    matchLabels:
      app: static-workload
  template:
    metadata:
      labels:
        app: static-workload
      annotations:
        k8s.v1.cni.cncf.io/networks: default/macvlan
        ovn.kubernetes.io/ip_pool: 10.16.0.15,10.16.0.16,10.16.0.17
        macvlan.default.kubernetes.io/ip_pool: 172.17.0.200,172.17.0.201,172.17.0.202
    spec:
      containers:
      - name: static-workload
        image: docker.io/library/nginx:alpine
`;

/** Tanzu Kubernetes Grid, "Deploying Multus on Workload Clusters". */
export const TANZU = `
apiVersion: "k8s.cni.cncf.io/v1"
kind: NetworkAttachmentDefinition
metadata:
  name: macvlan-conf
spec:
  config: '{
    "cniVersion": "0.3.0",
    "type": "macvlan",
    "master": "ens5",
    "mode": "bridge",
    "ipam": {
      "type": "host-local",
      "subnet": "192.168.1.0/24",
      "rangeStart": "192.168.1.200",
      "rangeEnd": "192.168.1.216",
      "routes": [
        { "dst": "0.0.0.0/0" }
        ],
      "gateway": "192.168.1.1"
    }
  }'
---
apiVersion: v1
kind: Pod
metadata:
  name: sample-pod
  annotations:
    k8s.v1.cni.cncf.io/networks: macvlan-conf
spec:
  securityContext:
    runAsUser: 1000
    seccompProfile:
      type: RuntimeDefault
  containers:
  - name: sample-pod
    image: harbor-repo.vmware.com/dockerhub-proxy-cache/library/busybox:1.28
    command: [ "sh", "-c", "sleep 1h" ]
`;

const vector = (name: string, settings: object): string =>
  ipam(name, { type: 'whereabouts', ...settings });

/** Upstream's documents: CNI plugins, Multus, whereabouts, and what platforms make of them. */
export const UPSTREAM = [
  nad('calico', {
    cniVersion: '0.3.1',
    name: 'k8s-pod-network',
    plugins: [
      {
        container_settings: { allow_ip_forwarding: false },
        datastore_type: 'kubernetes',
        ipam: { assign_ipv4: 'true', assign_ipv6: 'false', type: 'calico-ipam' },
        kubernetes: {
          k8s_api_root: 'https://10.43.0.1:443',
          kubeconfig: '/etc/cni/net.d/calico-kubeconfig',
        },
        log_file_max_age: 30,
        mtu: 0,
        nodename_file_optional: false,
        policy: { type: 'k8s' },
        type: 'calico',
      },
      { capabilities: { bandwidth: true }, type: 'bandwidth' },
      { capabilities: { portMappings: true }, snat: true, type: 'portmap' },
    ],
  }),
  vector('host-bits', { range: '192.168.1.100/24', gateway: '192.168.1.1' }),
  vector('end', { range: '192.168.2.225-192.168.2.230/28' }),
  vector('outside', { range: '192.168.2.0/24', range_start: '192.168.3.5' }),
  vector('both', {
    range: '192.168.2.0/24',
    range_start: '192.168.2.10',
    exclude: ['192.168.2.10', '192.168.2.13/30'],
    ipRanges: [{ range: 'fd00::/64', exclude: ['fd00::/112'] }],
  }),
  vector('slices', { range: '10.30.0.0/16', node_slice_size: '/24' }),
  nad('trunk', {
    cniVersion: '1.0.0',
    type: 'bridge',
    bridge: 'br0',
    vlan: 100,
    vlanTrunk: [{ id: 101 }, { minID: 200, maxID: 299 }],
    isDefaultGateway: true,
    ipMasq: true,
    ipam: { type: 'host-local', ranges: [[{ subnet: '10.1.0.0/24' }, { subnet: '10.2.0.0/24' }]] },
  }),
  nad('sriov-net', {
    cniVersion: '0.3.1',
    type: 'sriov',
    vlan: 100,
    spoofchk: 'off',
    link_state: 'enable',
    min_tx_rate: 100,
    ipam: {},
  }),
  nad('tenant', {
    cniVersion: '0.3.1',
    name: 'tenant-blue',
    type: 'ovn-k8s-cni-overlay',
    topology: 'layer2',
    subnets: '10.100.200.0/24',
    mtu: 1300,
    netAttachDefName: 'default/tenant',
  }),
  nad('spider', {
    cniVersion: '0.3.1',
    name: 'spider',
    plugins: [
      { type: 'macvlan', master: 'eth0', mode: 'bridge', ipam: { type: 'spiderpool' } },
      { type: 'coordinator' },
    ],
  }),
  nad('nv', {
    cniVersion: '0.3.1',
    name: 'nv',
    type: 'host-device',
    ipam: { type: 'nv-ipam', poolName: 'pool1' },
  }),
  nad('checked', {
    cniVersion: '1.1.0',
    cniVersions: ['0.4.0', '1.0.0'],
    disableCheck: 'true',
    plugins: [{ type: 'ptp', ipMasq: true, ipam: { type: 'dhcp', priority: 5 } }, { type: 'sbr' }],
  }),
].join('\n---\n');
