import { App, type Chart } from 'cdk8s';
import {
  BridgeNetwork,
  CniNetwork,
  HostDeviceNetwork,
  Ipam,
  MacvlanNetwork,
  MultiNetPod,
} from 'netloom/constructs';
import { appsChart, CONTAINERS, lanOf, placeOf, problemsOfSynth, warningsTold } from './support';

const ipam = Ipam.static({ addresses: [{ address: '10.0.0.5/24' }] });

function placesOf(make: (chart: Chart) => unknown): string[] {
  const chart = appsChart();
  make(chart);
  return problemsOfSynth(() => App.of(chart).synth()).map(placeOf);
}

describe('options that a program without types misspells', () => {
  test.each<{ name: string; make: (chart: Chart) => unknown; want: string }>([
    {
      name: 'of a network',
      make: (chart) => new BridgeNetwork(chart, 'x', { isGatway: true, ipam } as object),
      want: '[apps/x] isGatway NL_KEY_MISSPELT',
    },
    {
      name: 'that all networks take',
      make: (chart) => new BridgeNetwork(chart, 'x', { ipams: ipam } as object),
      want: '[apps/x] ipams NL_KEY_MISSPELT',
    },
    {
      name: 'of a network with groups of nodes',
      make: (chart) => new MacvlanNetwork(chart, 'x', { masterByNodeGroups: {}, ipam } as object),
      want: '[apps/x] masterByNodeGroups NL_KEY_MISSPELT',
    },
    {
      name: 'of a network as upstream writes it, and not its configuration',
      make: (chart) =>
        new CniNetwork(chart, 'x', {
          namespaces: 'apps',
          config: { type: 'bridge', ipam: {} },
        } as object),
      want: '[apps/x] namespaces NL_KEY_MISSPELT',
    },
    {
      name: 'of an attachment',
      make: (chart) =>
        new MultiNetPod(chart, 'db', CONTAINERS).attach(lanOf(chart), {
          ipRequest: ['10.10.0.7/24'],
        } as object),
      want: '[apps/db] attachments[0].ipRequest NL_KEY_MISSPELT',
    },
    {
      name: "of what takes the cluster network's place",
      make: (chart) =>
        new MultiNetPod(chart, 'db', CONTAINERS).replaceDefault(lanOf(chart), {
          macc: '02:00:00:00:00:01',
        } as object),
      want: '[apps/db] defaultNetwork.macc NL_KEY_MISSPELT',
    },
  ])('$name', ({ make, want }) => {
    expect(placesOf(make)).toEqual([want]);
  });

  test('what looks like no option may belong to something else: a warning', () => {
    const common = { isGateway: true, colour: 'blue', master: 'eth1', ipam };
    expect(placesOf((chart) => new BridgeNetwork(chart, 'x', common))).toEqual([]);
    expect(warningsTold().map(placeOf)).toEqual([
      '[apps/x] colour NL_KEY_UNKNOWN',
      '[apps/x] master NL_KEY_UNKNOWN',
    ]);
  });

  test('options that there are, are known', () => {
    const groups = { a: { nodeSelector: { rack: 'a' }, device: 'eth1' } };
    expect(
      placesOf((chart) => {
        new HostDeviceNetwork(chart, 'x', { deviceByNodeGroup: groups, ipam });
        new BridgeNetwork(chart, 'y', { extra: {}, dns: {}, capabilities: {}, metadata: {}, ipam });
      }),
    ).toEqual([]);
  });
});
