import type { PluginCase, Table } from './case';
import { afterBridge, BRIDGE, chain, MACVLAN_WITH_ADDRESS, refused, single } from './configs';

const bandwidth = (keys: object = {}) => afterBridge({ type: 'bandwidth', ...keys });
const SHAPED = { ingressRate: 1_000_000, ingressBurst: 2_000_000 };

const cases: PluginCase[] = [
  {
    name: 'ingress: a queue on the end in the host',
    chain: bandwidth(SHAPED),
    want: 'accepted',
    shows: [{ in: 'host', run: 'tc qdisc show', want: /qdisc tbf .*rate 1Mbit/ }],
  },
  {
    name: 'egress: a device of its own',
    chain: bandwidth({ egressRate: 1_000_000, egressBurst: 2_000_000 }),
    want: 'accepted',
    gives: { interfaces: [{}, {}, { name: 'net1' }, {}] },
    shows: [{ in: 'host', run: 'ip link show type ifb', want: /bwp/ }],
    leaves: [{ in: 'host', run: 'ip link show type ifb', want: /^(?!.*bwp)/s }],
  },
  {
    name: 'no rate at all does nothing',
    chain: bandwidth(),
    want: 'accepted',
    shows: [{ in: 'host', run: 'tc qdisc show', want: /^(?!.*tbf)/s }],
  },
  {
    name: 'a rate without a burst',
    chain: bandwidth({ ingressRate: 1_000_000 }),
    want: refused(/if rate is set, burst must also be set/),
  },
  {
    name: 'a burst without a rate',
    chain: bandwidth({ egressBurst: 1_000_000 }),
    want: refused(/if burst is set, rate must also be set/),
  },
  {
    name: 'a burst of 4 GB',
    chain: bandwidth({ ingressRate: 1_000_000, ingressBurst: 8 * (2 ** 32 - 1) }),
    want: refused(/burst cannot be more than 4GB/),
  },
  {
    name: 'a burst just below 4 GB',
    chain: bandwidth({ ingressRate: 1_000_000, ingressBurst: 8 * (2 ** 32 - 1) - 1 }),
    want: 'accepted',
  },
  {
    name: 'a rate below 0',
    chain: bandwidth({ ingressRate: -1, ingressBurst: 1 }),
    want: refused(/cannot unmarshal number -1 into Go struct field/),
  },
  {
    name: 'on macvlan',
    chain: chain(MACVLAN_WITH_ADDRESS, { type: 'bandwidth', ...SHAPED }),
    want: refused(/container interface net1 has no veth peer/),
  },
  {
    name: 'on ptp',
    chain: chain({ type: 'ptp', ipam: BRIDGE.ipam }, { type: 'bandwidth', ...SHAPED }),
    want: 'accepted',
  },
  {
    name: 'on host-device, a veth end whose other end stays in the host',
    chain: chain({ type: 'host-device', device: 'eth1' }, { type: 'bandwidth', ...SHAPED }),
    want: refused(/no veth peer of container interface found in host ns/),
  },
  {
    name: 'alone',
    chain: single({ type: 'bandwidth', ...SHAPED }),
    want: refused(/must be called as chained plugin/),
  },
  {
    name: 'rates that the pod asks for',
    chain: bandwidth({ capabilities: { bandwidth: true } }),
    args: { bandwidth: SHAPED },
    want: 'accepted',
    shows: [{ in: 'host', run: 'tc qdisc show', want: /qdisc tbf .*rate 1Mbit/ }],
  },
  {
    name: 'rates that the pod asks for, without the capability, are ignored',
    chain: bandwidth(),
    args: { bandwidth: SHAPED },
    want: 'accepted',
    shows: [{ in: 'host', run: 'tc qdisc show', want: /^(?!.*tbf)/s }],
  },
  {
    name: 'rates of the configuration come before those that the pod asks for',
    chain: bandwidth({ ...SHAPED, capabilities: { bandwidth: true } }),
    args: { bandwidth: { ingressRate: 5_000_000, ingressBurst: 5_000_000 } },
    want: 'accepted',
    shows: [{ in: 'host', run: 'tc qdisc show', want: /qdisc tbf .*rate 1Mbit/ }],
  },
];

export const BANDWIDTH_TABLE: Table = { plugin: 'bandwidth', cases };
