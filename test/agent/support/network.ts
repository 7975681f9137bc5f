import { execFileSync } from 'node:child_process';
import { findTool } from '../../../scripts/tools';

/** True inside the network namespace that `npm test` makes: links may be made and deleted there. */
export const hasOwnNetwork = process.env.NETLOOM_NETNS === '1';

/** A test that makes links; skipped, with the reason in its name, where they would be the machine's. */
export function networkTest(name: string, run: () => Promise<void>, timeoutMs?: number): void {
  if (hasOwnNetwork) test(name, run, timeoutMs);
  else test.skip(`${name} (skipped: needs a network namespace of its own: run npm test)`, () => {});
}

/** Runs `ip` and gives what it prints. */
export function ip(...args: string[]): string {
  return execFileSync(findTool('ip') ?? 'ip', args, { encoding: 'utf8', stdio: 'pipe' });
}

/** Addresses of a link in the kernel's order, without those it gave itself. */
export function addressesOf(name: string): string[] {
  const [link] = JSON.parse(ip('-j', 'addr', 'show', 'dev', name)) as {
    addr_info: { local: string; prefixlen: number; protocol?: string; scope: string }[];
  }[];
  return (link?.addr_info ?? [])
    .filter((one) => one.scope !== 'link')
    .map((one) => `${one.local}/${one.prefixlen}`);
}

/** All that `ip -d` says of a link, less the timers that run by themselves. */
export function linkText(name: string): string {
  return ip('-d', 'addr', 'show', 'dev', name).replace(
    /\b(hello|tcn|gc|topology_change)_timer +\S+/g,
    '',
  );
}

export function hasLink(name: string): boolean {
  return (JSON.parse(ip('-j', 'link', 'show')) as { ifname: string }[]).some(
    (link) => link.ifname === name,
  );
}

export function deleteLinks(...names: string[]): void {
  for (const name of names) if (hasLink(name)) ip('link', 'del', 'dev', name);
}
