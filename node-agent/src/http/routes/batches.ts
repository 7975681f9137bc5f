import { type BatchStep, isNetloomError, NetloomError, type Problem, within } from 'netloom';
import {
  type BatchRequestStep,
  type BatchStepAnswer,
  batchAnswersSchema,
  batchSchema,
} from 'netloom/agent-api';
import { z } from 'zod';
import { releasedNumber } from '../../address-service';
import { claimSummary } from '../../claim-views';
import type { Caller } from '../callers';
import { requireOwners, route } from '../route';
import { flagSchema } from './params';

/** Many steps in one request. */
export const BATCH_ROUTES = [
  route({
    name: 'batch',
    method: 'POST',
    path: '/v1/batches',
    summary: 'Steps in order: all or none, or each by itself',
    verbs: ['offer', 'claim'],
    query: z.strictObject({ dryRun: flagSchema }),
    body: batchSchema,
    bodyLimit: 1024 * 1024,
    weight: ({ steps }) => steps.length,
    answer: batchAnswersSchema,
    handle: async ({ caller, query, body, audit }, { addresses }) => {
      const { mode = 'all', steps } = body;
      const refused = steps.map((step) => refusalOf(caller, step));
      const problems = refused.flatMap((one, index) =>
        one.length === 0 ? ALLOWED : within(`[${index}]`, one),
      );
      if (mode === 'all' && problems.length > 0) throw new NetloomError(problems);
      const allowed = steps.filter((_step, index) => refused[index]?.length === 0);
      const asked = allowed.map((step) => bookStep(caller, step));
      const isTrial = query.dryRun === 'true';
      const note = isTrial ? undefined : audit(`batch.${mode}`, {});
      const answers = await addresses.batch(asked, mode, { dryRun: isTrial });
      if (note) note.after = answers.map((one, index) => summary(asked[index], one)).join('; ');
      const rest = answers.values();
      return {
        answers: refused.map((one) =>
          one.length > 0 ? { problems: [...one] } : (rest.next().value as BatchStepAnswer),
        ),
      };
    },
  }),
];

const ALLOWED: readonly Problem[] = [];

function refusalOf(caller: Caller, step: BatchRequestStep): readonly Problem[] {
  const { verb, pool, owner } = step;
  try {
    caller.require(verb === 'offer' || verb === 'renew' ? 'offer' : 'claim');
    caller.requirePool(pool);
    requireOwners(caller, owner, 'from' in step ? step.from : undefined);
    return ALLOWED;
  } catch (error) {
    if (isNetloomError(error)) return error.problems;
    throw error;
  }
}

function bookStep(caller: Caller, step: BatchRequestStep): BatchStep {
  const { identity } = caller;
  if (step.verb === 'release') {
    const { verb, pool, owner, id } = step;
    return { verb, request: { pool, owner, identity, incarnation: releasedNumber(id) } };
  }
  if (step.verb === 'transfer') {
    const { verb, ...request } = step;
    return { verb, request: { ...request, identity } };
  }
  return { verb: step.verb, request: caller.asking(step) };
}

function summary(step: BatchStep | undefined, answer: BatchStepAnswer): string {
  const { pool, owner } = step?.request ?? {};
  const { claim, released, problems } = answer;
  if (claim) return `${step?.verb} ${pool} ${owner} ${claimSummary(claim)}`;
  const what = problems?.map((one) => one.code).join(' ') ?? (released?.released || released?.why);
  return `${step?.verb} ${pool} ${owner} ${what}`;
}
