import fc from 'fast-check';
import type { Manifest } from './imported';

const names = fc.constantFrom('lan', 'wan', 'app', 'default', 'a.b', 'a-b');
const namespaces = fc.constantFrom(undefined, 'apps', 'default', 'infra');

/** An element of the annotation, as it stands there. */
const element: fc.Arbitrary<Manifest> = fc.record(
  {
    name: names,
    namespace: fc.constantFrom('apps', 'default', 'infra'),
    interface: fc.constantFrom('net1', 'st0', ''),
    ips: fc.constantFrom(['10.0.0.5/24'], ['10.0.0.5', 'fd00::5'], []),
    mac: fc.constant('02:00:00:00:00:01'),
    'infiniband-guid': fc.constant('00:00:00:00:00:00:00:01'),
    portMappings: fc.constantFrom(
      [{ hostPort: 80, containerPort: 8080, protocol: 'tcp' }],
      [{ hostPort: 80, containerPort: 8080, protocol: 'TCP' }],
      [{ hostPort: 81 }],
    ),
    bandwidth: fc.constant({ ingressRate: 1000, ingressBurst: 2000 }),
    'default-route': fc.constantFrom(['10.0.0.1'], []),
    'cni-args': fc.constantFrom({}, { a: { b: [1, null] } }),
    deviceID: fc.constant('0000:00:1f.6'),
    'ipam-claim-reference': fc.constant('claim'),
    unknown: fc.constantFrom(1, 'x', { y: true }),
  },
  { requiredKeys: ['name'] },
);

const short = fc
  .array(
    fc
      .tuple(fc.constantFrom('', 'apps/', 'infra/'), names, fc.constantFrom('', '@st0'))
      .map((parts) => parts.join('')),
    { minLength: 1, maxLength: 3 },
  )
  .map((items) => items.join(', '));

const annotation = fc.oneof(
  short,
  fc.array(element, { maxLength: 3 }).map((elements) => JSON.stringify(elements)),
  fc.constantFrom('', 'a b', '[{"name": 1}]', '{"name":"lan"}', '[', '[{"name":"lan","ips":"x"}]'),
);

const containers = [{ name: 'c', image: 'busybox', command: ['sh', '-c', 'echo \'x\' "y"\n'] }];

/** Pods and workloads with the annotation, each with a name of its own for its kind. */
export const anyWorkloads: fc.Arbitrary<Manifest[]> = fc.uniqueArray(
  fc
    .record({
      kind: fc.constantFrom('Pod', 'Deployment', 'CronJob', 'Rollout', 'VirtualMachine'),
      name: names,
      namespace: namespaces,
      networks: annotation,
      isLabelled: fc.boolean(),
    })
    .map(({ kind, name, namespace, networks, isLabelled }): Manifest => {
      const metadata = {
        ...(isLabelled && { labels: { 'app.kubernetes.io/name': name } }),
        annotations: {
          'k8s.v1.cni.cncf.io/networks': networks,
          ...(isLabelled && { 'lan.apps.kubernetes.io/ip_address': '10.0.0.7' }),
        },
      };
      const own = { name, ...(namespace && { namespace }) };
      const template = { metadata, spec: { containers } };
      if (kind === 'Pod') {
        return { apiVersion: 'v1', kind, metadata: { ...own, ...metadata }, spec: template.spec };
      }
      const spec = kind === 'CronJob' ? { jobTemplate: { spec: { template } } } : { template };
      const apiVersion = kind === 'VirtualMachine' ? 'kubevirt.io/v1' : 'apps/v1';
      return { apiVersion, kind, metadata: own, spec };
    }),
  {
    maxLength: 4,
    selector: ({ kind, metadata }) => `${kind} ${metadata.namespace}/${metadata.name}`,
  },
);

/** What an annotation asks for, in full; the text itself where it is wrong. */
export function attachmentsOf(text: string, namespace: string | undefined): unknown {
  const full = ({ namespace: own, interface: ifname, ...rest }: Manifest): Manifest => ({
    namespace: own || namespace,
    interface: ifname || undefined,
    ...rest,
  });
  if (!/[[{"]/.test(text)) {
    return text.split(',').map((item) => {
      const [, own, name, ifname] = /^(?:(.*)\/)?([^@]*)(?:@(.*))?$/.exec(item.trim()) ?? [];
      return full({ namespace: own, name, interface: ifname });
    });
  }
  try {
    return JSON.parse(text).map(full);
  } catch {
    return text;
  }
}
