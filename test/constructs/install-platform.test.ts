import { Chart, Testing } from 'cdk8s';
import {
  DhcpDaemon,
  MultusInstall,
  MultusRemoval,
  Platform,
  WhereaboutsInstall,
} from 'netloom/constructs';
import { type Manifest, placeOf, problemsOfSynth, warningsTold } from './support';

const problemsOf = (...charts: Chart[]): string[] => {
  const found = charts.map((chart) => problemsOfSynth(() => Testing.synth(chart)).map(placeOf));
  warningsTold();
  return found.flat();
};

const INSTALLS = { MultusInstall, WhereaboutsInstall, DhcpDaemon };

describe('a platform that is applied', () => {
  test.each(Object.entries({ ...INSTALLS, MultusRemoval }))(
    'behind a %s is too late for it',
    (_name, Install) => {
      const app = Testing.app();
      const infra = new Chart(app, 'infra');
      new Install(infra, 'install');
      Platform.rke2().applyTo(app);
      expect(problemsOf(infra)).toEqual(['[infra/install] platform NL_VALUES_CONFLICT']);
    },
  );

  test('behind it, and is the same but for what does not change its objects', () => {
    const app = Testing.app();
    const infra = new Chart(app, 'infra');
    new MultusInstall(infra, 'multus');
    Platform.kubernetes({ nodes: 3, podCidrs: ['10.244.0.0/16'] }).applyTo(app);
    expect(problemsOf(infra)).toEqual([]);
    Platform.kubernetes({ isolation: { globalNamespaces: ['default'] } }).applyTo(infra);
    expect(problemsOf(infra)).toEqual(['[infra/multus] platform NL_VALUES_CONFLICT']);
  });

  test('says nothing to an install with a platform of its own', () => {
    const app = Testing.app();
    const infra = new Chart(app, 'infra');
    new MultusInstall(infra, 'multus', { platform: Platform.kubernetes() });
    Platform.rke2().applyTo(app);
    expect(problemsOf(infra)).toEqual([]);
  });
});

describe('an install', () => {
  test.each(Object.entries(INSTALLS))('%s is there once in a cluster', (_name, Install) => {
    const app = Testing.app();
    const [one, other] = [new Chart(app, 'one'), new Chart(app, 'other')];
    new Install(one, 'install');
    new Install(other, 'install', { namespace: 'elsewhere' });
    const found = problemsOfSynth(() => Testing.synth(one));
    warningsTold();
    expect(found).toEqual([
      expect.stringMatching(
        /^\[other\/install\] "one\/install" is a .* of the same cluster.*NL_NAME_TWICE/,
      ),
    ]);
  });

  test('may come back after it was taken out of the tree', () => {
    const infra = new Chart(Testing.app(), 'infra');
    new WhereaboutsInstall(infra, 'old');
    infra.node.tryRemoveChild('old');
    new WhereaboutsInstall(infra, 'new');
    expect(problemsOf(infra)).toEqual([]);
  });

  test('is there once for each cluster that has a name, applied or given', () => {
    const app = Testing.app();
    const charts = ['east', 'west'].map((cluster) => {
      const chart = new Chart(app, cluster);
      new MultusInstall(chart, 'multus', { platform: Platform.kubernetes({ cluster }) });
      Platform.kubernetes({ cluster }).applyTo(chart);
      new WhereaboutsInstall(chart, 'whereabouts');
      return chart;
    });
    expect(problemsOf(...charts)).toEqual([]);
  });

  test('of a chart keeps clusters with a name apart', () => {
    const app = Testing.app();
    const charts = ['east', 'west'].map((cluster) => {
      const chart = new Chart(app, cluster);
      const logLevel = cluster === 'east' ? 'debug' : 'error';
      new MultusInstall(chart, 'multus', { platform: Platform.rke2({ cluster }), logLevel });
      return chart;
    });
    const values = charts.map(
      (chart) => (Testing.synth(chart) as Manifest[])[0].spec.valuesContent,
    );
    expect(values).toEqual([
      expect.stringContaining('logLevel: debug'),
      expect.stringContaining('logLevel: error'),
    ]);
    warningsTold();
  });
});
