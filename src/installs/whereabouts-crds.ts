import type { InstallObject } from './install-object';

const GROUP = 'whereabouts.cni.cncf.io';

const TEXT = { type: 'string' };

/** The addresses that are given of one range. */
const IP_POOL = {
  type: 'object',
  required: ['allocations', 'range'],
  properties: {
    range: { ...TEXT, description: 'The CIDR that the keys of allocations are offsets in.' },
    allocations: {
      type: 'object',
      description: 'Who has which address, by its offset from the first of the range.',
      additionalProperties: {
        type: 'object',
        required: ['id', 'podref'],
        properties: { id: TEXT, podref: TEXT, ifname: TEXT },
      },
    },
  },
};

/** An address that is given once only, over ranges that overlap. */
const RESERVATION = {
  type: 'object',
  required: ['podref'],
  properties: { podref: TEXT, ifname: TEXT, containerid: TEXT },
};

/** A range in slices, each of one node. */
const NODE_SLICE_POOL = {
  type: 'object',
  required: ['range', 'sliceSize'],
  properties: { range: TEXT, sliceSize: TEXT },
};

const NODE_SLICES = {
  type: 'object',
  required: ['allocations'],
  properties: {
    allocations: {
      type: 'array',
      items: {
        type: 'object',
        required: ['nodeName', 'sliceRange'],
        properties: {
          nodeName: { ...TEXT, description: 'Empty for a slice that no node has.' },
          sliceRange: TEXT,
        },
      },
    },
  },
};

/**
 * The CustomResourceDefinitions of whereabouts, with the fields that it documents.
 *
 * @see https://github.com/k8snetworkplumbingwg/whereabouts/tree/v0.9.4/doc/crds
 */
export function whereaboutsCrds(): InstallObject[] {
  return [
    crd('IpPoolCrd', 'IPPool', 'ippools', { spec: IP_POOL }),
    crd(
      'ReservationCrd',
      'OverlappingRangeIPReservation',
      'overlappingrangeipreservations',
      { spec: RESERVATION },
      ['spec'],
    ),
    crd('NodeSlicePoolCrd', 'NodeSlicePool', 'nodeslicepools', {
      spec: NODE_SLICE_POOL,
      status: NODE_SLICES,
    }),
  ];
}

function crd(
  id: string,
  kind: string,
  plural: string,
  properties: object,
  required?: string[],
): InstallObject {
  const own = { apiVersion: TEXT, kind: TEXT, metadata: { type: 'object' } };
  const schema = {
    type: 'object',
    ...(required ? { required } : {}),
    properties: { ...own, ...properties },
  };
  return {
    id,
    manifest: {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: `${plural}.${GROUP}` },
      spec: {
        group: GROUP,
        names: { kind, listKind: `${kind}List`, plural, singular: kind.toLowerCase() },
        scope: 'Namespaced',
        versions: [
          { name: 'v1alpha1', served: true, storage: true, schema: { openAPIV3Schema: schema } },
        ],
      },
    },
  };
}
