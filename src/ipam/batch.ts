import { isNetloomError, NetloomError, type Problem, within } from '../errors';
import type { ClaimDesk } from './claim-desk';
import type {
  BookChange,
  ClaimRecord,
  ClaimRequest,
  Released,
  ReleaseRequest,
  Step,
  TransferRequest,
} from './claim-records';
import type { Journal } from './journal';

/** One step of a batch. */
export type BatchStep =
  | { readonly verb: 'offer' | 'claim' | 'confirm' | 'renew'; readonly request: ClaimRequest }
  | { readonly verb: 'release'; readonly request: ReleaseRequest }
  | { readonly verb: 'transfer'; readonly request: TransferRequest };

/** All steps or none, or each by itself. */
export type BatchMode = 'all' | 'each';

/** What one step of a batch came to. */
export type BatchAnswer =
  | { readonly claim: ClaimRecord }
  | { readonly released: Released }
  | { readonly problems: readonly Problem[] };

/** Runs every step, whether the others are refused or not. */
export function runEach(
  desk: ClaimDesk,
  steps: readonly BatchStep[],
  now: number,
): Step<BatchAnswer[]> {
  const changes: BookChange[] = [];
  const value = steps.map((step): BatchAnswer => {
    const answer = runStep(desk, step, now);
    changes.push(...answer.changes);
    return answer.value;
  });
  return { value, changes };
}

/** Runs all steps, and takes them back when one is refused. @throws NetloomError with all problems */
export function runAll(
  desk: ClaimDesk,
  journal: Journal,
  steps: readonly BatchStep[],
  now: number,
): Step<BatchAnswer[]> {
  let done: Step<BatchAnswer[]> = { value: [], changes: [] };
  const takeBack = journal.during(() => {
    done = runEach(desk, steps, now);
  });
  const problems = problemsOfSteps(done.value);
  if (problems.length === 0) return done;
  takeBack();
  throw new NetloomError(problems);
}

/** What steps would come to: all are run and taken back. @throws NetloomError as {@link runAll} */
export function tryOut(
  desk: ClaimDesk,
  journal: Journal,
  steps: readonly BatchStep[],
  mode: BatchMode,
  now: number,
): BatchAnswer[] {
  let answers: BatchAnswer[] = [];
  const takeBack = journal.during(() => {
    answers = runEach(desk, steps, now).value;
  });
  takeBack();
  const problems = mode === 'all' ? problemsOfSteps(answers) : [];
  if (problems.length > 0) throw new NetloomError(problems);
  return answers;
}

function problemsOfSteps(answers: readonly BatchAnswer[]): Problem[] {
  return answers.flatMap((answer, index) =>
    'problems' in answer ? within(`[${index}]`, answer.problems) : [],
  );
}

function runStep(desk: ClaimDesk, step: BatchStep, now: number): Step<BatchAnswer> {
  try {
    if (step.verb === 'release') {
      const { value, changes } = desk.release(step.request, now);
      return { value: { released: value }, changes };
    }
    const { value, changes } =
      step.verb === 'transfer'
        ? desk.transfer(step.request, now)
        : desk[step.verb](step.request, now);
    return { value: { claim: value }, changes };
  } catch (error) {
    if (!isNetloomError(error)) throw error;
    return { value: { problems: error.problems }, changes: [] };
  }
}
