import { App, Chart, Testing } from 'cdk8s';
import { DhcpDaemon, MultusInstall, Platform, WhereaboutsInstall } from 'netloom/constructs';
import { type Manifest, warningsTold } from './support';

const NAMESPACE = { namespace: 'networks' };

function namespacesOf(...charts: Chart[]): string[][] {
  const found = charts.map((chart) =>
    (Testing.synth(chart) as Manifest[])
      .filter(({ kind }) => kind === 'Namespace')
      .map(({ metadata }) => metadata.name),
  );
  warningsTold();
  return found;
}

describe('a namespace that several installs want', () => {
  test('is there once, with the first of them, and its chart comes first', () => {
    const app = new App();
    const last = new Chart(app, 'z-first');
    const first = new Chart(app, 'a-second');
    new MultusInstall(last, 'multus', NAMESPACE);
    new WhereaboutsInstall(first, 'whereabouts', NAMESPACE);
    new DhcpDaemon(first, 'dhcp', NAMESPACE);
    expect(namespacesOf(last, first)).toEqual([['networks'], []]);
    expect(app.charts.map(({ node }) => node.id)).toEqual(['z-first', 'a-second']);
  });

  test('is made by each kind of install alone', () => {
    const chart = (): Chart => new Chart(Testing.app(), 'infra');
    const [one, two, three] = [chart(), chart(), chart()];
    new MultusInstall(one, 'multus', NAMESPACE);
    new WhereaboutsInstall(two, 'whereabouts', NAMESPACE);
    new DhcpDaemon(three, 'dhcp', NAMESPACE);
    expect(namespacesOf(one, two, three)).toEqual([['networks'], ['networks'], ['networks']]);
  });

  test('is made again when the first install is taken out of the tree', () => {
    const chart = new Chart(Testing.app(), 'infra');
    new WhereaboutsInstall(chart, 'old', NAMESPACE);
    chart.node.tryRemoveChild('old');
    new DhcpDaemon(chart, 'dhcp', NAMESPACE);
    expect(namespacesOf(chart)).toEqual([['networks']]);
  });

  test('once in each cluster', () => {
    const app = Testing.app();
    const charts = ['east', 'west'].map((cluster) => {
      const chart = new Chart(app, cluster);
      Platform.kubernetes({ cluster }).applyTo(chart);
      new WhereaboutsInstall(chart, 'whereabouts', NAMESPACE);
      return chart;
    });
    expect(namespacesOf(...charts)).toEqual([['networks'], ['networks']]);
  });

  test('not where it is said to be there', () => {
    const chart = new Chart(Testing.app(), 'infra');
    new WhereaboutsInstall(chart, 'whereabouts', { ...NAMESPACE, createNamespace: false });
    expect(namespacesOf(chart)).toEqual([[]]);
  });
});
