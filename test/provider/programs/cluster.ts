// Networks, claims and pods on a cluster whose pods nobody runs.
import * as pulumi from '@pulumi/pulumi';
import * as netloom from 'netloom/provider';

const config = new pulumi.Config();
const namespace = 'default';

const bridge = new netloom.HostBridge('br-cluster', {
  bridge: 'br-cluster',
  addresses: ['10.41.0.254/24'],
});
const lan = new netloom.BridgeNetwork('lan', {
  namespace,
  bridge: bridge.bridge,
  ipam: {
    type: 'host-local',
    ranges: [{ subnet: '10.41.0.0/24', rangeStart: '10.41.0.20', rangeEnd: '10.41.0.119' }],
    claimable: ['10.41.0.100-10.41.0.119'],
  },
});
const pool = new netloom.WhereaboutsPool('tenants', { ranges: [{ range: '10.42.0.0/24' }] });
const storage = new netloom.MacvlanNetwork('storage', {
  namespace,
  master: config.get('master') ?? 'eth1',
  ipam: { type: 'whereabouts', pool },
});
const claim = new netloom.AddressClaim('camera', { network: lan });
// Nobody runs pods here, so nobody waits for them.
const metadata = { annotations: { 'pulumi.com/skipAwait': 'true' } };
// As netloom writes it where it waits by itself: the replacement waits until the pod is gone.
const podMetadata = { annotations: { 'pulumi.com/waitFor': 'jsonpath={.metadata.uid}' } };
const containers = [{ name: 'main', image: 'busybox:1.35', command: ['sleep', 'infinity'] }];
new netloom.MultiNetPod('camera', {
  namespace,
  metadata: podMetadata,
  spec: { containers },
  attachments: [
    { network: lan, interface: config.get('interface') ?? 'cam0', claim },
    { network: storage },
  ],
});
const labels = { app: 'web' };
const template = { metadata: { labels }, spec: { containers } };
new netloom.MultiNetDeployment('web', {
  namespace,
  metadata,
  spec: { replicas: 2, selector: { matchLabels: labels }, template },
  attachments: [{ network: storage }],
});
new netloom.MultiNetDaemonSet('agents', {
  namespace,
  metadata,
  spec: { selector: { matchLabels: labels }, template },
  attachments: [{ network: storage }],
});
new netloom.MultiNetStatefulSet('db', {
  namespace,
  metadata,
  spec: { serviceName: 'db', selector: { matchLabels: labels }, template },
  attachments: [{ network: storage }],
});

export const address = claim.address;
