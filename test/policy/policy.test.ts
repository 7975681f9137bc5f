import { netloomPolicies, type PolicyStack } from 'netloom/policy';

const network = (
  name: string,
  master: string,
  type = 'macvlan',
): PolicyStack['resources'][number] => ({
  type: 'kubernetes:k8s.cni.cncf.io/v1:NetworkAttachmentDefinition',
  urn: `urn:pulumi:dev::demo::kubernetes:k8s.cni.cncf.io/v1:NetworkAttachmentDefinition::${name}`,
  props: {
    apiVersion: 'k8s.cni.cncf.io/v1',
    kind: 'NetworkAttachmentDefinition',
    metadata: { name, namespace: 'apps' },
    spec: { config: JSON.stringify({ cniVersion: '0.4.0', type, master }) },
    __inputs: {},
  },
});

const pod = (networks: string): PolicyStack['resources'][number] => ({
  type: 'kubernetes:core/v1:Pod',
  urn: 'urn:pulumi:dev::demo::kubernetes:core/v1:Pod::web',
  props: {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: 'web',
      namespace: 'apps',
      annotations: { 'k8s.v1.cni.cncf.io/networks': networks },
    },
    spec: { containers: [{ name: 'main', image: 'nginx:1.27' }] },
  },
});

function judge(resources: PolicyStack['resources'], options = {}) {
  return netloomPolicies(options).flatMap(({ name, enforcementLevel, validateStack }) => {
    const told: string[] = [];
    validateStack({ resources }, (message, urn) => {
      told.push(`${name} ${enforcementLevel} ${urn?.split('::').at(-1)}: ${message}`);
    });
    return told;
  });
}

test('a stack in order, with what is not of Kubernetes in it', () => {
  const others = { type: 'aws:s3/bucket:Bucket', urn: 'urn:b', props: { kind: 'Pod' } };
  expect(judge([network('lan', 'eth1'), pod('lan'), others])).toEqual([]);
});

test('errors are mandatory, and name the resource', () => {
  expect(judge([network('lan', 'enp94s0f0np0.100')])).toEqual([
    expect.stringMatching(/^netloom-errors mandatory lan: .*16 bytes.*NL_IFNAME_TOO_LONG/),
  ]);
});

test('pods are judged beside the networks of the stack', () => {
  expect(judge([network('lan', 'eth1'), pod('[{"name":"lan","interface":"x/y"}]')])).toEqual([
    expect.stringMatching(/^netloom-errors mandatory web: .*NL_IFNAME_INVALID/),
  ]);
});

test('warnings are advisory, or mandatory where that is asked for', () => {
  const odd = [network('lan', 'eth1', 'nobody-knows-it')];
  expect(judge(odd)).toEqual([expect.stringMatching(/^netloom-warnings advisory lan: /)]);
  expect(judge(odd, { strict: true })[0]).toMatch(/^netloom-warnings mandatory lan: /);
});

test('a platform that there is not', () => {
  expect(() => netloomPolicies({ platform: 'nowhere' as never })).toThrow(/"nowhere" is not known/);
});
