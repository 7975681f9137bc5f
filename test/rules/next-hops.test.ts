import { type Attachment, checkAttachments, type NetworkDefinition } from 'netloom';
import { attached, codesAndKeys, DHCP, hostLocal, network, STATIC, V4, V6 } from './samples';

const lan = network();

const told = (to: NetworkDefinition, asked: Partial<Attachment>): string[] =>
  codesAndKeys(checkAttachments([attached(to, asked)]));

describe('next hops', () => {
  const v4 = network({ ipam: hostLocal({ ranges: [V4] }) });
  const pool: NetworkDefinition = network({
    ipam: { kind: 'whereabouts', settings: { range: '10.20.0.0/24' } },
  });
  test.each([
    { name: 'of the subnet', to: v4, asked: { defaultRoute: ['10.10.0.1'] }, want: [] },
    {
      name: 'outside',
      to: v4,
      asked: { defaultRoute: ['10.11.0.1'] },
      want: ['NL_GATEWAY_OUTSIDE_SUBNET attachments[0].defaultRoute[0]'],
    },
    {
      name: 'of another family',
      to: v4,
      asked: { defaultRoute: ['fd00:10::1'] },
      want: ['NL_FAMILY_MISSING attachments[0].defaultRoute[0]'],
    },
    {
      name: 'of both families',
      to: network({ ipam: hostLocal({ ranges: [V4, V6] }) }),
      asked: { defaultRoute: ['10.10.0.1', 'fd00:10::1'] },
      want: [],
    },
    {
      name: 'a router that announces itself',
      to: v4,
      asked: { defaultRoute: ['fe80::1'] },
      want: [],
    },
    {
      name: 'that a route leads to',
      to: network({ ipam: hostLocal({ ranges: [V4], routes: [{ dst: '10.11.0.0/24' }] }) }),
      asked: { defaultRoute: ['10.11.0.1'] },
      want: [],
    },
    {
      name: 'that only the default route leads to',
      to: network({ ipam: hostLocal({ ranges: [V4], routes: [{ dst: '0.0.0.0/0' }] }) }),
      asked: { defaultRoute: ['10.11.0.1'] },
      want: ['NL_GATEWAY_OUTSIDE_SUBNET attachments[0].defaultRoute[0]'],
    },
    {
      name: 'outside of the subnet of whereabouts',
      to: pool,
      asked: { defaultRoute: ['10.21.0.1'] },
      want: ['NL_GATEWAY_OUTSIDE_SUBNET attachments[0].defaultRoute[0]'],
    },
    {
      name: 'of the address that a pod brings',
      to: network({ ipam: STATIC }),
      asked: { ips: ['10.30.0.5/24'], defaultRoute: ['10.30.0.1'] },
      want: [],
    },
    {
      name: 'outside of that',
      to: network({ ipam: STATIC }),
      asked: { ips: ['10.30.0.5/24'], defaultRoute: ['10.31.0.1'] },
      want: ['NL_GATEWAY_OUTSIDE_SUBNET attachments[0].defaultRoute[0]'],
    },
    {
      name: 'where nobody knows the subnet',
      to: network({ ipam: DHCP }),
      asked: { defaultRoute: ['10.31.0.1'] },
      want: [],
    },
    { name: 'none: the network keeps its own', to: v4, asked: { defaultRoute: [] }, want: [] },
  ])('$name', ({ to, asked, want }) => expect(told(to, asked)).toEqual(want));

  describe('of the routes of a static network', () => {
    const routes = [{ dst: '10.8.0.0/16', gw: '10.30.0.1' }];
    const bare = network({ ipam: { kind: 'static', settings: { routes } } });
    const own = network({
      ipam: { kind: 'static', settings: { routes, addresses: [{ address: '10.31.0.9/24' }] } },
    });
    const onLink = network({
      ipam: {
        kind: 'static',
        settings: { routes: [{ dst: '10.30.0.1/32', scope: 253 }, ...routes] },
      },
    });

    test.each([
      { name: 'reached', to: bare, asked: { ips: ['10.30.0.5/24'] }, want: [] },
      {
        name: 'out of reach of what the pod asks for',
        to: bare,
        asked: { ips: ['10.31.0.5/24'] },
        want: ['NL_ROUTE_INVALID attachments[0].ips'],
      },
      {
        name: 'of the other family',
        to: bare,
        asked: { ips: ['fd00:30::5/64'] },
        want: ['NL_ROUTE_INVALID attachments[0].ips'],
      },
      {
        name: 'out of reach of what the network gives',
        to: own,
        asked: {},
        want: ['NL_ROUTE_INVALID attachments[0]'],
      },
      {
        name: 'that a route before leads to',
        to: onLink,
        asked: { ips: ['10.31.0.5/24'] },
        want: [],
      },
      {
        name: 'where cni-args bring the addresses',
        to: own,
        asked: { cniArgs: { ips: ['10.30.0.5/24'] } },
        want: [],
      },
    ])('$name', ({ to, asked, want }) =>
      expect(told(to, asked).filter((line) => line.startsWith('NL_ROUTE'))).toEqual(want),
    );
  });

  test('of a claim whose addresses nobody knows yet', () => {
    const claim = { name: 'c', network: lan };
    const intent = { ...attached(lan, { defaultRoute: ['fd00:10::1'] }), claim };
    expect(checkAttachments([intent])).toEqual([]);
  });

  test('of a claim with one family', () => {
    const claim = { name: 'c', network: lan, families: [4 as const] };
    const intent = { ...attached(lan, { defaultRoute: ['fd00:10::1'] }), claim };
    expect(codesAndKeys(checkAttachments([intent]))).toEqual([
      'NL_FAMILY_MISSING attachments[0].defaultRoute[0]',
    ]);
  });
});
