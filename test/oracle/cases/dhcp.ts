import type { Chain, PluginCase, Table } from './case';
import { refused, single } from './configs';

const IPAM = { type: 'dhcp', daemonSocketPath: '/run/{host}/dhcp.sock' };

const dhcp = (keys: object = {}): Chain =>
  single({ type: 'macvlan', master: 'eth1', ipam: { ...IPAM, ...keys } });

const LOG = 'cat /run/{host}/dnsmasq.log';
const needs = ['dhcp'] as const;

const cases: PluginCase[] = [
  {
    name: 'a lease for macvlan, with a default route',
    chain: dhcp(),
    needs,
    want: 'accepted',
    gives: { routes: [{ dst: '0.0.0.0/0', gw: '10.5.0.1' }] },
    shows: [
      { in: 'pod', run: 'ip addr show net1', want: /inet 10\.5\.0\.1\d\d\/24/ },
      { in: 'pod', run: 'ip route', want: /^default via 10\.5\.0\.1 dev net1/ },
      {
        in: 'host',
        run: LOG,
        want: /requested options: (1:netmask, 3:router|3:router, 1:netmask)\n/,
      },
    ],
  },
  {
    name: 'a lease for a bridge',
    chain: single({ type: 'bridge', bridge: 'br-oracle', ipam: IPAM }),
    host: [
      'link add br-oracle type bridge',
      'link set br-oracle up',
      'link set eth1 master br-oracle',
    ],
    needs,
    want: 'accepted',
    shows: [{ in: 'pod', run: 'ip addr show net1', want: /inet 10\.5\.0\.1\d\d\/24/ }],
  },
  {
    name: 'the client id names the pod, the network and the interface',
    chain: dhcp(),
    network: 'lan',
    needs,
    want: 'accepted',
    // Type 0, the container's id, and `/lan/net1`.
    shows: [
      {
        in: 'host',
        run: 'cat /run/{host}/leases',
        want: /10\.5\.0\.1\d\d \* 00(:[0-9a-f]{2}){32}:2f:6c:61:6e:2f:6e:65:74:31\n/,
      },
    ],
  },
  {
    name: 'no daemon',
    chain: dhcp({ daemonSocketPath: '/run/{host}/nothing.sock' }),
    want: refused(
      /error dialing DHCP daemon: dial unix \/run\/.*\/nothing\.sock: connect: no such file or directory/,
    ),
  },
  {
    name: 'no daemonSocketPath is /run/cni/dhcp.sock',
    chain: single({ type: 'macvlan', master: 'eth1', ipam: { type: 'dhcp' } }),
    want: refused(/error dialing DHCP daemon: dial unix \/run\/cni\/dhcp\.sock: connect: no such/),
  },
  {
    name: 'provide a value',
    chain: dhcp({ provide: [{ option: 'host-name', value: 'web' }] }),
    since: '1.1.0',
    needs,
    want: 'accepted',
    shows: [{ in: 'host', run: LOG, want: /client provides name: web\n/ }],
  },
  {
    name: 'provide what CNI_ARGS say',
    chain: dhcp({ provide: [{ option: 'host-name', fromArg: 'K8S_POD_NAME' }] }),
    since: '1.1.0',
    needs,
    want: 'accepted',
    shows: [{ in: 'host', run: LOG, want: /client provides name: oracle-/ }],
  },
  {
    name: 'fromArg comes before value',
    chain: dhcp({ provide: [{ option: 'host-name', value: 'web', fromArg: 'K8S_POD_NAME' }] }),
    since: '1.1.0',
    needs,
    want: 'accepted',
    shows: [{ in: 'host', run: LOG, want: /client provides name: oracle-/ }],
  },
  {
    name: 'provide by number',
    chain: dhcp({ provide: [{ option: '12', value: 'web' }] }),
    since: '1.1.0',
    needs,
    want: 'accepted',
    shows: [{ in: 'host', run: LOG, want: /client provides name: web\n/ }],
  },
  {
    name: 'provide a client id of its own',
    chain: dhcp({ provide: [{ option: 'dhcp-client-identifier', value: 'abc' }] }),
    since: '1.1.0',
    needs,
    want: 'accepted',
    shows: [{ in: 'host', run: 'cat /run/{host}/leases', want: / 61:62:63\n/ }],
  },
  {
    name: 'provide vendor and user class',
    chain: dhcp({
      provide: [
        { option: 'vendor-class-identifier', value: 'vendor' },
        { option: 'user-class', value: 'user' },
      ],
    }),
    since: '1.1.0',
    needs,
    want: 'accepted',
    shows: [
      { in: 'host', run: LOG, want: /vendor class: vendor\n/ },
      { in: 'host', run: LOG, want: /user class: user\n/ },
    ],
  },
  {
    name: 'a value of 256 bytes',
    chain: dhcp({ provide: [{ option: 'host-name', value: 'a'.repeat(256) }] }),
    since: '1.1.0',
    needs,
    want: refused(/error calling DHCP\.Allocate: value too long for option "host-name"/),
  },
  {
    name: 'provide an option that has no name',
    chain: dhcp({ provide: [{ option: 'hostname', value: 'web' }] }),
    since: '1.1.0',
    needs,
    want: refused(/error calling DHCP\.Allocate: Can not parse option "hostname"/),
  },
  {
    name: 'request more: the routes of option 121 come instead of the router',
    chain: dhcp({ request: [{ option: '121' }] }),
    since: '1.1.0',
    needs,
    want: 'accepted',
    shows: [
      { in: 'pod', run: 'ip route', want: /10\.6\.0\.0\/16 via 10\.5\.0\.6 dev net1/ },
      { in: 'pod', run: 'ip route', want: /^(?!.*default)/s },
    ],
  },
  {
    name: 'request without the defaults: no router',
    chain: dhcp({ request: [{ skipDefault: true, option: 'subnet-mask' }] }),
    since: '1.1.0',
    needs,
    want: 'accepted',
    shows: [
      { in: 'host', run: LOG, want: /requested options: 1:netmask\n/ },
      { in: 'pod', run: 'ip route', want: /^(?!.*default)/s },
    ],
  },
  {
    name: 'request without the defaults and without the netmask, from a server that gives it anyway',
    chain: dhcp({ request: [{ skipDefault: true, option: 'routers' }] }),
    since: '1.1.0',
    needs,
    want: 'accepted',
    shows: [{ in: 'host', run: LOG, want: /requested options: 3:router\n/ }],
  },
  {
    name: 'request an option above 255',
    chain: dhcp({ request: [{ option: '256' }] }),
    since: '1.1.0',
    needs,
    want: refused(/error calling DHCP\.Allocate: Can not parse option "256"/),
  },
  {
    name: 'request an option as a number',
    chain: dhcp({ request: [{ option: 121 }] }),
    since: '1.1.0',
    needs,
    want: refused(/cannot unmarshal number into Go struct field/),
  },
  {
    name: 'an address that the pod asks for is ignored',
    chain: dhcp(),
    args: { ips: ['10.5.0.77/24'] },
    needs,
    want: 'accepted',
    shows: [{ in: 'pod', run: 'ip addr show net1', want: /inet 10\.5\.0\.1\d\d\/24/ }],
  },
  {
    name: 'priority, for the routes',
    chain: dhcp({ priority: 77 }),
    since: '1.6.0',
    needs,
    want: 'accepted',
    shows: [{ in: 'pod', run: 'ip route', want: /^default via 10\.5\.0\.1 dev net1 .*metric 77/ }],
  },
  {
    name: 'the lease is given back',
    chain: dhcp(),
    needs,
    want: 'accepted',
    leaves: [{ in: 'host', run: LOG, want: /DHCPRELEASE/ }],
    // Since they changed the library, the packet comes from 0.0.0.0 to the server's own address: a
    // server on Linux never sees it, and the lease just expires.
    later: [
      {
        from: '1.6.0',
        want: 'accepted',
        leaves: [{ in: 'host', run: LOG, want: /^(?!.*DHCPRELEASE)/s }],
      },
    ],
  },
];

export const DHCP_TABLE: Table = { plugin: 'dhcp', cases };
