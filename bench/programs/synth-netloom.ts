/** Networks and pods by netloom's constructs. The same objects as in synth-bare.ts. */

const started = performance.now();

import { ApiObject, App, Chart } from 'cdk8s';
import {
  BridgeNetwork,
  Ipam,
  MacvlanNetwork,
  type Network,
  Platform,
  PodNetworks,
} from 'netloom/constructs';

const loaded = performance.now();

const [networks, pods] = [Number(process.argv[3]), Number(process.argv[4])];
const app = new App({ outdir: process.argv[2] as string });
// One node: no warning of host-local, which would measure the terminal.
Platform.kubernetes({ nodes: 1 }).applyTo(app);
const chart = new Chart(app, 'networks', { namespace: 'apps' });

const made: Network[] = [];

for (let index = 0; index < networks; index++) {
  const v4 = `10.${index >> 8}.${index & 255}`;
  const v6 = `fd00:${(index + 1).toString(16)}:`;
  const isClaimable = index % 3 === 0;
  const ipam = Ipam.hostLocal({
    ranges: [
      {
        subnet: `${v4}.0/24`,
        rangeStart: `${v4}.20`,
        rangeEnd: `${v4}.199`,
        gateway: `${v4}.254`,
      },
      { subnet: `${v6}:/64`, rangeStart: `${v6}:20`, rangeEnd: `${v6}:1ff` },
    ],
    ...(isClaimable ? { claimable: [`${v4}.100-${v4}.119`, `${v6}:80/121`] } : {}),
    routes: [{ dst: '192.168.0.0/16' }],
  });
  if (index % 6 === 1) {
    made.push(new MacvlanNetwork(chart, `net-${index}`, { master: 'eth1', mode: 'bridge', ipam }));
  } else {
    made.push(new BridgeNetwork(chart, `net-${index}`, { bridge: `br-${index}`, mtu: 1500, ipam }));
  }
}

for (let index = 0; index < pods; index++) {
  const pod = new ApiObject(chart, `pod-${index}`, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: `pod-${index}`, namespace: 'apps' },
    spec: { containers: [{ name: 'web', image: 'nginx:1.27' }] },
  });
  PodNetworks.of(pod).attach(
    made[index % networks] as Network,
    index % 4 === 0 ? { defaultRoute: [gatewayOf(index % networks)] } : {},
  );
}

function gatewayOf(index: number): string {
  return `10.${index >> 8}.${index & 255}.254`;
}

app.synth();
console.log(JSON.stringify({ loadMs: loaded - started, synthMs: performance.now() - loaded }));
