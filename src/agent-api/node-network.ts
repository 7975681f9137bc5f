import { z } from 'zod';
import { ownerSchema } from './schemas';

const text = z.string().min(1).max(512);
const mac = z.string().max(17);

const routeSchema = z.strictObject({
  dst: text,
  gw: text.optional(),
  src: text.optional(),
  metric: z.number().int().min(0).max(4294967295).optional(),
  table: z.number().int().min(1).max(4294967295).optional(),
  onlink: z.boolean().optional(),
});

const settings = {
  mtu: z.number().int().min(68).max(65535).optional(),
  mac: mac.optional(),
  addresses: z.array(text).max(256).optional(),
  addressesFrom: z.array(text).max(16).optional(),
  routes: z.array(routeSchema).max(1024).optional(),
  sysctls: z.record(z.string().min(1).max(128), z.string().min(1).max(64)).optional(),
};

const made = { name: text, ...settings };

const vlanTag = z.number().int().min(1).max(4094);

const trunkSchema = z.strictObject({
  id: vlanTag.optional(),
  minID: vlanTag.optional(),
  maxID: vlanTag.optional(),
});

const membership = {
  pvid: vlanTag.optional(),
  vlanTrunk: z.array(trunkSchema).max(256).optional(),
};

const bridgePortSchema = z.strictObject({
  link: text,
  ...membership,
  hairpin: z.boolean().optional(),
  isolated: z.boolean().optional(),
});

const bridgeSchema = z.strictObject({
  ...made,
  ports: z.array(bridgePortSchema).max(256).optional(),
  stp: z.boolean().optional(),
  multicastSnooping: z.boolean().optional(),
  vlanFiltering: z.boolean().optional(),
  vlanDefaultPvid: z.number().int().min(0).max(4094).optional(),
  ...membership,
  /** Takes over a bridge of this name that somebody else made, and ports of such. The node's policy has to allow it. */
  adopt: z.boolean().optional(),
  /** Takes the interface of the node's own traffic as a port, addresses and routes with it. */
  uplink: z.boolean().optional(),
});

const vlanSchema = z.strictObject({
  ...made,
  link: text,
  id: vlanTag,
  protocol: z.enum(['802.1q', '802.1ad']).optional(),
});

const milliseconds = z.number().int().min(0).max(600_000);

const bondSchema = z.strictObject({
  ...made,
  mode: z.enum([
    'balance-rr',
    'active-backup',
    'balance-xor',
    'broadcast',
    '802.3ad',
    'balance-tlb',
    'balance-alb',
  ]),
  ports: z.array(text).max(64).optional(),
  miimon: milliseconds.optional(),
  updelay: milliseconds.optional(),
  downdelay: milliseconds.optional(),
  lacpRate: z.enum(['slow', 'fast']).optional(),
  xmitHashPolicy: z
    .enum(['layer2', 'layer3+4', 'layer2+3', 'encap2+3', 'encap3+4', 'vlan+srcmac'])
    .optional(),
  minLinks: z.number().int().min(0).max(64).optional(),
  failOverMac: z.enum(['none', 'active', 'follow']).optional(),
  primary: text.optional(),
});

const vethSchema = z.strictObject({ ...made, peer: text });

const macvlanSchema = z.strictObject({
  ...made,
  master: text,
  mode: z.enum(['bridge', 'private', 'vepa', 'passthru']).optional(),
});

const interfaceSchema = z.strictObject({
  link: text,
  ...settings,
  up: z.boolean().optional(),
  /** Changes the interface of the node's own traffic, too. */
  uplink: z.boolean().optional(),
});

const list = <T extends z.ZodType>(of: T) => z.array(of).max(2048).optional();

/** The wanted network of a node, whole. */
export const nodeNetworkSpecSchema = z.strictObject({
  bonds: list(bondSchema),
  veths: list(vethSchema),
  dummies: list(z.strictObject(made)),
  vlans: list(vlanSchema),
  bridges: list(bridgeSchema),
  macvlans: list(macvlanSchema),
  interfaces: list(interfaceSchema),
});

/** `PUT /v1/node-network`; with `?dryRun=true` it only answers the steps. */
export const putNodeNetworkSchema = z.strictObject({
  owner: ownerSchema,
  /** Without it a new incarnation begins, so that a removal of an older one has no effect any more. */
  id: text.optional(),
  /** The owner that hands it over: a resource that was renamed. Has to be of the same identity. */
  from: ownerSchema.optional(),
  spec: nodeNetworkSpecSchema,
});

/** One thing to do, or done, with what takes it back. */
export const hostStepSchema = z.object({
  words: z.string(),
  /** The link that it changes. */
  link: z.string(),
  /** Commands, e.g. `ip link set dev br-test up`, `bridge vlan add ...`, `sysctl net.ipv4...=1`. */
  does: z.array(z.string()),
  undo: z.array(z.string()),
  /** True where a link goes and comes again, so that what runs over it is interrupted. */
  recreates: z.boolean().optional(),
});

/** `DELETE /v1/node-network`; with `?dryRun=true` it only answers the steps. */
export const removedNetworkSchema = z.object({
  /** False when it was gone already or a newer incarnation has taken its place. */
  removed: z.boolean(),
  /** What this request did, or would do; empty when nothing was to do. */
  steps: z.array(hostStepSchema),
  /** A removal that is taken back unless it is confirmed in time. */
  checkpoint: z.object({ id: z.string(), seconds: z.number() }).optional(),
});

export const networkHealthSchema = z.object({
  /** The link. */
  link: z.string(),
  /** `contended`: something else on the host keeps undoing it. */
  state: z.enum(['right', 'contended', 'failed']),
  repairs: z.number().int(),
  /** The last repair, or why it fails. */
  detail: z.string(),
});

export const nodeNetworkViewSchema = z.object({
  /** `<node>#<incarnation>`. */
  id: z.string(),
  owner: z.string(),
  spec: nodeNetworkSpecSchema,
  /** Links of the host that references stand for, by reference. */
  resolved: z.record(z.string(), z.string()),
  /** Addresses that came from pools, with prefix length, by link. */
  claimed: z.record(z.string(), z.array(z.string())),
  /** What this request did, or would do; empty when nothing was to do. */
  steps: z.array(hostStepSchema),
  /** A change that is taken back unless it is confirmed in time. */
  checkpoint: z.object({ id: z.string(), seconds: z.number() }).optional(),
  /** Links that needed repair since the agent started. */
  health: z.array(networkHealthSchema).optional(),
});

/** `GET /v1/node-network`: the wanted network of each owner. */
export const nodeNetworkListSchema = z.object({ networks: z.array(nodeNetworkViewSchema) });

export type HostRouteSpec = z.infer<typeof routeSchema>;
export type NodeNetworkSpec = z.infer<typeof nodeNetworkSpecSchema>;
export type PutNodeNetwork = z.infer<typeof putNodeNetworkSchema>;
export type HostStepView = z.infer<typeof hostStepSchema>;
export type NodeNetworkView = z.infer<typeof nodeNetworkViewSchema>;
export type RemovedNetwork = z.infer<typeof removedNetworkSchema>;
