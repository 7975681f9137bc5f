import type { IConstruct, IValidation } from 'constructs';
import { describeProblem, type Problem, severityOf } from '../errors';
import { judge } from './judgement';
import { type Checked, type Model, modelOf, type Validation } from './model';
import { silenceOf } from './silences';

/** What a construct's metadata calls a warning. */
export const WARNING_METADATA = 'netloom:warning';

const NONE: readonly Problem[] = [];
const NOTHING: string[] = [];

/**
 * Lets a construct's problems be told at synthesis, all of them: what it finds by itself, and what
 * rules find that look at everything in the tree. Errors end the synthesis, with `[path]` in front;
 * warnings go to standard error and into the construct's metadata, each once.
 */
export function validateWith(construct: IConstruct, checked: Checked): void {
  const model = modelOf(construct).touch();
  const before = model.validations.get(construct);
  if (before) {
    before.checks.push(checked);
    return;
  }
  const validation = new ConstructValidation(construct, model, checked);
  model.validations.set(construct, validation);
  construct.node.addValidation(validation);
}

/** A check by somebody who is no construct. */
export function checkedBy(check: () => readonly Problem[]): Checked {
  return { _check: check };
}

class ConstructValidation implements IValidation, Validation {
  readonly checks: Checked[];
  problems = NONE;

  constructor(
    readonly construct: IConstruct,
    private readonly model: Model,
    checked: Checked,
  ) {
    this.checks = [checked];
  }

  validate(): string[] {
    judge(this.model);
    if (this.problems.length === 0) return NOTHING;
    const errors: string[] = [];
    for (const problem of this.problems) {
      if (severityOf(problem.code) === 'error') errors.push(describeProblem(problem));
      else if (silenceOf(this.construct, problem.code) === undefined) this.warn(problem);
    }
    return errors;
  }

  private warn(problem: Problem): void {
    const { node } = this.construct;
    const { told } = this.model;
    const text = describeProblem(problem);
    const line = `warning: [${node.path}] ${text}\n`;
    if (told.has(line)) return;
    told.add(line);
    node.addMetadata(WARNING_METADATA, text);
    process.stderr.write(line);
  }
}
