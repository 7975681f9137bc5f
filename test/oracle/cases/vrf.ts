import type { PluginCase, Table } from './case';
import { afterBridge, BRIDGE, chain, MACVLAN_WITH_ADDRESS, refused, single } from './configs';

const vrf = (keys: object = {}) => afterBridge({ type: 'vrf', vrfname: 'blue', ...keys });

const cases: PluginCase[] = [
  {
    name: 'a name',
    chain: vrf(),
    needs: ['vm'],
    want: 'accepted',
    shows: [
      { in: 'pod', run: 'ip -d link show blue', want: /vrf table 1 / },
      { in: 'pod', run: 'ip link show net1', want: /master blue/ },
    ],
    leaves: [{ in: 'pod', run: 'ip link show blue', want: /does not exist/ }],
  },
  {
    name: 'a table',
    chain: vrf({ table: 77 }),
    needs: ['vm'],
    want: 'accepted',
    shows: [{ in: 'pod', run: 'ip -d link show blue', want: /vrf table 77 / }],
  },
  {
    name: 'no vrfname',
    chain: afterBridge({ type: 'vrf' }),
    want: refused(/configuration is expected to have a valid vrf name/),
  },
  {
    name: 'alone',
    chain: single({ type: 'vrf', vrfname: 'blue' }),
    want: refused(/missing prevResult from earlier plugin/),
  },
  {
    name: 'cniVersion 0.3.0',
    chain: { ...vrf(), cniVersion: '0.3.0' },
    want: refused(/incompatible CNI versions/),
  },
  {
    name: 'an interface that is in a vrf',
    chain: chain(BRIDGE, { type: 'vrf', vrfname: 'blue' }, { type: 'vrf', vrfname: 'red' }),
    needs: ['vm'],
    want: refused(/interface net1 has already a master set: blue/),
  },
  {
    name: 'the name of another interface with another table',
    chain: vrf({ table: 78 }),
    earlier: [
      {
        chain: chain(MACVLAN_WITH_ADDRESS, { type: 'vrf', vrfname: 'blue', table: 77 }),
        samePod: true,
        network: 'other',
      },
    ],
    needs: ['vm'],
    want: refused(/VRF blue already exist with different routing table 77/),
  },
  {
    name: 'the name of another interface without a table',
    chain: vrf(),
    earlier: [
      {
        chain: chain(MACVLAN_WITH_ADDRESS, { type: 'vrf', vrfname: 'blue', table: 77 }),
        samePod: true,
        network: 'other',
      },
    ],
    needs: ['vm'],
    want: 'accepted',
    shows: [{ in: 'pod', run: 'ip link show net1', want: /master blue/ }],
  },
];

export const VRF_TABLE: Table = { plugin: 'vrf', cases };
