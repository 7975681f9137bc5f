import type { PluginCase, Table } from './case';
import { HOST_LOCAL, refused, single } from './configs';

const hostDevice = (keys: object) => single({ type: 'host-device', ...keys });

const cases: PluginCase[] = [
  {
    name: 'device moves into the pod, and comes back under its own name',
    chain: hostDevice({ device: 'eth1' }),
    want: 'accepted',
    shows: [
      { in: 'pod', run: 'ip link show net1', want: /alias eth1/ },
      { in: 'host', run: 'ip link show eth1', want: /does not exist/ },
    ],
    leaves: [{ in: 'host', run: 'ip link show eth1', want: /eth1/ }],
  },
  {
    name: 'device with addresses',
    chain: hostDevice({ device: 'eth1', ipam: HOST_LOCAL }),
    want: 'accepted',
    gives: { ips: [{ address: '10.1.0.2/24' }] },
  },
  {
    name: 'hwaddr',
    chain: hostDevice({ hwaddr: '02:00:00:00:00:21' }),
    host: ['link set eth1 address 02:00:00:00:00:21'],
    want: 'accepted',
    shows: [{ in: 'pod', run: 'ip link show net1', want: /alias eth1/ }],
  },
  {
    name: 'device comes before hwaddr',
    chain: hostDevice({ device: 'eth1', hwaddr: '02:00:00:00:00:99' }),
    want: 'accepted',
    shows: [{ in: 'pod', run: 'ip link show net1', want: /alias eth1/ }],
  },
  {
    name: 'nothing that names a device',
    chain: hostDevice({}),
    want: refused(/specify either "device", "hwaddr", "kernelpath" or "pciBusID"/),
  },
  {
    name: 'a device that is not there',
    chain: hostDevice({ device: 'eth7' }),
    want: refused(/failed to find host device: Link not found/),
  },
  {
    name: 'a device that another pod has',
    chain: hostDevice({ device: 'eth1' }),
    earlier: [{ chain: hostDevice({ device: 'eth1' }) }],
    want: refused(/failed to find host device: Link not found/),
  },
  {
    name: 'a hwaddr that is none',
    chain: hostDevice({ hwaddr: 'none' }),
    want: refused(/failed to parse MAC address "none"/),
  },
  {
    name: 'a hwaddr that no link has',
    chain: hostDevice({ hwaddr: '02:00:00:00:00:99' }),
    want: refused(/failed to find physical interface/),
  },
  {
    name: 'a kernelpath outside /sys/devices',
    chain: hostDevice({ kernelpath: '/sys/class/net/eth1' }),
    want: refused(/kernel device path "\/sys\/class\/net\/eth1" must be absolute and begin with/),
  },
  {
    name: 'a kernelpath without a link',
    chain: hostDevice({ kernelpath: '/sys/devices/nothing' }),
    want: refused(/failed to find network devices at "\/sys\/devices\/nothing\/net"/),
    later: [
      { from: '1.5.0', want: refused(/failed to read directory \/sys\/devices\/nothing\/net/) },
    ],
  },
  {
    name: 'a pciBusID that is not there',
    chain: hostDevice({ pciBusID: '0000:99:1f.6' }),
    want: refused(/error with host device: .*0000:99:1f\.6.*no such file or directory/),
  },
  {
    name: 'a pciBusID that is none beside the device',
    chain: hostDevice({ device: 'eth1', pciBusID: '99:1f.6' }),
    want: refused(/99:1f\.6: no such file or directory/),
  },
  {
    name: 'the capability deviceID comes before pciBusID',
    chain: hostDevice({ device: 'eth1', capabilities: { deviceID: true } }),
    args: { deviceID: '0000:98:1f.6' },
    want: refused(/0000:98:1f\.6/),
  },
];

export const HOST_DEVICE_TABLE: Table = { plugin: 'host-device', cases };
