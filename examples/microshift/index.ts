import * as netloom from 'netloom/provider';
import { addresses, container, hostBridge } from './definitions';

const bridge = new netloom.HostBridge('br-test', hostBridge);

const lan = new netloom.BridgeNetwork('bridge-conf', {
  bridge: bridge.bridge,
  ipam: { type: 'host-local', ...addresses },
});

const spec = {
  containers: [
    {
      ...container,
      securityContext: {
        allowPrivilegeEscalation: false,
        capabilities: { drop: ['ALL'] },
        runAsNonRoot: true,
        runAsUser: 1001,
        runAsGroup: 1001,
        seccompProfile: { type: 'RuntimeDefault' },
      },
    },
  ],
  // Not 0: a pod would be gone from the API before its address is free on the node.
  terminationGracePeriodSeconds: 1,
};

// Whatever address comes; the same network twice gives net1 and net2.
const testBridge = new netloom.MultiNetPod('test-bridge', {
  spec,
  attachments: [{ network: lan }, { network: lan }],
});

// An address that the agent chooses: shown by `pulumi preview` already, and kept from then on.
const claim = new netloom.AddressClaim('camera-address', { network: lan, family: 'dual' });
const camera = new netloom.MultiNetPod('camera', {
  spec,
  attachments: [{ network: lan, interface: 'cam0', claim }],
});

export const cameraAddress = claim.address;
export const cameraCidrs = claim.cidrs;
export const interfaces = [testBridge.interfaces, camera.interfaces];
