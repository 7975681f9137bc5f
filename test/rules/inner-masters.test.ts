import { checkAttachments, type LinkConfig, type NetworkDefinition } from 'netloom';
import { attached, codesAndKeys, NONE, network, STATIC } from './samples';

const IPS = { ips: ['10.0.0.5/24'] };
const vlanOn = (master: string, linkInContainer = true): NetworkDefinition =>
  network({
    name: 'inner',
    link: { kind: 'vlan', settings: { master, vlanId: 5, linkInContainer } },
    ipam: STATIC,
  });
const lan = network({ ipam: NONE });
const vrf = network({
  name: 'vrf',
  ipam: NONE,
  chain: [{ kind: 'vrf', settings: { vrfname: 'blue' } }],
});
const raw = network({ name: 'raw', link: { kind: 'raw', config: { type: 'x' } }, ipam: NONE });

const told = (...networks: (NetworkDefinition | undefined)[]): string[] =>
  codesAndKeys(
    checkAttachments(networks.map((one) => attached(one, one?.name === 'inner' ? IPS : {}))),
  );

describe('a master in the pod', () => {
  test.each([
    { name: 'of the cluster network', given: [vlanOn('eth0')], want: [] },
    { name: 'of an earlier attachment', given: [lan, vlanOn('net1')], want: [] },
    { name: 'a VRF of one', given: [vrf, vlanOn('blue')], want: [] },
    {
      name: 'that a later attachment makes',
      given: [vlanOn('net2'), lan],
      want: ['attachments[0]'],
    },
    { name: 'that the host has', given: [lan, vlanOn('eth1')], want: ['attachments[1]'] },
    { name: 'on the host after all', given: [vlanOn('eth1', false)], want: [] },
    { name: 'behind a plugin that nobody knows', given: [raw, vlanOn('dpdk0')], want: [] },
    { name: 'behind a network that nobody knows', given: [undefined, vlanOn('dpdk0')], want: [] },
  ])('$name', ({ given, want }) => {
    expect(told(...given)).toEqual(want.map((key) => `NL_VALUES_CONFLICT ${key}`));
  });

  test('that is not named is that of the default route', () => {
    const link: LinkConfig = { kind: 'macvlan', settings: { linkInContainer: true } };
    expect(told(network({ name: 'inner', link, ipam: STATIC }))).toEqual([]);
  });
});
