/** The objects of synth-netloom.ts as one writes them with cdk8s alone: nothing is checked. */

const started = performance.now();

import { ApiObject, App, Chart } from 'cdk8s';

const loaded = performance.now();

const [networks, pods] = [Number(process.argv[3]), Number(process.argv[4])];
const app = new App({ outdir: process.argv[2] as string });
const chart = new Chart(app, 'networks', { namespace: 'apps' });

function addNetwork(name: string, config: object): void {
  new ApiObject(chart, name, {
    apiVersion: 'k8s.cni.cncf.io/v1',
    kind: 'NetworkAttachmentDefinition',
    metadata: { name, namespace: 'apps' },
    spec: { config: JSON.stringify({ cniVersion: '0.4.0', name, ...config }, undefined, 2) },
  });
}

for (let index = 0; index < networks; index++) {
  const v4 = `10.${index >> 8}.${index & 255}`;
  const v6 = `fd00:${(index + 1).toString(16)}:`;
  const isClaimable = index % 3 === 0;
  const link =
    index % 6 === 1
      ? { type: 'macvlan', master: 'eth1', mode: 'bridge' }
      : { type: 'bridge', bridge: `br-${index}`, mtu: 1500 };
  const range4 = (from: number, to: number): object => ({
    subnet: `${v4}.0/24`,
    rangeStart: `${v4}.${from}`,
    rangeEnd: `${v4}.${to}`,
    gateway: `${v4}.254`,
  });
  const range6 = (from: string, to: string): object => ({
    subnet: `${v6}:/64`,
    rangeStart: `${v6}:${from}`,
    rangeEnd: `${v6}:${to}`,
  });
  addNetwork(`net-${index}`, {
    ...link,
    ipam: {
      type: 'host-local',
      ranges: isClaimable
        ? [
            [range4(20, 99), range4(120, 199)],
            [range6('20', '7f'), range6('100', '1ff')],
          ]
        : [[range4(20, 199)], [range6('20', '1ff')]],
      routes: [{ dst: '192.168.0.0/16' }],
    },
  });
  if (!isClaimable) continue;
  addNetwork(`net-${index}-claimed`, {
    ...link,
    capabilities: { ips: true },
    ipam: { type: 'static', routes: [{ dst: '192.168.0.0/16', gw: `${v4}.254` }] },
  });
}

for (let index = 0; index < pods; index++) {
  const name = `net-${index % networks}`;
  const value =
    index % 4 === 0
      ? JSON.stringify([{ name, 'default-route': [gatewayOf(index % networks)] }], undefined, 2)
      : name;
  new ApiObject(chart, `pod-${index}`, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `pod-${index}`,
      namespace: 'apps',
      annotations: { 'k8s.v1.cni.cncf.io/networks': value },
    },
    spec: { containers: [{ name: 'web', image: 'nginx:1.27' }] },
  });
}

function gatewayOf(index: number): string {
  return `10.${index >> 8}.${index & 255}.254`;
}

app.synth();
console.log(JSON.stringify({ loadMs: loaded - started, synthMs: performance.now() - loaded }));
