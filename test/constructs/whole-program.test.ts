import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type App, Chart, Testing } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import {
  AddressClaim,
  BridgeNetwork,
  HostBridge,
  Ipam,
  IpvlanNetwork,
  MacvlanNetwork,
  MultiNetPod,
  PodNetworks,
} from 'netloom/constructs';
import { configsOf, type Manifest, NETWORKS, objectsOf, placeOf, problemsOfSynth } from './support';

/** The first example of api.md, as far as its constructs exist. */
function example(change: { gateway?: string; second?: string } = {}): {
  app: App;
  infra: Chart;
  apps: Chart;
} {
  const app = Testing.app();
  const infra = new Chart(app, 'infra', { namespace: 'kube-system' });
  const apps = new Chart(app, 'apps', { namespace: 'apps' });

  const lan = new BridgeNetwork(apps, 'lan', {
    bridge: 'br-test',
    ipam: Ipam.hostLocal({
      ranges: [
        {
          subnet: '10.10.0.0/24',
          rangeStart: '10.10.0.20',
          rangeEnd: '10.10.0.119',
          gateway: change.gateway ?? '10.10.0.254',
        },
        { subnet: 'fd00:10::/64', rangeStart: 'fd00:10::20', rangeEnd: 'fd00:10::ff' },
      ],
      claimable: ['10.10.0.100-10.10.0.119', 'fd00:10::80/121'],
      dataDir: '/var/lib/cni/br-test',
    }),
  });
  const storage = new MacvlanNetwork(apps, 'storage', {
    master: 'eth1',
    mode: 'bridge',
    mtu: 9000,
    ipam: Ipam.dhcp(),
  });
  const ipvlan = new IpvlanNetwork(apps, 'legacy', {
    master: 'eth3',
    mode: 'l2',
    ipam: Ipam.static({ routes: [{ dst: '192.168.122.0/24', gw: '192.168.122.1' }] }),
  });

  const web = new MultiNetPod(apps, 'web', { containers: [{ image: 'nginx:1.27' }] });
  web.attach(lan, change.second === undefined ? {} : { interface: change.second });
  web.attach(lan, { interface: 'lan1' });
  web.attach(ipvlan, { ips: ['192.168.122.188/24'], defaultRoute: ['192.168.122.1'] });

  const db = new kplus.StatefulSet(apps, 'db', {
    containers: [{ image: 'postgres:17', portNumber: 5432 }],
  });
  PodNetworks.of(db).attach(storage, { interface: 'st0' });

  new HostBridge(infra, 'br-test', {
    bridge: 'br-test',
    addresses: ['10.10.0.10/24'],
    ports: ['eth2'],
  });
  return { app, infra, apps };
}

describe('the first example of api.md', () => {
  test('makes its networks, their twins and the annotations', () => {
    const { apps, infra } = example();
    const configs = configsOf(apps);
    expect([...configs.keys()]).toEqual(['lan', 'lan-claimed', 'storage', 'legacy']);
    expect(configs.get('lan').ipam).toEqual({
      type: 'host-local',
      ranges: [
        [
          {
            subnet: '10.10.0.0/24',
            rangeStart: '10.10.0.20',
            rangeEnd: '10.10.0.99',
            gateway: '10.10.0.254',
          },
        ],
        [{ subnet: 'fd00:10::/64', rangeStart: 'fd00:10::20', rangeEnd: 'fd00:10::7f' }],
      ],
      dataDir: '/var/lib/cni/br-test',
    });
    const [web] = [...objectsOf(apps, 'Pod').values()] as [Manifest];
    expect(JSON.parse(web.metadata.annotations[NETWORKS])).toEqual([
      { name: 'lan' },
      { name: 'lan', interface: 'lan1' },
      { name: 'legacy', ips: ['192.168.122.188/24'], 'default-route': ['192.168.122.1'] },
    ]);
    const [db] = [...objectsOf(apps, 'StatefulSet').values()] as [Manifest];
    expect(db.spec.template.metadata.annotations).toEqual({ [NETWORKS]: 'storage@st0' });
    expect([...objectsOf(infra, 'HostBridge').keys()]).toEqual(['br-test']);
  });

  test('tells two mistakes at once, in exactly the words of api.md', () => {
    const { app } = example({ gateway: '10.11.0.254', second: 'lan1' });
    expect(() => app.synth()).toThrow(
      new Error(`Validation failed with the following errors:
  [apps/lan] ipam.ranges[0].gateway: "10.11.0.254" is not in 10.10.0.0/24. Allowed: an address of the subnet. Fix: 10.10.0.254? (NL_GATEWAY_OUTSIDE_SUBNET)
  [apps/web] attachments[1].interface: "lan1" is used twice in this pod. Allowed: one attachment per interface. Fix: give one of them another name. (NL_INTERFACE_TWICE)`),
    );
  });

  test('gives the same bytes on repetition', () => {
    const write = (): [string, string][] => {
      const { app } = example();
      app.synth();
      const files = readdirSync(app.outdir).sort();
      return files.map((file) => [file, readFileSync(path.join(app.outdir, file), 'utf8')]);
    };
    const first = write();
    expect(first.map(([file]) => file)).toEqual(['apps.k8s.yaml', 'infra.k8s.yaml']);
    expect(write()).toEqual(first);
    const { app } = example();
    expect(app.synthYaml()).toBe(app.synthYaml());
  });
});

test('all that is wrong in one program is told in one run', () => {
  const app = Testing.app();
  const infra = new Chart(app, 'infra');
  const apps = new Chart(app, 'apps', { namespace: 'apps' });
  const lan = new BridgeNetwork(apps, 'lan', {
    bridge: 'br-test',
    ipam: Ipam.hostLocal({
      ranges: [{ subnet: '10.10.0.0/24', rangeStart: '10.10.0.20', rangeEnd: '10.10.0.119' }],
      claimable: ['10.10.0.100-10.10.0.119'],
    }),
  });
  // A host address inside the pod range.
  new HostBridge(infra, 'host', { bridge: 'br-test', addresses: ['10.10.0.30/24'] });
  // A gateway outside the subnet, and host bits.
  const broken = new BridgeNetwork(apps, 'broken', {
    ipam: Ipam.hostLocal({
      ranges: [{ subnet: '10.20.0.0/24', gateway: '10.21.0.1' }, { subnet: 'fd00:20::1/64' }],
      claimable: ['10.20.0.100'],
    }),
  });
  // A bridge name of 16 characters, on both sides.
  new BridgeNetwork(apps, 'long', { bridge: 'br-1234567890123', ipam: Ipam.none() });
  new HostBridge(infra, 'long', { bridge: 'br-1234567890123' });
  // Two claims for one address, a claim outside the claimable part, claims on a broken network.
  const first = new AddressClaim(apps, 'first', { network: lan, address: '10.10.0.100' });
  const second = new AddressClaim(apps, 'second', { network: lan, address: '10.10.0.100' });
  const outside = new AddressClaim(apps, 'outside', { network: lan, address: '10.10.0.99' });
  const onBroken = new AddressClaim(apps, 'on-broken', { network: broken, address: '10.20.0.100' });
  // And they are all in use.
  const pods = { containers: [{ image: 'x' }] };
  new MultiNetPod(apps, 'web', pods)
    .attach(lan, { claim: first, interface: 'a' })
    .attach(lan, { claim: second, interface: 'a' })
    .attach(lan, { claim: outside, interface: 'b' })
    .attach(broken, { claim: onBroken, interface: 'c' })
    .attach(broken, { ips: ['10.20.0.5'] });

  expect(
    problemsOfSynth(() => app.synth())
      .map(placeOf)
      .sort(),
  ).toEqual(
    [
      '[infra/host] addresses[0] NL_HOST_ADDRESS_IN_POOL',
      '[apps/broken] ipam.ranges[0].gateway NL_GATEWAY_OUTSIDE_SUBNET',
      '[apps/broken] ipam.ranges[1].subnet NL_HOST_BITS',
      '[apps/long] bridge NL_IFNAME_TOO_LONG',
      '[infra/long] bridge NL_IFNAME_TOO_LONG',
      '[apps/second] address NL_ADDRESS_NOT_FREE',
      '[apps/outside] address NL_CLAIM_OUTSIDE_CLAIMABLE',
      '[apps/web] attachments[1].interface NL_INTERFACE_TWICE',
    ].sort(),
  );
  expect(readdirSync(app.outdir)).toEqual([]);
});
