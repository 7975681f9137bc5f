// What no member says, and a network with dhcp: the daemon comes along with Multus.
import * as netloom from 'netloom/provider';

const multus = new netloom.MultusInstall('multus');
const lan = new netloom.BridgeNetwork(
  'lan',
  {
    bridge: 'br-test',
    ipam: {
      type: 'host-local',
      ranges: [{ subnet: '10.10.0.0/24' }],
      claimable: ['10.10.0.100-10.10.0.119'],
    },
    patchCni: [
      { op: 'add', path: '/x', value: { y: 1 } },
      { op: 'replace', path: '/bridge', value: 'br1' },
    ],
    patchClaimedCni: [{ op: 'add', path: '/ipam/later', value: true }],
  },
  { dependsOn: multus },
);
const leased = new netloom.MacvlanNetwork(
  'leased',
  { master: 'eth1', ipam: { type: 'dhcp' } },
  { dependsOn: multus },
);

export const config = lan.config;
export const names = [lan.name, leased.name];
