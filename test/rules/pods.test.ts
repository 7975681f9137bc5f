import { checkPods, NETWORKS_ANNOTATION, readNetworksAnnotation } from 'netloom';
import { attached, codesAndKeys, network } from './samples';
import { pods, written } from './worlds';

const KEY = `annotations["${NETWORKS_ANNOTATION}"]`;
const DEFAULT = 'v1.multus-cni.io/default-network';

describe('the form of the annotation', () => {
  const invalid = (key: string): string[] => [`NL_ANNOTATION_INVALID ${key}`];
  test.each([
    { given: 'lan', want: [] },
    { given: ' lan , infra/lan@net7 ', want: [] },
    { given: 'lan,', want: invalid('attachments[1]') },
    { given: 'lan,,lan', want: invalid('attachments[1]') },
    { given: 'lan lan', want: invalid('attachments[0]') },
    { given: 'Lan', want: invalid('attachments[0]') },
    { given: 'a/b/c', want: invalid('attachments[0]') },
    { given: 'lan.b', want: invalid('attachments[0]') },
    { given: '[{"name":"lan.b"}]', want: [] },
    { given: '{"name":"lan"}', want: invalid(KEY) },
    { given: '[{"name":"lan"}', want: invalid(KEY) },
    { given: '[{}]', want: invalid('attachments[0]') },
    { given: '["lan"]', want: invalid('attachments[0]') },
    { given: '[{"name":7}]', want: ['NL_TYPE_WRONG attachments[0].extra.name'] },
    { given: '[{"name":"apps/lan"}]', want: ['NL_NAME_INVALID attachments[0].network.name'] },
    { given: '[{"name":"Lan"}]', want: ['NL_NAME_INVALID attachments[0].network.name'] },
  ])('$given', ({ given, want }) => {
    expect(codesAndKeys(checkPods(written(given)))).toEqual(want);
  });

  test.each([
    { given: 'lan.b', want: '[{"name":"lan.b"}]?' },
    { given: 'lan lan', want: 'put commas between names: lan,lan?' },
    { given: 'Lan', want: 'lan?' },
    { given: 'lan,', want: 'leave the comma out' },
    { given: 'a/b/c', want: 'correct the name: a-z, 0-9 and "-", one "/" and one "@" at most' },
    { given: '{"name":"lan"}', want: 'put [ and ] around it' },
    { given: '"lan"', want: 'write a list of objects, or names with commas between' },
    { given: '["lan"]', want: '{ "name": "lan" }?' },
    { given: '[{}]', want: 'give it the "name" of a network' },
    { given: '[{"name":"lan"]', want: 'correct the JSON at that place' },
  ])('the fix for $given', ({ given, want }) => {
    expect(readNetworksAnnotation(given).errors.map(({ fix }) => fix)).toEqual([want]);
  });
});

describe('the default network', () => {
  const invalid = [`NL_ANNOTATION_INVALID annotations["${DEFAULT}"]`];
  test.each([
    { given: 'macvlan', want: [] },
    { given: 'infra/macvlan', want: [] },
    { given: '[{"name":"macvlan"}]', want: [] },
    { given: 'a,b', want: invalid },
    { given: '', want: invalid },
    { given: 'a b', want: invalid },
  ])('"$given"', ({ given, want }) => {
    expect(codesAndKeys(checkPods(pods({ annotations: { [DEFAULT]: given } })))).toEqual(want);
  });
});

describe('where annotations stand', () => {
  test.each([
    {
      name: 'on the workload itself',
      given: pods({
        workload: { kind: 'Deployment' },
        ownAnnotations: { [NETWORKS_ANNOTATION]: 'lan' },
      }),
      want: [`NL_KEY_IGNORED metadata.${KEY}`],
    },
    {
      name: 'on a pod of the host',
      given: pods({
        workload: { kind: 'Pod', spec: { hostNetwork: true } },
        annotations: { [NETWORKS_ANNOTATION]: 'lan' },
      }),
      want: [`NL_KEY_IGNORED ${KEY}`],
    },
    {
      name: 'on no pod of the host',
      given: pods({
        workload: { kind: 'Pod', spec: { hostNetwork: false } },
        annotations: { [NETWORKS_ANNOTATION]: 'lan' },
      }),
      want: [],
    },
  ])('$name', ({ given, want }) => expect(codesAndKeys(checkPods(given))).toEqual(want));

  test('the fix names the template', () => {
    const fixes = ['Deployment', 'CronJob'].map((kind) => {
      const own = { [NETWORKS_ANNOTATION]: 'lan' };
      return checkPods(pods({ workload: { kind }, ownAnnotations: own }))[0]?.fix;
    });
    expect(fixes).toEqual([
      'move it to spec.template.metadata.annotations',
      'move it to spec.jobTemplate.spec.template.metadata.annotations',
    ]);
  });
});

describe('keys of annotations', () => {
  test.each([
    { key: 'k8s.v1.cni.cncf.io/network', want: 'k8s.v1.cni.cncf.io/networks?' },
    { key: 'k8s.cni.cncf.io/networks', want: 'k8s.v1.cni.cncf.io/networks?' },
    { key: 'k8s.v1.cni.cncf.io/Networks', want: 'k8s.v1.cni.cncf.io/networks?' },
    { key: 'k8s.v1.cni.cncf.io/networks-status', want: 'k8s.v1.cni.cncf.io/network-status?' },
    { key: 'v1.multus-cni.io/default-networks', want: 'v1.multus-cni.io/default-network?' },
    { key: 'multus-cni.io/default-network', want: 'v1.multus-cni.io/default-network?' },
    { key: 'k8s.v1.cni.cncf.io/networks', want: undefined },
    { key: 'k8s.v1.cni.cncf.io/policy-for', want: undefined },
    { key: 'cni.projectcalico.org/podIP', want: undefined },
    { key: 'example.com/network', want: undefined },
    { key: 'prometheus.io/scrape', want: undefined },
  ])('$key', ({ key, want }) => {
    const given = pods({ workload: { kind: 'Deployment' }, annotations: { [key]: 'lan' } });
    const found = checkPods(given);
    expect(found.map(({ fix }) => fix)).toEqual(want === undefined ? [] : [want]);
    if (want) expect(codesAndKeys(found)).toEqual([`NL_KEY_MISSPELT annotations["${key}"]`]);
  });

  test('what old releases wrote on pods is a fact', () => {
    const annotations = { 'k8s.v1.cni.cncf.io/networks-status': '[]' };
    expect(checkPods(pods({ annotations }))).toEqual([]);
  });
});

test('a claim on a workload of two pods', () => {
  const attachments = [{ ...attached(network()), claim: { name: 'c', network: network() } }];
  const workload = { kind: 'Deployment', spec: { replicas: 2 } };
  expect(codesAndKeys(checkPods(pods({ attachments, workload })))).toEqual([
    'NL_CLAIM_WORKLOAD attachments[0].claim',
  ]);
});
