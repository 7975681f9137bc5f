// A network that works, and is told of: its route can take the pods' default route away.
import * as netloom from 'netloom/provider';

const lan = new netloom.BridgeNetwork('lan', {
  namespace: 'apps',
  bridge: 'br-odd',
  ipam: {
    type: 'host-local',
    ranges: [{ subnet: '10.11.0.0/24' }],
    routes: [{ dst: '0.0.0.0/0', gw: '10.11.0.1' }],
  },
});

export const name = lan.name;
