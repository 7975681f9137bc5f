import type { PluginCase, Table } from './case';
import { HOST_LOCAL, refused, single } from './configs';

const dummy = (keys: object = {}) => single({ type: 'dummy', ipam: HOST_LOCAL, ...keys });

const cases: PluginCase[] = [
  {
    name: 'addresses',
    chain: dummy(),
    since: '1.2.0',
    needs: ['vm'],
    want: 'accepted',
    shows: [{ in: 'pod', run: 'ip -d link show net1', want: /dummy/ }],
  },
  {
    name: 'no IPAM',
    chain: single({ type: 'dummy' }),
    since: '1.2.0',
    want: refused(/dummy interface requires an IPAM configuration/),
  },
];

export const DUMMY_TABLE: Table = { plugin: 'dummy', cases };
