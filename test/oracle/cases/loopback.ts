import type { PluginCase, Table } from './case';
import { single } from './configs';

const cases: PluginCase[] = [
  {
    name: 'brings lo up, whatever interface is named',
    chain: single({ type: 'loopback' }),
    want: 'accepted',
    gives: { interfaces: [{ name: 'lo' }] },
    shows: [{ in: 'pod', run: 'ip link show lo', want: /LOOPBACK,UP/ }],
  },
];

export const LOOPBACK_TABLE: Table = { plugin: 'loopback', cases };
