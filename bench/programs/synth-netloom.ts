/** 1,000 networks by netloom's constructs. The same objects as in synth-bare.ts. */

const started = performance.now();

import { App, Chart } from 'cdk8s';
import { BridgeNetwork, Ipam, MacvlanNetwork } from 'netloom/constructs';

const loaded = performance.now();

const app = new App({ outdir: process.argv[2] as string });
const chart = new Chart(app, 'networks', { namespace: 'apps' });

for (let index = 0; index < 1000; index++) {
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
    new MacvlanNetwork(chart, `net-${index}`, { master: 'eth1', mode: 'bridge', ipam });
  } else {
    new BridgeNetwork(chart, `net-${index}`, { bridge: `br-${index}`, mtu: 1500, ipam });
  }
}

app.synth();
console.log(JSON.stringify({ loadMs: loaded - started, synthMs: performance.now() - loaded }));
