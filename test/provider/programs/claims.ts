// Bridge, pool and claims without Kubernetes: what a CLI can deploy with no other plugin.
import * as pulumi from '@pulumi/pulumi';
import * as netloom from 'netloom/provider';

const config = new pulumi.Config();
new netloom.HostBridge('br-cli', {
  bridge: 'br-cli',
  addresses: config.requireObject<string[]>('addresses'),
});
const pool = new netloom.AddressPool('vips', {
  subnets: [
    { subnet: '10.30.0.0/24', ranges: ['10.30.0.10-10.30.0.99'] },
    { subnet: 'fd00:30::/64', ranges: ['fd00:30::10-fd00:30::99'] },
  ],
});
const vip = new netloom.AddressClaim('vip', { pool, family: 'dual' });

export const address = vip.address;
export const cidrs = vip.cidrs;
