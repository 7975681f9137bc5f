// Everything that issue "wrong input" lists, in one program.
import * as netloom from 'netloom/provider';

new netloom.HostBridge('long', { bridge: 'br-test-sixteen-' });
const bridge = new netloom.HostBridge('inside', {
  bridge: 'br-test',
  addresses: ['10.10.0.30/24'],
});

const lan = new netloom.BridgeNetwork('lan', {
  bridge: bridge.bridge,
  ipam: {
    type: 'host-local',
    ranges: [{ subnet: '10.10.0.0/24', rangeStart: '10.10.0.20', rangeEnd: '10.10.0.119' }],
    claimable: ['10.10.0.100-10.10.0.119'],
  },
});
new netloom.BridgeNetwork('gateway', {
  bridge: 'br-gw',
  ipam: { type: 'host-local', ranges: [{ subnet: '10.11.0.0/24', gateway: '10.12.0.254' }] },
});
new netloom.BridgeNetwork('bits', {
  ipam: { type: 'host-local', ranges: [{ subnet: '10.13.0.5/24' }] },
});
new netloom.AddressClaim('one', { network: lan, address: '10.10.0.100' });
new netloom.AddressClaim('two', { network: lan, address: '10.10.0.100' });
new netloom.AddressClaim('outside', { network: lan, address: '10.10.0.99' });
new netloom.MultiNetPod('pod', {
  spec: { containers: [{ name: 'main', image: 'busybox:1.36' }] },
  attachments: [
    { network: lan, interface: 'lan1' },
    { network: lan, interface: 'lan1' },
  ],
});
