// The same as main.ts, deployed by Pulumi.
import { Namespace } from '@pulumi/kubernetes/core/v1/namespace';
import * as netloom from 'netloom/provider';

const namespace = 'home';

// The chart of Multus, by k3s' own controller for charts; a network with dhcp adds the daemon to it.
const multus = new netloom.MultusInstall('multus', { version: 'v4.2.401' });
const whereabouts = new netloom.WhereaboutsInstall('whereabouts');

const home = new Namespace(namespace, { metadata: { name: namespace } });
const after = { dependsOn: [multus, whereabouts, home] };

const template = (labels: Record<string, string>) => ({
  metadata: { labels },
  spec: { containers: [{ name: 'main', image: 'nginx:1.27' }] },
});

// Addresses of the whole cluster. netloom writes where whereabouts' file is on k3s.
const pool = new netloom.WhereaboutsPool('services-pool', {
  ranges: [{ range: '172.17.0.128/28' }],
});
const services = new netloom.MacvlanNetwork(
  'services',
  { namespace, master: 'eth0', mode: 'bridge', ipam: { type: 'whereabouts', pool } },
  after,
);
const webLabels = { app: 'web' };
const web = new netloom.MultiNetDeployment('web', {
  namespace,
  spec: { replicas: 2, selector: { matchLabels: webLabels }, template: template(webLabels) },
  attachments: [{ network: services }],
});

// Addresses of the router at home, by DHCP.
const lan = new netloom.MacvlanNetwork(
  'lan',
  { namespace, master: 'eth0', ipam: { type: 'dhcp' } },
  after,
);
const assistantLabels = { app: 'assistant' };
const assistant = new netloom.MultiNetDeployment('assistant', {
  namespace,
  spec: {
    replicas: 1,
    selector: { matchLabels: assistantLabels },
    template: template(assistantLabels),
  },
  attachments: [{ network: lan }],
});

export const interfaces = [web.interfaces, assistant.interfaces];
