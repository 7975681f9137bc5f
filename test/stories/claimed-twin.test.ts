import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { App, Chart, Testing } from 'cdk8s';
import { AddressClaim, BridgeNetwork, HostBridge, Ipam, MultiNetPod } from 'netloom/constructs';
import { cniPath } from '../../scripts/tools';
import { inPod, type Manifest, MultusRuntime, type RunningPod } from '../support/multus';
import { describeOnKernel } from '../support/network-suite';
import { ping } from '../support/story';

interface Case {
  readonly name: string;
  readonly gateway: 'none' | 'isGateway' | 'isDefaultGateway';
  readonly first: 'dynamic' | 'claimed';
  /** What the claimed pod's interface has to have beside the routes to its subnets. */
  readonly routes: readonly string[];
}

/** Where host-local remembers what it gave last. */
const DATA_DIR = '/run/netloom-test-cni';

const DECLARED = ['192.168.50.0/24 via 10.20.0.1', 'fd00:50::/64 via fd00:20::1'];
const DEFAULTS = ['default via 10.20.0.1', 'default via fd00:20::1'];

const cases: Case[] = (['none', 'isGateway', 'isDefaultGateway'] as const).flatMap((gateway) =>
  (['dynamic', 'claimed'] as const).map((first) => ({
    name: `${gateway === 'none' ? 'no gateway' : gateway}, ${first} pod first`,
    gateway,
    first,
    routes: gateway === 'isDefaultGateway' ? [...DECLARED, ...DEFAULTS] : DECLARED,
  })),
);

describeOnKernel('claimed and dynamic pods on one bridge', () => {
  let runtime: MultusRuntime | undefined;

  afterEach(async () => {
    await runtime?.stopAll();
    runtime = undefined;
    rmSync(DATA_DIR, { recursive: true, force: true });
    try {
      execFileSync('ip', ['link', 'del', 'br-twin'], { stdio: 'ignore' });
    } catch {
      // A case may fail before its bridge is there.
    }
  });

  test.each(cases)('$name: both come up, v4 and v6, routes as declared', async (one) => {
    const manifests = declare(one.gateway);
    // The host bridge, as the agent makes it: the gateway first of its family.
    holdGateway(manifests.find((object) => object.kind === 'HostBridge') as Manifest);
    runtime = new MultusRuntime(manifests, cniPath() as string);
    const pods = new Map<string, RunningPod>();
    const order = one.first === 'dynamic' ? ['dynamic', 'claimed'] : ['claimed', 'dynamic'];
    for (const name of [...order, 'late']) {
      const pod = manifests.find(
        (object) => object.kind === 'Pod' && object.metadata.name === name,
      );
      pods.set(name, await runtime.start(pod as Manifest));
    }
    const claimed = pods.get('claimed') as RunningPod;
    const dynamic = pods.get('dynamic') as RunningPod;
    expect(claimed.status[0]?.ips).toEqual(['10.20.0.100', 'fd00:20::100']);
    expect(dynamic.status[0]?.ips).toEqual(['10.20.0.10', 'fd00:20::10']);
    for (const pod of [claimed, dynamic]) {
      expect(await routesOf(pod)).toEqual([...one.routes].sort());
    }
    for (const to of ['10.20.0.100', 'fd00:20::100']) {
      expect(await ping(dynamic, to)).toMatchObject({ ok: true });
      expect(await ping(undefined, to)).toMatchObject({ ok: true });
    }
    expect(await ping(claimed, '10.20.0.1')).toMatchObject({ ok: true });
  });

  test('left as it is, the twin of a gateway bridge would refuse every normal pod', async () => {
    // Why the twin has no gateway flags: the same with them, on the real plugin.
    const manifests = declare('isGateway');
    const twin = manifests.find((object) => object.metadata.name === 'lan-claimed') as any;
    twin.spec.config = JSON.stringify({ ...JSON.parse(twin.spec.config), isGateway: true });
    const lan = manifests.find((object) => object.metadata.name === 'lan') as any;
    const moved = JSON.parse(lan.spec.config);
    moved.ipam.ranges[0][0].gateway = '10.20.0.254';
    lan.spec.config = JSON.stringify(moved);
    runtime = new MultusRuntime(manifests, cniPath() as string);
    await runtime.start(manifests.find((object) => object.metadata.name === 'claimed') as Manifest);
    const normal = manifests.find((object) => object.metadata.name === 'dynamic') as Manifest;
    await expect(runtime.start(normal)).rejects.toThrow(/already has an IP address different from/);
  });
});

/** A dual-stack network with a claimable part, its host bridge, a claimed pod and two dynamic ones. */
function declare(gateway: Case['gateway']): Manifest[] {
  const chart = new Chart(new App(), 'apps', {
    namespace: 'apps',
    disableResourceNameHashes: true,
  });
  const lan = new BridgeNetwork(chart, 'lan', {
    bridge: 'br-twin',
    ...(gateway !== 'none' && { [gateway]: true }),
    ipam: Ipam.hostLocal({
      ranges: [
        {
          subnet: '10.20.0.0/24',
          rangeStart: '10.20.0.10',
          rangeEnd: '10.20.0.110',
          gateway: '10.20.0.1',
        },
        { subnet: 'fd00:20::/64', rangeStart: 'fd00:20::10', rangeEnd: 'fd00:20::1ff' },
      ],
      claimable: ['10.20.0.100-10.20.0.110', 'fd00:20::100/120'],
      routes: [{ dst: '192.168.50.0/24' }, { dst: 'fd00:50::/64' }],
      dataDir: DATA_DIR,
    }),
  });
  new HostBridge(chart, 'bridge', {
    bridge: 'br-twin',
    addresses: ['10.20.0.1/24', '10.20.0.2/24', 'fd00:20::1/64'],
  });
  const claim = new AddressClaim(chart, 'address', {
    network: lan,
    addresses: ['10.20.0.100', 'fd00:20::100'],
  });
  const containers = [{ image: 'busybox:1.36' }];
  new MultiNetPod(chart, 'dynamic', { metadata: { name: 'dynamic' }, containers }).attach(lan);
  new MultiNetPod(chart, 'late', { metadata: { name: 'late' }, containers }).attach(lan);
  new MultiNetPod(chart, 'claimed', { metadata: { name: 'claimed' }, containers }).attach(lan, {
    claim,
  });
  return Testing.synth(chart);
}

function holdGateway(bridge: Manifest): void {
  execFileSync('ip', ['link', 'add', 'br-twin', 'type', 'bridge']);
  const addresses: string[] = bridge.spec.addresses;
  for (const address of addresses) {
    const flags = address.includes(':') ? ['nodad'] : [];
    execFileSync('ip', ['addr', 'add', address, 'dev', 'br-twin', ...flags]);
  }
  execFileSync('ip', ['link', 'set', 'br-twin', 'up']);
}

/** Routes of a pod with a next hop, `DST via GW`, sorted. */
async function routesOf(pod: RunningPod): Promise<string[]> {
  const found: string[] = [];
  for (const family of ['-4', '-6']) {
    const routes = JSON.parse(await inPod(pod, 'ip', ['-j', family, 'route']));
    for (const route of routes) if (route.gateway) found.push(`${route.dst} via ${route.gateway}`);
  }
  return found.sort();
}
