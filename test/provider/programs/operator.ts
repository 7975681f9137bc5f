// What OpenShift's operator is told of: shims of installs and networks, and a network that it makes.
import * as netloom from 'netloom/provider';

const namespace = 'apps';
const whereabouts = new netloom.WhereaboutsInstall('whereabouts');
const office = new netloom.MacvlanNetwork('office', {
  namespace,
  master: 'eth1',
  ipam: { type: 'dhcp' },
});
const raw = new netloom.BridgeNetwork('raw', {
  namespace,
  bridge: 'br0',
  ipam: {
    type: 'host-local',
    ranges: [{ subnet: '10.41.0.0/24' }],
    claimable: ['10.41.0.100-10.41.0.119'],
  },
  claimedPolicy: false,
  additionalNetwork: 'Raw',
});
const spec = { containers: [{ name: 'main', image: 'busybox:1.35' }] };
new netloom.MultiNetPod('leased', { namespace, spec, attachments: [{ network: office }] });
new netloom.MultiNetPod('camera', { namespace, spec, attachments: [{ network: raw }] });

export const ready = whereabouts.ready;
