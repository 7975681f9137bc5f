// Options as a program without types may misspell them.
import * as netloom from 'netloom/provider';

const lan = new netloom.BridgeNetwork('lan', {
  bridge: 'br-test',
  isGatway: true,
  ipam: { type: 'host-local', ranges: [{ subnet: '10.10.0.0/24' }] },
} as netloom.BridgeNetworkArgs);
new netloom.CniNetwork('raw', { config: { type: 'bridge', ipam: {} }, plugin: [] } as object);

const right = new netloom.BridgeNetwork('right', {
  bridge: 'br-right',
  colour: 'blue',
  ipam: { type: 'host-local', ranges: [{ subnet: '10.11.0.0/24' }] },
} as netloom.BridgeNetworkArgs);
new netloom.MultiNetPod('pod', {
  spec: { containers: [{ name: 'main', image: 'busybox:1.36' }] },
  attachments: [{ network: right, ipRequest: ['10.11.0.7'] } as netloom.AttachmentArgs],
});

export const name = lan.name;
