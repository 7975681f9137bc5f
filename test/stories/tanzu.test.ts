import { exampleObjects } from '../support/api-server-examples';
import { configOf, networksOf, objectNamed, seedObjects } from '../support/seed-stories';

/** The example against what the seed's document applies by hand. */
describe('the Tanzu story', () => {
  const example = exampleObjects('tanzu');
  const seed = seedObjects('s5-tanzu');

  test('S5.7 the network, with the meaning of the printed one', () => {
    const { ipam, ...config } = configOf(
      objectNamed(example, 'NetworkAttachmentDefinition', 'macvlan-conf'),
    );
    const printed = configOf(objectNamed(seed, 'NetworkAttachmentDefinition', 'macvlan-conf'));
    const { subnet, rangeStart, rangeEnd, gateway, ...rest } = printed.ipam;
    expect(config).toMatchObject({ type: 'macvlan', master: printed.master, mode: printed.mode });
    expect(ipam).toEqual({ ...rest, ranges: [[{ subnet, rangeStart, rangeEnd, gateway }]] });
  });

  test('S5.8 the pod with the annotation, and not as root', () => {
    const pod = objectNamed(example, 'Pod', 'sample-pod');
    expect(networksOf(pod)).toBe('macvlan-conf');
    expect(pod['spec'].securityContext).toMatchObject({
      runAsUser: 1000,
      runAsGroup: 3000,
      fsGroup: 2000,
      runAsNonRoot: true,
    });
    expect(pod['spec'].containers[0]).toMatchObject({
      name: 'sample-pod',
      command: ['sh', '-c', 'sleep 1h'],
      securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
    });
  });
});
