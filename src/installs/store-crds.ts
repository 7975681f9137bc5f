import { NETLOOM_API_VERSION } from '../kubernetes';
import type { InstallObject } from './install-object';

/** A kind of the agents' kubernetes store: one object for each record, written by agents only. */
interface StoreKind {
  readonly id: string;
  readonly kind: string;
  readonly plural: string;
  readonly description: string;
  readonly columns: readonly Column[];
  readonly required: readonly string[];
  readonly properties: Readonly<Record<string, object>>;
}

interface Column {
  readonly name: string;
  readonly type: string;
  readonly jsonPath: string;
}

const TEXT = { type: 'string' };
const NUMBER = { type: 'integer', format: 'int64' };
/** What the agent itself defines; another release may know more of it. */
const OPEN = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };

const KINDS: readonly StoreKind[] = [
  {
    id: 'PoolRecords',
    kind: 'PoolRecord',
    plural: 'poolrecords',
    description: 'A pool of addresses, and what is about to become of it.',
    columns: [
      { name: 'Pool', type: 'string', jsonPath: '.spec.pool.name' },
      { name: 'Owner', type: 'string', jsonPath: '.spec.pool.owner' },
    ],
    required: ['pool', 'sizes', 'stamp'],
    properties: {
      pool: OPEN,
      sizes: { type: 'object', additionalProperties: NUMBER },
      closing: {
        type: 'object',
        required: ['since'],
        properties: { pool: { ...OPEN, nullable: true }, since: NUMBER },
      },
      stamp: TEXT,
    },
  },
  {
    id: 'OwnerRecords',
    kind: 'OwnerRecord',
    plural: 'ownerrecords',
    description: 'All claims, offers and freed addresses that one owner has in one pool.',
    columns: [
      { name: 'Pool', type: 'string', jsonPath: '.spec.pool' },
      { name: 'Owner', type: 'string', jsonPath: '.spec.owner' },
      { name: 'Addresses', type: 'string', jsonPath: '.spec.entries[*].claim.addresses' },
    ],
    required: ['pool', 'owner', 'entries', 'stamp'],
    properties: {
      pool: TEXT,
      owner: TEXT,
      entries: {
        type: 'array',
        items: {
          ...OPEN,
          required: ['grant', 'phase', 'claim'],
          properties: {
            grant: TEXT,
            phase: { type: 'string', enum: ['intended', 'held', 'free', 'handed'] },
            claim: OPEN,
          },
        },
      },
      stamp: TEXT,
    },
  },
  {
    id: 'AddressRecords',
    kind: 'AddressRecord',
    plural: 'addressrecords',
    description: 'Who holds an address: named by the address, so that there is one at most.',
    columns: [
      { name: 'Pool', type: 'string', jsonPath: '.spec.pool' },
      { name: 'Address', type: 'string', jsonPath: '.spec.address' },
      { name: 'Record', type: 'string', jsonPath: '.spec.record' },
    ],
    required: ['pool', 'address', 'record', 'grant'],
    properties: { pool: TEXT, address: TEXT, record: TEXT, grant: TEXT },
  },
  {
    id: 'StoreRecords',
    kind: 'StoreRecord',
    plural: 'storerecords',
    description: 'Up to which number serials and incarnations are given to agents.',
    columns: [{ name: 'Numbers', type: 'integer', jsonPath: '.spec.numbers' }],
    required: ['numbers', 'stamp'],
    properties: { numbers: NUMBER, stamp: TEXT },
  },
];

/** Names of the store's kinds in paths and roles. */
export const STORE_PLURALS: readonly string[] = KINDS.map(({ plural }) => plural);

/** The CustomResourceDefinitions of the agents' kubernetes store. */
export function storeCrds(): InstallObject[] {
  return KINDS.map((kind) => ({ id: kind.id, manifest: crdOf(kind) }));
}

function crdOf({ kind, plural, description, columns, required, properties }: StoreKind) {
  const [group = '', version = ''] = NETLOOM_API_VERSION.split('/');
  const spec = { type: 'object', required, properties };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { kind, listKind: `${kind}List`, plural, singular: kind.toLowerCase() },
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          additionalPrinterColumns: columns,
          schema: {
            openAPIV3Schema: {
              type: 'object',
              description,
              required: ['spec'],
              properties: { spec },
            },
          },
        },
      ],
    },
  };
}
