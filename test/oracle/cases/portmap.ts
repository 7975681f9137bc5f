import type { PluginCase, Table } from './case';
import { afterBridge, BRIDGE, chain, DUAL_STACK, refused, single } from './configs';

const portmap = (keys: object = {}) =>
  afterBridge({ type: 'portmap', capabilities: { portMappings: true }, ...keys });
const PORTS = { portMappings: [{ hostPort: 8080, containerPort: 80, protocol: 'tcp' }] };
const NAT = 'iptables -t nat -S';

const cases: PluginCase[] = [
  {
    name: 'a port',
    chain: portmap(),
    args: PORTS,
    needs: ['iptables'],
    want: 'accepted',
    shows: [{ in: 'host', run: NAT, want: /--dport 8080 -j DNAT --to-destination 10\.1\.0\.2:80/ }],
    leaves: [{ in: 'host', run: NAT, want: /^(?!.*--dport 8080 -j DNAT)/s }],
  },
  {
    name: 'a port of one address of the host',
    chain: portmap(),
    args: {
      portMappings: [{ hostPort: 8080, containerPort: 80, protocol: 'udp', hostIP: '192.0.2.1' }],
    },
    needs: ['iptables'],
    want: 'accepted',
    shows: [{ in: 'host', run: NAT, want: /-d 192\.0\.2\.1\/32 -p udp .*--dport 8080 -j DNAT/ }],
  },
  {
    name: 'ports without the capability are ignored',
    chain: afterBridge({ type: 'portmap' }),
    args: PORTS,
    want: 'accepted',
    shows: [{ in: 'host', run: NAT, want: /^(?!.*DNAT)/s }],
  },
  {
    name: 'alone',
    chain: single({ type: 'portmap' }),
    want: refused(/must be called as chained plugin/),
  },
  {
    name: 'hostPort 0',
    chain: portmap(),
    args: { portMappings: [{ hostPort: 0, containerPort: 80, protocol: 'tcp' }] },
    want: refused(/Invalid host port number: 0/),
  },
  {
    name: 'containerPort 0',
    chain: portmap(),
    args: { portMappings: [{ hostPort: 8080, containerPort: 0, protocol: 'tcp' }] },
    want: refused(/Invalid container port number: 0/),
  },
  {
    name: 'hostPort above 65535',
    chain: portmap(),
    args: { portMappings: [{ hostPort: 65536, containerPort: 80, protocol: 'tcp' }] },
    needs: ['iptables'],
    want: refused(/unable to setup DNAT: .*invalid port\/service `65536' specified/),
  },
  {
    name: 'snat false',
    chain: portmap({ snat: false }),
    args: PORTS,
    needs: ['iptables'],
    want: 'accepted',
    shows: [{ in: 'host', run: NAT, want: /^(?!.*CNI-HOSTPORT-MASQ)/s }],
  },
  {
    name: 'markMasqBit',
    chain: portmap({ markMasqBit: 5 }),
    args: PORTS,
    needs: ['iptables'],
    want: 'accepted',
    shows: [{ in: 'host', run: NAT, want: /CNI-HOSTPORT-SETMARK .*0x20\/0x20/ }],
  },
  ...[-1, 32].map((markMasqBit) => ({
    name: `markMasqBit ${markMasqBit}`,
    chain: portmap({ markMasqBit }),
    args: PORTS,
    want: refused(/MasqMarkBit must be between 0 and 31/),
  })),
  {
    name: 'externalSetMarkChain',
    chain: portmap({ externalSetMarkChain: 'MY-MARKS', conditionsV6: [] }),
    commands: ['iptables -t nat -N MY-MARKS'],
    args: PORTS,
    needs: ['iptables'],
    want: 'accepted',
    shows: [{ in: 'host', run: NAT, want: /--dport 8080 -j MY-MARKS/ }],
  },
  {
    name: 'an externalSetMarkChain that is not there',
    chain: portmap({ externalSetMarkChain: 'MY-MARKS' }),
    args: PORTS,
    needs: ['iptables'],
    want: refused(/unable to setup DNAT: .* -j MY-MARKS/),
  },
  {
    name: 'markMasqBit with externalSetMarkChain',
    chain: portmap({ markMasqBit: 5, externalSetMarkChain: 'MY-MARKS' }),
    args: PORTS,
    want: refused(/Cannot specify externalSetMarkChain and markMasqBit/),
  },
  {
    name: 'conditionsV4 and conditionsV6',
    chain: chain(
      { ...BRIDGE, ipam: DUAL_STACK },
      {
        type: 'portmap',
        capabilities: { portMappings: true },
        conditionsV4: ['-s', '192.0.2.0/24'],
        conditionsV6: ['-s', 'fd00:9::/64'],
      },
    ),
    args: PORTS,
    needs: ['iptables'],
    want: 'accepted',
    shows: [
      { in: 'host', run: NAT, want: /-s 192\.0\.2\.0\/24 .*8080/ },
      { in: 'host', run: 'ip6tables -t nat -S', want: /-s fd00:9::\/64 .*8080/ },
    ],
  },
  {
    name: 'conditions of nftables without a backend, which is iptables',
    chain: portmap({ conditionsV4: ['ip', 'saddr', '192.0.2.0/24'] }),
    args: PORTS,
    needs: ['iptables'],
    want: refused(/Bad argument|exit status/),
    later: [
      {
        from: '1.6.0',
        want: refused(/iptables backend was requested but .* nftables-specific options/),
      },
    ],
  },
  {
    name: 'an empty backend',
    chain: portmap({ backend: '' }),
    args: PORTS,
    since: '1.6.0',
    want: refused(/unrecognized backend ""/),
  },
  {
    name: 'conditionsV4 as a string',
    chain: portmap({ conditionsV4: '-s 192.0.2.0/24' }),
    args: PORTS,
    want: refused(/cannot unmarshal string into Go struct field PortMapConf\.conditionsV4 of type/),
  },
  {
    name: 'masqAll',
    chain: portmap({ masqAll: true }),
    args: PORTS,
    since: '1.2.0',
    needs: ['iptables'],
    want: 'accepted',
    shows: [
      {
        in: 'host',
        run: NAT,
        want: /-A CNI-DN-\S+ -p tcp -m tcp --dport 8080 -j CNI-HOSTPORT-SETMARK/,
      },
    ],
  },
  {
    name: 'backend nftables',
    chain: portmap({ backend: 'nftables' }),
    args: PORTS,
    since: '1.6.0',
    needs: ['nft'],
    want: 'accepted',
    shows: [{ in: 'host', run: 'nft list ruleset', want: /table ip cni_hostport/ }],
  },
  {
    name: 'a backend that is none',
    chain: portmap({ backend: 'ipfw' }),
    args: PORTS,
    since: '1.6.0',
    want: refused(/unrecognized backend "ipfw"/),
  },
];

export const PORTMAP_TABLE: Table = { plugin: 'portmap', cases };
