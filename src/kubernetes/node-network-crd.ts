import { LINK_LISTS } from './node-network';

/** What each kind of link has to have; all else is for the rules and the agent. */
const REQUIRED: Readonly<Record<(typeof LINK_LISTS)[number], readonly string[]>> = {
  bonds: ['name', 'mode'],
  veths: ['name', 'peer'],
  dummies: ['name'],
  vlans: ['name', 'link', 'id'],
  bridges: ['name'],
  macvlans: ['name', 'master'],
  interfaces: ['link'],
};

/** The CustomResourceDefinition of NodeNetwork objects, without its metadata. */
export function nodeNetworkCrdSpec(): object {
  const lists = LINK_LISTS.map((list) => {
    const required = REQUIRED[list];
    const properties = Object.fromEntries(
      required.map((key) => [key, { type: key === 'id' ? 'integer' : 'string' }]),
    );
    const open = { 'x-kubernetes-preserve-unknown-fields': true };
    return [list, { type: 'array', items: { type: 'object', required, properties, ...open } }];
  });
  return {
    group: 'netloom.io',
    scope: 'Cluster',
    names: {
      kind: 'NodeNetwork',
      listKind: 'NodeNetworkList',
      plural: 'nodenetworks',
      singular: 'nodenetwork',
    },
    versions: [
      {
        name: 'v1alpha1',
        served: true,
        storage: true,
        subresources: { status: {} },
        schema: {
          openAPIV3Schema: {
            type: 'object',
            required: ['spec'],
            properties: {
              spec: {
                type: 'object',
                properties: {
                  ...Object.fromEntries(lists),
                  nodeSelector: { type: 'object', additionalProperties: { type: 'string' } },
                },
              },
              status: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
            },
          },
        },
      },
    ],
  };
}
