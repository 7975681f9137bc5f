import { exampleObjects } from '../support/api-server-examples';
import { configOf, networksOf, objectNamed, seedObjects } from '../support/seed-stories';

/** The example against what the seed's document applies by hand. */
describe('the RKE2 story', () => {
  const example = exampleObjects('rke2');
  const seed = seedObjects('s2-rke2');

  test('S2.5 namespace and network, with the meaning of the printed one', () => {
    const network = objectNamed(example, 'NetworkAttachmentDefinition', 'example-nad');
    const printed = objectNamed(seed, 'NetworkAttachmentDefinition', 'example-nad');
    const { cniVersion, capabilities, name, ...config } = configOf(network);
    const { cniVersion: old, ...want } = configOf(printed);
    expect(config).toEqual(want);
    expect(network.metadata.namespace).toBe(printed.metadata.namespace);
    expect(objectNamed(example, 'Namespace', 'example-multus')).toBeDefined();
  });

  test('S2.6 the pod asks for the printed address', () => {
    const pod = objectNamed(example, 'Pod', 'example-nad-pod');
    const printed = objectNamed(seed, 'Pod', 'example-nad-pod');
    const [asked] = JSON.parse(networksOf(pod));
    const [want] = JSON.parse(networksOf(printed));
    // The namespace is the pod's own, and is left out.
    expect({ namespace: pod.metadata.namespace, ...asked }).toEqual(want);
    const [ours] = pod['spec'].containers;
    const [theirs] = printed['spec'].containers;
    expect(ours).toMatchObject({ name: theirs.name, image: theirs.image, command: theirs.command });
  });
});
