import { z } from 'zod';
import { PROBLEM_CODES } from '../errors';

/** Version of the wire contract: the first part of every path. */
export const API_VERSION = 'v1';

const text = z.string().min(1).max(512);

/** Key of who holds a thing: for Pulumi stack identity + URN, for GitOps namespace/name. */
export const ownerSchema = z
  .string()
  .min(1)
  .max(1024)
  .regex(/^[\x21-\x7e]+$/, 'printable ASCII without blanks');

export const problemSchema = z.object({
  code: z.enum(PROBLEM_CODES),
  key: z.string(),
  found: z.string(),
  allowed: z.string(),
  fix: z.string(),
});

/** Body of every answer of 400 and above, as `application/problem+json` (RFC 9457). */
export const problemDocumentSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  problems: z.array(problemSchema).min(1),
});

export const poolSubnetSchema = z.strictObject({
  subnet: text,
  ranges: z.array(text).min(1).max(1024).optional(),
  gateway: text.optional(),
  exclude: z.array(text).max(1024).optional(),
  reserved: z.array(text).max(1024).optional(),
});

export const poolSpecSchema = z.strictObject({
  /** May be empty in a pool of MAC addresses alone. */
  subnets: z.array(poolSubnetSchema).max(64),
  macs: z.array(text).min(1).max(64).optional(),
  /** Interface of the agent's host on which is asked who has an address before it is given. */
  probe: z.string().max(15).optional(),
});

/** What an owner wants to find its claims by: at most 32. */
export const labelsSchema = z
  .record(z.string().min(1).max(128), z.string().max(256))
  .refine((labels) => Object.keys(labels).length <= 32, 'at most 32 labels');

/**
 * What a `PUT` carries beside the definition.
 *
 * Without `id` it begins a new incarnation, so that a removal of an older one has no effect any
 * more. With `id` it changes that incarnation, which stays as it is.
 */
const change = {
  owner: ownerSchema,
  id: text.optional(),
  /** The owner that hands it over: a resource that was renamed. Has to be of the same identity. */
  from: ownerSchema.optional(),
};

/** `PUT /v1/pools/{name}`; with `?offer=true` it is only kept for a preview. */
export const putPoolSchema = z.strictObject({ ...change, spec: poolSpecSchema });

export const poolViewSchema = z.object({
  /** `<name>#<incarnation>`; incarnation 0 while only offered. */
  id: z.string(),
  name: z.string(),
  owner: z.string(),
  spec: poolSpecSchema,
  offered: z.boolean(),
  /** Number of addresses, as text: an IPv6 pool has more than a number holds. */
  size: z.string(),
  claimed: z.number().int(),
  offers: z.number().int(),
  quarantined: z.number().int(),
});

/** `POST /v1/offers` and `POST /v1/claims`. */
export const claimRequestSchema = z.strictObject({
  pool: text,
  owner: ownerSchema,
  /** Exactly these; a block in prefix form. */
  addresses: z.array(text).min(1).max(2).optional(),
  /** `none` for a MAC address alone. */
  family: z.enum(['ipv4', 'ipv6', 'dual', 'none']).optional(),
  /** Prefix length of an aligned block, of one family. */
  prefixLength: z.number().int().min(1).max(128).optional(),
  mac: z.union([z.boolean(), text]).optional().meta({
    description:
      "A MAC address, too: this one, or with true one of the agent's choice. With false none: the owner's claim of these addresses gives back the MAC address that it has, and keeps the rest; an offer changes nothing.",
  }),
  labels: labelsSchema.optional(),
  /** What the claim is for. */
  reason: text.optional(),
  /** How long an offer is kept, 1 to 86400. @default 900 */
  offerSeconds: z.number().int().min(1).max(86_400).optional(),
  /** The owner that hands its claim over, incarnation and all: a resource that was renamed. */
  from: ownerSchema.optional(),
});

export const claimViewSchema = z.object({
  /** `<claim>#<incarnation>`; incarnation 0 for an offer. */
  id: z.string(),
  pool: z.string(),
  owner: z.string(),
  state: z.enum(['offered', 'claimed']),
  /** IPv4 before IPv6; a block in prefix form. Empty for a MAC address alone. */
  addresses: z.array(z.string()),
  /** The same with their subnets' prefix lengths. */
  cidrs: z.array(z.string()),
  mac: z.string().optional(),
  labels: z.record(z.string(), z.string()).optional(),
  reason: z.string().optional(),
  /** Gateways of their subnets, where the pool has them. */
  gateways: z.array(z.string()),
  /** End of an offer, RFC 3339. */
  until: z.string().optional(),
});

const labelText = z
  .string()
  .max(512)
  .regex(/^[^=]{1,128}=/, 'name=value');

/** `GET /v1/claims?pool=`, of all owners or one; with `limit` a page. */
export const claimQuerySchema = z.strictObject({
  pool: z.string().min(1),
  owner: z.string().min(1).optional(),
  ownerPrefix: z.string().min(1).max(1024).optional(),
  state: z.enum(['offered', 'claimed']).optional(),
  /** Whoever holds this address or MAC. */
  address: text.optional(),
  /** `name=value`, and more of them: what the claim has to be labelled with. */
  label: z.union([labelText, z.array(labelText).max(32)]).optional(),
  /** Most claims on a page, 1 to 1000. */
  limit: z.coerce.number().int().min(1).max(1000).optional(),
  /** `next` of the page before. */
  after: z.coerce.number().int().min(0).optional(),
});

export const claimListSchema = z.object({
  claims: z.array(claimViewSchema),
  /** What to go on behind; absent on the last page. A page may be short, even empty, and have it. */
  next: z.number().int().optional(),
  /** What to watch from: nothing that happened behind this list is missed. Of the first page, where there are more. */
  version: z.string().optional(),
});
export const poolListSchema = z.object({ pools: z.array(poolViewSchema) });
/** A change that is taken back unless it is confirmed: `POST /v1/checkpoints/{id}/confirm`. */
export const openChangeSchema = z.object({
  id: z.string(),
  /** How long that may take. */
  seconds: z.number(),
});

export const checkpointsSchema = z.object({
  /** The change that waits for its confirmation; absent for none. */
  open: z.object({ ...openChangeSchema.shape, subject: z.string() }).optional(),
  /** Whether a watchdog is there, that takes back what is not confirmed. */
  watchdog: z.boolean(),
});

export const confirmedSchema = z.object({ confirmed: z.literal(true) });

export const removedSchema = z.object({
  /** False when it was gone already or a newer incarnation has taken its place. */
  removed: z.boolean(),
  /** Why a release freed nothing: a newer incarnation, or no such claim of this owner. */
  why: z.enum(['newer', 'not-held']).optional(),
  checkpoint: openChangeSchema.optional(),
});

/** A Linux bridge wanted on a node. */
export const bridgeSpecSchema = z.strictObject({
  /** Host interfaces to make ports of the bridge. They must exist. */
  ports: z.array(text).max(256).optional(),
  /** Addresses with prefix length, in the order the bridge shall have them. */
  addresses: z.array(text).max(256).optional(),
  /** Bytes, 68 to 65535. */
  mtu: z.number().int().min(68).max(65535).optional(),
  /** Of the bridge itself, e.g. `02:00:00:00:00:01`. */
  mac: z.string().max(17).optional(),
  /** Spanning tree protocol: ports then wait for 30 seconds before they forward. */
  stp: z.boolean().optional(),
  /** Sends multicast only to ports where somebody wants it. */
  multicastSnooping: z.boolean().optional(),
  /** Takes over a bridge of this name that somebody else made. The node's policy has to allow it. */
  adopt: z.boolean().optional(),
  /** Takes the interface of the node's own traffic as a port, addresses and routes with it. */
  uplink: z.boolean().optional(),
});

/** `DELETE /v1/bridges/{name}`; with `?dryRun=true` it only answers the steps. */
export const removedBridgeSchema = z.object({
  ...removedSchema.omit({ why: true }).shape,
  /** What this request did, or would do, in words; empty when nothing was to do. */
  steps: z.array(z.string()),
});

/** `PUT /v1/bridges/{name}`; with `?dryRun=true` it only answers the steps. */
export const putBridgeSchema = z.strictObject({ ...change, spec: bridgeSpecSchema });

export const bridgeViewSchema = z.object({
  /** `<name>#<incarnation>`. */
  id: z.string(),
  name: z.string(),
  owner: z.string(),
  spec: bridgeSpecSchema,
  /** What the kernel has; absent when the link is not there. */
  actual: z
    .object({
      mac: z.string(),
      mtu: z.number().int(),
      up: z.boolean(),
      stp: z.boolean().optional(),
      multicastSnooping: z.boolean().optional(),
      addresses: z.array(z.string()),
      ports: z.array(z.string()),
    })
    .optional(),
  /** True for a bridge that somebody else made; a removal gives it back as it was. */
  adopted: z.boolean().optional(),
  /** What this request did, or would do, in words; empty when nothing was to do. */
  steps: z.array(z.string()),
  checkpoint: openChangeSchema.optional(),
  /** How it fared since the agent started; absent while nothing had to be done. */
  health: z
    .object({
      /** `contended`: something else on the host keeps undoing it. */
      state: z.enum(['right', 'contended', 'failed']),
      repairs: z.number().int(),
      /** The last repair, or why it fails. */
      detail: z.string(),
    })
    .optional(),
});

export const bridgeListSchema = z.object({ bridges: z.array(bridgeViewSchema) });

export const infoSchema = z.object({
  name: z.string(),
  version: z.string(),
  /** Made once with the store; tells a restored or replaced store from the old one. */
  store: z.string(),
  /** How often the store was restored from a backup. */
  epoch: z.number().int().optional(),
});

export type ProblemDocument = z.infer<typeof problemDocumentSchema>;
export type PutPool = z.infer<typeof putPoolSchema>;
export type PoolView = z.infer<typeof poolViewSchema>;
export type ClaimRequestBody = z.infer<typeof claimRequestSchema>;
export type ClaimQuery = z.infer<typeof claimQuerySchema>;
export type ClaimList = z.infer<typeof claimListSchema>;
export type ClaimView = z.infer<typeof claimViewSchema>;
export type OpenChangeView = z.infer<typeof openChangeSchema>;
export type CheckpointsView = z.infer<typeof checkpointsSchema>;
export type Removed = z.infer<typeof removedSchema>;
export type RemovedBridge = z.infer<typeof removedBridgeSchema>;
export type BridgeSpec = z.infer<typeof bridgeSpecSchema>;
export type PutBridge = z.infer<typeof putBridgeSchema>;
export type BridgeView = z.infer<typeof bridgeViewSchema>;
export type AgentInfo = z.infer<typeof infoSchema>;
