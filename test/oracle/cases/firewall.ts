import type { PluginCase, Table } from './case';
import { afterBridge, refused, single } from './configs';

const firewall = (keys: object = {}) =>
  afterBridge({ type: 'firewall', backend: 'iptables', ...keys });

const cases: PluginCase[] = [
  {
    name: 'backend iptables',
    chain: firewall(),
    needs: ['iptables'],
    want: 'accepted',
    shows: [
      { in: 'host', run: 'iptables -S', want: /-A CNI-FORWARD -s 10\.1\.0\.2\/32 -j ACCEPT/ },
    ],
    leaves: [{ in: 'host', run: 'iptables -S', want: /^(?!.*10\.1\.0\.2)/s }],
  },
  {
    name: 'a backend that is none is the default',
    chain: firewall({ backend: 'ipfw' }),
    needs: ['iptables'],
    want: 'accepted',
    shows: [
      { in: 'host', run: 'iptables -S', want: /-A CNI-FORWARD -s 10\.1\.0\.2\/32 -j ACCEPT/ },
    ],
  },
  {
    name: 'backend firewalld where none runs',
    chain: firewall({ backend: 'firewalld', firewalldZone: 'home' }),
    want: refused(/dial unix .*dbus.*: connect: no such file or directory/),
  },
  {
    name: 'iptablesAdminChainName',
    chain: firewall({ iptablesAdminChainName: 'MY-ADMIN' }),
    needs: ['iptables'],
    want: 'accepted',
    shows: [{ in: 'host', run: 'iptables -S', want: /-A CNI-FORWARD .*-j MY-ADMIN/ }],
  },
  {
    name: 'ingressPolicy open',
    chain: firewall({ ingressPolicy: 'open' }),
    since: '1.1.0',
    needs: ['iptables'],
    want: 'accepted',
  },
  {
    name: 'ingressPolicy same-bridge',
    chain: firewall({ ingressPolicy: 'same-bridge' }),
    since: '1.1.0',
    needs: ['iptables'],
    want: 'accepted',
    shows: [
      { in: 'host', run: 'iptables -S', want: /CNI-ISOLATION-STAGE-1 -i br-oracle ! -o br-oracle/ },
    ],
  },
  {
    name: 'ingressPolicy isolated',
    chain: firewall({ ingressPolicy: 'isolated' }),
    since: '1.1.0',
    needs: ['iptables'],
    want: refused(/unknown ingress policy: "isolated"/),
    later: [
      {
        from: '1.7.0',
        want: 'accepted',
        shows: [
          {
            in: 'host',
            run: 'iptables -S',
            want: /CNI-ISOLATION-STAGE-1 -i br-oracle -o br-oracle .*DROP/,
          },
        ],
      },
    ],
  },
  {
    name: 'an ingressPolicy that is none',
    chain: firewall({ ingressPolicy: 'closed' }),
    since: '1.1.0',
    needs: ['iptables'],
    want: refused(/unknown ingress policy: "closed"/),
  },
  {
    name: 'cniVersion 0.3.1',
    chain: { ...firewall(), cniVersion: '0.3.1' },
    want: refused(/incompatible CNI versions/),
  },
  {
    name: 'alone',
    chain: single({ type: 'firewall', backend: 'iptables' }),
    want: refused(/missing prevResult from earlier plugin/),
  },
];

export const FIREWALL_TABLE: Table = { plugin: 'firewall', cases };
