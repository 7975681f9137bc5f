// Everything that netloom installs, on the platform of the configuration.
import * as pulumi from '@pulumi/pulumi';
import * as netloom from 'netloom/provider';

const isRke2 = new pulumi.Config('netloom').get('platform') === 'rke2';
const multus = new netloom.MultusInstall('multus', { mode: 'thick' });
new netloom.WhereaboutsInstall('whereabouts', isRke2 ? {} : { reconcilerCron: '*/15 * * * *' });
new netloom.DhcpDaemon('dhcp');
new netloom.NodeAgentInstall('agent', {
  image: 'registry.example.com/netloom-agent:0.1.0',
  callers: [{ namespace: 'ci', serviceAccount: 'pulumi', verbs: ['read', 'claim'] }],
});
new netloom.MacvlanNetwork(
  'lan',
  { namespace: 'apps', master: 'eth1', ipam: { type: 'dhcp' } },
  { dependsOn: multus },
);

export const ready = multus.ready;
