import {
  checkVirtualMachine,
  type VirtualMachineDefinition,
  virtualMachineNetworks,
  virtualMachineOf,
} from 'netloom';
import { codesAndKeys } from './samples';

const machine = (networks: object[], interfaces: object[]): VirtualMachineDefinition =>
  virtualMachineOf({
    apiVersion: 'kubevirt.io/v1',
    kind: 'VirtualMachine',
    metadata: { name: 'vm', namespace: 'apps' },
    spec: { template: { spec: { networks, domain: { devices: { interfaces } } } } },
  }) as VirtualMachineDefinition;

const POD = { name: 'default', pod: {} };
const LAN = { name: 'lan', multus: { networkName: 'infra/lan' } };
const wrong = (...keys: string[]): string[] => keys.map((key) => `NL_VM_NETWORK ${key}`);

describe('networks and interfaces', () => {
  test.each([
    {
      name: 'one of each',
      given: machine(
        [POD, LAN],
        [
          { name: 'default', masquerade: {} },
          { name: 'lan', bridge: {} },
        ],
      ),
      want: [],
    },
    { name: 'none, which is the network of the pod', given: machine([], []), want: [] },
    {
      name: 'a network without an interface',
      given: machine([LAN], []),
      want: wrong('networks[0].name'),
    },
    {
      name: 'an interface without a network',
      given: machine([], [{ name: 'lan', bridge: {} }]),
      want: wrong('interfaces[0].name'),
    },
    {
      name: 'a name twice',
      given: machine(
        [LAN, LAN],
        [
          { name: 'lan', bridge: {} },
          { name: 'lan', bridge: {} },
        ],
      ),
      want: wrong('networks[1].name', 'interfaces[1].name'),
    },
    {
      name: 'no source',
      given: machine([{ name: 'lan' }], [{ name: 'lan', bridge: {} }]),
      want: wrong('networks[0]'),
    },
    {
      name: 'two sources',
      given: machine([{ ...LAN, pod: {} }], [{ name: 'lan', bridge: {} }]),
      want: wrong('networks[0]'),
    },
    {
      name: 'a source of a newer release',
      given: machine([{ name: 'lan', resourceClaim: {} }], [{ name: 'lan', sriov: {} }]),
      want: [],
    },
    {
      name: 'no name of a network',
      given: machine([{ name: 'lan', multus: {} }], [{ name: 'lan', bridge: {} }]),
      want: wrong('networks[0].multus.networkName'),
    },
    {
      name: 'a name with two slashes',
      given: machine(
        [{ name: 'lan', multus: { networkName: 'a/b/c' } }],
        [{ name: 'lan', bridge: {} }],
      ),
      want: wrong('networks[0].multus.networkName'),
    },
    {
      name: 'two defaults',
      given: machine(
        [POD, { name: 'lan', multus: { networkName: 'lan', default: true } }],
        [
          { name: 'default', masquerade: {} },
          { name: 'lan', bridge: {} },
        ],
      ),
      want: wrong('networks[1]'),
    },
    {
      name: 'masquerade on a network of multus',
      given: machine([LAN], [{ name: 'lan', masquerade: {} }]),
      want: wrong('interfaces[0]'),
    },
    {
      name: 'no MAC address',
      given: machine([LAN], [{ name: 'lan', bridge: {}, macAddress: 'x' }]),
      want: ['NL_MAC_INVALID interfaces[0].macAddress'],
    },
  ])('$name', ({ given, want }) => {
    expect(codesAndKeys(checkVirtualMachine(given))).toEqual(want);
  });

  test('what is written for attachments is right', () => {
    const { networks, interfaces } = virtualMachineNetworks([
      { network: { name: 'lan.b', namespace: 'infra' } },
      {
        network: { name: 'sriov' },
        name: 'fast',
        binding: 'sriov',
        macAddress: '02:00:00:00:00:01',
      },
    ]);
    expect(networks).toEqual([
      { name: 'lan-b', multus: { networkName: 'infra/lan.b' } },
      { name: 'fast', multus: { networkName: 'sriov' } },
    ]);
    expect(interfaces).toEqual([
      { name: 'lan-b', bridge: {} },
      { name: 'fast', sriov: {}, macAddress: '02:00:00:00:00:01' },
    ]);
    expect(checkVirtualMachine(machine(networks, interfaces))).toEqual([]);
  });
});
