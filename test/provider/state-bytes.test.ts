import { type InterfaceStatus, packInterfaces, unpackInterfaces } from '../../src/kubernetes';
import { providerText } from '../../src/provider/dynamic-resource';
import { packWanted, unpackWanted, type WantedInterface } from '../../src/rules';
import { type StateEntry, stateBytes } from '../support/state-bytes';

const NODE = 'acme/edge/prod/netloom:index:HostBridge$NodeBridge::br-cameras-edge-1';
const __provider = providerText('networkStatus');

/** Dual stack, and with all that a plugin may report. */
const lan = (index: number): InterfaceStatus => ({
  name: `lan${index}`,
  network: `cameras/lan${index}-claimed`,
  ips: [`10.40.${index}.100`, `fd00:40:${index}::100`],
  mac: '0a:58:0a:0a:00:64',
  mtu: 1500,
  isDefault: false,
  gateways: [`10.40.${index}.254`],
});

const lans = (count: number) => Array.from({ length: count }, (_, index) => lan(index));

/** As their controllers name them. */
const POD_NAMES: Readonly<Record<string, string>> = {
  Pod: 'gateway',
  StatefulSet: 'gateway-0',
  Deployment: 'gateway-6c9f7d8b5-x2kq7',
};

/** Measured in a state of the real CLI: the URNs of pod or workload alone, once for its revision. */
function networkStatus(kind: string, pods: number, interfaces: number): StateEntry {
  const parent = `netloom:index:MultiNet${kind}$`;
  return {
    type: 'NetworkStatus',
    id: `cameras/${kind}/gateway`,
    parent,
    name: 'gateway-status',
    inputs: {
      of: `cameras/${kind}/gateway`,
      revision: 'eb700211/12',
      wanted: packWanted(
        lans(interfaces).map(({ name, network }) => ({ network, interface: name, claimed: true })),
      ),
      __provider,
    },
    outputs: {
      digest: '89839c1c4e81',
      pods,
      found: packInterfaces(POD_NAMES[kind] as string, lans(interfaces)),
      __provider,
    },
    dependencies: {
      revision: [`urn:pulumi:dev::netloom-demo::${parent}kubernetes:apps/v1:${kind}::gateway`],
    },
  };
}

const bridge = {
  owner: NODE,
  agent: 'edge-1',
  bridge: 'br-cameras',
  addresses: ['10.31.0.1/24', '10.31.0.2/24', 'fd00:31::1/64'],
  ports: ['enp94s0f0np0', 'enp94s0f1np1'],
  mtu: 9000,
  mac: '02:00:00:00:00:01',
  __provider: providerText('nodeBridge'),
};
const check = { kind: 'http', target: 'recorder.north.example', port: 8080, path: '/healthz' };
const probe = {
  pod: { namespace: 'cameras', name: 'gateway', container: 'main' },
  check,
  __provider: providerText('connectivityProbe'),
};

/** Claims, pools and a node's network are measured where a real agent answers: dynamic-provider.test.ts. */
test.each<{ name: string; entry: StateEntry }>([
  { name: 'a pod with two networks', entry: networkStatus('Pod', 1, 2) },
  { name: 'ten pods with one network', entry: networkStatus('Deployment', 10, 1) },
  { name: 'ten pods with two networks', entry: networkStatus('StatefulSet', 10, 2) },
  {
    name: 'a bridge with ports, addresses, MTU and MAC address',
    entry: { type: 'NodeBridge', id: 'br-cameras#12', inputs: bridge, outputs: bridge },
  },
  {
    name: 'a probe from a pod',
    entry: {
      type: 'ConnectivityProbe',
      id: 'http:recorder.north.example',
      inputs: { ...probe, timeoutSeconds: 120 },
      outputs: { ...probe, digest: '89839c1c4e81933f', reached: true },
    },
  },
])('$name: at most 1.5 KiB of state', ({ entry }) => {
  expect(stateBytes(entry)).toBeLessThanOrEqual(1536);
});

test.each<{ name: string; status: InterfaceStatus }>([
  { name: 'all', status: lan(1) },
  {
    name: 'a name alone',
    status: { name: 'net1', network: 'apps/raw', ips: [], isDefault: false, gateways: [] },
  },
  {
    name: 'an MTU and no MAC address',
    status: {
      ...{ name: '', network: 'apps/raw', ips: [], mtu: 9000 },
      ...{ isDefault: false, gateways: [] },
    },
  },
])('what is packed is what is unpacked: $name', ({ status }) => {
  const packed = packInterfaces('camera', [status]);
  // A state keeps JSON.
  const kept = JSON.parse(JSON.stringify(packed));
  expect(unpackInterfaces(kept)).toEqual([{ pod: 'camera', ...status }]);
});

test.each<{ name: string; wanted: WantedInterface }>([
  { name: 'any address', wanted: { network: 'apps/lan', interface: 'net1' } },
  { name: 'its claim', wanted: { network: 'apps/lan', interface: 'net1', claimed: true } },
  {
    name: 'addresses and a MAC address',
    wanted: { network: 'a/b', interface: 'net1', ips: ['10.0.0.1/24'], mac: '02:00:00:00:00:01' },
  },
  {
    name: 'a MAC address',
    wanted: { network: 'a/b', interface: 'net1', mac: '02:00:00:00:00:01' },
  },
])('what is packed is what is unpacked: $name', ({ wanted }) => {
  expect(unpackWanted(JSON.parse(JSON.stringify(packWanted([wanted]))))).toEqual([wanted]);
});
