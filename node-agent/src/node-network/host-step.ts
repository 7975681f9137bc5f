import type { HostStepView } from 'netloom/agent-api';

/**
 * One command to the kernel. `ip` and `bridge` are lines for their `-batch`; `sysctl` is a file below
 * /proc/sys, written as `net/ipv4/conf/br-test/rp_filter=1`.
 */
export interface HostCommand {
  readonly tool: 'ip' | 'bridge' | 'sysctl';
  readonly line: string;
}

/**
 * One thing to do to the host. A plan is a list of these, in order; undoing it is each one's `undo`,
 * from the last to the first. Both are data: they can be written down, shown, and run by somebody else.
 */
export interface HostStep {
  /** For people, e.g. `make bridge br-test`. */
  readonly words: string;
  /** The link that it changes. */
  readonly link: string;
  readonly does: readonly HostCommand[];
  /** What brings the host from after the step to before it. */
  readonly undo: readonly HostCommand[];
  /** True where a link goes and comes again: what runs over it is interrupted. */
  readonly recreates?: true;
}

export function ipCommand(line: string): HostCommand {
  return { tool: 'ip', line };
}

export function bridgeCommand(line: string): HostCommand {
  return { tool: 'bridge', line };
}

/** All commands of a plan in order. */
export function commandsOf(steps: readonly HostStep[]): HostCommand[] {
  return steps.flatMap((step) => step.does);
}

/** What takes a plan back, in order. */
export function undoOf(steps: readonly HostStep[]): HostCommand[] {
  return [...steps].reverse().flatMap((step) => step.undo);
}

/** Every link that a plan changes, each once. */
export function linksOf(steps: readonly HostStep[]): string[] {
  return [...new Set(steps.map((step) => step.link))];
}

/** A command as one would type it. */
export function commandText({ tool, line }: HostCommand): string {
  return `${tool === 'sysctl' ? 'sysctl -w' : tool} ${line}`;
}

/** A step as the API shows it. */
export function stepView({ words, link, does, undo, recreates }: HostStep): HostStepView {
  return {
    words,
    link,
    does: does.map(commandText),
    undo: undo.map(commandText),
    ...(recreates && { recreates }),
  };
}
