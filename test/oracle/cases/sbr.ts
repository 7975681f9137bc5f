import type { PluginCase, Table } from './case';
import { afterBridge, chain, refused, single } from './configs';

const sbr = (keys: object = {}) => afterBridge({ type: 'sbr', ...keys });

const cases: PluginCase[] = [
  {
    name: 'a rule for the address, and a table',
    chain: sbr(),
    want: 'accepted',
    shows: [
      { in: 'pod', run: 'ip rule', want: /from 10\.1\.0\.2 lookup 100/ },
      { in: 'pod', run: 'ip route show table 100', want: /default via 10\.1\.0\.1 dev net1/ },
    ],
  },
  {
    name: 'a second interface gets the next table',
    chain: sbr(),
    earlier: [
      {
        chain: chain(
          {
            type: 'macvlan',
            master: 'eth1',
            ipam: { type: 'host-local', ranges: [[{ subnet: '10.9.0.0/24' }]] },
          },
          { type: 'sbr' },
        ),
        samePod: true,
        network: 'other',
      },
    ],
    want: 'accepted',
    shows: [{ in: 'pod', run: 'ip rule', want: /from 10\.1\.0\.2 lookup 101/ }],
  },
  {
    name: 'no address',
    chain: chain({ type: 'macvlan', master: 'eth1' }, { type: 'sbr' }),
    want: refused(/No IP addresses supplied on interface: net1/),
  },
  {
    name: 'alone',
    chain: single({ type: 'sbr' }),
    want: refused(/This plugin must be called as chained plugin/),
  },
  {
    name: 'table',
    chain: sbr({ table: 777 }),
    since: '1.6.0',
    want: 'accepted',
    shows: [{ in: 'pod', run: 'ip rule', want: /from 10\.1\.0\.2 lookup 777/ }],
  },
];

export const SBR_TABLE: Table = { plugin: 'sbr', cases };
