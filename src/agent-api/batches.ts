import { z } from 'zod';
import {
  claimQuerySchema,
  claimRequestSchema,
  claimViewSchema,
  ownerSchema,
  poolSpecSchema,
  problemSchema,
} from './schemas';

const pool = z.string().min(1).max(512);

/** `<claim>#<incarnation>`, as a claim was answered with. */
export const claimIdSchema = z
  .string()
  .regex(/^[0-9a-f]{16}#\d{1,16}$/, 'the id that the claim was answered with');

/** `POST /v1/claims/transfer`: a claim goes to a new owner of the same identity, incarnation and all. */
export const transferSchema = z.strictObject({
  pool,
  owner: ownerSchema,
  /** The owner that has it. */
  from: ownerSchema,
  /** Which of its claims. @default - the newest */
  addresses: z.array(z.string().min(1).max(512)).min(1).max(2).optional(),
});

/** One step of a batch. */
export const batchStepSchema = z.discriminatedUnion('verb', [
  claimRequestSchema.extend({ verb: z.enum(['offer', 'claim', 'confirm', 'renew']) }),
  z.strictObject({ verb: z.literal('release'), pool, owner: ownerSchema, id: claimIdSchema }),
  transferSchema.extend({ verb: z.literal('transfer') }),
]);

/** `POST /v1/batches`: steps in order. */
export const batchSchema = z.strictObject({
  /** `all`: when one is refused nothing has changed. `each`: every step by itself. @default all */
  mode: z.enum(['all', 'each']).optional(),
  steps: z.array(batchStepSchema).min(1).max(1000),
});

/** One key of each: what the step of the same place came to. */
export const batchAnswerSchema = z.object({
  claim: claimViewSchema.optional(),
  released: z
    .object({ released: z.boolean(), why: z.enum(['newer', 'not-held']).optional() })
    .optional(),
  /** In mode `each`, of a step that was refused. */
  problems: z.array(problemSchema).optional(),
});

export const batchAnswersSchema = z.object({ answers: z.array(batchAnswerSchema) });

/** `POST /v1/pools/{name}/outside`: which claims a new definition would not hold. */
export const outsideSchema = z.strictObject({
  spec: poolSpecSchema,
  limit: z.number().int().min(1).max(1000).optional(),
  /** `next` of the page before. */
  after: z.number().int().min(0).optional(),
});

/** `GET /v1/claims/watch?pool=`. */
export const watchQuerySchema = claimQuerySchema
  .omit({ limit: true, after: true, state: true })
  .extend({
    /** `version` of a list or an event: what happened behind it comes first. @default - from now on */
    since: z.string().min(1).max(64).optional(),
  });

/** One line of a watch. */
export const watchEventSchema = z.object({
  /**
   * `put`: offered, claimed, or changed. `removed`: given back, yielded, ended, or handed over.
   * `mark`: nothing happened, and the watch can be resumed from here. `ended`: the agent ends it.
   */
  type: z.enum(['put', 'removed', 'mark', 'ended']),
  /** What to resume from. */
  version: z.string(),
  /** As it is now, or was last. */
  claim: claimViewSchema.optional(),
  /** Why it ended. */
  problems: z.array(problemSchema).optional(),
});

export type Transfer = z.infer<typeof transferSchema>;
export type BatchRequest = z.infer<typeof batchSchema>;
export type BatchRequestStep = z.infer<typeof batchStepSchema>;
export type BatchStepAnswer = z.infer<typeof batchAnswerSchema>;
export type BatchAnswers = z.infer<typeof batchAnswersSchema>;
export type OutsideQuery = z.infer<typeof outsideSchema>;
export type WatchQuery = z.infer<typeof watchQuerySchema>;
export type WatchEvent = z.infer<typeof watchEventSchema>;
