import { z } from 'zod';

/** How a target is asked: an ICMP echo, a TCP connection, an HTTP request. */
export const REACH_KINDS = ['ping', 'tcp', 'http'] as const;

/** What comes of it: the hop at which it ends. */
export const REACH_RESULTS = [
  /** Of a dry run: the node's policy lets it be asked. */
  'allowed',
  'reached',
  /** The name has no address. */
  'no-address',
  /** Nothing says which way the address is. */
  'no-route',
  /** Nobody on the last network has the address, or a router on the way says so. */
  'no-neighbour',
  /** The host is there, and nothing listens, or a firewall sends a refusal. */
  'refused',
  /** Nobody says anything. */
  'timeout',
  /** There is a connection, and what comes over it is no HTTP. */
  'no-http',
  /** There is an answer of HTTP with another status. */
  'wrong-status',
  /** Can't be asked from there at all; `detail` says why. */
  'impossible',
] as const;

export type ReachResult = (typeof REACH_RESULTS)[number];

/** `POST /v1/reach`: one try, from the agent's node. */
export const reachRequestSchema = z.strictObject({
  kind: z.enum(REACH_KINDS),
  /** An address, or a name that the node looks up. */
  target: z.string().min(1).max(253),
  /** @default - 80 for http */
  port: z.number().int().min(1).max(65535).optional(),
  /** Of http. @default / */
  path: z.string().max(512).optional(),
  /** The status that http has to answer. @default - any from 200 to 399 */
  status: z.number().int().min(100).max(599).optional(),
  /** How long the try may take. @default 5000 */
  timeoutMs: z.number().int().min(100).max(5_000).optional(),
});

export type ReachRequest = z.infer<typeof reachRequestSchema>;

/** Nothing of what the target said but the status: a probe is no way to read through a node. */
export const reachViewSchema = z.object({
  result: z.enum(REACH_RESULTS),
  /** That was asked. */
  address: z.string().optional(),
  /** Of HTTP. */
  status: z.number().int().optional(),
  detail: z.string().optional(),
});

export type ReachView = z.infer<typeof reachViewSchema>;
