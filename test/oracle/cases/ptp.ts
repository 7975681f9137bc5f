import type { PluginCase, Table } from './case';
import { DUAL_STACK, HOST_LOCAL, refused, single } from './configs';

const ptp = (keys: object = {}) => single({ type: 'ptp', ipam: HOST_LOCAL, ...keys });

const cases: PluginCase[] = [
  {
    name: 'addresses: all goes through the gateway',
    chain: ptp(),
    want: 'accepted',
    shows: [
      { in: 'pod', run: 'ip route', want: /10\.1\.0\.0\/24 via 10\.1\.0\.1 dev net1/ },
      { in: 'host', run: 'ip route', want: /10\.1\.0\.2 dev veth/ },
    ],
  },
  {
    name: 'addresses of both families',
    chain: ptp({ ipam: DUAL_STACK }),
    want: 'accepted',
    gives: { ips: [{ address: '10.1.0.2/24' }, { address: 'fd00:1::2/64' }] },
  },
  {
    name: 'no IPAM',
    chain: single({ type: 'ptp' }),
    want: refused(/no plugin name provided/),
  },
  {
    name: 'an IPAM that gives no address',
    chain: ptp({ ipam: { type: 'static' } }),
    want: refused(/IPAM plugin returned missing IP config/),
  },
  {
    name: 'an address without a gateway',
    chain: ptp({ ipam: { type: 'static', addresses: [{ address: '10.1.0.20/24' }] } }),
    want: refused(/failed to add IP addr .* to veth: numerical result out of range/),
  },
  {
    name: 'an address that the pod asks for, which has no gateway',
    chain: ptp({ ipam: { type: 'static' }, capabilities: { ips: true } }),
    args: { ips: ['10.1.0.77/24'] },
    want: refused(/failed to add IP addr .* to veth: numerical result out of range/),
  },
  {
    name: 'ipMasq',
    chain: ptp({ ipMasq: true }),
    needs: ['iptables'],
    want: 'accepted',
    shows: [{ in: 'host', run: 'iptables -t nat -S', want: /-j MASQUERADE/ }],
    leaves: [{ in: 'host', run: 'iptables -t nat -S', want: /^(?!.*MASQUERADE)/s }],
  },
  {
    name: 'ipMasqBackend nftables',
    chain: ptp({ ipMasq: true, ipMasqBackend: 'nftables' }),
    since: '1.6.0',
    needs: ['nft'],
    want: 'accepted',
    shows: [{ in: 'host', run: 'nft list ruleset', want: /table inet cni_plugins_masquerade/ }],
  },
  {
    name: 'mtu',
    chain: ptp({ mtu: 1400 }),
    want: 'accepted',
    shows: [{ in: 'pod', run: 'ip link show net1', want: /mtu 1400/ }],
  },
  {
    name: 'mtu 1279 with an IPv6 address',
    chain: ptp({ mtu: 1279, ipam: DUAL_STACK }),
    want: refused(/failed to add IP addr .* to "net1": invalid argument/),
    later: [
      { from: '1.7.0', want: refused(/failed to enable keep_addr_on_down for interface "net1"/) },
    ],
  },
  {
    name: 'mtu below 68',
    chain: ptp({ mtu: 67 }),
    want: refused(/failed to make veth pair: invalid argument/),
  },
  {
    name: 'dns comes before that of the IPAM',
    chain: ptp({
      dns: { nameservers: ['10.0.0.53'] },
      ipam: {
        type: 'static',
        addresses: [{ address: '10.1.0.20/24', gateway: '10.1.0.1' }],
        dns: { nameservers: ['10.0.0.54'] },
      },
    }),
    want: 'accepted',
    gives: { dns: { nameservers: ['10.0.0.53'] } },
  },
];

export const PTP_TABLE: Table = { plugin: 'ptp', cases };
