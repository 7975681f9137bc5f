import { z } from 'zod';
import { globs } from './words';

/** What a credential may do. */
export const VERBS = ['read', 'offer', 'claim', 'bridge'] as const;

/** One of {@link VERBS}. */
export type Verb = (typeof VERBS)[number];

/** How much a credential may hold at a time, over all pools. */
export const quota = z
  .strictObject({
    claims: z.number().int().min(0).optional(),
    offers: z.number().int().min(0).optional(),
  })
  .optional();

/** What whoever calls may do. */
export const rights = {
  quota,
  verbs: z.array(z.enum(VERBS)).min(1),
  /** Pools it may use; `*` stands for any characters. */
  pools: globs,
  /** Owner keys it may act for; `*` stands for any characters. */
  owners: globs,
};

/** A bearer token, by its hash or in a file. */
export const tokenSchema = z
  .strictObject({
    name: z
      .string()
      .regex(/^[a-z0-9]([-a-z0-9._]{0,61}[a-z0-9])?$/, 'up to 63 of a-z, 0-9, "-", "." and "_"'),
    sha256: z
      .string()
      .regex(/^[0-9a-f]{64}$/i, 'the 64 hexadecimal digits that netloom-agent token prints')
      .optional(),
    file: z.string().min(1).optional(),
    ...rights,
  })
  .refine((token) => (token.sha256 === undefined) !== (token.file === undefined), {
    message: 'either sha256 or file',
  });

/** A client certificate. */
export const clientSchema = z.strictObject({
  /** Common name of the client certificate. */
  name: z.string().min(1).max(64),
  ...rights,
});
