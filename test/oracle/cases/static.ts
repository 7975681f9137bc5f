import type { Chain, PluginCase, Table } from './case';
import { belowBridge, gives, refused, single } from './configs';

const fixed = (keys: object, more: object = {}): Chain =>
  belowBridge({ type: 'static', ...keys }, more);
const ADDRESSES = { addresses: [{ address: '10.1.0.20/24', gateway: '10.1.0.1' }] };

const cases: PluginCase[] = [
  {
    name: 'addresses with a gateway',
    chain: fixed(ADDRESSES),
    want: 'accepted',
    gives: { ips: [{ address: '10.1.0.20/24', gateway: '10.1.0.1' }] },
  },
  {
    name: 'two addresses of one family and one of the other',
    chain: fixed({
      addresses: [
        { address: '10.1.0.20/24' },
        { address: '10.2.0.20/24' },
        { address: 'fd00::1/64' },
      ],
    }),
    ...gives('10.1.0.20/24', '10.2.0.20/24', 'fd00::1/64'),
  },
  {
    name: 'an address without a prefix',
    chain: fixed({ addresses: [{ address: '10.1.0.20' }] }),
    want: refused(/the 'address' field is expected to be in CIDR notation, got: '10\.1\.0\.20'/),
  },
  {
    name: 'two addresses of one family with cniVersion 0.2.0',
    chain: {
      ...fixed({ addresses: [{ address: '10.1.0.20/24' }, { address: '10.2.0.20/24' }] }),
      cniVersion: '0.2.0',
    },
    want: refused(/CNI version 0\.2\.0 does not support more than 1 address per family/),
  },
  {
    name: 'a route that the address of the pod does not reach',
    chain: belowBridge({
      type: 'static',
      routes: [{ dst: '192.168.6.0/24', gw: '10.1.0.7' }],
    }),
    args: { ips: ['10.2.0.5/24'] },
    want: refused(/failed to add route .*network is unreachable/),
  },
  {
    name: 'routes and dns',
    chain: single({
      type: 'ptp',
      ipam: {
        type: 'static',
        ...ADDRESSES,
        routes: [{ dst: '192.168.5.0/24' }, { dst: '192.168.6.0/24', gw: '10.1.0.7' }],
        dns: { nameservers: ['10.0.0.53'] },
      },
    }),
    want: 'accepted',
    gives: { dns: { nameservers: ['10.0.0.53'] } },
    shows: [
      { in: 'pod', run: 'ip route', want: /192\.168\.5\.0\/24 via 10\.1\.0\.1/ },
      { in: 'pod', run: 'ip route', want: /192\.168\.6\.0\/24 via 10\.1\.0\.7/ },
    ],
  },
  {
    name: 'an address that the pod asks for is added',
    chain: fixed(ADDRESSES),
    args: { ips: ['10.1.0.77/24'] },
    ...gives('10.1.0.20/24', '10.1.0.77/24'),
  },
  {
    name: 'with the capability it replaces those of the configuration',
    chain: fixed(ADDRESSES, { capabilities: { ips: true } }),
    args: { ips: ['10.1.0.77/24'] },
    want: 'accepted',
    gives: { ips: [{ address: '10.1.0.77/24' }] },
    shows: [{ in: 'pod', run: 'ip addr show net1', want: /^(?!.*10\.1\.0\.20)/s }],
  },
  {
    name: 'addresses in args.cni replace those of the configuration',
    chain: fixed(ADDRESSES),
    args: { 'cni-args': { ips: ['10.1.0.77/24'] } },
    want: 'accepted',
    shows: [{ in: 'pod', run: 'ip addr show net1', want: /^(?!.*10\.1\.0\.20)/s }],
  },
  {
    name: 'addresses in args.cni alone',
    chain: fixed({}),
    args: { 'cni-args': { ips: ['10.1.0.77/24'] } },
    ...gives('10.1.0.77/24'),
  },
  {
    name: 'two addresses that the pod asks for',
    chain: fixed({}, { capabilities: { ips: true } }),
    args: { ips: ['10.1.0.77/24', 'fd00:1::77/64'] },
    ...gives('10.1.0.77/24', 'fd00:1::77/64'),
  },
  {
    name: 'an address without a prefix that the pod asks for',
    chain: fixed({}),
    args: { ips: ['10.1.0.77'] },
    want: refused(/the 'ip' field is expected to be in CIDR notation, got: '10\.1\.0\.77'/),
  },
  {
    name: 'an address without a prefix in args.cni',
    chain: fixed({}),
    args: { 'cni-args': { ips: ['10.1.0.77'] } },
    want: refused(/an entry in the 'ips' field is NOT in CIDR notation, got: '10\.1\.0\.77'/),
  },
  {
    name: 'GATEWAY for the address whose network has it',
    chain: fixed({}),
    args: { ips: ['10.1.0.77/24'], cniArgs: { GATEWAY: '10.1.0.9' } },
    want: 'accepted',
    gives: { ips: [{ address: '10.1.0.77/24', gateway: '10.1.0.9' }] },
  },
  {
    name: 'a GATEWAY that is none',
    chain: fixed({}),
    args: { ips: ['10.1.0.77/24'], cniArgs: { GATEWAY: 'none' } },
    want: refused(/invalid gateway address: none/),
  },
  {
    name: 'a gateway that is none',
    chain: fixed({ addresses: [{ address: '10.1.0.20/24', gateway: 'none' }] }),
    want: refused(/invalid IP address: none/),
  },
  {
    name: 'a gateway outside the network, without a route',
    chain: fixed({ addresses: [{ address: '10.1.0.20/24', gateway: '192.168.1.1' }] }),
    want: 'accepted',
  },
  {
    name: 'one address twice',
    chain: fixed({ addresses: [{ address: '10.1.0.20/24' }, { address: '10.1.0.20/24' }] }),
    want: refused(/failed to add IP addr .*file exists/),
  },
  {
    name: 'no address at all',
    chain: fixed({}),
    want: refused(/IPAM plugin returned missing IP config/),
  },
];

export const STATIC_TABLE: Table = { plugin: 'static', cases };
