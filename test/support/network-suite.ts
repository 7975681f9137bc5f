import { cniPath, findTool } from '../../scripts/tools';

/** Why tests on the kernel can't run here; undefined when they can. */
export function kernelSkipReason(): string | undefined {
  if (process.env['NETLOOM_NETNS'] !== '1') {
    return process.env['NETLOOM_NO_NETNS'] ?? 'needs a network namespace of its own: run npm test';
  }
  const missing = ['ip', 'ping'].filter((tool) => findTool(tool) === undefined);
  if (cniPath() === undefined) missing.push('containernetworking-plugins');
  return missing.length === 0 ? undefined : `${missing.join(', ')} not installed`;
}

/** `describe` for suites that need the kernel; skipped by name and reason where there is none. */
export function describeOnKernel(name: string, suite: () => void): void {
  describeUnless(kernelSkipReason(), name, suite);
}

/** `describe`, or the suite skipped with the reason in its name. */
export function describeUnless(reason: string | undefined, name: string, suite: () => void): void {
  if (reason === undefined) describe(name, suite);
  else describe.skip(`${name} (skipped: ${reason})`, suite);
}
