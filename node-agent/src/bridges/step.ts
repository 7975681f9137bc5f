import { InterfaceAddress, type IpFamily } from 'netloom';

/** One thing to do, in words for people and in lines for `ip -batch`. */
export interface PlanStep {
  readonly words: string;
  readonly lines: readonly string[];
  /** Somebody else's address that an earlier step takes off, and this one puts back. */
  readonly keeps?: string;
}

/** A step of one line. */
export function step(words: string, line: string): PlanStep {
  return { words, lines: [line] };
}

/**
 * `replace` gives no error where an earlier, interrupted run was faster. `nodad`: on a bridge
 * without ports duplicate address detection never ends, and the address stays unusable (tentative).
 */
export function addLine(family: IpFamily, address: string, name: string): string {
  return `addr replace ${address} dev ${name}${family === 6 ? ' nodad' : ''}`;
}

/** Addresses of a family in canonical text, the way the kernel prints them. */
export function ofFamily(family: IpFamily, addresses: readonly string[]): string[] {
  const mine = addresses.filter((text) => text.includes(':') === (family === 6));
  return mine.map((text) => String(InterfaceAddress.parse(text)));
}
