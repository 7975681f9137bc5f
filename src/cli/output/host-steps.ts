import type { Problem } from '../../errors';
import type { Asked } from '../commands/ask-agents';

/** What is to do for one object on one node. */
export interface HostSteps {
  readonly kind: 'HostBridge' | 'NodeNetwork';
  readonly name: string;
  /** In words; empty when nothing is to do. */
  readonly steps: readonly string[];
  /** Why the agent refuses it. */
  readonly problems?: readonly Problem[] | undefined;
}

/** With what single objects were refused for among the agent's problems. */
export function withRefusals(asked: Asked<readonly HostSteps[]>): Asked<readonly HostSteps[]> {
  const refused = (asked.answer ?? []).flatMap(({ problems = [] }) => problems);
  return { ...asked, problems: [...asked.problems, ...refused] };
}

/** For people: each agent, its objects, and below them what is to do. */
export function stepLines(
  { agent, answer }: Asked<readonly HostSteps[]>,
  nothing: string,
): string[] {
  if (!answer) return [];
  if (answer.length === 0) return [`${agent}: nothing`];
  return [
    agent,
    ...answer.flatMap(({ kind, name, steps, problems = [] }) => {
      if (problems.length > 0) return [`  ${kind} ${name}: refused`];
      if (steps.length === 0) return [`  ${kind} ${name}: ${nothing}`];
      return [`  ${kind} ${name}`, ...steps.map((step) => `    ${step}`)];
    }),
  ];
}
