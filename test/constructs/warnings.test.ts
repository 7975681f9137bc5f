import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { App, Chart, Testing } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import {
  AddressClaim,
  BridgeNetwork,
  CniNetwork,
  Ipam,
  MacvlanNetwork,
  MultiNetPod,
  type Network,
  PodNetworks,
  Warnings,
} from 'netloom/constructs';
import { nodePath } from '../../scripts/tools';
import {
  appsChart,
  type Manifest,
  objectsOf,
  placeOf,
  problemsOfSynth,
  warningsTold,
} from './support';

const SILENCE = 'netloom.io/silence';
const CONTAINERS = { containers: [{ image: 'nginx:1.27' }] };

/** A network with a warning: nobody knows who leases over this bridge. */
const leased = (chart: Chart, id = 'lan'): BridgeNetwork =>
  new BridgeNetwork(chart, id, { bridge: `br-${id}`, ipam: Ipam.dhcp() });

const TEXT =
  '[apps/lan] ipam: addresses are leased over the bridge "br-lan", and nothing here puts a DHCP server on it.';

const silenceOf = (chart: Chart, kind: string, name: string): string | undefined =>
  objectsOf(chart, kind).get(name).metadata.annotations?.[SILENCE];

const NAD = 'NetworkAttachmentDefinition';

describe('S5.7 a warning', () => {
  test("S5.7 ends no synthesis: it goes to standard error and into the construct's metadata, once", () => {
    const app = Testing.app();
    const chart = new Chart(app, 'apps', { namespace: 'apps' });
    const other = new Chart(app, 'other');
    new BridgeNetwork(other, 'plain');
    const lan = leased(chart);
    app.synth();
    app.synth();
    Testing.synth(chart);
    const told = warningsTold();
    expect(told).toHaveLength(1);
    expect(told[0]).toContain(TEXT);
    expect(told[0]).toMatch(/\(NL_DHCP_SERVER\)$/);
    expect(lan.node.metadata.map(({ type, data }) => [type, `[apps/lan] ${data}`])).toEqual([
      ['netloom:warning', told[0]],
    ]);
  });

  test('S5.7 begins with "warning: ", so that a pipeline finds it', () => {
    const code = `
      const { App, Chart } = require('cdk8s');
      const { BridgeNetwork, Ipam } = require('netloom/constructs');
      const app = new App({ outdir: process.argv[1] });
      new BridgeNetwork(new Chart(app, 'apps'), 'lan', { ipam: Ipam.dhcp() });
      app.synth();`;
    const { stderr, stdout, status } = spawnSync(nodePath(), ['-e', code, Testing.app().outdir], {
      encoding: 'utf8',
      cwd: path.join(__dirname, '../..'),
    });
    expect({ status, stdout, lines: stderr.trim().split('\n').length }).toEqual({
      status: 0,
      stdout: '',
      lines: 1,
    });
    expect(stderr).toMatch(/^warning: \[apps\/lan\] ipam: .*\(NL_DHCP_SERVER\)\n$/);
  });

  test('S5.7 is told beside errors, and again when it is about something else', () => {
    const chart = appsChart();
    leased(chart);
    new BridgeNetwork(chart, 'broken', { mtu: 1 });
    expect(problemsOfSynth(() => chart.toJson()).map(placeOf)).toEqual([
      '[apps/broken] mtu NL_VALUE_OUT_OF_RANGE',
    ]);
    expect(warningsTold()).toHaveLength(1);
    leased(chart, 'second');
    problemsOfSynth(() => chart.toJson());
    expect(warningsTold().map(placeOf)).toEqual(['[apps/second] ipam NL_DHCP_SERVER']);
  });
});

describe('S5.7 Warnings.of(...).silence', () => {
  test('S5.7 at the network: nothing is told, and the object says why', () => {
    const chart = appsChart();
    const lan = leased(chart);
    expect(Warnings.of(lan).silence('NL_DHCP_SERVER', ' the router leases ')).toBeInstanceOf(
      Warnings,
    );
    expect(silenceOf(chart, NAD, 'lan')).toBe('{"NL_DHCP_SERVER":"the router leases"}');
    expect(lan.node.metadata).toEqual([]);
  });

  test('S5.7 at a scope above: on the objects that it concerns, and on no other', () => {
    const chart = appsChart();
    leased(chart);
    new BridgeNetwork(chart, 'plain');
    Warnings.of(chart).silence('NL_DHCP_SERVER', 'the router leases');
    expect(silenceOf(chart, NAD, 'lan')).toBe('{"NL_DHCP_SERVER":"the router leases"}');
    expect(silenceOf(chart, NAD, 'plain')).toBeUndefined();
  });

  test('S5.7 the nearest reason counts', () => {
    const app = Testing.app();
    const chart = new Chart(app, 'apps', { namespace: 'apps' });
    const lan = leased(chart);
    leased(chart, 'other');
    Warnings.of(app).silence('NL_DHCP_SERVER', 'far');
    Warnings.of(lan).silence('NL_DHCP_SERVER', 'near').silence('NL_KEY_UNKNOWN', 'unused');
    expect(silenceOf(chart, NAD, 'lan')).toBe(
      '{"NL_DHCP_SERVER":"near","NL_KEY_UNKNOWN":"unused"}',
    );
    expect(silenceOf(chart, NAD, 'other')).toBe('{"NL_DHCP_SERVER":"far"}');
  });

  test('S5.7 other warnings of the construct are told', () => {
    const chart = appsChart();
    const config = { type: 'bridge', bridge: 'br0', ipam: { type: 'dhcp' }, x: 1 };
    const lan = new CniNetwork(chart, 'lan', { config });
    Warnings.of(lan).silence('NL_DHCP_SERVER', 'the router leases');
    Testing.synth(chart);
    expect(warningsTold().map(placeOf)).toEqual(['[apps/lan] config.x NL_KEY_UNKNOWN']);
  });

  test('S5.7 on the twin, too, and beside annotations that are there', () => {
    const chart = appsChart();
    const lan = new BridgeNetwork(chart, 'lan', {
      bridge: 'br-test',
      isDefaultGateway: true,
      ipam: Ipam.hostLocal({
        ranges: [{ subnet: '10.10.0.0/24' }],
        claimable: ['10.10.0.100-10.10.0.119'],
      }),
      metadata: { annotations: { zebra: '1', apple: '2' } },
    });
    Warnings.of(lan).silence('NL_DEFAULT_ROUTE_TAKEN', 'that is what it is for');
    for (const name of ['lan', 'lan-claimed']) {
      const { annotations } = objectsOf(chart, NAD).get(name).metadata;
      expect(Object.keys(annotations)).toEqual(['apple', SILENCE, 'zebra']);
    }
  });

  const workloads: { name: string; kind: string; make: (chart: Chart, lan: Network) => unknown }[] =
    [
      {
        name: 'a pod',
        kind: 'Pod',
        make: (chart, lan) =>
          new MultiNetPod(chart, 'web', CONTAINERS).attach(lan, { ips: ['10.20.0.5/24'] }),
      },
      {
        name: 'a Deployment, on the object itself',
        kind: 'Deployment',
        make: (chart, lan) => {
          const web = new kplus.Deployment(chart, 'web', { ...CONTAINERS, replicas: 1 });
          PodNetworks.of(web).attach(lan, { ips: ['10.20.0.5/24'] });
          return web;
        },
      },
    ];

  test.each(workloads)('S5.7 of $name', ({ kind, make }) => {
    const chart = appsChart();
    const lan = new MacvlanNetwork(chart, 'lan', {
      master: 'eth1',
      ipam: Ipam.whereabouts({ range: '10.20.0.0/24' }),
    });
    const web = make(chart, lan) as MultiNetPod;
    Testing.synth(chart);
    expect(warningsTold().map(placeOf)).toContain('[apps/web] attachments[0].ips NL_IPS_EXTRA');
    Warnings.of(web).silence('NL_IPS_EXTRA', 'both are wanted');
    const [object] = [...objectsOf(chart, kind).values()] as [Manifest];
    expect(object.metadata.annotations[SILENCE]).toBe('{"NL_IPS_EXTRA":"both are wanted"}');
    warningsTold();
  });

  const refused: { name: string; code: string; reason: string; found: string }[] = [
    {
      name: 'an error',
      code: 'NL_HOST_BITS',
      reason: 'x',
      found: "NL_HOST_BITS is an error, and errors can't be silenced",
    },
    { name: 'a code that there is not', code: 'NL_X', reason: 'x', found: '"NL_X" is no code' },
    {
      name: 'no reason',
      code: 'NL_DHCP_SERVER',
      reason: ' ',
      found: 'NL_DHCP_SERVER is silenced without a reason',
    },
  ];

  test.each(refused)('S5.7 refuses $name', ({ code, reason, found }) => {
    const chart = appsChart();
    const lan = leased(chart);
    Warnings.of(lan).silence(code as never, reason);
    const [problem, ...others] = problemsOfSynth(() => chart.toJson());
    expect(problem).toContain(`[apps/lan] silence: ${found}. Allowed: `);
    expect(problem).toMatch(/\(NL_SILENCE_INVALID\)$/);
    expect(others).toEqual([]);
    expect(warningsTold()).toHaveLength(1);
  });

  test('S5.7 refuses it anywhere, also at the app', () => {
    const app = Testing.app();
    new Chart(app, 'apps');
    Warnings.of(app).silence('NL_HOST_BITS', 'x');
    expect(problemsOfSynth(() => app.synth()).map(placeOf)).toEqual([
      '[] silence NL_SILENCE_INVALID',
    ]);
  });
});

test('a claim that nobody attached and a network that nobody uses are told of in one run', () => {
  const app = new App({ outdir: Testing.app().outdir });
  const chart = new Chart(app, 'apps', { namespace: 'apps' });
  const lan = new BridgeNetwork(chart, 'lan', { ipam: Ipam.none() });
  new AddressClaim(chart, 'camera', { network: lan, address: '10.0.0.5' });
  expect(problemsOfSynth(() => app.synth()).map(placeOf)).toEqual([
    '[apps/camera] network NL_CLAIMABLE_MISSING',
  ]);
});
