import { Chart, Testing } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import {
  AddressClaim,
  Ipam,
  MacvlanNetwork,
  MultiNetPod,
  Platform,
  PodNetworks,
} from 'netloom/constructs';
import {
  appsChart,
  CONTAINERS,
  configsOf,
  lanOf,
  type Manifest,
  NETWORKS,
  objectsOf,
  placeOf,
  problemsOfSynth,
} from './support';

const POLICY = 'ValidatingAdmissionPolicy';
const NAME = 'netloom-apps.lan-claimed';

/** The attachments that a policy lets through, as [namespace, name of the pod, attachment]. */
function letThrough(policy: Manifest): [string, string, object][] {
  const texts = policy.spec.variables.filter(({ name }: Manifest) => /^texts\d+$/.test(name));
  return texts.flatMap(({ expression }: Manifest) =>
    expression
      .split('\n')
      .slice(1, -1)
      .map((line: string) => JSON.parse(line.replace(/,$/, '')))
      .map(([namespace, name, text]: string[]) => [namespace, name, JSON.parse(text as string)]),
  );
}

describe('a policy guards the twin', () => {
  test('as soon as something claims, with its binding, for the whole cluster', () => {
    const chart = appsChart();
    const lan = lanOf(chart);
    expect(objectsOf(chart, POLICY).size).toBe(0);
    new AddressClaim(chart, 'camera', { network: lan, address: '10.10.0.100' });
    const policy = objectsOf(chart, POLICY).get(NAME);
    expect(policy.apiVersion).toBe('admissionregistration.k8s.io/v1');
    expect(policy.metadata).toEqual({ name: NAME });
    expect(letThrough(policy)).toEqual([]);
    expect(objectsOf(chart, `${POLICY}Binding`).get(NAME)).toMatchObject({
      metadata: { name: NAME },
      spec: { policyName: NAME, validationActions: ['Deny'] },
    });
  });

  test('and knows every attachment that comes of a claim, as it is written', () => {
    const app = Testing.app();
    const chart = new Chart(app, 'apps', { namespace: 'apps', disableResourceNameHashes: true });
    const guests = new Chart(app, 'guests', {
      namespace: 'guests',
      disableResourceNameHashes: true,
    });
    const lan = lanOf(chart);
    const claim = (id: string): AddressClaim =>
      new AddressClaim(chart, `claim-${id}`, { network: lan, address: `10.10.0.${id}` });
    new MultiNetPod(chart, 'web', { ...CONTAINERS, metadata: { name: 'web' } })
      .attach(lan)
      .attach(lan, { claim: claim('101'), interface: 'cam1' })
      .attach(lan, { claim: claim('100') });
    PodNetworks.of(new kplus.StatefulSet(chart, 'db', CONTAINERS)).attach(lan, {
      claim: claim('102'),
    });
    const strategy = kplus.DeploymentStrategy.recreate();
    const app1 = new kplus.Deployment(chart, 'app', { ...CONTAINERS, replicas: 1, strategy });
    PodNetworks.of(app1).attach(lan, { claim: claim('103') });
    new MultiNetPod(chart, 'eth0', { ...CONTAINERS, metadata: { name: 'eth0' } }).replaceDefault(
      lan,
      { claim: claim('106') },
    );
    const guest = new MultiNetPod(guests, 'guest', CONTAINERS);
    guest.replaceDefault(lan, { claim: claim('105') }).attach(lan, { claim: claim('104') });

    const policy = objectsOf(chart, POLICY).get(NAME);
    const own = (address: string, more: object = {}): object => ({
      name: 'lan-claimed',
      ...more,
      ips: [`${address}/24`],
    });
    const elsewhere = { namespace: 'apps' };
    expect(letThrough(policy)).toEqual([
      ['apps', '^apps-app-[a-z0-9]+-[a-z0-9]{5}$', own('10.10.0.103')],
      ['apps', '^apps-db-[0-9]+$', own('10.10.0.102')],
      // A default network is named with its namespace, wherever the pod is.
      ['apps', '^eth0$', own('10.10.0.106', elsewhere)],
      ['apps', '^web$', own('10.10.0.101', { interface: 'cam1' })],
      ['apps', '^web$', own('10.10.0.100')],
      ['guests', '^guests-guest$', own('10.10.0.104', elsewhere)],
      ['guests', '^guests-guest$', own('10.10.0.105', elsewhere)],
    ]);
    const pod = objectsOf(chart, 'Pod').get('web');
    const { variables } = policy.spec;
    const text = variables.find(({ name }: Manifest) => name === 'texts0').expression;
    const web = pod.metadata.annotations[NETWORKS];
    const written = web.slice(web.lastIndexOf('{'), web.lastIndexOf('}') + 1);
    expect(text).toContain(JSON.stringify(written));
  });

  test('of whereabouts, whose twin comes with it', () => {
    const chart = appsChart();
    const net = new MacvlanNetwork(chart, 'lan', {
      master: 'eth1',
      ipam: Ipam.whereabouts({
        ranges: [{ range: '10.20.0.0/24', gateway: '10.20.0.1' }],
        claimable: ['10.20.0.128/25'],
        routes: [{ dst: '192.168.0.0/16' }],
      }),
    });
    const claim = new AddressClaim(chart, 'camera', { network: net, address: '10.20.0.130' });
    new MultiNetPod(chart, 'web', CONTAINERS).attach(net, { claim });
    expect(net.claimedApiObject?.name).toBe('lan-claimed');
    expect(configsOf(chart).get('lan-claimed')).toEqual({
      cniVersion: '0.4.0',
      name: 'lan-claimed',
      type: 'macvlan',
      master: 'eth1',
      capabilities: { ips: true },
      ipam: { type: 'static', routes: [{ dst: '192.168.0.0/16', gw: '10.20.0.1' }] },
    });
    expect([...objectsOf(chart, POLICY).keys()]).toEqual([NAME]);
    expect(claim.cidrs).toEqual(['10.20.0.130/24']);
  });

  test("in Multus' own namespace a default network needs none in front", () => {
    const chart = new Chart(Testing.app(), 'infra', { namespace: 'openshift-multus' });
    Platform.microshift().applyTo(chart);
    new AddressClaim(chart, 'camera', { network: lanOf(chart), address: '10.10.0.100' });
    const [policy] = [...objectsOf(chart, POLICY).values()] as [Manifest];
    expect(policy.spec.validations[2].expression).toMatch(/^true \? /);
    const other = appsChart();
    new AddressClaim(other, 'camera', { network: lanOf(other), address: '10.10.0.100' });
    expect(objectsOf(other, POLICY).get(NAME).spec.validations[2].expression).toMatch(/^false \? /);
  });

  test('unless it is not wanted, or nobody knows the namespace', () => {
    const chart = appsChart();
    const lan = lanOf(chart, { claimedPolicy: false });
    new AddressClaim(chart, 'camera', { network: lan, address: '10.10.0.100' });
    expect(objectsOf(chart, POLICY).size).toBe(0);
    const nowhere = new Chart(Testing.app(), 'apps');
    const unplaced = lanOf(nowhere);
    new AddressClaim(nowhere, 'camera', { network: unplaced, address: '10.10.0.100' });
    expect(objectsOf(nowhere, POLICY).size).toBe(0);
  });

  test('also while nothing claims, when it is wanted', () => {
    const chart = appsChart();
    lanOf(chart, { claimedPolicy: true });
    expect([...objectsOf(chart, POLICY).keys()]).toEqual([NAME]);
  });

  test('refused: a policy for a namespace that nobody knows', () => {
    const chart = new Chart(Testing.app(), 'apps');
    lanOf(chart, { claimedPolicy: true });
    expect(problemsOfSynth(() => chart.toJson()).map(placeOf)).toEqual([
      '[apps/lan] claimedPolicy NL_VALUES_CONFLICT',
    ]);
  });
});
