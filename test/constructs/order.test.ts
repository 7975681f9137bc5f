import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ApiObject, type App, Chart, Testing, YamlOutputType } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import fc from 'fast-check';
import {
  AddressClaim,
  BridgeNetwork,
  Chain,
  CniNetwork,
  HostBridge,
  Ipam,
  KubeOvnNetwork,
  KubeOvnSubnet,
  MacvlanNetwork,
  MultiNetPod,
  type Network,
  PodNetworks,
  Warnings,
  WhereaboutsPool,
} from 'netloom/constructs';
import { warningsTold } from './support';

/** How many orders are tried; 1,000 by hand: NETLOOM_SHUFFLES=1000. */
const SHUFFLES = Number(process.env['NETLOOM_SHUFFLES'] ?? 40);

/** What a program makes, piece by piece: each piece makes what it needs first, once. */
class Program {
  readonly app: App = Testing.app({ yamlOutputType: YamlOutputType.FILE_PER_RESOURCE });
  private readonly apps = new Chart(this.app, 'apps', { namespace: 'apps' });
  private readonly infra = new Chart(this.app, 'infra', { namespace: 'infra' });
  private readonly made = new Map<string, unknown>();

  private once<T>(id: string, make: () => T): T {
    if (!this.made.has(id)) this.made.set(id, make());
    return this.made.get(id) as T;
  }

  lan = (): Network =>
    this.once(
      'lan',
      () =>
        new BridgeNetwork(this.apps, 'lan', {
          bridge: 'br-test',
          ipam: Ipam.hostLocal({
            ranges: [{ subnet: '10.10.0.0/24', rangeStart: '10.10.0.20', gateway: '10.10.0.254' }],
            claimable: ['10.10.0.100-10.10.0.119'],
          }),
          chain: [Chain.portmap()],
        }),
    );
  pool = (): WhereaboutsPool =>
    this.once(
      'pool',
      () =>
        new WhereaboutsPool(this.infra, 'pool', {
          ranges: [{ range: '10.20.0.0/24', gateway: '10.20.0.1' }],
          claimable: ['10.20.0.128/25'],
        }),
    );
  storage = (): Network =>
    this.once(
      'storage',
      () =>
        new MacvlanNetwork(this.infra, 'storage', {
          masterByNodeGroup: {
            b: { master: 'eth2', nodeSelector: { rack: 'b' } },
            a: { master: 'eth1', nodeSelector: { rack: 'a' } },
          },
          ipam: Ipam.whereabouts(this.pool()),
        }),
    );
  subnet = (): KubeOvnSubnet =>
    this.once(
      'subnet',
      () => new KubeOvnSubnet(this.infra, 'subnet', { cidrBlock: '172.17.0.0/16' }),
    );
  ovn = (): Network =>
    this.once('ovn', () => new KubeOvnNetwork(this.apps, 'ovn', { subnet: this.subnet() }));
  raw = (): Network =>
    this.once('raw', () => new CniNetwork(this.apps, 'raw', { config: { type: 'future', x: 1 } }));
  silence = (): unknown =>
    this.once('silence', () => Warnings.of(this.apps).silence('NL_PLUGIN_UNKNOWN', 'our own'));
  host = (): HostBridge =>
    this.once(
      'host',
      () =>
        new HostBridge(this.infra, 'br-test', { bridge: 'br-test', addresses: ['10.10.0.10/24'] }),
    );
  claim = (id: string, address: string, network: () => Network) => (): AddressClaim =>
    this.once(
      `claim-${id}`,
      () => new AddressClaim(this.apps, id, { network: network(), address }),
    );
  pod = (id: string, attach: (networks: PodNetworks) => unknown) => (): PodNetworks =>
    this.once(id, () => {
      const containers = [{ image: 'nginx:1.27' }];
      const networks = PodNetworks.of(new MultiNetPod(this.apps, id, { containers }));
      attach(networks);
      return networks;
    });
  deployment = (): unknown =>
    this.once('deployment', () => {
      const template = {
        metadata: { annotations: { 'k8s.v1.cni.cncf.io/networks': 'istio-cni' } },
        spec: { containers: [] },
      };
      const spec = { replicas: 1, strategy: { type: 'Recreate' }, template };
      const object = new ApiObject(this.infra, 'app', {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        spec,
      });
      return PodNetworks.of(object).attach(this.lan(), { claim: this.claims.app() });
    });
  plain = (): unknown =>
    this.once('plain', () => new kplus.Service(this.apps, 'svc', { ports: [{ port: 80 }] }));

  private readonly claims = {
    camera: this.claim('camera', '10.10.0.100', this.lan),
    door: this.claim('door', '10.10.0.101', this.lan),
    app: this.claim('app', '10.10.0.102', this.lan),
    disk: this.claim('disk', '10.20.0.130', this.storage),
  };

  /** In the order of the program. */
  readonly pieces: readonly (() => unknown)[] = [
    this.lan,
    this.pool,
    this.storage,
    this.subnet,
    this.ovn,
    this.raw,
    this.silence,
    this.host,
    ...Object.values(this.claims),
    this.pod('web', (networks) =>
      networks.attach(this.lan()).attach(this.ovn(), { ips: ['172.17.0.20'] }),
    ),
    this.pod('camera-pod', (networks) =>
      networks
        .attach(this.lan(), { claim: this.claims.camera(), interface: 'cam0' })
        .attach(this.storage(), { claim: this.claims.disk(), nodeGroup: 'a' }),
    ),
    this.pod('door-pod', (networks) =>
      networks.replaceDefault(this.lan(), { claim: this.claims.door() }).attach(this.raw()),
    ),
    this.deployment,
    this.plain,
  ];
}

/** The files of a program whose pieces are made in some order. */
function filesOf(order: (pieces: readonly (() => unknown)[]) => readonly (() => unknown)[]) {
  const program = new Program();
  for (const make of order(program.pieces)) make();
  program.app.synth();
  const { outdir } = program.app;
  const names = readdirSync(outdir).sort();
  return Object.fromEntries(
    names.map((name) => [name, readFileSync(path.join(outdir, name), 'utf8')]),
  );
}

test('the order in which objects are made changes no byte of any', () => {
  const want = filesOf((pieces) => pieces);
  expect(Object.keys(want)).toHaveLength(21);
  const count = new Program().pieces.length;
  const indexes = Array.from({ length: count }, (_, index) => index);
  fc.assert(
    fc.property(fc.shuffledSubarray(indexes, { minLength: count }), (order) => {
      expect(filesOf((pieces) => order.map((index) => pieces[index] as () => unknown))).toEqual(
        want,
      );
    }),
    { numRuns: SHUFFLES },
  );
  warningsTold();
});
