import type { InstallObject } from './install-object';

/**
 * The CustomResourceDefinition of NetworkAttachmentDefinitions: the documented fields, and no more.
 *
 * @see https://github.com/k8snetworkplumbingwg/multi-net-spec
 */
export function networkCrd(): InstallObject {
  return {
    id: 'Crd',
    manifest: {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'network-attachment-definitions.k8s.cni.cncf.io' },
      spec: {
        group: 'k8s.cni.cncf.io',
        scope: 'Namespaced',
        names: {
          kind: 'NetworkAttachmentDefinition',
          listKind: 'NetworkAttachmentDefinitionList',
          plural: 'network-attachment-definitions',
          singular: 'network-attachment-definition',
          shortNames: ['nad', 'net-attach-def'],
        },
        versions: [
          {
            name: 'v1',
            served: true,
            storage: true,
            schema: {
              openAPIV3Schema: {
                type: 'object',
                description: 'A network that pods may be attached to.',
                properties: {
                  apiVersion: { type: 'string' },
                  kind: { type: 'string' },
                  metadata: { type: 'object' },
                  spec: {
                    type: 'object',
                    properties: {
                      config: {
                        type: 'string',
                        description:
                          'A CNI configuration or configuration list in JSON. Without it, the node is searched for one that has the name of this object.',
                      },
                    },
                  },
                },
              },
            },
          },
        ],
      },
    },
  };
}
