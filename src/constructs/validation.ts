import type { IConstruct } from 'constructs';
import { describeProblem, type Problem } from '../errors';

/** Lets a construct's problems be told at synthesis, all of them; cdk8s puts `[path]` in front. */
export function validateWith(construct: IConstruct, check: () => readonly Problem[]): void {
  construct.node.addValidation({ validate: () => check().map(describeProblem) });
}
