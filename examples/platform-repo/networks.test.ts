import { Chart, Testing } from 'cdk8s';
import { StorageNetwork } from './storage-network';
import { TenantNetworks } from './tenant-networks';

/** The CNI configurations of a chart by the networks' names. */
// biome-ignore lint/suspicious/noExplicitAny: JSON, of which each test looks at another part
function configs(chart: Chart): Record<string, any> {
  const networks = Testing.synth(chart).filter((one) => one.kind === 'NetworkAttachmentDefinition');
  return Object.fromEntries(
    networks.map(({ metadata, spec }) => [metadata.name, JSON.parse(spec.config)]),
  );
}

const apps = (): Chart => new Chart(Testing.app(), 'apps', { namespace: 'apps' });

test('storage has jumbo frames, and leaves the filers out', () => {
  const chart = apps();
  new StorageNetwork(chart, 'storage', { name: 'berlin', number: 3 });
  const { plugins } = configs(chart)['storage-berlin'];
  expect(plugins[0]).toMatchObject({ type: 'macvlan', master: 'bond0.80', mtu: 9000 });
  expect(plugins[0].ipam).toMatchObject({
    range: '10.80.3.0/24',
    exclude: expect.arrayContaining(['10.80.3.0/28']),
    routes: [{ dst: '10.80.0.0/16', gw: '10.80.3.1' }],
  });
  expect(plugins[1].type).toBe('sbr');
});

test('a site may have another interface', () => {
  const chart = apps();
  new StorageNetwork(chart, 'storage', { name: 'x', number: 9, storageInterface: 'ens5' });
  expect(configs(chart)['storage-x'].plugins[0].master).toBe('ens5');
});

test('a site that does not exist is refused, by the rules of the network below', () => {
  const chart = apps();
  new StorageNetwork(chart, 'storage', { name: 'x', number: 300 });
  expect(() => Testing.synth(chart)).toThrow(/NL_RANGE_INVALID/);
});

test('tenants have the same addresses, in pools of their own', () => {
  const chart = apps();
  for (const tenant of ['shop', 'video']) {
    new TenantNetworks(chart, tenant, { tenant, vlans: { front: tenant === 'shop' ? 301 : 401 } });
  }
  const { 'shop-front': shop, 'video-front': video } = configs(chart);
  expect([shop.vlanId, video.vlanId]).toEqual([301, 401]);
  expect(shop.ipam.range).toBe(video.ipam.range);
  expect([shop.ipam.network_name, video.ipam.network_name]).toEqual(['shopfront', 'videofront']);
});

test('a network that a tenant does not have', () => {
  const networks = new TenantNetworks(apps(), 'shop', { tenant: 'shop', vlans: { front: 301 } });
  expect(() => networks.network('fornt')).toThrow('no network "fornt": there is front');
});
